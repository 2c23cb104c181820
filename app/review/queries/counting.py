"""Counters, and a reviewer's own list of datasets."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

REVIEWED: Final = "reviewed"
EXTRA_REVIEWS: Final = "extra_reviews"
VERIFIED: Final = "verified"
REJECTED: Final = "rejected"
DISAGREEMENTS: Final = "disagreements"
"""Names of the counters that reviewing adds to; intake has its own."""

_QUEUE: Final = text("""
with counters as (
    select dataset_id, sum(delta) filter (where name = 'reviewed')::bigint as reviewed,
        sum(delta) filter (where name = 'reviews_wanted')::bigint as wanted
    from counter_delta where name in ('reviewed', 'reviews_wanted') group by dataset_id
), mine as (
    select p.dataset_id, count(*) as reviewed
    from review r join packet p on p.packet_id = r.packet_id
    where r.reviewer = :reviewer and r.revision = 1 group by p.dataset_id
), held as (
    select p.dataset_id, count(*) as packets
    from assignment a join packet p on p.packet_id = a.packet_id
    where a.reviewer = :reviewer and a.state = 'held' and a.expires_at > statement_timestamp() group by p.dataset_id
)
select d.name, d.description, coalesce(c.reviewed, 0) as reviewed, coalesce(c.wanted, 0) as wanted,
    coalesce(m.reviewed, 0) as reviewed_by_me, coalesce(h.packets, 0) as held_by_me
from dataset d
left join counters c on c.dataset_id = d.dataset_id
left join mine m on m.dataset_id = d.dataset_id
left join held h on h.dataset_id = d.dataset_id
where coalesce(c.wanted, 0) > 0
order by coalesce(c.reviewed, 0) >= c.wanted, d.name collate "C"
""")

# Rows that another folding has in its hands are left to it; both leave the sums as they are at every moment.
_FOLD: Final = text("""
with taken as (
    select counter_delta_id from counter_delta
    order by counter_delta_id limit :at_most for update skip locked
), gone as (
    delete from counter_delta c using taken t where c.counter_delta_id = t.counter_delta_id
    returning c.dataset_id, c.name, c.delta
), folded as (
    insert into counter_delta (dataset_id, name, delta)
    select dataset_id, name, sum(delta) from gone group by dataset_id, name
    returning 1
)
select (select count(*) from gone) - (select count(*) from folded)
""")


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A dataset with packets, as one reviewer sees it."""

    name: str
    description: str
    reviewed: int
    wanted: int
    reviewed_by_me: int
    held_by_me: int


def queue_of(session: Session, reviewer: uuid.UUID) -> list[QueueRow]:
    """The datasets that have packets, those with work left first, then by name."""
    return [QueueRow(**row._mapping) for row in session.execute(_QUEUE, {"reviewer": reviewer})]


def fold_counters(session: Session, at_most: int = 100_000) -> int:
    """Make one row of the oldest counter rows of each name; gives how many rows fewer there are."""
    return int(session.execute(_FOLD, {"at_most": at_most}).scalar_one())


def counter_of(session: Session, dataset_id: int, name: str) -> int:
    """The sum of one counter of a dataset."""
    query = text(
        "select coalesce(sum(delta), 0)::bigint from counter_delta where dataset_id = :dataset_id and name = :name"
    )
    return int(session.execute(query, {"dataset_id": dataset_id, "name": name}).scalar_one())
