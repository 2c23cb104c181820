"""The order of a dataset's queue: sort keys that are rewritten a chunk of packets at a time.

The smallest key comes first; where keys are equal, the packet that was sealed first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.intake.queries.screening import NEWEST_SCREENING
from pipeline.vocabulary import KINDS, QUESTION_TYPES

_HASH: Final = "hashtextextended(s.name || '#' || p.number, :seed)"
"""As packets are sealed: the same for the same names and seed, whatever ids the rows have."""

_RISK: Final = f"""
select -(least(count(*) filter (where f.severity = 'error'), 4095) << 48)
    - (least(count(*) filter (where f.severity = 'warning'), 4095) << 36)
    - (least(count(*) filter (where f.severity = 'info'), 255) << 28)
    + ({_HASH} & 268435455)
from packet_draft m join draft d on d.draft_id = m.draft_id
join finding f on f.draft_id = d.draft_id and f.screening_version = {NEWEST_SCREENING}
where m.packet_id = p.packet_id
"""  # noqa: S608  (parts of our own)
"""The most errors first, then the most warnings, then the most hints; by lot where these are the same."""

_PLACE: Final = """
select case
    when s.ground_cells <> '{}' then (
        -- By squares of 64 × 64 cells of 1 km, in each from south to north and from west to east.
        select (band >> 6 << 22) + (col >> 6 << 12) + ((band & 63) << 6) + (col & 63)
        from (select split_part(s.ground_cells[1], ':', 1)::bigint + 32768 as band,
            split_part(s.ground_cells[1], ':', 2)::bigint + 32768 as col) as cell
    )
    when s.parent is not null then (
        -- Chips of one image, row by row, there and back, so that the next one always touches.
        select (1::bigint << 62) + ((hashtextextended(s.parent, :seed) & 1073741823) << 32) + (chip_row << 16)
            + case chip_row & 1 when 0 then chip_col else 65535 - chip_col end
        from (select least(s.chip_window[1] / s.chip_window[3], 65535)::bigint as chip_row,
            least(s.chip_window[2] / s.chip_window[4], 65535)::bigint as chip_col) as chip
    )
    when coalesce(s.metadata ->> 'place', '') <> ''
        then (1::bigint << 62) + ((hashtextextended(s.metadata ->> 'place', :seed) & 1073741823) << 32) + 4294967295
    else 9223372036854775806
end
"""
"""Where the ground is known, by it; else image by image and place by place; where nothing is known, last."""

_TYPE: Final = f"""
select (mode() within group (order by array_position(cast(:types as text[]), coalesce(d.question_type, d.kind))
        )::bigint << 40) + ({_HASH} & 1099511627775)
from packet_draft m join draft d on d.draft_id = m.draft_id where m.packet_id = p.packet_id
"""  # noqa: S608  (parts of our own)
"""By what most of a packet's texts are: a kind of caption, or a type of question."""

_KEYS: Final[Mapping[str, str]] = {
    "import": "select (s.scene_id << 6) + least(p.number, 63)",
    "random": f"select {_HASH}",
    "risk": _RISK,
    "place": _PLACE,
    "type": _TYPE,
}

# A claim passes over the slots that are being moved; who renews, returns or submits one waits for the chunk.
_MOVE: Final = """
with chunk as materialized (
    select packet_id, scene_id, number from packet
    where dataset_id = :dataset_id and packet_id > :after order by packet_id limit :limit
), keyed as materialized (
    select p.packet_id, ({key}) as sort_key from chunk p join scene s on s.scene_id = p.scene_id
), moved as (
    update slot t set sort_key = k.sort_key from keyed k
    where t.packet_id = k.packet_id and t.sort_key <> k.sort_key
), advanced as (
    select count(*) as packets, coalesce(max(packet_id), :after) as last from chunk
)
update queue_ordering set done = done + a.packets, total = greatest(total, done + a.packets), after_packet_id = a.last,
    finished_at = case when a.packets < :limit then clock_timestamp() end
from advanced a where queue_ordering_id = :queue_ordering_id
"""
_MOVES: Final = {order: text(_MOVE.format(key=key)) for order, key in _KEYS.items()}

_COLUMNS: Final = "queue_ordering_id, dataset_id, order_by, seed, total, done, after_packet_id, decided_by, finished_at"
_NEWEST: Final = f"""
select {_COLUMNS} from queue_ordering where dataset_id = :dataset_id order by queue_ordering_id desc limit 1
"""  # noqa: S608  (parts of our own)

_ADD: Final = text("""
insert into queue_ordering (dataset_id, order_by, seed, decided_by, after_packet_id, total)
select :dataset_id, :order_by, :seed, :decided_by, :after,
    (select count(*) from packet where dataset_id = :dataset_id and packet_id > :after)
""")

_FORGET: Final = text("""
with gone as (
    select reviewer, pool from queue_cursor where dataset_id = :dataset_id for update skip locked
)
delete from queue_cursor c using gone g
where c.dataset_id = :dataset_id and c.reviewer = g.reviewer and c.pool = g.pool
""")


@dataclass(frozen=True, slots=True)
class Ordering:
    """An order of a dataset's queue, and how far the rewriting of the sort keys is."""

    queue_ordering_id: int
    dataset_id: int
    order_by: str
    seed: int
    total: int
    done: int
    after_packet_id: int
    decided_by: str
    finished_at: dt.datetime | None


def newest_ordering(session: Session, dataset_id: int, *, locked: bool = False) -> Ordering | None:
    """The order that counts; None where packets come as they were sealed. ``locked``: to be advanced by nobody else."""
    query = text(f"{_NEWEST} for no key update" if locked else _NEWEST)
    row = session.execute(query, {"dataset_id": dataset_id}).one_or_none()
    return None if row is None else Ordering(**row._mapping)


def add_ordering(
    session: Session, dataset_id: int, order_by: str, seed: int, decided_by: str, *, after: int = 0
) -> None:
    """The order that counts from now on, of the packets with a larger id than ``after``."""
    asked = {"dataset_id": dataset_id, "order_by": order_by, "seed": seed, "decided_by": decided_by, "after": after}
    session.execute(_ADD, asked)


def move_chunk(session: Session, ordering: Ordering, limit: int) -> None:
    """Rewrite the keys of the next packets, and note how far that is. With :func:`newest_ordering` locked only."""
    types = [*(kind for kind in KINDS if kind != "question"), *QUESTION_TYPES]
    asked = {"dataset_id": ordering.dataset_id, "after": ordering.after_packet_id, "limit": limit}
    more = {"queue_ordering_id": ordering.queue_ordering_id, "seed": ordering.seed, "types": types}
    session.execute(_MOVES[ordering.order_by], {**asked, **more})


def forget_cursors(session: Session, dataset_id: int) -> None:
    """Let all reviewers begin at the front of the dataset's queue, but for those who are claiming at this moment."""
    session.execute(_FORGET, {"dataset_id": dataset_id})
