"""What waits to be adjudicated: packets by their oldest open disagreement, page by page, under filters."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.adjudication.queries.packets import IS_CURRENT

Whose = Literal["mine", "others", "all", "blocked"]

# Of the open disagreement x, its draft d and its packet p; each only where it is asked for.
_FILTERS: Final = {
    "dataset_id": "p.dataset_id = :dataset_id",
    "reason": "x.reason = :reason",
    "kind": "d.kind = :kind",
    "question_type": "d.question_type = :question_type",
    "drafter_id": "d.drafter_id = :drafter_id",
    "flag": f"""exists (select from review r join draft_verdict v on v.review_id = r.review_id
        where r.packet_id = x.packet_id and v.draft_id = x.draft_id and :flag = any(v.flags) and {IS_CURRENT})""",
}
_REVIEWED: Final = "exists (select from review o where o.packet_id = x.packet_id and o.reviewer = {who})"
_WHOSE: Final[dict[Whose, str]] = {
    "mine": f"not {_REVIEWED.format(who=':person')}",
    "others": _REVIEWED.format(who=":person"),
    "all": "true",
    "blocked": f"""not exists (select from person a where a.is_active and 'adjudicator' = any(a.roles)
        and not {_REVIEWED.format(who="a.pseudonym")})""",
}

# Said twice, never kept: of a million rows only those of one page are looked at.
_MATCHING: Final = """
with matching as not materialized (
    select x.draft_id, x.packet_id, x.opened_at
    from disagreement x join draft d on d.draft_id = x.draft_id join packet p on p.packet_id = x.packet_id
    where x.closed_at is null and {conditions}
)
"""
_FIRST_OF_PACKET: Final = """
select m.packet_id, m.draft_id from matching m
where not exists (select from matching e where e.packet_id = m.packet_id
    and (e.opened_at, e.draft_id) < (m.opened_at, m.draft_id))
"""
_BEHIND: Final = """
    and (m.opened_at, m.draft_id) > (select opened_at, draft_id from disagreement where draft_id = :after)
"""
_NOT_HELD: Final = """
    and m.packet_id <> :packet_id and not exists (select from adjudication_hold h where h.packet_id = m.packet_id
        and h.adjudicator <> :person and h.expires_at > statement_timestamp())
"""
_IN_ORDER: Final = "order by m.opened_at, m.draft_id limit :limit"

_COUNT: Final = """
select count(distinct packet_id) as packets, count(*) as drafts from (select packet_id from matching limit :most) as m
"""

_ROWS: Final = text(f"""
select x.packet_id, t.name as dataset, s.name as scene, count(*) as drafts,
    array_agg(distinct x.reason) as reasons,
    array_agg(distinct coalesce(d.question_type, d.kind)) as kinds,
    array_agg(distinct d.drafter_id) as drafter_ids,
    coalesce((select array_agg(distinct flag) from review r join draft_verdict v on v.review_id = r.review_id
        join disagreement y on y.draft_id = v.draft_id and y.closed_at is null, unnest(v.flags) as flag
        where r.packet_id = x.packet_id and {IS_CURRENT}), array[]::text[]) as flags,
    extract(epoch from statement_timestamp() - min(x.opened_at))::bigint as waiting_s,
    exists (select from adjudication_hold h where h.packet_id = x.packet_id and h.adjudicator <> :person
        and h.expires_at > statement_timestamp()) as is_held,
    exists (select from review o where o.packet_id = x.packet_id and o.reviewer = :person) as is_own
from disagreement x join draft d on d.draft_id = x.draft_id
join packet p on p.packet_id = x.packet_id join dataset t on t.dataset_id = p.dataset_id
join scene s on s.scene_id = p.scene_id
where x.packet_id = any(:packet_ids) and x.closed_at is null
group by x.packet_id, t.name, s.name
""")  # noqa: S608  (parts of our own)

_DATASETS: Final = text("""
select d.dataset_id, d.name, sum(c.delta)::bigint as waiting
from counter_delta c join dataset d on d.dataset_id = c.dataset_id
where c.name = 'disagreements' group by d.dataset_id, d.name having sum(c.delta) > 0 or :with_all
order by d.name collate "C"
""")

_DRAFTERS: Final = text("""
select drafter_id, name, version, model, prompt_version from drafter order by name, model, version, drafter_id limit 500
""")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which disagreements are meant; None is any."""

    dataset_id: int | None = None
    reason: str | None = None
    flag: str | None = None
    kind: str | None = None
    question_type: str | None = None
    drafter_id: int | None = None

    @property
    def given(self) -> dict[str, int | str]:
        return {name: value for name in _FILTERS if (value := getattr(self, name)) is not None}


