"""Importing from here: a worker in this process, beside whatever others there are, and how far they all are."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final

from app.assets import AssetStore
from app.db import SessionMaker, transaction, url_of
from app.db.errors import DomainError
from app.intake.jobs import jobs
from app.intake.queries import runs
from app.intake.queries.runs import Pace, RunProgress
from app.intake.workflow.decoders import Decoders
from app.intake.workflow.importing import Begun, RunMissingError, begin_import, check_name
from app.intake.workflow.options import ImportOptions, OnProgress, Progress, RunReport, ignore_progress
from app.intake.workflow.planning import QUEUE
from app.intake.workflow.sources import open_source, read_splits
from app.work import MAY_PASS
from app.work.queries import SILENT_S
from app.work.worker import working
from pipeline.records import Refusal

SHOWN_REFUSALS: Final = 1_000
LOOK_EVERY_S: Final = 0.5
COUNTED: Final = ("new", "unchanged", "restored", "boxes", "refused", "notes")
"""The order in which a report tells what was counted."""


class ImportStoppedError(DomainError):
    """The import ended before its end; what came before is imported."""

    code = "import_stopped"


class HeldUpError(DomainError):
    """The source or the store stays away; the run waits on."""

    meaning = "unavailable"
    code = "held_up"


class ImportCancelledError(DomainError):
    """The import was cancelled; what came before is imported."""

    meaning = "gone"
    code = "import_cancelled"


def import_dataset(
    sessions: SessionMaker,
    store: AssetStore,
    options: ImportOptions,
    *,
    on_progress: OnProgress = ignore_progress,
    processes: int | None = None,
) -> RunReport:
    """Read a source and store its scenes, boxes and images; again: store what is new.

    Raises
    ------
    SourceError
        If there is nothing to read.
    DomainError
        As of :func:`app.intake.workflow.importing.begin_import`; or the import stopped, or was cancelled.
    """
    run_id = take_up(sessions, options).run_id
    return work_along(sessions, store, run_id, on_progress=on_progress, processes=processes)


def take_up(sessions: SessionMaker, options: ImportOptions, *, may_wait: bool = False) -> Begun:
    """Begin or join the import, after a look at the source from here: what is wrong at once is said at once.

    ``may_wait`` as of :func:`app.intake.workflow.importing.begin_import`.
    """
    check_name(options.name)
    read_splits(options.split_file)
    open_source(options)
    with transaction(sessions) as session:
        return begin_import(session, options, may_wait=may_wait)


def work_along(
    sessions: SessionMaker,
    store: AssetStore,
    run_id: int,
    *,
    on_progress: OnProgress = ignore_progress,
    on_lost: Callable[[], None] = lambda: None,
    processes: int | None = None,
    silent_s: float = SILENT_S,
) -> RunReport:
    """Work on imports in this process until the run is over.

    Parameters
    ----------
    on_progress
        Called from this thread, about twice a second; what it raises ends the work here, and the run stays open for
        others and for the next call.
    on_lost
        Called where the database does not answer, again and again.
    processes : int, optional
        Decoders at once; as many as there are processors if not given.
    silent_s : float
        After how many seconds of silence another worker is taken for dead.

    Raises
    ------
    RunMissingError
        If there is no such run.
    DomainError
        If the run stopped or was cancelled.
    """
    with (
        Decoders(processes) as decoders,
        working(
            url_of(sessions),
            blueprints={"intake": jobs},
            resources=[store, decoders],
            concurrency=decoders.size,
            silent_s=silent_s,
            queues=[QUEUE],
        ),
    ):
        run = _watch(sessions, run_id, on_progress, on_lost)
    return report_of(sessions, run)


def _watch(sessions: SessionMaker, run_id: int, on_progress: OnProgress, on_lost: Callable[[], None]) -> RunProgress:
    pause_s = 0.02
    while True:
        try:
            run, pace = look(sessions, run_id)
        except MAY_PASS:
            on_lost()
        else:
            on_progress(progress_of(run, pace))
            if not run.is_open:
                return run
        time.sleep(pause_s)
        pause_s = min(2 * pause_s, LOOK_EVERY_S)


def look(sessions: SessionMaker, run_id: int) -> tuple[RunProgress, Pace]:
    """The run as it stands, and how fast it gets on.

    Raises
    ------
    RunMissingError
        If there is none of this number.
    """
    with transaction(sessions) as session:
        run = runs.find_run(session, run_id)
        if run is None:
            raise RunMissingError(f"There is no run {run_id}.", run_id=run_id)
        return run, runs.pace_of(session, run_id)


def progress_of(run: RunProgress, pace: Pace) -> Progress:
    """The run for a line on a terminal."""
    return Progress(run.run_id, run.done, run.total, in_order(run.counts), pace.rate_s, pace.eta_s, run.held_up)


def report_of(sessions: SessionMaker, run: RunProgress) -> RunReport:
    """What the finished run did.

    Raises
    ------
    ImportStoppedError, ImportCancelledError
        If it did not come to its end.
    """
    if run.state == "cancelled":
        raise ImportCancelledError(
            f"Run {run.run_id} was cancelled after {run.done:,} scenes, which stay. Import again to go on."
        )
    if run.state == "failed":
        raise ImportStoppedError(run.error or f"Run {run.run_id} failed.", run_id=run.run_id)
    with transaction(sessions) as session:
        found = runs.list_refusals(session, run.run_id, limit=SHOWN_REFUSALS)
    refusals = tuple(Refusal(one.file, one.reason, one.annotation_id) for one in found if one.detail != runs.NOTE)
    return RunReport(run.run_id, run.dataset, in_order(run.counts), refusals)


def in_order(counts: Mapping[str, int]) -> dict[str, int]:
    """What each report tells, also where it is zero, and then what else was counted."""
    return {name: counts.get(name, 0) for name in COUNTED} | dict(counts)
