"""Handing out packets: one statement, which is the only place where holds begin and end by the clock.

Rows are locked in one order everywhere in this room: the reviewer's pseudonym, the assignment, the slot, the packet.
What belongs to others is locked with SKIP LOCKED only, so a claim waits for nobody.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.review.queries.eligible import POOLS_OF_REVIEWER

ENDED_AT_ONCE: Final = 32
"""Holds that one claim ends at most, so that a claim after a quiet week is as quick as any other."""

_LOCK_REVIEWER: Final = text("select 1 from pseudonym where pseudonym = :reviewer for no key update")

LOOKED_AT_FIRST: Final = 64
"""Of the slots of a pool that came back, those that a claim looks at before it walks on. Nearly always they are few and
for anybody; where a reviewer handed back thousands, a claim must not read over all of them each time."""

SEEN_AGAIN_AFTER_S: Final = 300
"""Who has seen the whole queue looks through it once more after this long: for a slot that was in the hands of a claim
that failed when they passed it, which nothing else tells of."""

_END: Final = 2**63 - 1
"""As a sort key: the end of the queue."""

_NOT_MINE_YET: Final = """
    -- Subqueries with a limit and not "not exists": they stay probes of the two unique indexes, whatever the planner
    -- believes of a table that grew since it was last analysed. Within "coalesce", of which it takes half to be true:
    -- it takes "is null" to be true of so few that it reads and sorts all of the queue for the first one.
    coalesce((select false from assignment a where a.packet_id = s.packet_id and a.reviewer = :reviewer
        and a.state <> 'returned' limit 1), true)
    and coalesce((select false from review r where r.packet_id = s.packet_id and r.reviewer = :reviewer limit 1), true)