@dataclass(frozen=True, slots=True)
class PlaceInList:
    """A packet, and the oldest of its disagreements that match: where it stands in the list."""

    packet_id: int
    draft_id: int


@dataclass(frozen=True, slots=True)
class WaitingPacket:
    """A packet with open disagreements. Nothing tells who reviewed it, or to the hour when."""

    packet_id: int
    dataset: str
    scene: str
    drafts: int
    reasons: Sequence[str]
    kinds: Sequence[str]
    """Kinds, and of questions their types."""
    drafter_ids: Sequence[int]
    flags: Sequence[str]
    waiting: dt.timedelta
    is_held: bool
    """Whether another senior has it open."""
    is_own: bool
    """Whether the reader reviewed it: what others say of it is not for them."""


@dataclass(frozen=True, slots=True)
class WaitingCount:
    """Packets and their texts; each at most as many as were counted."""

    packets: int
    drafts: int


@dataclass(frozen=True, slots=True)
class DatasetChoice:
    dataset_id: int
    name: str
    waiting: int


@dataclass(frozen=True, slots=True)
class DrafterChoice:
    drafter_id: int
    name: str
    version: str
    model: str | None
    prompt_version: str | None


def places(
    session: Session, person: uuid.UUID, whose: Whose, filters: Filters, *, after: int | None, limit: int
) -> list[PlaceInList]:
    """The next packets of the list behind the disagreement on the draft ``after``."""
    statement = _matching(whose, filters) + _FIRST_OF_PACKET + (_BEHIND if after is not None else "") + _IN_ORDER
    given = {**filters.given, "person": person, "limit": limit} | ({"after": after} if after is not None else {})
    return [PlaceInList(**row._mapping) for row in session.execute(text(statement), _used(statement, given))]


def next_packet(session: Session, person: uuid.UUID, filters: Filters, packet_id: int, after: int | None) -> int | None:
    """The next packet that this person may decide and nobody else has open: behind ``after``, else from the start."""
    for place in dict.fromkeys((after, None)):
        behind = _BEHIND if place is not None else ""
        statement = _matching("mine", filters) + _FIRST_OF_PACKET + behind + _NOT_HELD + _IN_ORDER
        given = {**filters.given, "person": person, "packet_id": packet_id, "limit": 1, "after": place}
        found = session.execute(text(statement), _used(statement, given)).first()
        if found is not None:
            return int(found.packet_id)
    return None


def count_waiting(session: Session, person: uuid.UUID, whose: Whose, filters: Filters, most: int) -> WaitingCount:
    """How many packets and texts match, of the first ``most`` texts."""
    statement = _matching(whose, filters) + _COUNT
    given = {**filters.given, "person": person, "most": most}
    return WaitingCount(**session.execute(text(statement), _used(statement, given)).one()._mapping)


def waiting_packets(session: Session, person: uuid.UUID, packet_ids: Sequence[int]) -> list[WaitingPacket]:
    """What the list shows of these packets, in their order."""
    asked = {"person": person, "packet_ids": list(packet_ids)}
    found = {
        row["packet_id"]: WaitingPacket(
            **{name: value for name, value in row.items() if name != "waiting_s"},
            waiting=dt.timedelta(seconds=row["waiting_s"]),
        )
        for row in session.execute(_ROWS, asked).mappings()
    }
    return [found[packet_id] for packet_id in packet_ids if packet_id in found]


def dataset_choices(session: Session, *, with_all: bool = False) -> list[DatasetChoice]:
    """Datasets in which something waits, or where ``with_all`` ever did, from their counters."""
    return [DatasetChoice(**row._mapping) for row in session.execute(_DATASETS, {"with_all": with_all})]


def drafter_choices(session: Session) -> list[DrafterChoice]:
    return [DrafterChoice(**row._mapping) for row in session.execute(_DRAFTERS)]


def _matching(whose: Whose, filters: Filters) -> str:
    return _MATCHING.format(conditions=" and ".join([_WHOSE[whose], *(_FILTERS[name] for name in filters.given)]))


def _used(statement: str, given: Mapping[str, object]) -> dict[str, object]:
    """Only what the statement asks for: parts that were left out have no place for theirs."""
    return {name: value for name, value in given.items() if f":{name}" in statement}
