"""A real child process, real limits, real deaths."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psutil
import pytest

from pipeline.imaging.decoding import Limits, SceneWorker
from pipeline.imaging.errors import ImageError, StorageError
from pipeline.imaging.preparation import prepare_scene
from pipeline.imaging.prepared import Chips, PreprocessRequest, SceneRequest, Speckle
from tests.conftest import REPOSITORY
from tests.pipeline.imaging.made_images import grey, speckle, write_image


def request_for(tmp_path, values=None, name="s.tif", **options):
    folder = tmp_path / "out"
    folder.mkdir(exist_ok=True)
    return SceneRequest(write_image(tmp_path / name, grey() if values is None else values), folder, **options)


def child_of_this_process():
    (child,) = [process for process in psutil.Process().children() if "decoding" in " ".join(process.cmdline())]
    return child


def test_the_child_gives_what_the_function_gives(tmp_path):
    request = request_for(tmp_path, (speckle() * 999).astype(np.uint16))
    with SceneWorker() as worker:
        assert repr(worker.prepare(request)) == repr(tuple(prepare_scene(request)))


def test_the_child_gives_all_chips_of_a_large_scene(tmp_path):
    chips = Chips(largest_whole_px=1000, side_px=200, overlap_px=20)
    request = request_for(tmp_path, speckle(300, 500), chips=chips)
    with SceneWorker() as worker:
        found = worker.prepare(request)
        assert len(found) == 6
        assert repr(found) == repr(tuple(prepare_scene(request)))
        assert all(chip.sar.is_file() and chip.processed.is_file() for chip in found)


def test_a_large_scene_may_take_longer_than_one_that_stays_whole(tmp_path):
    """It has more than twice the pixels that the limit is for, so it may take three times as long."""
    path = write_image(tmp_path / "l.tif", np.tile(speckle(1000, 1000), (6, 6)))
    with SceneWorker(Limits(cpu_s=2)) as worker:
        assert worker.preprocess(PreprocessRequest(path, tmp_path / "o.tif"))["looks_estimated"]


def test_one_child_serves_many_scenes_and_ends_with_its_worker(tmp_path):
    with SceneWorker() as worker:
        worker.prepare(request_for(tmp_path))
        child = child_of_this_process()
        worker.prepare(request_for(tmp_path, grey(seed=1)))
        with pytest.raises(ImageError, match="there is no such file"):
            worker.prepare(SceneRequest(tmp_path / "none.tif", tmp_path))
        worker.prepare(request_for(tmp_path, grey(seed=2)))
        assert child_of_this_process() == child
    assert not child.is_running()


def test_an_error_names_the_file_that_it_is_about(tmp_path):
    (tmp_path / "bad\nname.tif").write_bytes(b"")
    with SceneWorker() as worker, pytest.raises(ImageError) as caught:
        worker.prepare(SceneRequest(tmp_path / "bad\nname.tif", tmp_path))
    assert caught.value.path == tmp_path / "bad\nname.tif"
    assert caught.value.reason == "is empty (zero bytes); fetch it again"


def test_a_child_that_dies_between_scenes_is_replaced(tmp_path):
    with SceneWorker() as worker:
        worker.prepare(request_for(tmp_path))
        os.kill(child_of_this_process().pid, signal.SIGKILL)
        time.sleep(0.1)
        assert worker.prepare(request_for(tmp_path))[0].rows == 64


def child_count():
    return sum("decoding" in " ".join(process.cmdline()) for process in psutil.Process().children())


def stop_when_started():
    """Stops this process's decoder as soon as there is one, so that what follows happens in the middle of a scene."""
    while True:
        found = [p for p in psutil.Process().children() if "decoding" in " ".join(p.cmdline())]
        if found:
            found[0].suspend()
            return found[0]
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("number", "message"),
    [(signal.SIGSEGV, r"crashed \(SIGSEGV\)"), (signal.SIGKILL, "killed, perhaps for want of memory")],
)
def test_a_child_that_dies_in_the_middle_costs_only_its_scene(tmp_path, number, message):
    with SceneWorker() as worker, ThreadPoolExecutor(1) as pool:
        answer = pool.submit(worker.prepare, request_for(tmp_path))
        child = stop_when_started()
        child.send_signal(number)
        child.resume() if number != signal.SIGKILL else None
        with pytest.raises(ImageError, match=message):
            answer.result(timeout=30)
        assert worker.prepare(request_for(tmp_path))[0].rows == 64


