"""Judged boxes: what a reviewer is to judge, what they said, and what it gives for the packet's texts."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.intake.queries.screening import DRAFT_COLUMNS, as_draft
from pipeline.programs.rederiving import BoxOutcome, BoxVerdict
from pipeline.records import Draft

SAMPLED: Final = """(hashtextextended('box sample#' || s.name || '#' || d.draft_sha256, t.split_seed)
    & 9007199254740991)::float8 / 9007199254740992 < t.box_sample_share"""
"""Whether the text ``d`` of the scene ``s`` of the dataset ``t`` is read singly although it follows from judged boxes:
drawn by content and seed, so that it is the same for everybody, and a larger share only adds to it. By the scene too:
the same words are asked of a thousand scenes. 2^53: what a double holds exactly."""

_HAND: Final = text("""
select a.packet_id, a.slot, a.state, p.dataset_id, p.scene_id, p.boxes_first, s.rows, s.cols,
    coalesce(array(select jsonb_array_elements_text(nullif(s.metadata -> 'labelled', 'null'))), '{}') as labelled
from assignment a join packet p on p.packet_id = a.packet_id join scene s on s.scene_id = p.scene_id
where a.assignment_id = :assignment_id and a.reviewer = :reviewer
""")

_STORED: Final = text("""
select box_review_id, revision, packet_id, body_sha256 from box_review
where reviewer = :reviewer and submission_id = :submission_id
""")

_TEXTS: Final = text(f"""
select m.packet_id, d.draft_id, {DRAFT_COLUMNS}, {SAMPLED} as is_sampled
from packet p join dataset t on t.dataset_id = p.dataset_id join scene s on s.scene_id = p.scene_id
join packet_draft m on m.packet_id = p.packet_id join draft d on d.draft_id = m.draft_id
where p.scene_id = :scene_id and p.boxes_first and (p.packet_id = any(:packet_ids) or exists (
    select from assignment a
    where a.packet_id = p.packet_id and a.reviewer = :reviewer and a.state in ('held', 'expired')
))
order by m.packet_id, m.position
""")  # noqa: S608  (parts of our own)

_ADD: Final = text("""
with stored as (
    insert into box_review (scene_id, reviewer, revision, packet_id, submission_id, body_sha256, view)
    select :scene_id, :reviewer, 1 + coalesce(max(revision), 0), :packet_id, :submission_id, :body_sha256,
        cast(:view as jsonb)
    from box_review where scene_id = :scene_id and reviewer = :reviewer
    returning box_review_id, revision
), said as (
    insert into box_verdict (box_review_id, number, verdict, category, x_min, y_min, width, height)
    select s.box_review_id, v.number, v.verdict, v.category, v.box[1], v.box[2], v.box[3], v.box[4]
    from stored s cross join jsonb_to_recordset(cast(:verdicts as jsonb)) as v (number int, verdict text,
        category text, box double precision[])
)
select box_review_id, revision from stored
""")

_ADD_OUTCOMES: Final = text("""
insert into box_outcome (box_review_id, draft_id, outcome, answer, is_sampled)
select :box_review_id, draft_id, outcome, answer, is_sampled from jsonb_to_recordset(cast(:rows as jsonb))
    as given (draft_id bigint, outcome text, answer text, is_sampled boolean)
""")

_OUTCOMES: Final = text("""
select o.draft_id, o.outcome, o.answer, o.is_sampled, d.question_type
from box_outcome o join draft d using (draft_id) where o.box_review_id = :box_review_id order by o.draft_id
""")

_NEWEST_OUTCOMES: Final = text("""
select distinct on (o.draft_id) o.draft_id, o.outcome, o.answer, o.is_sampled, d.question_type
from packet_draft m join draft d on d.draft_id = m.draft_id join box_outcome o on o.draft_id = m.draft_id
join box_review r on r.box_review_id = o.box_review_id and r.reviewer = :reviewer
where m.packet_id = :packet_id order by o.draft_id, r.revision desc
""")

_NEWEST: Final = text("""
select r.box_review_id, r.revision, v.number, v.verdict, v.category, v.x_min, v.y_min, v.width, v.height
from box_verdict v right join (
    select box_review_id, revision from box_review where scene_id = :scene_id and reviewer = :reviewer
    order by revision desc limit 1
) as r on r.box_review_id = v.box_review_id order by v.number
""")

_IS_JUDGED: Final = text("""
select exists (select from box_review where packet_id = :packet_id and reviewer = :reviewer)
""")

# Of the first scenes only: it serves to choose from, and is read with every packet.
_CATEGORIES: Final = text("""
select distinct category from object_box where scene_id in (
    select scene_id from scene where dataset_id = (select dataset_id from scene where scene_id = :scene_id)
    order by scene_id limit 100
) order by category limit 50
""")


@dataclass(frozen=True, slots=True)
class Hand:
    """A reviewer's assignment, with its scene as far as judging boxes asks for it."""

    packet_id: int
    slot: int
    state: str
    dataset_id: int
    scene_id: int
    boxes_first: bool
    rows: int
    cols: int
    labelled: Sequence[str]


@dataclass(frozen=True, slots=True)
class StoredBoxReview:
    box_review_id: int
    revision: int
    packet_id: int
    body_sha256: str


