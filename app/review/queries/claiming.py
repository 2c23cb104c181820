"""Handing out packets: one statement, which is the only place where holds begin and end by the clock.

Rows are locked in one order everywhere in this room: the reviewer's pseudonym, the assignment, the slot, the packet.
What belongs to others is locked with SKIP LOCKED only, so a claim waits for nobody.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

ENDED_AT_ONCE: Final = 32
"""Holds that one claim ends at most, so that a claim after a quiet week is as quick as any other."""

_LOCK_REVIEWER: Final = text("select 1 from pseudonym where pseudonym = :reviewer for no key update")

_CLAIM: Final = text("""
with chosen as materialized (
    select dataset_id from dataset where cast(:dataset as text) is null or name = :dataset
), holding as materialized (
    select count(*) as n from assignment
    where reviewer = :reviewer and state = 'held' and expires_at > statement_timestamp()
), own as materialized (
    -- What the reviewer has but their browser does not: a hold, or one that ended while nobody took the slot.
    select a.assignment_id, a.packet_id, a.slot, a.state
    from assignment a join slot s on s.packet_id = a.packet_id and s.slot = a.slot
    where a.reviewer = :reviewer and a.state in ('held', 'expired')
        and (a.state = 'held' or s.is_free)
        and (a.state = 'held' and a.expires_at > statement_timestamp() or (select n from holding) < :max_held)
        and a.assignment_id <> all (cast(:have as uuid[]))
        and s.dataset_id in (select dataset_id from chosen)
        and not exists (select from review r where r.packet_id = a.packet_id and r.reviewer = :reviewer)
    order by a.state = 'held' desc, a.claimed_at
    limit 1
    for no key update of a, s skip locked
), resumed as (
    update assignment a
    set state = 'held', ended_at = null,
        expires_at = statement_timestamp() + make_interval(secs => :lease_s)
    from own where a.assignment_id = own.assignment_id
    returning a.assignment_id
), ended as materialized (
    select a.assignment_id, s.packet_id, s.slot, s.dataset_id, s.pool, s.sort_key
    from assignment a join slot s on s.packet_id = a.packet_id and s.slot = a.slot
    where a.state = 'held' and a.expires_at <= statement_timestamp()
        and a.assignment_id not in (select assignment_id from own)
    order by a.expires_at
    limit :ended_at_once
    for no key update of a, s skip locked
), expired as (
    update assignment a set state = 'expired', ended_at = statement_timestamp()
    from ended e where a.assignment_id = e.assignment_id
    returning e.packet_id, e.slot, e.dataset_id, e.pool, e.sort_key
), starts as materialized (
    -- After the reviewer's cursor first, then once from the beginning.
    select d.dataset_id, case pass.n when 1 then c.sort_key else -9223372036854775808 end as sort_key,
        case pass.n when 1 then c.packet_id else 0 end as packet_id
    from chosen d cross join (values (1), (2)) as pass (n)
    left join queue_cursor c on c.reviewer = :reviewer and c.dataset_id = d.dataset_id and c.pool = 'main'
    where pass.n = 2 or c.reviewer is not null
    order by d.dataset_id, pass.n
), walked as materialized (
    select found.* from starts t cross join lateral (
        select s.packet_id, s.slot, s.dataset_id, s.pool, s.sort_key from slot s
        where s.dataset_id = t.dataset_id and s.pool = 'main' and s.is_free
            and (s.sort_key, s.packet_id) > (t.sort_key, t.packet_id)
            -- "is null" of a subquery with a limit and not "not exists": it stays a probe of the two unique indexes,
            -- whatever the planner believes of a table that grew since it was last analysed.
            and (select true from assignment a where a.packet_id = s.packet_id and a.reviewer = :reviewer
                and a.state <> 'returned' limit 1) is null
            and (select true from review r where r.packet_id = s.packet_id and r.reviewer = :reviewer limit 1) is null
        order by s.sort_key, s.packet_id, s.slot
        limit 1
        for no key update skip locked
    ) as found
    where not exists (select from own) and (select n from holding) < :max_held
    limit 1
), picked as materialized (
    select packet_id, slot, dataset_id, pool, sort_key from walked
    union all
    -- A slot that this very statement freed is not seen by the walk.
    (select e.packet_id, e.slot, e.dataset_id, e.pool, e.sort_key from expired e
    where not exists (select from walked) and not exists (select from own)
        and (select n from holding) < :max_held
        and e.pool = 'main' and e.dataset_id in (select dataset_id from chosen)
        and not exists (select from assignment a
            where a.packet_id = e.packet_id and a.reviewer = :reviewer and a.state <> 'returned')
        and not exists (select from review r where r.packet_id = e.packet_id and r.reviewer = :reviewer)
    order by e.sort_key, e.packet_id, e.slot
    limit 1)
), added as (
    insert into assignment (packet_id, slot, reviewer, expires_at)
    select packet_id, slot, :reviewer, statement_timestamp() + make_interval(secs => :lease_s) from picked
    returning assignment_id
), freed as (
    update slot s set is_free = true from expired e
    where s.packet_id = e.packet_id and s.slot = e.slot
        and not exists (select from picked p where p.packet_id = e.packet_id and p.slot = e.slot)
), taken as (
    update slot s set is_free = false
    from (select packet_id, slot from walked
        union all select packet_id, slot from own where state = 'expired') as t
    where s.packet_id = t.packet_id and s.slot = t.slot
), moved as (
    insert into queue_cursor (reviewer, dataset_id, pool, sort_key, packet_id)
    select :reviewer, dataset_id, pool, sort_key, packet_id from picked
    on conflict (reviewer, dataset_id, pool)
    do update set sort_key = excluded.sort_key, packet_id = excluded.packet_id
)
select assignment_id from added union all select assignment_id from resumed
""")

_WHY_NOTHING: Final = text("""
select exists (select from dataset where cast(:dataset as text) is null or name = :dataset) as is_known,
    (select count(*) from assignment
        where reviewer = :reviewer and state = 'held' and expires_at > statement_timestamp()) as held,
    exists (
        select from assignment a
        join slot s on s.packet_id = a.packet_id and s.slot = a.slot
        join dataset d on d.dataset_id = s.dataset_id
        where a.state = 'held' and a.reviewer <> :reviewer and s.pool = 'main'
            and (cast(:dataset as text) is null or d.name = :dataset)
            and not exists (select from assignment mine
                where mine.packet_id = a.packet_id and mine.reviewer = :reviewer and mine.state <> 'returned')
            and not exists (select from review r where r.packet_id = a.packet_id and r.reviewer = :reviewer)
    ) as others_hold
