"""How far the work is, for an admin's first page: sums of counters, the few live holds and runs, and kept figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from app.review.queries.blocked import BLOCKED
from app.review.queries.figures import PACE

COUNTERS: Final = ("scenes", "drafts", "reviewed", "reviews_wanted", "verified", "rejected", "disagreements")

_SUMS: Final = ", ".join(
    f"coalesce(sum(delta) filter (where name = '{name}'), 0)::bigint as {name}" for name in COUNTERS
)
_STANDING: Final = f"""
with counted as (
    select dataset_id, {_SUMS} from counter_delta where name = any(:counters) group by dataset_id
), standing as (
    select t.name, t.dataset_id, {", ".join(f"coalesce(c.{name}, 0) as {name}" for name in COUNTERS)},
        coalesce(c.reviewed < c.reviews_wanted or c.disagreements > 0, false) as is_in_work
    from dataset t left join counted c using (dataset_id)
)
"""  # noqa: S608  (names of our own)

_PROGRESS: Final = text(f"""
{_STANDING}
select s.name, {", ".join(f"s.{name}" for name in COUNTERS)}, f.body as pace,
    (select coalesce(sum((p -> 'packets')::bigint), 0)::bigint from jsonb_array_elements(b.body -> 'pools') as p)
        as blocked,
    extract(epoch from clock_timestamp() - b.counted_at)::float8 as blocked_age_s
from standing s left join dataset_figures f on f.dataset_id = s.dataset_id and f.name = :pace
left join dataset_figures b on b.dataset_id = s.dataset_id and b.name = :blocked
where s.name collate "C" > :after and (s.is_in_work or not :in_work) order by s.name collate "C" limit :limit
""")  # noqa: S608

_TOTALS: Final = text(f"""
{_STANDING}
select count(*) as datasets, count(*) filter (where is_in_work) as in_work,
    {", ".join(f"coalesce(sum({name}), 0)::bigint as {name}" for name in COUNTERS)},
    (select count(*) from assignment where state = 'held' and expires_at > statement_timestamp()) as held
from standing
""")  # noqa: S608

# A hold is touched by being claimed, renewed (which moves its end) and by progress that is saved.
_STALE: Final = text("""
select a.assignment_id, a.packet_id, t.name as dataset, s.name as scene, s.scene_id, w.display_name as who,
    a.claimed_at, a.expires_at, a.expires_at <= statement_timestamp() as is_over, g.saved_at
from assignment a join packet p using (packet_id) join dataset t on t.dataset_id = p.dataset_id
join scene s on s.scene_id = p.scene_id left join person w on w.pseudonym = a.reviewer
left join progress g using (assignment_id)
where a.state = 'held' and (a.expires_at <= statement_timestamp() or greatest(a.claimed_at, g.saved_at)
    < statement_timestamp() - make_interval(secs => :untouched_s))
order by a.expires_at limit :limit
""")

_RUNS: Final = text("""
select r.run_id, r.kind, r.state, r.total, r.done, r.error, r.held_up, r.created_at, r.finished_at, t.name as dataset,
    (select count(*) from refusal f where f.run_id = r.run_id) as refusals
from run r join dataset t using (dataset_id)
where r.state in ('waiting', 'running')
    or r.state = 'failed' and r.finished_at > statement_timestamp() - interval '7 days'
order by r.state = 'failed', r.run_id desc limit :limit
""")

_NEWEST: Final = text("""
select t.name from dataset t left join dataset_figures f on f.dataset_id = t.dataset_id and f.name = :pace
order by (f.body ->> 'last') desc nulls last, t.dataset_id desc limit 1
""")


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """One dataset, by its counters, with its pace as last counted."""

    name: str
    scenes: int
    drafts: int
    reviewed: int
    reviews_wanted: int
    verified: int
    rejected: int
    disagreements: int
    pace: Mapping[str, Any] | None
    blocked: int
    """Packets for which nobody who may review them is left, as last counted."""
    blocked_age_s: float | None
    """How long ago that was; None where it was never counted."""

    @property
    def left(self) -> int:
        """Reviews that are still wanted."""
        return self.reviews_wanted - self.reviewed


@dataclass(frozen=True, slots=True)
class Totals:
    """All datasets together."""

    datasets: int
    in_work: int
    """Of which some review or decision is still to come."""
    scenes: int
    drafts: int
    reviewed: int
    reviews_wanted: int
    verified: int
    rejected: int
    disagreements: int
    held: int


@dataclass(frozen=True, slots=True)
class StaleHold:
    """A packet in somebody's hands that is over or was not touched for long."""

    packet_id: int
    dataset: str
    scene_id: int
    scene: str
    who: str | None
    claimed_at: dt.datetime
    expires_at: dt.datetime
    is_over: bool
    saved_at: dt.datetime | None


def progress_of(session: Session, *, in_work: bool, after: str = "", limit: int = 50) -> list[ProgressRow]:
    """Datasets by name behind ``after``; ``in_work``: only those of which something is still to come."""
    asked: dict[str, Any] = {"counters": list(COUNTERS), "pace": PACE, "blocked": BLOCKED}
    asked |= {"in_work": in_work, "after": after, "limit": limit}
    return [ProgressRow(**row._mapping) for row in session.execute(_PROGRESS, asked)]


def totals_of(session: Session) -> Totals:
    return Totals(**session.execute(_TOTALS, {"counters": list(COUNTERS)}).one()._mapping)


def stale_holds(session: Session, untouched_s: float, limit: int) -> list[StaleHold]:
    """Holds that are over, which the next claim of their dataset frees, and those untouched for so many seconds."""
    rows = session.execute(_STALE, {"untouched_s": untouched_s, "limit": limit}).mappings()
    return [StaleHold(**{name: row[name] for name in row if name != "assignment_id"}) for row in rows]


def open_runs(session: Session, limit: int) -> Sequence[RowMapping]:
    """Runs that are not over, the newest first, and behind them those that failed within a week."""
    return session.execute(_RUNS, {"limit": limit}).mappings().all()


def newest_dataset(session: Session) -> str | None:
    """The dataset that was reviewed last, else the newest; None where there is none."""
    found: str | None = session.execute(_NEWEST, {"pace": PACE}).scalar_one_or_none()
    return found
