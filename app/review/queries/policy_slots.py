"""Bringing packets that nobody was ever handed to the reviews and the pool that hold for their texts now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.intake.queries.policies import POLICIES, POLICY_OF

_IS_UNTOUCHED: Final = """
not exists (select from assignment a where a.packet_id = p.packet_id)
    and not exists (select from review r where r.packet_id = p.packet_id)
"""

_PAGE: Final = text("""
select packet_id from packet where dataset_id = :dataset_id and packet_id > :after order by packet_id limit :limit
""")

# A packet that holds texts of several policies gets the reviews of the one that wants most, so that none gets fewer;
# its pool stays where they differ.
_WANTED: Final = text(f"""
with {POLICIES.format(dataset_id=":dataset_id")}, wanted as (
    select p.packet_id, max(coalesce(ruled.reviews_wanted, t.reviews_wanted)) as reviews,
        case when count(distinct coalesce(ruled.pool, 'main')) = 1 then min(coalesce(ruled.pool, 'main')) end as pool
    from packet p join scene s using (scene_id) join dataset t on t.dataset_id = s.dataset_id
    join packet_draft m using (packet_id) join draft d using (draft_id)
    left join lateral (select p.reviews_wanted, p.pool {POLICY_OF}) as ruled on true
    where p.packet_id = any(:packet_ids) and m.packet_id = any(:packet_ids) and {_IS_UNTOUCHED}
    group by p.packet_id
)
select w.packet_id, w.reviews, w.pool from wanted w
where w.reviews <> (select count(*) from slot k where k.packet_id = w.packet_id)
    or exists (select from slot k where k.packet_id = w.packet_id and k.pool <> w.pool)
order by w.packet_id
""")  # noqa: S608  (parts of our own)

# Claims pass over what is locked; one that came first is waited for, and its packet is then no longer untouched.
_LOCK: Final = text("""
select from slot where packet_id = any(:packet_ids) order by packet_id, slot for update
""")

# The slots lie side by side in the queue, so a new one gets the place of the first.
_CHANGE: Final = text(f"""
with given as (
    select g.packet_id, g.reviews, g.pool, (select count(*) from slot k where k.packet_id = g.packet_id) as slots
    from jsonb_to_recordset(cast(:packets as jsonb)) as g (packet_id bigint, reviews integer, pool text)
    join packet p using (packet_id)
    where {_IS_UNTOUCHED}
), gone as (
    delete from slot k using given g where k.packet_id = g.packet_id and k.slot > g.reviews
    returning k.dataset_id
), moved as (
    update slot k set pool = g.pool from given g
    where k.packet_id = g.packet_id and k.slot <= g.reviews and k.pool <> g.pool
    returning k.packet_id
), added as (
    insert into slot (packet_id, slot, dataset_id, pool, sort_key)
    select g.packet_id, n, k.dataset_id, coalesce(g.pool, k.pool), k.sort_key
    from given g join slot k on k.packet_id = g.packet_id and k.slot = 1
    cross join generate_series(g.slots + 1, g.reviews) as n
    returning dataset_id
), counted as (
    insert into counter_delta (dataset_id, name, delta)
    select dataset_id, 'reviews_wanted', sum(delta) from (
        select dataset_id, 1 as delta from added union all select dataset_id, -1 from gone
    ) as changes group by dataset_id having sum(delta) <> 0
)
select (select count(*) from added) as added, (select count(*) from gone) as removed,
    (select count(distinct packet_id) from moved) as moved
""")  # noqa: S608  (parts of our own)

# Who has seen the whole queue looks through it again, for what was added behind them.
_FORGET: Final = text("delete from queue_cursor where dataset_id = :dataset_id and seen_at is not null")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A packet whose slots are other than what holds for its texts now."""

    packet_id: int
    reviews: int
    pool: str | None
    """None: its texts are for several, so it stays where it is."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What one chunk changed."""

    added: int
    removed: int
    moved: int
    """Packets that went to another pool."""


def packets_after(session: Session, dataset_id: int, after: int, limit: int) -> list[int]:
    """The next packets of the dataset by number."""
    asked = {"dataset_id": dataset_id, "after": after, "limit": limit}
    return list(session.execute(_PAGE, asked).scalars())


def find_changed(session: Session, dataset_id: int, packet_ids: Sequence[int]) -> list[Wanted]:
    """Those of the packets that nobody was handed and that want other slots."""
    rows = session.execute(_WANTED, {"dataset_id": dataset_id, "packet_ids": list(packet_ids)})
    return [Wanted(**row._mapping) for row in rows]


def change_slots(session: Session, packets: Sequence[Wanted]) -> Changed:
    """Add and remove free slots; a packet that was handed out meanwhile stays as it was."""
    session.execute(_LOCK, {"packet_ids": [packet.packet_id for packet in packets]})
    given = json.dumps([asdict(packet) for packet in packets])
    return Changed(**session.execute(_CHANGE, {"packets": given}).one()._mapping)


def forget_ends(session: Session, dataset_id: int) -> None:
    """Let reviewers who have seen the whole queue look through it again."""
    session.execute(_FORGET, {"dataset_id": dataset_id})
