"""What each part of a dataset holds, and how far it is read: counts from which any policy can be worked out.

Counted text by text, so at once for a small dataset, else by a job that keeps them in ``dataset_figures``.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.intake.queries.policies import DRAW

IDLE_MS: Final = 120_000
"""Of one text: whoever leaves the desk does not read for longer than this."""
NEWEST_VERDICTS: Final = 2_000
FIGURES: Final = "strata"

_CELLS: Final = text("""
select s.split, d.kind, d.drafter_id, count(*) as drafts, count(m.draft_id) as sealed,
    count(*) filter (where now_.basis <> 'sample') as reviewed,
    count(*) filter (where now_.basis = 'sample') as taken_over
from scene s join draft d using (scene_id) left join packet_draft m using (draft_id)
left join resolution now_ on now_.draft_id = d.draft_id and not exists (
    select from resolution later where later.draft_id = now_.draft_id and later.revision > now_.revision)
where s.dataset_id = :dataset_id and d.origin = 'drafted'
group by s.split, d.kind, d.drafter_id
""")

_LOOSE: Final = text(f"""
select s.split, d.kind, d.drafter_id, floor(100 * {DRAW})::integer as percent, count(*) as texts
from scene s join dataset t using (dataset_id) join draft d using (scene_id)
where s.dataset_id = :dataset_id and d.origin = 'drafted'
    and not exists (select from packet_draft m where m.draft_id = d.draft_id)
    and not exists (select from resolution r where r.draft_id = d.draft_id and r.basis <> 'sample')
group by 1, 2, 3, 4
""")  # noqa: S608  (parts of our own)

# A packet that was sealed before there was a policy holds texts of several parts, and gets the reviews of the one that
# wants most: so packets are told apart by what they hold.
_SEALED: Final = text("""
with packets as materialized (
    select p.packet_id, s.split,
        exists (select from assignment a where a.packet_id = p.packet_id)
            or exists (select from review r where r.packet_id = p.packet_id) as is_begun,
        (select count(*) from slot k where k.packet_id = p.packet_id) as slots,
        (select count(*) from review r where r.packet_id = p.packet_id and r.revision = 1 and not r.is_extra) as done
    from packet p join scene s using (scene_id) where p.dataset_id = :dataset_id
), members as materialized (
    select m.packet_id, d.kind, d.drafter_id, count(*) as texts
    from packets p join packet_draft m using (packet_id) join draft d using (draft_id)
    group by m.packet_id, d.kind, d.drafter_id
), held as (
    select packet_id, jsonb_agg(jsonb_build_array(kind, drafter_id) order by kind, drafter_id) as parts
    from members group by packet_id
)
select p.split, h.parts, p.is_begun, p.slots, m.kind, m.drafter_id, count(*) as packets, sum(m.texts)::bigint as texts,
    coalesce(sum(m.texts) filter (where p.slots > p.done), 0)::bigint as texts_left,
    sum(m.texts * greatest(p.slots - p.done, 0))::bigint as readings_left
from packets p join held h using (packet_id) join members m using (packet_id)
group by p.split, h.parts, p.is_begun, p.slots, m.kind, m.drafter_id
""")

_PACE: Final = text("""
with newest as (
    select v.view -> 'ms' as ms from review r join packet p using (packet_id) join draft_verdict v using (review_id)
    where p.dataset_id = :dataset_id and r.revision = 1 and v.origin <> 'box_set'
    order by r.review_id desc limit :newest
), timed as (
    select least(ms::numeric, :idle_ms)::float8 as ms from newest where jsonb_typeof(ms) = 'number'
), week as (
    select sum(p.draft_count)::float8 as readings,
        extract(epoch from statement_timestamp() - min(r.submitted_at))::float8 / 86400 as days
    from review r join packet p using (packet_id)
    where p.dataset_id = :dataset_id and r.revision = 1 and not r.is_extra
        and r.submitted_at > statement_timestamp() - interval '7 days'
)
select (select count(*) from timed where ms > 0) as verdicts,
    (select percentile_cont(0.5) within group (order by ms) from timed where ms > 0) / 1000 as seconds_a_text,
    (select readings / least(7, greatest(1, days)) from week) as readings_a_day,
    (statement_timestamp() at time zone 'utc')::date as today
