"""Imports as runs: begun, joined, queued, planned in pieces, cancelled, and never done twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.intake.imports import ImportCancelledError, import_dataset, look, work_along
from app.intake.queries import planning
from app.intake.workflow import importing
from app.intake.workflow.chunks import import_chunk
from app.intake.workflow.decoders import Decoders
from app.intake.workflow.importing import ImportUnderwayError, RunOverError, begin_import, cancel_run, finish_import
from app.intake.workflow.options import ImportOptions, Progress
from app.intake.workflow.phases import standing_of
from app.intake.workflow.planned import CHUNK_BYTES, CHUNK_SCENES, PlannedScene, encoded, in_chunks
from app.intake.workflow.planning import plan_import
from app.work import StopAskedError
from pipeline.records import ObjectBox, Refusal, Scene, SceneMetadata
from tests.app.intake.made_scenes import found
from tests.app.intake.made_sources import make_coco, make_picture, write_coco

pytestmark = pytest.mark.filterwarnings(
    "ignore::rasterio.errors.NotGeoreferencedWarning", "ignore::PendingDeprecationWarning"
)
JOBS = "select task_name, args from procrastinate_jobs where task_name like 'intake.%' order by id"


@pytest.fixture
def store(tmp_path: Path) -> AssetStore:
    return AssetStore(tmp_path / "assets")


@pytest.fixture(scope="module")
def decoders() -> Iterator[Decoders]:
    """One for all tests: the start of a decoder takes as long as many small scenes."""
    with Decoders(1) as opened:
        yield opened


def options_of(folder: Path, count: int = 24) -> ImportOptions:
    """An import of ``2 * count`` small pictures."""
    return ImportOptions(name="harbour", source="coco", path=make_coco(folder / "in", count))


def begin(sessions: SessionMaker, options: ImportOptions, **more: Any) -> int:
    with transaction(sessions) as session:
        return begin_import(session, options, **more).run_id


def go_on() -> None:
    """Nobody asks the work to stop."""


def stop_after(calls: int) -> Any:
    """A check that asks the work to stop when it is called once more than so often."""
    left = iter(range(calls))

    def check() -> None:
        if next(left, None) is None:
            raise StopAskedError

    return check


@contextmanager
def cancelled_at(sessions: SessionMaker, run_id: int, done: int) -> Iterator[Any]:
    def on_progress(progress: Progress) -> None:
        if progress.done >= done and not cancelled.is_set():
            cancelled.set()
            with transaction(sessions) as session:
                cancel_run(session, run_id)

    cancelled = threading.Event()
    yield on_progress
    assert cancelled.is_set()


def test_the_same_import_begun_twice_is_one_run_and_another_is_refused_or_waits(
    sessions: SessionMaker, tmp_path: Path
) -> None:
    options = options_of(tmp_path, 1)
    run_id = begin(sessions, options)
    with transaction(sessions) as session:
        again = begin_import(session, options)
    assert (again.run_id, again.is_joined) == (run_id, True)
    assert found(sessions, JOBS) == [("intake.plan_import", {"run_id": run_id})]
    other = replace(options, looks=4.0)
    with pytest.raises(ImportUnderwayError, match=f"trihedral run cancel {run_id}"):
        begin(sessions, other)
    waiting = begin(sessions, other, may_wait=True)
    assert waiting != run_id
    assert len(found(sessions, JOBS)) == 1


def test_what_waited_begins_when_the_import_before_it_is_over(sessions: SessionMaker, tmp_path: Path) -> None:
    options = options_of(tmp_path, 1)
    first = begin(sessions, options)
    second = begin(sessions, replace(options, looks=4.0), may_wait=True)
    with transaction(sessions) as session:
        cancel_run(session, first)
    assert found(sessions, "select state from run order by run_id") == ["cancelled", "waiting"]
    assert found(sessions, JOBS)[-1] == ("intake.plan_import", {"run_id": second})


def test_two_that_work_on_one_import_end_with_what_one_would_bring(
    sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    options = options_of(tmp_path, 20)
    run_id = begin(sessions, options)
    reports = []

    def work() -> None:
        reports.append(work_along(sessions, store, run_id, processes=1))

    both = [threading.Thread(target=work) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert [report.counts["new"] for report in reports] == [40, 40]
    assert found(sessions, "select count(*), count(distinct name) from scene") == [(40, 40)]
    assert found(sessions, "select sum(delta)::int from counter_delta where name = 'scenes'") == [40]


def test_planning_that_was_broken_off_passes_over_what_it_had_planned(
    sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    options = options_of(tmp_path)
    (options.path / "JPEGImages" / "train" / "0000003.png").unlink()
    run_id = begin(sessions, options)
    with pytest.raises(StopAskedError):
        plan_import(sessions, store, run_id, stop_after(2))
    assert found(sessions, "select chunk, scenes from run_chunk order by chunk") == [(0, 16), (1, 16)]
    plan_import(sessions, store, run_id, go_on)
    plan_import(sessions, store, run_id, go_on)
    assert found(sessions, "select chunk, scenes from run_chunk order by chunk") == [(0, 16), (1, 16), (2, 15)]
    assert found(sessions, "select count(distinct scene ->> 'name'), max(number) from planned_scene") == [(47, 46)]
    assert found(sessions, "select file from refusal") == ["0000003.png"]
    assert [name for name, _ in found(sessions, JOBS)] == ["intake.plan_import"] + 3 * ["intake.import_chunk"]


def test_a_source_that_changed_while_it_was_planned_loses_no_scene(
    sessions: SessionMaker, store: AssetStore, decoders: Decoders, tmp_path: Path
) -> None:
    options = options_of(tmp_path, 12)
    run_id = begin(sessions, options)
    with pytest.raises(StopAskedError):
        plan_import(sessions, store, run_id, stop_after(1))
    (options.path / "JPEGImages" / "train" / "0000001.jpg").unlink()
    plan_import(sessions, store, run_id, go_on)
    planned = found(sessions, "select count(distinct scene ->> 'name'), count(*) from planned_scene")
    assert planned == [(24, 39)]
    for chunk in range(4):
        import_chunk(sessions, store, decoders, run_id, chunk, go_on)
    finish_import(sessions, run_id, go_on)
    with transaction(sessions) as session:
        standing = standing_of(session, run_id)
    assert standing is not None
    assert (standing.run.state, standing.run.counts["new"], standing.run.counts["unchanged"]) == ("done", 23, 15)


def test_a_chunk_that_is_done_twice_is_stored_once(
    sessions: SessionMaker, store: AssetStore, decoders: Decoders, tmp_path: Path
) -> None:
    run_id = begin(sessions, options_of(tmp_path, 4))
    plan_import(sessions, store, run_id, go_on)
    both = [threading.Thread(target=import_chunk, args=(sessions, store, decoders, run_id, 0, go_on)) for _ in "ab"]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    import_chunk(sessions, store, decoders, run_id, 0, go_on)
    assert found(sessions, "select count(*) from scene") == [8]
    assert found(sessions, "select counts from run_chunk") == [{"boxes": 8, "new": 8, "unchanged": 0}]
    assert found(sessions, "select count(*) from planned_scene") == [0]
    assert found(sessions, JOBS)[-1] == ("intake.finish_import", {"run_id": run_id})


def test_a_worker_that_leaves_gives_its_chunk_back_as_it_was(
    sessions: SessionMaker, store: AssetStore, decoders: Decoders, tmp_path: Path
) -> None:
    run_id = begin(sessions, options_of(tmp_path, 4))
    plan_import(sessions, store, run_id, go_on)
    with pytest.raises(StopAskedError):
        import_chunk(sessions, store, decoders, run_id, 0, stop_after(2))
    assert found(sessions, "select count(*) from scene") == [0]
    assert found(sessions, "select count(*) from planned_scene") == [8]


def test_a_cancelled_import_keeps_what_it_has_and_stores_nothing_more(
    sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    options = options_of(tmp_path, 40)
    run_id = begin(sessions, options)
    with cancelled_at(sessions, run_id, 16) as on_progress, pytest.raises(ImportCancelledError, match="stay"):
        work_along(sessions, store, run_id, on_progress=on_progress, processes=1)
    run, _ = look(sessions, run_id)
    assert run.state == "cancelled"
    assert 16 <= run.done < 80
    assert found(sessions, "select count(*), bool_and(is_grouped) from scene") == [(run.done, True)]
    assert found(sessions, "select count(*) from planned_scene") == [0]
    with transaction(sessions) as session, pytest.raises(RunOverError, match="over already"):
        cancel_run(session, run_id)
    again = import_dataset(sessions, store, options, processes=1)
    assert again.run_id != run_id
    assert (again.counts["unchanged"], again.counts["new"]) == (run.done, 80 - run.done)


def test_a_chunk_of_a_cancelled_import_that_was_under_way_is_not_stored(
    sessions: SessionMaker, store: AssetStore, decoders: Decoders, tmp_path: Path
) -> None:
    run_id = begin(sessions, options_of(tmp_path, 2))
    plan_import(sessions, store, run_id, go_on)
    calls = []

    def cancel_meanwhile() -> None:
        calls.append(1)
        if len(calls) == 4:
            with transaction(sessions) as session:
                planning.ask_to_cancel(session, run_id)

    import_chunk(sessions, store, decoders, run_id, 0, cancel_meanwhile)
    finish_import(sessions, run_id, go_on)
    assert found(sessions, "select count(*) from scene") == [0]
    assert found(sessions, "select state from run") == ["cancelled"]


def test_one_bad_scene_among_many_is_refused_and_the_rest_is_imported(
    sessions: SessionMaker, store: AssetStore, decoders: Decoders, tmp_path: Path
) -> None:
    run_id = begin(sessions, options_of(tmp_path, 3))
    plan_import(sessions, store, run_id, go_on)
    with transaction(sessions) as session:
        # What the database does not take of one scene, whatever it is: here one box twice, and a split of its own.
        twice = "scene || jsonb_build_object('boxes', (scene -> 'boxes') || (scene -> 'boxes'))"
        session.execute(text(f"update planned_scene set scene = {twice} where number = 2"))
        other = "update planned_scene set scene = scene || jsonb_build_object('given_split', 'dev') where number = 4"
        session.execute(text(other))
    import_chunk(sessions, store, decoders, run_id, 0, go_on)
    assert found(sessions, "select count(*) from scene") == [4]
    reasons = found(sessions, "select reason from refusal order by refusal_id")
    assert ["duplicate key" in reasons[0], "'dev' is no split" in reasons[1]] == [True, True]
    assert len(reasons) == 2


def test_a_source_that_has_gone_is_waited_for_and_nothing_is_refused(
    sessions: SessionMaker, store: AssetStore, decoders: Decoders, tmp_path: Path
) -> None:
    options = options_of(tmp_path, 4)
    run_id = begin(sessions, options)
    plan_import(sessions, store, run_id, go_on)

    def chunk() -> None:
        importing.carried_out(
            sessions, "intake.import_chunk", run_id,
            lambda: import_chunk(sessions, store, decoders, run_id, 0, go_on), 0,
        )  # fmt: skip

    with transaction(sessions) as session:
        session.execute(text("update procrastinate_jobs set status = 'doing' where task_name = 'intake.import_chunk'"))
    options.path.rename(tmp_path / "away")
    # An unmounted disk leaves its mount point.
    options.path.mkdir()
    chunk()
    standing = _standing(sessions, run_id)
    assert str(options.path) in (standing.run.held_up or "")
    assert (standing.queued.waiting, standing.queued.retrying, standing.run.refusals) == (2, 1, 0)
    options.path.rmdir()
    (tmp_path / "away").rename(options.path)
    chunk()
    standing = _standing(sessions, run_id)
    assert (standing.run.held_up, standing.run.done, standing.run.counts["new"]) == (None, 8, 8)


def _standing(sessions: SessionMaker, run_id: int) -> Any:
    with transaction(sessions) as session:
        return standing_of(session, run_id)


def test_a_run_whose_work_failed_for_good_is_stalled_and_begun_again_goes_on(
    sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    options = options_of(tmp_path, 20)
    run_id = begin(sessions, options)
    plan_import(sessions, store, run_id, go_on)
    with transaction(sessions) as session:
        session.execute(text("delete from procrastinate_jobs"))
        session.execute(text("insert into procrastinate_workers default values"))
    assert _standing(sessions, run_id).phase.name == "stalled"
    assert begin(sessions, options) == run_id
    assert [args for name, args in found(sessions, JOBS)] == [{"run_id": run_id, "chunk": n} for n in range(3)]
    assert _standing(sessions, run_id).phase.name == "running"


def test_what_was_done_before_a_refusal_stopped_the_import_stays(
    sessions: SessionMaker, store: AssetStore, decoders: Decoders, tmp_path: Path
) -> None:
    options = replace(options_of(tmp_path, 20), on_error="stop")
    run_id = begin(sessions, options)
    plan_import(sessions, store, run_id, go_on)
    (options.path / "JPEGImages" / "train" / "0000018.png").write_bytes(b"no image")
    for chunk in (2, 1, 0):
        import_chunk(sessions, store, decoders, run_id, chunk, go_on)
    finish_import(sessions, run_id, go_on)
    # The third chunk was done before the second met its refusal; of the second, what came before that is kept.
    assert found(sessions, "select state, total, done from run") == [("failed", 40, 40)]
    assert found(sessions, "select count(*) from scene") == [16 + 2 + 8]


def test_a_refusal_that_is_to_stop_the_import_drops_the_chunks_behind_it(
    sessions: SessionMaker, store: AssetStore, decoders: Decoders, tmp_path: Path
) -> None:
    options = replace(options_of(tmp_path, 20), on_error="stop")
    run_id = begin(sessions, options)
    plan_import(sessions, store, run_id, go_on)
    (options.path / "JPEGImages" / "train" / "0000018.png").write_bytes(b"no image")
    import_chunk(sessions, store, decoders, run_id, 1, go_on)
    import_chunk(sessions, store, decoders, run_id, 2, go_on)
    assert found(sessions, "select chunk from run_chunk order by chunk") == [0, 1]
    import_chunk(sessions, store, decoders, run_id, 0, go_on)
    finish_import(sessions, run_id, go_on)
    ((state, error),) = found(sessions, "select state, error from run")
    assert (state, "0000018.png" in error) == ("failed", True)
    assert found(sessions, "select count(*) from scene") == [16 + 2]


def test_originals_may_be_kept_in_the_store(sessions: SessionMaker, store: AssetStore, tmp_path: Path) -> None:
    options = replace(options_of(tmp_path, 1), originals="copy")
    import_dataset(sessions, store, options, processes=1)
    for original in found(sessions, "select original from scene"):
        assert "path" not in original["sar"]
        assert store.verify(original["sar"]["sha256"])
    import_dataset(sessions, store, replace(options, name="there", originals="reference"), processes=1)
    query = (
        "select original -> 'sar' ->> 'path' from scene join dataset using (dataset_id) where dataset.name = 'there'"
    )
    assert [Path(path).is_file() for path in found(sessions, query)] == [True, True]


def test_a_scene_survives_the_database(tmp_path: Path) -> None:
    scene = Scene(
        name="a/b 港.tif",
        sar_path=tmp_path / "a.tif",
        optical_path=tmp_path / "o.tif",
        size=(7, 9),
        boxes=(ObjectBox("1", "ship", 0.5, 1, 2, 3, is_cut=True),),
        published_split="val",
        metadata=SceneMetadata(sensor="X", pixel_spacing_m=(0.5, 0.25), labelled=("ship",)),
        band="HH",
        quantity="amplitude",
        land_cover_path=tmp_path / "l.tif",
        land_cover_classes={1: "water"},
    )
    planned = PlannedScene(scene, "test")
    stored = encoded(planned)
    assert isinstance(stored, str)
    assert PlannedScene.from_json(json.loads(stored)) == planned
    assert planned.split == "test"
    plain = PlannedScene(Scene("p", tmp_path / "p.png"))
    assert PlannedScene.from_json(json.loads(str(encoded(plain)))) == plain


def test_numbers_that_are_not_finite_refuse_their_scene(tmp_path: Path) -> None:
    box = ObjectBox("1", "ship", float("nan"), 1, 2, 3)
    refused = encoded(PlannedScene(Scene("a", tmp_path / "a.png", boxes=(box,))))
    assert isinstance(refused, Refusal)
    assert "finite" in refused.reason


def test_chunks_hold_few_scenes_and_a_huge_scene_is_one_by_itself(tmp_path: Path) -> None:
    sizes = [1] * 20 + [CHUNK_BYTES + 1] + [1] * 3
    scenes = []
    for number, size in enumerate(sizes):
        path = tmp_path / f"{number}.tif"
        with path.open("wb") as file:
            file.truncate(size)
        scenes.append(Scene(path.name, path))
    chunks = list(in_chunks(scenes))
    assert [len(chunk) for chunk in chunks] == [CHUNK_SCENES, 4, 1, 3]
    assert [scene for chunk in chunks for scene in chunk] == scenes


def test_a_file_that_breaks_off_ends_the_run_after_what_came_before_it(
    sessions: SessionMaker, store: AssetStore, decoders: Decoders, tmp_path: Path
) -> None:
    options = options_of(tmp_path, 2)
    whole = (options.path / "Annotations" / "val.json").read_text()
    (options.path / "Annotations" / "val.json").write_text(whole[: len(whole) // 2])
    run_id = begin(sessions, options)
    plan_import(sessions, store, run_id, go_on)
    for (chunk,) in [(row,) for row in found(sessions, "select chunk from run_chunk")]:
        import_chunk(sessions, store, decoders, run_id, chunk, go_on)
    finish_import(sessions, run_id, go_on)
    ((state, error),) = found(sessions, "select state, error from run")
    assert state == "failed"
    assert "val.json" in error
    assert found(sessions, "select count(*) from scene") == [2]


def test_a_source_with_nothing_to_take_is_done_at_once(
    sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    make_picture(tmp_path / "in" / "kept.png")
    write_coco(tmp_path / "in" / "x.json", [{"id": 1, "file_name": "gone.png", "height": 9, "width": 9}], [])
    options = ImportOptions(name="harbour", source="coco", path=tmp_path / "in")
    report = import_dataset(sessions, store, options, processes=1)
    assert (report.counts["new"], report.counts["refused"]) == (0, 1)
