"""Packets that wait for a reviewer whom there is not: everybody who may has reviewed them, or has them in hand."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.review.queries.eligible import BELONGS
from app.review.queries.figures import keep

BLOCKED: Final = "blocked"
"""Name of the kept figure."""
LISTED: Final = 100
"""Packets of which the figure tells who has reviewed them."""

# Of each packet with a free slot those are asked who belong to its pool, until one is found who may still have it:
# mostly the first. So it reads all of what is left of a queue, which takes seconds among a million.
_COUNT: Final = text(f"""
with able as materialized (
    select e.pool, w.pseudonym as reviewer from pool e
    join person w on w.is_active and w.roles && array['reviewer', 'adjudicator']
        and ({BELONGS.format(reviewer="w.pseudonym")})
), waiting as (
    select s.packet_id, s.pool, min(s.sort_key) as sort_key, count(*) as free from slot s
    where s.dataset_id = :dataset_id and s.is_free group by s.packet_id, s.pool
), blocked as materialized (
    select * from waiting s where (select true from able b where b.pool = s.pool
        and coalesce((select false from assignment a where a.packet_id = s.packet_id and a.reviewer = b.reviewer
            and (a.state in ('held', 'done') or a.state = 'expired' and not exists (select from slot o
                where o.packet_id = a.packet_id and o.slot = a.slot and o.is_free)) limit 1), true)
        and coalesce((select false from review r where r.packet_id = s.packet_id and r.reviewer = b.reviewer
            limit 1), true)
        limit 1) is null
), first as (
    select b.*, p.scene_id, c.name as scene,
        (select count(*) from slot k where k.packet_id = b.packet_id) as reviews_wanted,
        array(select r.reviewer from review r where r.packet_id = b.packet_id
            union select a.reviewer from assignment a where a.packet_id = b.packet_id and a.state = 'held') as touched
    from blocked b join packet p on p.packet_id = b.packet_id join scene c on c.scene_id = p.scene_id
    order by b.sort_key, b.packet_id limit {LISTED}
)
select jsonb_build_object(
    'pools', coalesce((select jsonb_agg(jsonb_build_object('pool', pool, 'packets', packets,
            'people', (select count(*) from able where able.pool = g.pool)) order by pool)
        from (select pool, count(*) as packets from blocked group by pool) as g), '[]'),
    'first', coalesce((select jsonb_agg(jsonb_build_object('packet_id', packet_id, 'scene_id', scene_id,
            'scene', scene, 'pool', pool, 'reviews_wanted', reviews_wanted, 'free', free, 'touched', touched)
            order by sort_key, packet_id) from first), '[]'))
""")  # noqa: S608  (parts of our own)

_KEPT: Final = text("""
select body, counted_at, extract(epoch from clock_timestamp() - counted_at) as age_s
from dataset_figures where dataset_id = :dataset_id and name = :name
""")

# Where nothing is free nothing is blocked; but what was counted when something was is counted once more.
_DUE: Final = text("""
select t.dataset_id from dataset t
left join dataset_figures f on f.dataset_id = t.dataset_id and f.name = :name
where (f.counted_at is null or f.counted_at < statement_timestamp() - make_interval(secs => :old_s))
    and (exists (select from slot s where s.dataset_id = t.dataset_id and s.is_free) or f.body -> 'pools' <> '[]')
order by f.counted_at nulls first, t.dataset_id limit :limit
""")

_NAMES: Final = text("select pseudonym, display_name from person where pseudonym = any(:reviewers)")


@dataclass(frozen=True, slots=True)
class BlockedPool:
    """How many packets of a pool are blocked, and how many active people belong to it."""

    pool: str
    packets: int
    people: int


@dataclass(frozen=True, slots=True)
class BlockedPacket:
    packet_id: int
    scene_id: int
    scene: str
    pool: str
    reviews_wanted: int
    free: int
    """Slots for which nobody is left."""
    touched: tuple[str, ...]
    """The names of who has reviewed it or holds it."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """What is blocked in a dataset, as last counted."""

    pools: tuple[BlockedPool, ...]
    first: tuple[BlockedPacket, ...]
    counted_at: dt.datetime
    age_s: float

    @property
    def packets(self) -> int:
        return sum(pool.packets for pool in self.pools)


def count_blocked(session: Session, dataset_id: int) -> None:
    """Count the packets with a free slot for which nobody who may review them is left, and keep that."""
    body = session.execute(_COUNT, {"dataset_id": dataset_id}).scalar_one()
    keep(session, dataset_id, BLOCKED, body)


def due_for_counting(session: Session, old_s: float, limit: int) -> list[int]:
    """Datasets of which it was never counted what is blocked, or not for so many seconds; those first."""
    asked = {"name": BLOCKED, "old_s": old_s, "limit": limit}
    return list(session.execute(_DUE, asked).scalars())


def blocked_of(session: Session, dataset_id: int) -> Blocked | None:
    """What was last counted; None where nothing was."""
    row = session.execute(_KEPT, {"dataset_id": dataset_id, "name": BLOCKED}).one_or_none()
    if row is None:
        return None
    touched = {uuid.UUID(one) for packet in row.body["first"] for one in packet["touched"]}
    found = session.execute(_NAMES, {"reviewers": list(touched)})
    names = {str(pseudonym): name for pseudonym, name in found}
    pools = tuple(BlockedPool(**pool) for pool in row.body["pools"])
    first = tuple(_packet(packet, names) for packet in row.body["first"])
    return Blocked(pools, first, row.counted_at, float(row.age_s))


def _packet(stored: dict[str, Any], names: dict[str, str]) -> BlockedPacket:
    who = tuple(sorted(names.get(one, "somebody who was erased") for one in stored["touched"]))
    return BlockedPacket(**(stored | {"touched": who}))
