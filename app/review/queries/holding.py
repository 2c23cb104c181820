"""A hold while it lasts: made longer, given back, and its unfinished verdicts."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

State = Literal["held", "done", "expired", "returned"]

# A hold that ended comes back to life where its slot is still free: nobody loses by it.
_RENEW: Final = text("""
with mine as materialized (
    select a.assignment_id, a.packet_id, a.slot, a.state, a.released_by is not null as is_released, s.is_free
    from assignment a join slot s on s.packet_id = a.packet_id and s.slot = a.slot
    where a.assignment_id = :assignment_id and a.reviewer = :reviewer
    for no key update of a, s
), renewed as (
    update assignment a
    set state = 'held', ended_at = null,
        expires_at = statement_timestamp() + make_interval(secs => :lease_s)
    from mine
    where a.assignment_id = mine.assignment_id
        and (mine.state = 'held' or mine.state = 'expired' and mine.is_free
            and :max_held > (select count(*) from assignment h
                where h.reviewer = :reviewer and h.state = 'held' and h.expires_at > statement_timestamp()))
    returning a.assignment_id, a.packet_id, a.slot, a.expires_at
), taken as (
    -- Without "and s.is_free": that would be asked of the row as it was before this statement waited for its lock.
    update slot s set is_free = false from renewed r where s.packet_id = r.packet_id and s.slot = r.slot
)
select mine.state, mine.is_released, renewed.assignment_id is not null as is_held, statement_timestamp() as server_time,
    coalesce(renewed.expires_at, statement_timestamp()) as expires_at
from mine left join renewed using (assignment_id)
""")

_GIVE_BACK: Final = text("""
with mine as materialized (
    select a.assignment_id, a.packet_id, a.slot, a.state
    from assignment a join slot s on s.packet_id = a.packet_id and s.slot = a.slot
    where a.assignment_id = :assignment_id and a.reviewer = :reviewer
    for no key update of a, s
), returned as (
    update assignment a set state = 'returned', ended_at = statement_timestamp()
    from mine where a.assignment_id = mine.assignment_id and mine.state in ('held', 'expired')
), freed as (
    update slot s set is_free = true, came_back = true
    from mine where mine.state = 'held' and s.packet_id = mine.packet_id and s.slot = mine.slot
)
select state from mine
""")

_SAVE: Final = text("""
insert into progress (assignment_id, version, body)
select :assignment_id, 1, cast(:body as jsonb)
where :version = 0 or exists (select from progress where assignment_id = :assignment_id)
on conflict (assignment_id) do update
    set version = progress.version + 1, body = excluded.body, saved_at = clock_timestamp()
    where progress.version = :version
returning version, body, saved_at
""")

# What a key of a reviewer who has the packet in hand takes: all in one statement. It counts nothing, so nothing is
# locked for it but the hold itself; what it does not find held goes the longer way.
_KEEP: Final = text("""
with mine as materialized (
    select a.assignment_id
    from assignment a join slot s on s.packet_id = a.packet_id and s.slot = a.slot
    where a.assignment_id = :assignment_id and a.reviewer = :reviewer and a.state = 'held'
    for no key update of a, s
), saved as (
    insert into progress (assignment_id, version, body)
    select assignment_id, 1, cast(:body as jsonb) from mine
    where :version = 0 or exists (select from progress where assignment_id = :assignment_id)
    on conflict (assignment_id) do update
        set version = progress.version + 1, body = excluded.body, saved_at = clock_timestamp()
        where progress.version = :version
    returning version, saved_at
), renewed as (
    update assignment a set expires_at = statement_timestamp() + make_interval(secs => :lease_s)
    from mine cross join saved where a.assignment_id = mine.assignment_id
    returning a.expires_at
)
select saved.version, saved.saved_at, renewed.expires_at, statement_timestamp() as server_time
from saved cross join renewed
""")

_HELD: Final = text("""
select d.name, count(*) as packets
from assignment a join packet p on p.packet_id = a.packet_id join dataset d on d.dataset_id = p.dataset_id
where a.reviewer = :reviewer and a.state = 'held' and a.expires_at > statement_timestamp()
group by d.name order by packets desc, d.name collate "C"
""")

_READ: Final = text("select version, body, saved_at from progress where assignment_id = :assignment_id")


@dataclass(frozen=True, slots=True)
class Renewal:
    """A hold after the attempt to make it longer; ``state`` is the one it was found in."""

    state: State
    is_released: bool
    """Whether a lead took the packet back."""
    is_held: bool
    expires_at: dt.datetime
    server_time: dt.datetime


@dataclass(frozen=True, slots=True)
class SavedProgress:
    version: int
    body: dict[str, Any]
    saved_at: dt.datetime


def renew(
    session: Session, assignment_id: uuid.UUID, reviewer: uuid.UUID, *, lease_s: float, max_held: int
) -> Renewal | None:
    """Make a hold last from now on; one that ended too, while its slot is free. None where it is not the reviewer's."""
    asked = {"assignment_id": assignment_id, "reviewer": reviewer, "lease_s": lease_s, "max_held": max_held}
    row = session.execute(_RENEW, asked).one_or_none()
    return None if row is None else Renewal(row.state, row.is_released, row.is_held, row.expires_at, row.server_time)


def held_by_dataset(session: Session, reviewer: uuid.UUID) -> dict[str, int]:
    """How many packets the reviewer has in hand, by the name of their dataset; of which most are held first."""
    return {row.name: row.packets for row in session.execute(_HELD, {"reviewer": reviewer})}


def give_back(session: Session, assignment_id: uuid.UUID, reviewer: uuid.UUID) -> State | None:
    """Free the slot for others; gives the state it was found in, None where it is not the reviewer's."""
    state: State | None = session.execute(
        _GIVE_BACK, {"assignment_id": assignment_id, "reviewer": reviewer}
    ).scalar_one_or_none()
    return state


def save_progress(
    session: Session, assignment_id: uuid.UUID, version: int, body: dict[str, Any]
) -> SavedProgress | None:
    """Write the progress if ``version`` (0: none yet) is still the stored one; else None, and nothing is changed."""
    asked = {"assignment_id": assignment_id, "version": version, "body": json.dumps(body)}
    row = session.execute(_SAVE, asked).one_or_none()
    return None if row is None else SavedProgress(row.version, row.body, row.saved_at)


def keep_progress(
    session: Session, assignment_id: uuid.UUID, reviewer: uuid.UUID, version: int, body: dict[str, Any], lease_s: float
) -> tuple[SavedProgress, Renewal] | None:
    """Write the progress of a packet in hand under its ``version``, and make the hold last from now on.

    None where the packet is not held, or the version is not the stored one; then nothing is changed.
    """
    asked = {"assignment_id": assignment_id, "reviewer": reviewer, "version": version, "lease_s": lease_s}
    row = session.execute(_KEEP, asked | {"body": json.dumps(body)}).one_or_none()
    if row is None:
        return None
    renewal = Renewal("held", is_released=False, is_held=True, expires_at=row.expires_at, server_time=row.server_time)
    return SavedProgress(row.version, body, row.saved_at), renewal


def read_progress(session: Session, assignment_id: uuid.UUID) -> SavedProgress | None:
    row = session.execute(_READ, {"assignment_id": assignment_id}).one_or_none()
    return None if row is None else SavedProgress(row.version, row.body, row.saved_at)