""")

_STORED: Final = text("""
select body, counted_at, counted_at < statement_timestamp() - interval '10 minutes' as is_old from dataset_figures
where dataset_id = :dataset_id and name = :name
""")

_STORE: Final = text("""
insert into dataset_figures (dataset_id, name, body) values (:dataset_id, :name, cast(:body as jsonb))
on conflict (dataset_id, name) do update set body = excluded.body, counted_at = clock_timestamp()
""")


@dataclass(frozen=True, slots=True)
class Cell:
    """The drafts of one split, kind and drafter."""

    split: str
    kind: str
    drafter_id: int
    drafts: int
    sealed: int
    reviewed: int
    """With an outcome of their own reviews (or of their boxes)."""
    taken_over: int
    """With an outcome that rests on a sample of others like it."""
    loose: tuple[int, ...] = (0,) * 100
    """In no packet, by what they are drawn with: from 0 to 1 %, from 1 to 2 %, …"""


@dataclass(frozen=True, slots=True)
class SealedTexts:
    """Texts of one kind and drafter in packets that hold the same parts, got the same slots, and are begun or not."""

    split: str
    parts: tuple[tuple[str, int], ...]
    """(kind, drafter) of all that these packets hold."""
    is_begun: bool
    """Whether anybody was ever handed them."""
    slots: int
    kind: str
    drafter_id: int
    packets: int
    texts: int
    texts_left: int
    """Of which a review is still wanted."""
    readings_left: int
    """Reviews of single texts that are still wanted."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the dataset's texts are read."""

    verdicts: int
    """That tell how long they took, of the newest ones."""
    seconds_a_text: float | None
    """Their median; what is longer than two minutes counts as two minutes."""
    readings_a_day: float | None
    """Reviews of single texts a day, over the last seven; None where there was none."""
    today: dt.date
    """By the server's clock, when it was counted."""


def count_cells(session: Session, dataset_id: int) -> list[Cell]:
    """The drafts of the dataset by split, kind and drafter."""
    of_dataset = {"dataset_id": dataset_id}
    loose: dict[tuple[str, str, int], list[int]] = {}
    for row in session.execute(_LOOSE, of_dataset):
        loose.setdefault((row.split, row.kind, row.drafter_id), [0] * 100)[row.percent] = row.texts
    cells = session.execute(_CELLS, of_dataset).mappings()
    return [
        Cell(**row, loose=tuple(loose.get((row["split"], row["kind"], row["drafter_id"]), (0,) * 100))) for row in cells
    ]


def count_sealed(session: Session, dataset_id: int) -> list[SealedTexts]:
    """The texts of the dataset that are in packets."""
    rows = session.execute(_SEALED, {"dataset_id": dataset_id}).mappings()
    return [SealedTexts(**{**row, "parts": _parts(row["parts"])}) for row in rows]


def _parts(stored: Any) -> tuple[tuple[str, int], ...]:
    return tuple((kind, drafter_id) for kind, drafter_id in stored)


def pace_of(session: Session, dataset_id: int) -> Pace:
    """How long reviewers of this dataset look at a text, and how many they read a day."""
    asked = {"dataset_id": dataset_id, "newest": NEWEST_VERDICTS, "idle_ms": IDLE_MS}
    return Pace(**session.execute(_PACE, asked).one()._mapping)


@dataclass(frozen=True, slots=True)
class Stored:
    """What was counted before."""

    body: dict[str, Any]
    counted_at: dt.datetime
    is_old: bool


def stored_figures(session: Session, dataset_id: int) -> Stored | None:
    """What was counted last, as JSON."""
    row = session.execute(_STORED, {"dataset_id": dataset_id, "name": FIGURES}).one_or_none()
    return None if row is None else Stored(**row._mapping)


def store_figures(session: Session, dataset_id: int, body: dict[str, Any]) -> None:
    """Keep what was counted, instead of what was counted before."""
    session.execute(_STORE, {"dataset_id": dataset_id, "name": FIGURES, "body": json.dumps(body, default=str)})


def cell_of(stored: dict[str, Any]) -> Cell:
    """A cell as :func:`store_figures` keeps it."""
    return Cell(**{**stored, "loose": tuple(stored["loose"])})


def pace_as_stored(stored: dict[str, Any]) -> Pace:
    """The pace as :func:`store_figures` keeps it."""
    return Pace(**{**stored, "today": dt.date.fromisoformat(stored["today"])})


def sealed_of(stored: dict[str, Any]) -> SealedTexts:
    """Sealed texts as :func:`store_figures` keeps them."""
    return SealedTexts(**{**stored, "parts": _parts(stored["parts"])})
