"""Runs: durable progress, and what they refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from app.db.tables.intake import Dataset, Run
from app.db.tables.intake import Refusal as RefusalRow
from app.intake.queries.copying import copy_rows
from pipeline.records import Refusal

NOTE: Final = "note"
"""In ``detail``: the box was taken, but changed; the reason says how."""


@dataclass(frozen=True, slots=True)
class RunProgress:
    """A run as it stands."""

    run_id: int
    dataset: str
    kind: str
    state: str
    parameters: Mapping[str, Any]
    total: int | None
    done: int
    counts: Mapping[str, int]
    refusals: int
    error: str | None
    created_at: dt.datetime
    started_at: dt.datetime | None
    planned_at: dt.datetime | None
    cancel_asked_at: dt.datetime | None
    held_up: str | None
    held_up_at: dt.datetime | None
    finished_at: dt.datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it is not over."""
        return self.state in ("waiting", "running")


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the chunks of an import get done."""

    chunks: int
    chunks_done: int
    rate_s: float | None
    """Scenes a second over the last minute; None where none was done in it."""
    eta_s: float | None
    """Seconds until all that is planned is done, at this rate."""


@dataclass(frozen=True, slots=True)
class StoredRefusal:
    """One line of a run's report."""

    refusal_id: int
    file: str
    annotation_id: str | None
    reason: str
    detail: str | None


def begin_run(session: Session, dataset_id: int, kind: str, parameters: Mapping[str, Any]) -> int:
    """A new run; or the one that was broken off with the same parameters, which goes on.

    Its report is emptied, since work begins anew at the front and passes quickly over what is done: each refusal will
    be met again.
    """
    # What a corpus is fitted to is found out by the run, not asked of it.
    as_asked = Run.parameters.op("-")("fit")
    broken_off = session.execute(
        select(Run.run_id)
        .where(Run.dataset_id == dataset_id, Run.kind == kind, Run.state == "running", as_asked == parameters)
        .order_by(Run.run_id.desc())
        .limit(1)
        .with_for_update()
    ).scalar_one_or_none()
    run_id = broken_off or add_run(session, dataset_id, kind, parameters)
    start_run(session, run_id)
    return run_id


def add_run(session: Session, dataset_id: int, kind: str, parameters: Mapping[str, Any]) -> int:
    """A run that waits to be started."""
    run = Run(dataset_id=dataset_id, kind=kind, parameters=dict(parameters))
    session.add(run)
    session.flush()
    return run.run_id


def start_run(session: Session, run_id: int) -> None:
    """From the front, with an empty report."""
    session.execute(text("delete from refusal where run_id = :run_id"), {"run_id": run_id})
    values = {"state": "running", "done": 0, "counts": {}, "error": None, "finished_at": None}
    session.execute(update(Run).where(Run.run_id == run_id).values(**values))


def advance_run(session: Session, run_id: int, done: int, total: int | None, counts: Mapping[str, int]) -> None:
    """Write how far the run is."""
    session.execute(update(Run).where(Run.run_id == run_id).values(done=done, total=total, counts=dict(counts)))


def finish_run(session: Session, run_id: int, state: str, error: str | None = None) -> None:
    """``done``, ``failed`` or ``cancelled``, by the server's clock."""
    values = {"state": state, "error": error, "finished_at": func.clock_timestamp()}
    session.execute(update(Run).where(Run.run_id == run_id).values(**values))


def add_refusals(
    session: Session,
    run_id: int,
    refusals: Iterable[Refusal],
    detail: str | None = None,
    *,
    chunk: int | None = None,
) -> int:
    """Add to the run's report. Returns how many were added."""
    rows = ((run_id, chunk, refusal.file, refusal.annotation_id, refusal.reason, detail) for refusal in refusals)
    return copy_rows(session, "refusal", ("run_id", "chunk", "file", "annotation_id", "reason", "detail"), rows)


def find_run(session: Session, run_id: int) -> RunProgress | None:
    """The run with this number."""
    found = _runs(session, Run.run_id == run_id, 1)
    return found[0] if found else None