@dataclass(frozen=True, slots=True)
class PacketText:
    """A text of a packet that the reviewer has in hand."""

    packet_id: int
    draft_id: int
    draft: Draft
    is_sampled: bool


@dataclass(frozen=True, slots=True)
class TextOutcome:
    """What a reviewer's judged boxes give for one text."""

    draft_id: int
    outcome: BoxOutcome
    answer: str | None
    is_sampled: bool
    question_type: str | None


@dataclass(frozen=True, slots=True)
class BoxJudging:
    """How far a reviewer is with a scene's boxes, for the page of one of its packets."""

    revision: int
    """Of their newest judged set; 0: none."""
    verdicts: Sequence[Mapping[str, Any]]
    """Of that set, as rows of ``box_verdict``."""
    is_judged: bool
    """Whether what follows for this packet's texts is told."""
    texts: Sequence[TextOutcome]
    categories: Sequence[str]
    """To choose from, beside the scene's own."""


def find_hand(session: Session, assignment_id: uuid.UUID, reviewer: uuid.UUID) -> Hand | None:
    """The assignment, in whatever state; None where it is not the reviewer's."""
    row = session.execute(_HAND, {"assignment_id": assignment_id, "reviewer": reviewer}).one_or_none()
    return None if row is None else Hand(**row._mapping)


def stored_box_review(session: Session, reviewer: uuid.UUID, submission_id: uuid.UUID) -> StoredBoxReview | None:
    """The box review under this submission's id."""
    row = session.execute(_STORED, {"reviewer": reviewer, "submission_id": submission_id}).one_or_none()
    return None if row is None else StoredBoxReview(**row._mapping)


def texts_in_hand(
    session: Session, reviewer: uuid.UUID, scene_id: int, packet_ids: Sequence[int]
) -> dict[int, list[PacketText]]:
    """The texts of these packets of the scene, and of others that the reviewer has in hand, by packet."""
    asked = {"reviewer": reviewer, "scene_id": scene_id, "packet_ids": list(packet_ids)}
    found: dict[int, list[PacketText]] = {}
    for row in session.execute(_TEXTS, asked).mappings():
        listed = PacketText(row["packet_id"], row["draft_id"], as_draft(row), row["is_sampled"])
        found.setdefault(listed.packet_id, []).append(listed)
    return found


def add_box_review(
    session: Session,
    reviewer: uuid.UUID,
    hand: Hand,
    *,
    submission_id: uuid.UUID,
    body_sha256: str,
    verdicts: Iterable[BoxVerdict],
    view: Mapping[str, Any],
) -> tuple[int, int]:
    """Store a judged set as the reviewer's newest of the scene; its id and revision."""
    given = {
        "scene_id": hand.scene_id,
        "reviewer": reviewer,
        "packet_id": hand.packet_id,
        "submission_id": submission_id,
        "body_sha256": body_sha256,
        "view": json.dumps(dict(view)),
        "verdicts": json.dumps([asdict(each) for each in verdicts]),
    }
    row = session.execute(_ADD, given).one()
    return row.box_review_id, row.revision


def add_outcomes(session: Session, box_review_id: int, outcomes: Iterable[Mapping[str, Any]]) -> None:
    """Store what a box review, made in this transaction, gives for texts."""
    session.execute(_ADD_OUTCOMES, {"box_review_id": box_review_id, "rows": json.dumps(list(outcomes))})


def outcomes_of(session: Session, box_review_id: int) -> list[TextOutcome]:
    """What the box review gave, by draft."""
    return [TextOutcome(**row._mapping) for row in session.execute(_OUTCOMES, {"box_review_id": box_review_id})]


def newest_outcomes(session: Session, reviewer: uuid.UUID, packet_id: int) -> list[TextOutcome]:
    """What the reviewer's judged boxes give for the packet's texts; of each the newest that was told."""
    rows = session.execute(_NEWEST_OUTCOMES, {"reviewer": reviewer, "packet_id": packet_id})
    return [TextOutcome(**row._mapping) for row in rows]


def newest_box_review(session: Session, reviewer: uuid.UUID, scene_id: int) -> tuple[int, list[dict[str, Any]]] | None:
    """The reviewer's newest judged set of the scene: its revision, and rows of ``box_verdict``."""
    rows = session.execute(_NEWEST, {"reviewer": reviewer, "scene_id": scene_id}).mappings().all()
    if not rows:
        return None
    return rows[0]["revision"], [dict(row) for row in rows if row["number"] is not None]


def is_judged(session: Session, reviewer: uuid.UUID, packet_id: int) -> bool:
    """Whether the reviewer has judged the scene's boxes with this packet in hand."""
    return bool(session.execute(_IS_JUDGED, {"reviewer": reviewer, "packet_id": packet_id}).scalar_one())


def box_judging(session: Session, reviewer: uuid.UUID, packet_id: int, scene_id: int) -> BoxJudging:
    """What the page of a packet whose boxes come first begins with; four statements."""
    newest = newest_box_review(session, reviewer, scene_id)
    texts = newest_outcomes(session, reviewer, packet_id)
    return BoxJudging(
        revision=newest[0] if newest else 0,
        verdicts=newest[1] if newest else (),
        is_judged=bool(texts) or is_judged(session, reviewer, packet_id),
        texts=texts,
        categories=list(session.execute(_CATEGORIES, {"scene_id": scene_id}).scalars()),
    )
