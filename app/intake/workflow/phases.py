"""Where a run stands, in a word and a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy.orm import Session

from app.intake.queries import runs
from app.intake.queries.runs import Pace, RunProgress
from app.intake.workflow.planning import WORK
from app.work import Queued, count_workers, queued

Tone = Literal["ok", "info", "warning", "error"]
TONES: Final[dict[str, Tone]] = {"done": "ok", "failed": "error", "cancelled": "warning"}
NO_WORKER: Final = "No worker is running. Start one with `trihedral serve` or `trihedral worker`; it goes on by itself."


@dataclass(frozen=True, slots=True)
class Phase:
    """What a run is at."""

    name: str
    tone: Tone
    sentence: str = ""
    """What to know or to do about it; empty where the name says all."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A run, as far as it is."""

    run: RunProgress
    phase: Phase
    pace: Pace
    queued: Queued


def standing_of(session: Session, run_id: int) -> Standing | None:
    """Where the run stands; the same number of queries for any run."""
    run = runs.find_run(session, run_id)
    if run is None:
        return None
    pace = runs.pace_of(session, run_id)
    jobs = queued(session, WORK, run_id=run_id)
    return Standing(run, phase_of(run, pace, jobs, count_workers(session)), pace, jobs)


def phase_of(run: RunProgress, pace: Pace, jobs: Queued, workers: int) -> Phase:
    """The phase of a run, by what is queued for it and who is there to do it."""
    if not run.is_open:
        return _ended(run)
    if run.kind != "import":
        return _of_one_job(run, workers)
    if run.cancel_asked_at is not None and not workers:
        return Phase("being cancelled", "warning", "It ends as soon as a worker runs: start `trihedral worker`.")
    if not workers:
        return Phase("waiting", "warning", NO_WORKER)
    if run.cancel_asked_at is not None:
        return Phase("being cancelled", "warning", "What is being decoded is dropped; what was imported stays.")
    if not jobs.waiting + jobs.running:
        return _without_jobs(run)
    if run.held_up is not None:
        return Phase("held up", "warning", run.held_up)
    if run.state == "waiting":
        return Phase("waiting", "info", "It begins when a worker is free.")
    if run.planned_at is None:
        return Phase("planning", "info", "The source is still being read; what was read is imported meanwhile.")
    if pace.chunks_done == pace.chunks:
        return Phase("finishing", "info", "All scenes are in; now the same ground is looked for among them.")
    return Phase("running", "info")


def _ended(run: RunProgress) -> Phase:
    has_taken = any(run.counts.get(taken) for taken in ("new", "unchanged"))
    if run.kind == "import" and run.state == "done" and run.refusals and not has_taken:
        return Phase("done", "error", "Nothing was taken: everything was refused, for the reasons below.")
    return Phase(run.state, TONES.get(run.state, "info"))


def _of_one_job(run: RunProgress, workers: int) -> Phase:
    """Drafting and screening are one job each, or carried out by the command that began them."""
    if run.state == "waiting" and not workers:
        return Phase("waiting", "warning", NO_WORKER)
    return Phase(run.state, "info", "It begins when a worker is free." if run.state == "waiting" else "")


def _without_jobs(run: RunProgress) -> Phase:
    if run.state == "waiting":
        return Phase("waiting", "info", "Another import of this dataset comes first.")
    return Phase(
        "stalled",
        "error",
        "Nothing is queued for it any more, since its work failed too often. Give the same `trihedral dataset import`"
        " again: it goes on where this ended.",
    )