"""

HANDING: Final = f"""
with chosen as materialized (
    select d.dataset_id, coalesce((select max(o.queue_ordering_id) from queue_ordering o
            where o.dataset_id = d.dataset_id and o.finished_at is not null), 0) as queue_ordering_id
    from dataset d where cast(:dataset as text) is null or d.name = :dataset
), eligible as materialized (
    {POOLS_OF_REVIEWER}
), holding as materialized (
    select count(*) as n from assignment
    where reviewer = :reviewer and state = 'held' and expires_at > statement_timestamp()
), own as materialized (
    -- What the reviewer has but their browser does not: a hold, or one that ended while nobody took the slot.
    select a.assignment_id, a.packet_id, a.slot, a.state
    from assignment a join slot s on s.packet_id = a.packet_id and s.slot = a.slot
    where a.reviewer = :reviewer and a.state in ('held', 'expired')
        and (a.state = 'held' or s.is_free and s.pool in (select pool from eligible))
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
    returning a.assignment_id, a.packet_id, a.slot, a.reviewer, a.claimed_at, a.expires_at
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
), looking as materialized (
    select from holding where n < :max_held and not exists (select from own)
), places as materialized (
    -- The queues that this reviewer may be handed from, and up to where they have seen each, if its order is the same.
    select d.dataset_id, d.queue_ordering_id, e.pool, e.is_open, c.sort_key, c.packet_id, c.seen_at,
        -- Seen to the end, and nothing was sealed since. (Not in that time: a clock that went back.)
        c.seen_at between statement_timestamp() - make_interval(secs => {SEEN_AGAIN_AFTER_S}) and statement_timestamp()
            and c.packet_id >= coalesce((select p.packet_id from packet p
                where p.dataset_id = d.dataset_id order by p.packet_id desc limit 1), 0) as is_seen
    from chosen d cross join eligible e
    left join queue_cursor c on c.reviewer = :reviewer and c.dataset_id = d.dataset_id and c.pool = e.pool
        and c.queue_ordering_id = d.queue_ordering_id
    where exists (select from looking)
    order by d.dataset_id, e.is_open, e.pool
), back as materialized (
    -- First what came back, unless it was this reviewer who let go of it.
    select found.* from places t cross join lateral (
        select b.packet_id, b.slot from (
            select s.packet_id, s.slot from slot s
            where s.dataset_id = t.dataset_id and s.pool = t.pool and s.is_free and s.came_back
            order by s.sort_key, s.packet_id, s.slot
            limit {LOOKED_AT_FIRST}
        ) as b
        where coalesce((select false from assignment a
            where a.packet_id = b.packet_id and a.reviewer = :reviewer limit 1), true)
    ) as first cross join lateral (
        select s.packet_id, s.slot from slot s
        where s.packet_id = first.packet_id and s.slot = first.slot and s.is_free
        for no key update skip locked
    ) as found
    limit 1
), starts as materialized (
    -- After the reviewer's cursor, then once from the beginning, unless they have seen all of it.
    select t.*, pass.n as pass, row_number() over (order by t.dataset_id, t.is_open, t.pool, pass.n) as nth,
        case pass.n when 1 then t.sort_key else -{_END} - 1 end as from_key,
        case pass.n when 1 then t.packet_id else 0 end as from_packet
    from places t cross join (values (1), (2)) as pass (n)
    where not exists (select from back) and t.is_seen is not true
        and (pass.n = 2 or t.sort_key is not null and t.seen_at is null)
    order by nth
), walked as materialized (
    select found.*, t.nth, t.queue_ordering_id from starts t cross join lateral (
        select s.packet_id, s.slot, s.dataset_id, s.pool, s.sort_key from slot s
        where s.dataset_id = t.dataset_id and s.pool = t.pool and s.is_free
            and (s.sort_key, s.packet_id) > (t.from_key, t.from_packet)
            and {_NOT_MINE_YET}
        order by s.sort_key, s.packet_id, s.slot
        limit 1
        for no key update skip locked
    ) as found
    limit 1
), round as materialized (
    -- At last what came back, whoever let go of it.
    select found.* from places t cross join lateral (
        select s.packet_id, s.slot from slot s
        where s.dataset_id = t.dataset_id and s.pool = t.pool and s.is_free and s.came_back
            and {_NOT_MINE_YET}
        order by s.sort_key, s.packet_id, s.slot
        limit 1
        for no key update skip locked
    ) as found
    where not exists (select from back) and not exists (select from walked)
    limit 1
), free as materialized (
    select packet_id, slot from back
    union all select packet_id, slot from walked
    union all select packet_id, slot from round
), picked as materialized (
    select packet_id, slot from free
    union all
    -- A slot that this very statement freed is not seen by the walk.
    (select s.packet_id, s.slot from expired s
    where not exists (select from free) and exists (select from looking)
        and s.pool in (select pool from eligible) and s.dataset_id in (select dataset_id from chosen)
        and {_NOT_MINE_YET}
    order by s.sort_key, s.packet_id, s.slot
    limit 1)
), added as (
    insert into assignment (packet_id, slot, reviewer, expires_at)
    select packet_id, slot, :reviewer, statement_timestamp() + make_interval(secs => :lease_s) from picked
    returning assignment_id, packet_id, slot, reviewer, claimed_at, expires_at
), freed as (
    update slot s set is_free = true, came_back = true from expired e
    where s.packet_id = e.packet_id and s.slot = e.slot
        and not exists (select from picked p where p.packet_id = e.packet_id and p.slot = e.slot)
), taken as (
    update slot s set is_free = false
    from (select packet_id, slot from free
        union all select packet_id, slot from own where state = 'expired') as t
    where s.packet_id = t.packet_id and s.slot = t.slot
), moved as (
    -- To what was found; and to the end of each queue that was walked before it without a find.
    insert into queue_cursor (reviewer, dataset_id, pool, queue_ordering_id, sort_key, packet_id, seen_at)
    select :reviewer, dataset_id, pool, queue_ordering_id, sort_key, packet_id, null from walked
    union all
    select :reviewer, t.dataset_id, t.pool, t.queue_ordering_id, {_END}, coalesce((select p.packet_id from packet p
            where p.dataset_id = t.dataset_id order by p.packet_id desc limit 1), 0), statement_timestamp()
    from starts t where t.pass = 2 and t.nth < coalesce((select nth from walked), {_END})
    on conflict (reviewer, dataset_id, pool) do update set queue_ordering_id = excluded.queue_ordering_id,
        sort_key = excluded.sort_key, packet_id = excluded.packet_id, seen_at = excluded.seen_at
), handed as (
    select * from added union all select * from resumed
)
"""  # noqa: S608  (parts of our own)
"""A claim, up to ``handed``: the assignment, if there is one. What selects from it may show the packet at once."""

STATEMENT: Final = f"{HANDING} select assignment_id from handed"  # noqa: S608  (parts of our own)
"""A claim by itself, to be asked for its plan."""

_WHY_NOTHING: Final = text(f"""
with chosen as materialized (
    select dataset_id from dataset where cast(:dataset as text) is null or name = :dataset
), eligible as materialized (
    {POOLS_OF_REVIEWER}
)
select exists (select from chosen) as is_known,
    (select count(*) from assignment
        where reviewer = :reviewer and state = 'held' and expires_at > statement_timestamp()) as held,
    exists (
        select from assignment h join slot s on s.packet_id = h.packet_id and s.slot = h.slot
        where h.state = 'held' and h.reviewer <> :reviewer and s.pool in (select pool from eligible)
            and s.dataset_id in (select dataset_id from chosen) and {_NOT_MINE_YET}
    ) as others_hold,
    exists (
        select from chosen d cross join pool o cross join lateral (
            select from slot s where s.dataset_id = d.dataset_id and s.pool = o.pool and s.is_free limit 1
        ) as left_over
        where o.pool not in (select pool from eligible)
    ) as is_for_others
