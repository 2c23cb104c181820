"""Imports as runs: begun, joined, queued, planned in pieces, cancelled, and never done twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.intake.imports import import_dataset, work_along
from app.intake.workflow import importing
from app.intake.workflow.chunks import import_chunk
from app.intake.workflow.decoders import Decoders
from app.intake.workflow.importing import ImportUnderwayError, begin_import, cancel_run, finish_import
from app.intake.workflow.options import ImportOptions
from app.intake.workflow.phases import standing_of
from app.intake.workflow.planning import plan_import
from app.work import StopAskedError
from tests.app.intake.made_runs import JOBS, begin, go_on, options_of, stop_after
from tests.app.intake.made_scenes import found
from tests.app.intake.made_sources import make_picture, write_coco

pytestmark = pytest.mark.filterwarnings(
    "ignore::rasterio.errors.NotGeoreferencedWarning", "ignore::PendingDeprecationWarning"
)


@pytest.fixture
def store(tmp_path: Path) -> AssetStore:
    return AssetStore(tmp_path / "assets")


@pytest.fixture(scope="module")
def decoders() -> Iterator[Decoders]:
    """One for all tests: the start of a decoder takes as long as many small scenes."""
    with Decoders(1) as opened:
        yield opened


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


def test_a_source_with_nothing_to_take_is_done_at_once(
    sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    make_picture(tmp_path / "in" / "kept.png")
    write_coco(tmp_path / "in" / "x.json", [{"id": 1, "file_name": "gone.png", "height": 9, "width": 9}], [])
    options = ImportOptions(name="harbour", source="coco", path=tmp_path / "in")
    report = import_dataset(sessions, store, options, processes=1)
    assert (report.counts["new"], report.counts["refused"]) == (0, 1)
