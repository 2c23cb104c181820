"""A packet whose reviews differ, as it is read to be decided: a fixed number of queries, however much is in it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from app.intake.queries.pairs import DECISION_OF
from app.intake.queries.screening import NEWEST_SCREENING
from app.intake.queries.viewing import SHOWN, scene_boxes

IS_CURRENT: Final = """
not r.is_extra and not exists (select from review newer
    where newer.packet_id = r.packet_id and newer.reviewer = r.reviewer and newer.revision > r.revision)
"""
"""Whether the review ``r`` counts."""

_STANDING: Final = text("""
select exists (select from disagreement d where d.packet_id = p.packet_id) as has_any,
    exists (select from disagreement d where d.packet_id = p.packet_id and d.closed_at is null) as has_open,
    exists (select from review r where r.packet_id = p.packet_id and r.reviewer = :person) as is_own
from packet p where p.packet_id = :packet_id
""")

_SCENE: Final = text(f"""
select p.packet_id, t.name as dataset_name, p.scene_id, {SHOWN},
    coalesce((select jsonb_agg(jsonb_build_object('draft_id', d.draft_id, 'text', d.text) order by m.position)
        from disagreement x join packet_draft m on m.packet_id = x.packet_id and m.draft_id = x.draft_id
        join draft d on d.draft_id = x.draft_id
        where x.packet_id = p.packet_id and x.closed_at is not null), '[]') as decided,
    (select v.settings from viewer_setting v
        where v.reviewer = :person and v.dataset_id = p.dataset_id) as viewer_settings
from packet p
join dataset t on t.dataset_id = p.dataset_id
join scene s on s.scene_id = p.scene_id
{DECISION_OF}
where p.packet_id = :packet_id
""")  # noqa: S608  (parts of our own)

_DRAFTS: Final = text("""
select m.position, d.draft_id, d.kind, d.question_type, d.text, d.answer, d.box_ids, x.reason,
    w.name as drafter_name, w.version as drafter_version, w.model, w.prompt_version
from disagreement x
join packet_draft m on m.packet_id = x.packet_id and m.draft_id = x.draft_id
join draft d on d.draft_id = x.draft_id join drafter w on w.drafter_id = d.drafter_id
where x.packet_id = :packet_id and x.closed_at is null
order by m.position
""")

_FINDINGS: Final = text(f"""
select f.draft_id, f.rule, f.severity, f.field, f.start_, f.end_, f.message, f.suggestion
from disagreement d
join finding f on f.draft_id = d.draft_id and f.screening_version = {NEWEST_SCREENING}
where d.packet_id = :packet_id and d.closed_at is null
order by f.draft_id, f.start_, f.end_ desc, f.rule
""")  # noqa: S608  (parts of our own)

_SAID: Final = text(f"""
select r.review_id, r.reviewer, r.scene_verdict, r.unusable_reason,
    v.draft_id, v.verdict, v.revised_text, v.revised_answer, v.flags, v.spans, v.support, v.marks
from review r left join draft_verdict v on v.review_id = r.review_id
where r.packet_id = :packet_id and {IS_CURRENT}
order by r.review_id
""")  # noqa: S608  (parts of our own)

_NOTES: Final = text("""
select draft_id, written_by, text from comment
where packet_id = :packet_id and to_reviewer is null order by comment_id
""")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands to a packet's disagreements."""

    has_any: bool
    has_open: bool
    is_own: bool
    """Whether they reviewed the packet."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a reviewer wrote to the leads: about a draft, or about the packet."""

    draft_id: int | None
    written_by: uuid.UUID
    text: str


@dataclass(frozen=True, slots=True)
class DifferingPacket:
    """All that is stored of a packet whose reviews differ; :mod:`app.adjudication.schemas.views` says what is shown."""

    scene: RowMapping
    boxes: Sequence[RowMapping]
    drafts: Sequence[RowMapping]
    """Of which the disagreement is open, in the packet's order."""
    findings: Sequence[RowMapping]
    said: Sequence[RowMapping]
    """A row a counted review and draft; of a review without verdicts one row without a draft."""
    notes: Sequence[Note]


def standing_of(session: Session, packet_id: int, person: uuid.UUID) -> Standing | None:
    """None where there is no such packet."""
    row = session.execute(_STANDING, {"packet_id": packet_id, "person": person}).one_or_none()
    return None if row is None else Standing(**row._mapping)


def differing_packet(session: Session, packet_id: int, person: uuid.UUID) -> DifferingPacket:
    """The packet, which exists, with how this person likes to look at its dataset."""
    asked = {"packet_id": packet_id}
    scene = session.execute(_SCENE, {**asked, "person": person}).mappings().one()
    return DifferingPacket(
        scene=scene,
        boxes=scene_boxes(session, scene["scene_id"]),
        drafts=session.execute(_DRAFTS, asked).mappings().all(),
        findings=session.execute(_FINDINGS, asked).mappings().all(),
        said=said_of(session, packet_id),
        notes=[Note(**row._mapping) for row in session.execute(_NOTES, asked)],
    )


def said_of(session: Session, packet_id: int) -> Sequence[RowMapping]:
    """What the packet's counted reviews say, oldest first: a row a review and draft."""
    given: dict[str, Any] = {"packet_id": packet_id}
    return session.execute(_SAID, given).mappings().all()
