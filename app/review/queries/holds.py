"""The packets of a dataset that are in somebody's hands, and taking them back."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

# Few, whatever was done before: at most as many a reviewer as one may hold. A sign of life counts for all holds of a
# reviewer: a packet that waits in their browser while they work on another is not abandoned.
_HOLDS: Final = """
holds as materialized (
    select a.assignment_id, a.packet_id, a.slot, a.reviewer, a.claimed_at, a.expires_at, g.saved_at,
        a.expires_at <= statement_timestamp() as is_over,
        max(greatest(a.claimed_at, g.saved_at)) over (partition by a.reviewer)
            < statement_timestamp() - make_interval(secs => :quiet_s) as is_quiet
    from assignment a left join progress g on g.assignment_id = a.assignment_id
    where a.state = 'held'
)
"""

_LIST: Final = text(f"""
with {_HOLDS}
select h.assignment_id, h.packet_id, h.slot, s.pool, p.scene_id, c.name as scene, w.display_name as who, h.claimed_at,
    h.expires_at, h.saved_at, h.is_over, h.is_quiet
from holds h join slot s on s.packet_id = h.packet_id and s.slot = h.slot join packet p on p.packet_id = h.packet_id
join scene c on c.scene_id = p.scene_id left join person w on w.pseudonym = h.reviewer
where p.dataset_id = :dataset_id and (h.expires_at, h.assignment_id) > (:after_at, :after_id)
order by h.expires_at, h.assignment_id limit :limit
""")  # noqa: S608  (parts of our own)

_COUNT: Final = text(f"""
with {_HOLDS}
select count(*) as held, count(*) filter (where h.is_over or h.is_quiet) as stale
from holds h join packet p on p.packet_id = h.packet_id where p.dataset_id = :dataset_id
""")  # noqa: S608  (parts of our own)

# Others' rows, so none is waited for: who is saving or submitting at this moment keeps the packet.
_RELEASE: Final = text(f"""
with {_HOLDS}, theirs as materialized (
    select a.assignment_id, a.packet_id, a.slot
    from holds h join assignment a on a.assignment_id = h.assignment_id
    join slot s on s.packet_id = a.packet_id and s.slot = a.slot
    where a.state = 'held' and s.dataset_id = :dataset_id
        and case when cast(:assignment_id as uuid) is null then h.is_over or h.is_quiet
            else a.assignment_id = :assignment_id end
    order by a.assignment_id
    for no key update of a, s skip locked
), released as (
    update assignment a set state = 'returned', ended_at = statement_timestamp(), released_by = :released_by
    from theirs t where a.assignment_id = t.assignment_id
), freed as (
    update slot s set is_free = true, came_back = true
    from theirs t where s.packet_id = t.packet_id and s.slot = t.slot
)
select count(*) from theirs
""")  # noqa: S608  (parts of our own)


@dataclass(frozen=True, slots=True)
class Hold:
    """A packet in somebody's hands, as a lead sees it."""

    assignment_id: uuid.UUID
    packet_id: int
    slot: int
    pool: str
    scene_id: int
    scene: str
    who: str | None
    """The name; None of who was erased."""
    claimed_at: dt.datetime
    expires_at: dt.datetime
    saved_at: dt.datetime | None
    is_over: bool
    """By the clock; the next claim frees it."""
    is_quiet: bool
    """Whether its reviewer has claimed and saved nothing for long, of this packet or any other."""


@dataclass(frozen=True, slots=True)
class HoldCount:
    held: int
    stale: int
    """Over, or its reviewer quiet."""


def list_holds(
    session: Session, dataset_id: int, quiet_s: float, *, after: tuple[dt.datetime, uuid.UUID] | None, limit: int
) -> list[Hold]:
    """A page of the dataset's holds, those that end first; behind the key (end, assignment) of the last one."""
    after_at, after_id = after or (dt.datetime.min.replace(tzinfo=dt.UTC), uuid.UUID(int=0))
    asked = {"dataset_id": dataset_id, "quiet_s": quiet_s, "after_at": after_at, "after_id": after_id, "limit": limit}
    return [Hold(**row._mapping) for row in session.execute(_LIST, asked)]


def count_holds(session: Session, dataset_id: int, quiet_s: float) -> HoldCount:
    """How many packets of the dataset are in somebody's hands, and how many of these seem abandoned."""
    return HoldCount(**session.execute(_COUNT, {"dataset_id": dataset_id, "quiet_s": quiet_s}).one()._mapping)


def release(
    session: Session, dataset_id: int, released_by: uuid.UUID, quiet_s: float, assignment_id: uuid.UUID | None = None
) -> int:
    """End this hold of the dataset, or all stale ones, and free their slots; gives how many. Progress stays stored."""
    asked = {"dataset_id": dataset_id, "released_by": released_by, "quiet_s": quiet_s, "assignment_id": assignment_id}
    return int(session.execute(_RELEASE, asked).scalar_one())