def list_runs(session: Session, dataset_id: int, *, before: int | None = None, limit: int = 50) -> list[RunProgress]:
    """The dataset's runs, newest first, those before ``before``."""
    condition = Run.dataset_id == dataset_id
    return _runs(session, condition if before is None else condition & (Run.run_id < before), limit)


def _runs(session: Session, condition: Any, limit: int) -> list[RunProgress]:
    is_refused = (RefusalRow.run_id == Run.run_id) & RefusalRow.detail.is_distinct_from(NOTE)
    is_note = (RefusalRow.run_id == Run.run_id) & (RefusalRow.detail == NOTE)
    refusals = select(func.count()).where(is_refused).scalar_subquery()
    notes = select(func.count()).where(is_note).scalar_subquery()
    query = (
        select(Run, Dataset.name, refusals, notes).join(Dataset, Dataset.dataset_id == Run.dataset_id).where(condition)
    )
    rows = session.execute(query.order_by(Run.run_id.desc()).limit(limit)).all()
    summed = _chunk_sums(session, [row[0].run_id for row in rows if row[0].finished_at is None])
    found = []
    for run, name, refused, noted in rows:
        done, counts = summed.get(run.run_id, (run.done, run.counts))
        # Of an import, the report knows what was refused while its source was read, before any chunk is done.
        told = {"refused": refused, "notes": noted} if run.kind == "import" else {}
        found.append(_progress(run, name, refused, done, {**counts, **told}))
    return found


def _progress(run: Run, dataset: str, refused: int, done: int, counts: Mapping[str, int]) -> RunProgress:
    return RunProgress(
        run_id=run.run_id,
        dataset=dataset,
        kind=run.kind,
        state=run.state,
        parameters=run.parameters,
        total=run.total,
        done=done,
        counts=counts,
        refusals=refused,
        error=run.error,
        created_at=run.created_at,
        started_at=run.started_at,
        planned_at=run.planned_at,
        cancel_asked_at=run.cancel_asked_at,
        held_up=run.held_up,
        held_up_at=run.held_up_at,
        finished_at=run.finished_at,
    )


_SUMS: Final = text("""
select run_id, coalesce(sum(scenes) filter (where done_at is not null), 0)::bigint as done, (
    select coalesce(jsonb_object_agg(name, total), '{}') from (
        select name, sum(number::bigint) as total
        from run_chunk as counted, jsonb_each_text(counted.counts) as each (name, number)
        where counted.run_id = run_chunk.run_id group by name
    ) as summed
) as counts
from run_chunk where run_id = any(:run_ids) group by run_id
""")


def _chunk_sums(session: Session, run_ids: list[int]) -> dict[int, tuple[int, Mapping[str, int]]]:
    """Of imports that are under way; what is over has its sums in its own row."""
    rows = session.execute(_SUMS, {"run_ids": run_ids})
    return {row.run_id: (row.done, row.counts) for row in rows}


_PACE: Final = text("""
with pace as (
    select count(*) as chunks, count(done_at) as chunks_done,
        coalesce(sum(scenes) filter (where done_at is null), 0) as left_over,
        sum(scenes) filter (where done_at > statement_timestamp() - interval '60 seconds')
            / greatest(least(60, extract(epoch from statement_timestamp() - (
                select started_at from run where run_id = :run_id
            ))), 1) as rate_s
    from run_chunk where run_id = :run_id
)
select chunks, chunks_done, rate_s::float8, (left_over / nullif(rate_s, 0))::float8 as eta_s from pace
""")


def pace_of(session: Session, run_id: int) -> Pace:
    """How fast an import gets on."""
    return Pace(**session.execute(_PACE, {"run_id": run_id}).one()._mapping)


def list_refusals(session: Session, run_id: int, *, after: int = 0, limit: int = 100) -> list[StoredRefusal]:
    """A page of a run's report, by key: what comes behind the refusal ``after``."""
    query = (
        select(RefusalRow.refusal_id, RefusalRow.file, RefusalRow.annotation_id, RefusalRow.reason, RefusalRow.detail)
        .where(RefusalRow.run_id == run_id, RefusalRow.refusal_id > after)
        .order_by(RefusalRow.refusal_id)
        .limit(limit)
    )
    return [StoredRefusal(*row) for row in session.execute(query)]
