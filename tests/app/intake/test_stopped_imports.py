"""Imports that end early, cancelled, left or refused: what was done stays, and nothing more is stored."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.intake.imports import ImportCancelledError, import_dataset, look, work_along
from app.intake.queries import planning
from app.intake.workflow.chunks import import_chunk
from app.intake.workflow.decoders import Decoders
from app.intake.workflow.importing import RunOverError, cancel_run, finish_import
from app.intake.workflow.options import Progress
from app.intake.workflow.planning import plan_import
from app.work import StopAskedError
from tests.app.intake.made_runs import begin, go_on, options_of, stop_after
from tests.app.intake.made_scenes import found

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
