"""Runs that change what is there, chunk by chunk: each chunk is committed with the place up to which it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

_WAITING: Final = text("""
select run_id from run where dataset_id = :dataset_id and kind = :kind and state = 'waiting' order by run_id limit 1
""")

_NEWEST: Final = text("""
select run_id, kind, state, done, total, error from run
where dataset_id = :dataset_id and kind in ('policy', 'sample') order by run_id desc limit 1
""")

_TAKE_UP: Final = text("""
update run set state = 'running', started_at = coalesce(started_at, clock_timestamp()), error = null
where run_id = :run_id and state in ('waiting', 'running')
returning dataset_id, parameters, counts, done
""")

_ADVANCE: Final = text("""
update run set done = :done, total = greatest(:total, :done), counts = :counts,
    parameters = parameters || jsonb_build_object('after', cast(:after as bigint))
where run_id = :run_id
""").bindparams(bindparam("counts", type_=JSONB))


@dataclass(frozen=True, slots=True)
class NewestRun:
    """The last change of a dataset, for the page that shows what it does."""

    run_id: int
    kind: str
    state: str
    done: int
    total: int | None
    error: str | None

    @property
    def is_open(self) -> bool:
        """Whether it is still to come, or under way."""
        return self.state in ("waiting", "running")


@dataclass(frozen=True, slots=True)
class ChangeRun:
    """A run that was taken up, from where it was broken off if it was."""

    dataset_id: int
    parameters: Mapping[str, Any]
    counts: Mapping[str, int]
    done: int

    @property
    def after(self) -> int:
        """Up to where it is done."""
        return int(self.parameters.get("after", 0))


def waiting_run(session: Session, dataset_id: int, kind: str) -> int | None:
    """A run of this kind that no worker has begun."""
    found: int | None = session.execute(_WAITING, {"dataset_id": dataset_id, "kind": kind}).scalar_one_or_none()
    return found


def newest_run(session: Session, dataset_id: int) -> NewestRun | None:
    """The last run that brought the queue to a policy, or took over the rest of a sample."""
    row = session.execute(_NEWEST, {"dataset_id": dataset_id}).one_or_none()
    return None if row is None else NewestRun(**row._mapping)


def take_up(session: Session, run_id: int) -> ChangeRun | None:
    """Begin, or go on; None where it is over."""
    row = session.execute(_TAKE_UP, {"run_id": run_id}).one_or_none()
    return None if row is None else ChangeRun(**row._mapping)


def advance(session: Session, run_id: int, *, after: int, done: int, total: int, counts: Mapping[str, int]) -> None:
    """Write how far it is, with what the chunk changed."""
    values = {"run_id": run_id, "after": after, "done": done, "total": total, "counts": dict(counts)}
    session.execute(_ADVANCE, values)
