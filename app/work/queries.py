"""What is queued, and whether anybody is there to do it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

SILENT_S: Final = 20.0
"""A worker that was silent for this long is taken for dead; its heart beats four times as often."""


@dataclass(frozen=True, slots=True)
class Queued:
    """Jobs that are not over."""

    waiting: int = 0
    running: int = 0
    retrying: int = 0
    """Of those that wait: begun before, or put off."""


_QUEUED: Final = text("""
select count(*) filter (where status = 'todo') as waiting,
    count(*) filter (where status = 'doing') as running,
    count(*) filter (where status = 'todo' and (attempts > 0 or scheduled_at > statement_timestamp())) as retrying
from procrastinate_jobs
where status in ('todo', 'doing') and task_name = any(:names) and args @> cast(:ids as jsonb)
""")

_DUE: Final = text("""
select exists (
    select from procrastinate_jobs
    where status = 'todo' and (scheduled_at is null or scheduled_at <= statement_timestamp())
)
""")

_WORKERS: Final = text("""
select count(*) from procrastinate_workers
where last_heartbeat > statement_timestamp() - make_interval(secs => :silent_s)
""")


def queued(session: Session, names: Sequence[str], **ids: int | str) -> Queued:
    """The jobs of these names (``room.job``) that are about ``ids``, whatever else they are about."""
    row = session.execute(_QUEUED, {"names": list(names), "ids": json.dumps(ids)}).one()
    return Queued(row.waiting, row.running, row.retrying)


def has_due(session: Session) -> bool:
    """Whether a job is waiting that may begin now."""
    return bool(session.execute(_DUE).scalar_one())


def count_workers(session: Session) -> int:
    """How many worker processes were heard of lately."""
    return int(session.execute(_WORKERS, {"silent_s": SILENT_S}).scalar_one())