def test_a_scene_whose_storage_stalls_is_told_from_one_that_is_slow(tmp_path):
    with SceneWorker(Limits(wall_s=4)) as worker, ThreadPoolExecutor(1) as pool:
        answer = pool.submit(worker.prepare, request_for(tmp_path))
        stop_when_started()
        with pytest.raises(StorageError, match="its storage does not answer"):
            answer.result(timeout=30)
        assert child_count() == 0


def test_storage_that_has_gone_is_told_by_the_child(tmp_path):
    with SceneWorker() as worker, pytest.raises(StorageError, match="nor its folder"):
        worker.prepare(SceneRequest(tmp_path / "unmounted" / "s.tif", tmp_path))


def test_too_long_is_given_up(tmp_path):
    with SceneWorker(Limits(wall_s=0.05)) as worker, pytest.raises(ImageError, match=r"given up after 0\.05 s"):
        worker.prepare(request_for(tmp_path))


def test_too_much_processor_time_is_given_up(tmp_path):
    # Five polarisations: of one, a quick machine would be done before.
    values = np.stack([np.tile(speckle(400, 400), (10, 10))] * 5)
    with SceneWorker(Limits(cpu_s=1)) as worker, pytest.raises(ImageError, match="after 1 s of processor time"):
        worker.prepare(request_for(tmp_path, values, quantity="intensity", speckle=Speckle(looks=1.0)))


def test_too_much_memory_costs_only_its_scene(tmp_path):
    path = write_image(tmp_path / "l.tif", np.ones((7000, 7000), np.float32))
    large = SceneRequest(path, tmp_path, chips=Chips(largest_whole_px=10**9))
    with SceneWorker(Limits(memory_bytes=1 << 30)) as worker:
        with pytest.raises(ImageError, match="needs more memory than one scene may take"):
            worker.prepare(large)
        assert worker.prepare(request_for(tmp_path))[0].rows == 64


def test_the_child_sees_no_secrets_of_the_parent(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    with SceneWorker() as worker:
        worker.prepare(request_for(tmp_path))
        assert not any("secret" in value for value in child_of_this_process().environ().values())


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    path = write_image(tmp_path / "s.tif", grey())
    with SceneWorker() as worker, pytest.raises(ImageError, match="could not be prepared: No such file or directory"):
        worker.preprocess(PreprocessRequest(path, tmp_path / "none" / "o.tif"))


def test_the_parent_needs_neither_rasterio_nor_numba():
    script = "import sys, pipeline.imaging.decoding; print({'rasterio', 'numba', 'scipy'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert result.stdout == "set()\n"


def test_the_child_ends_when_the_parent_is_killed(tmp_path):
    write_image(tmp_path / "s.tif", grey())
    script = textwrap.dedent(f"""
        import time
        from pathlib import Path
        from pipeline.imaging.decoding import SceneWorker
        from pipeline.imaging.prepared import SceneRequest
        worker = SceneWorker()
        worker.prepare(SceneRequest(Path({str(tmp_path / "s.tif")!r}), Path({str(tmp_path)!r})))
        print("ready", flush=True)
        time.sleep(60)
    """)
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=REPOSITORY, stdout=subprocess.PIPE)
    assert parent.stdout.readline() == b"ready\n"
    (child,) = psutil.Process(parent.pid).children()
    parent.kill()
    parent.communicate()
    assert psutil.wait_procs([child], timeout=10)[1] == []


def test_the_real_file_of_436_megapixels_stays_small(tmp_path, shared_data):
    with SceneWorker(Limits(memory_bytes=1 << 30)) as worker:
        with pytest.raises(ImageError, match="16705×26102 pixels"):
            worker.prepare(SceneRequest(shared_data / "odd/opens_as_26102x16705_zeros.tiff", tmp_path))
        assert child_of_this_process().memory_info().rss < 400 << 20
