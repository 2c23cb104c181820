"""The command as a user runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from tests.conftest import REPOSITORY
from tests.pipeline.imaging.made_images import UTM, grey, read_image, speckle, write_image


def run(*arguments, cwd=REPOSITORY):
    command = [sys.executable, "-m", "pipeline", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    return subprocess.run(command, cwd=cwd, check=False, capture_output=True, text=True, timeout=120, env=environment)


def numbers(seed=0):
    return (np.sqrt(speckle(100, 120, seed=seed)) * 300).astype(np.uint16)


def test_a_file_becomes_the_8_bit_image_and_the_filtered_values(tmp_path):
    write_image(tmp_path / "in.tif", numbers(), **UTM)
    arguments = ("in.tif", "out.tif", "--amplitude", "--looks", "1", "--despeckled", "linear.tif", "--workers", "2")
    result = run("preprocess", *arguments, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert "in.tif -> out.tif: amplitude, 1 looks (stated), refined Lee (1981), 7×7" in result.stdout
    processed, profile = read_image(tmp_path / "out.tif")
    assert (processed.shape, profile["dtype"], profile["crs"].to_epsg()) == ((1, 100, 120), "uint8", 32631)
    linear, profile = read_image(tmp_path / "linear.tif")
    assert (linear.shape, profile["dtype"]) == ((1, 100, 120), "float32")


def test_a_folder_is_done_file_by_file_and_one_bad_file_stops_no_other(tmp_path):
    source = tmp_path / "in"
    (source / "deep").mkdir(parents=True)
    write_image(source / "b.tif", numbers())
    write_image(source / "deep" / "c.png", grey())
    write_image(source / "._b.tif", numbers())
    (source / "a.tif").write_text("<html>")
    (source / "notes.txt").write_text("not an image")
    result = run("preprocess", source, tmp_path / "out", "--workers", "2")
    assert result.returncode == 1
    assert result.stdout.endswith("2 of 3 files written, 1 refused\n")
    assert f"{source / 'a.tif'}: is a web page (HTML)" in result.stderr
    written = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.tif"))
    assert written == ["b.tif", "deep/c.tif"]


def test_a_folder_without_faults_ends_with_0(tmp_path):
    (tmp_path / "in").mkdir()
    write_image(tmp_path / "in" / "a.tif", numbers())
    write_image(tmp_path / "in" / "b.tif", numbers(1))
    result = run("preprocess", tmp_path / "in", tmp_path / "out", "--amplitude", "--despeckled", tmp_path / "linear")
    assert result.returncode == 0
    assert {path.name for path in (tmp_path / "linear").iterdir()} == {"a.tif", "b.tif"}


@pytest.mark.parametrize("suffix", [".jpg", ".bmp", ".png"])
def test_8_bit_of_unknown_scaling_is_taken_as_it_is_and_a_note_says_how_to_state_the_scale(tmp_path, suffix):
    source = write_image(tmp_path / f"in{suffix}", grey())
    result = run("preprocess", source, tmp_path / "out.tif")
    assert result.returncode == 0
    assert "not filtered" in result.stderr
    assert "state --amplitude or --intensity" in result.stderr
    processed, profile = read_image(tmp_path / "out.tif")
    assert profile["dtype"] == "uint8"
    assert np.array_equal(processed, read_image(source)[0])


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("none.tif", "o.tif"), 1, "none.tif: there is no such file"),
        (("empty", "o"), 1, "empty: has no image in it"),
        (("html.tif", "o.tif"), 1, "html.tif: is a web page (HTML)"),
        (("a.tif", "empty"), 1, "empty: is a folder; name the file to write"),
        (("a.tif", "a.tif"), 1, "a.tif: is an input"),
        (("folder", "a.tif"), 1, "a.tif: is a file; for a folder"),
        (("twins", "o"), 1, "result of two inputs"),
        (("a.tif", "a.tif/o.tif"), 1, "cannot be made a folder"),
        (("grey.png", "o.tif", "--despeckled", "d.tif"), 1, "state --amplitude or --intensity"),
        (("a.tif", "o.tif", "--band", "VV"), 1, "has no band 'VV'"),
        (("a.tif", "o.tif", "--looks", "0"), 2, "'0' is not a positive number"),
        (("a.tif", "o.tif", "--workers", "0"), 2, "'0' is not a whole number from 1"),
        (("a.tif", "o.tif", "--db", "--amplitude"), 2, "not allowed with"),
        (("a.tif",), 2, "required: OUT"),
    ],
)
def test_bad_input_ends_with_one_sentence_and_no_traceback(tmp_path, arguments, code, message):
    write_image(tmp_path / "a.tif", numbers())
    write_image(tmp_path / "grey.png", grey())
    (tmp_path / "html.tif").write_text("<html>")
    for name in ("empty", "folder", "twins"):
        (tmp_path / name).mkdir()
    write_image(tmp_path / "folder" / "a.tif", numbers())
    for name in ("a.tif", "a.png"):
        write_image(tmp_path / "twins" / name, grey())
    before = (tmp_path / "a.tif").read_bytes()
    result = run("preprocess", *arguments, cwd=tmp_path)
    assert result.returncode == code
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "o.tif").exists()
    assert (tmp_path / "a.tif").read_bytes() == before


def test_no_command_imports_what_another_needs():
    script = "import sys, pipeline.__main__; print({'rasterio', 'numba', 'numpy', 'openai'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert result.stdout == "set()\n"


def test_it_works_from_a_read_only_install():
    """No place for compiled code: it is compiled for this run only."""
    script = (
        "from numba.core import caching\n"
        "caching.CacheImpl._locator_classes = []\n"
        "import numpy as np\n"
        "from pipeline.imaging.refined_lee import refined_lee\n"
        "print(refined_lee(np.ones((9, 9), np.float32), 1.0).sum())\n"
    )
    result = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert result.stdout == "81.0\n"


@pytest.mark.parametrize("command", ["draft-boxes", "screen"])
def test_the_other_commands_end_with_one_sentence_on_bad_input_too(tmp_path, command):
    (tmp_path / "in").write_text("no JSON")
    for source, target in (("in", "out"), ("none", "out"), ("in", "none/out")):
        result = run(command, source, target, cwd=tmp_path)
        assert result.returncode == 1
        assert len(result.stderr.splitlines()) == 1
        assert list(tmp_path.iterdir()) == [tmp_path / "in"]


def test_the_filter_s_options_change_what_comes_out(tmp_path):
    write_image(tmp_path / "a.tif", numbers())
    results = set()
    for number, options in enumerate([(), ("--weight", "lee1980"), ("--flat-test", "1.4")]):
        out = tmp_path / f"{number}.tif"
        result = run("preprocess", tmp_path / "a.tif", out, "--amplitude", "--looks", "1", *options)
        assert result.returncode == 0
        results.add(read_image(out)[0].tobytes())
    assert len(results) == 3


def test_stated_digital_numbers_are_stretched_and_not_filtered(tmp_path):
    write_image(tmp_path / "a.tif", numbers())
    result = run("preprocess", tmp_path / "a.tif", tmp_path / "o.tif", "--dn")
    assert (result.returncode, result.stderr) == (0, "")
    assert "not filtered, stretched to 8 bit by their percentiles" in result.stdout
    low, high = np.percentile(numbers(), [1, 99])
    expected = np.floor(np.clip((numbers() - low) / (high - low), 0, 1) * 255 + 0.5)
    assert np.abs(read_image(tmp_path / "o.tif")[0][0] - expected).max() <= 1


def many(folder, count=12):
    folder.mkdir()
    for number in range(count):
        write_image(folder / f"{number:02}.tif", numbers(number))


def test_a_second_run_keeps_what_is_made_of_the_same_file_and_options(tmp_path):
    many(tmp_path / "in", 3)
    arguments = ("preprocess", tmp_path / "in", tmp_path / "out", "--amplitude", "--despeckled", tmp_path / "linear")
    first = run(*arguments, "--workers", "2")
    made = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()}
    second = run(*arguments)
    assert (first.returncode, second.returncode) == (0, 0)
    assert second.stdout.endswith("0 of 3 files written, 3 kept, 0 refused\n")
    assert "kept, made of the same file and options" in second.stdout
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()} == made
    write_image(tmp_path / "in" / "01.tif", numbers(7))
    (tmp_path / "linear" / "02.tif").unlink()
    third = run(*arguments)
    assert third.stdout.endswith("2 of 3 files written, 1 kept, 0 refused\n")
    other = run(*arguments, "--looks", "2")
    assert other.stdout.endswith("3 of 3 files written, 0 refused\n")


def test_a_result_of_a_folder_has_the_bytes_of_a_single_run(tmp_path):
    many(tmp_path / "in", 1)
    run("preprocess", tmp_path / "in", tmp_path / "out", "--amplitude")
    run("preprocess", tmp_path / "in" / "00.tif", tmp_path / "one.tif", "--amplitude")
    assert (tmp_path / "out" / "00.tif").read_bytes() == (tmp_path / "one.tif").read_bytes()


def test_a_run_that_is_stopped_leaves_whole_files_only_and_goes_on_where_it_was(tmp_path):
    many(tmp_path / "in", 40)
    command = [sys.executable, "-u", "-m", "pipeline", "preprocess", str(tmp_path / "in"), str(tmp_path / "out")]
    started = subprocess.Popen(
        [*command, "--amplitude", "--workers", "2"], cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert b"00.tif ->" in started.stdout.readline()
    started.send_signal(signal.SIGINT)
    _, complaints = started.communicate(timeout=60)
    assert started.returncode == 130
    assert complaints.endswith(b"stopped\n")
    assert b"Traceback" not in complaints
    written = list((tmp_path / "out").iterdir())
    assert 0 < len(written) < 40
    assert all(path.suffix == ".tif" and read_image(path)[0].shape == (1, 100, 120) for path in written)
    again = run("preprocess", tmp_path / "in", tmp_path / "out", "--amplitude", "--workers", "2")
    assert again.stdout.endswith(f"{40 - len(written)} of 40 files written, {len(written)} kept, 0 refused\n")