""")  # noqa: S608  (parts of our own)

Reason = Literal["nothing_left", "all_taken", "not_yours"]


@dataclass(frozen=True, slots=True)
class Nothing:
    """Why a claim brought no packet."""

    is_known: bool
    held: int
    reason: Reason


def lock_reviewer(session: Session, reviewer: uuid.UUID) -> None:
    """Let the other requests of this one person wait until this one ends; nobody else does.

    Two tabs that claim at once would each see one hold too few. A statement of its own, because the next one must
    see what the other tab committed.
    """
    session.execute(_LOCK_REVIEWER, {"reviewer": reviewer})


def asked(
    reviewer: uuid.UUID, dataset: str | None, have: Sequence[uuid.UUID], *, lease_s: float, max_held: int
) -> dict[str, Any]:
    """What :data:`HANDING` asks for, to hand the reviewer a packet.

    First one that is theirs but not in ``have`` (a hold, or one that ended while its slot stayed free); then, in the
    pools of ``dataset`` (None is all) that are theirs, one that came back from somebody else, the first free one after
    their cursor, one that they let go of themselves, and one whose hold has just ended. Ends holds that are over by the
    server's clock on the way. What it reads does not grow with what was done: each free slot that is not theirs is
    passed over once. Call :func:`lock_reviewer` first.
    """
    return {
        "reviewer": reviewer,
        "dataset": dataset,
        "have": list(have),
        "lease_s": lease_s,
        "max_held": max_held,
        "ended_at_once": ENDED_AT_ONCE,
    }


def why_nothing(session: Session, reviewer: uuid.UUID, dataset: str | None) -> Nothing:
    """Why a claim brought nothing; only asked then."""
    row = session.execute(_WHY_NOTHING, {"reviewer": reviewer, "dataset": dataset}).one()
    reason: Reason = "all_taken" if row.others_hold else "not_yours" if row.is_for_others else "nothing_left"
    return Nothing(row.is_known, row.held, reason)