""")


@dataclass(frozen=True, slots=True)
class Nothing:
    """Why a claim brought no packet."""

    is_known: bool
    held: int
    reason: Literal["nothing_left", "all_taken"]


def lock_reviewer(session: Session, reviewer: uuid.UUID) -> None:
    """Let the other requests of this one person wait until this one ends; nobody else does.

    Two tabs that claim at once would each see one hold too few. A statement of its own, because the next one must
    see what the other tab committed.
    """
    session.execute(_LOCK_REVIEWER, {"reviewer": reviewer})


def claim(
    session: Session,
    reviewer: uuid.UUID,
    dataset: str | None,
    have: Sequence[uuid.UUID],
    *,
    lease_s: float,
    max_held: int,
) -> uuid.UUID | None:
    """Hand the reviewer a packet: the id of the assignment, or None where there is none to be had.

    First one that is theirs but not in ``have`` (a hold, or one that ended while its slot stayed free), else the first
    free slot after their cursor in ``dataset`` (None is all), else one whose hold has just ended. Ends holds that are
    over by the server's clock on the way. Call :func:`lock_reviewer` first.
    """
    return session.execute(
        _CLAIM,
        {
            "reviewer": reviewer,
            "dataset": dataset,
            "have": list(have),
            "lease_s": lease_s,
            "max_held": max_held,
            "ended_at_once": ENDED_AT_ONCE,
        },
    ).scalar_one_or_none()


def why_nothing(session: Session, reviewer: uuid.UUID, dataset: str | None) -> Nothing:
    """Why :func:`claim` brought nothing; only asked then."""
    row = session.execute(_WHY_NOTHING, {"reviewer": reviewer, "dataset": dataset}).one()
    return Nothing(row.is_known, row.held, "all_taken" if row.others_hold else "nothing_left")
