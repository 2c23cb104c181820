"""Comments of seniors to reviewers, and notes of reviewers to the leads."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

# Under an id that is stored already nothing is written: what is sent again is stored once.
_ADD: Final = text("""
insert into comment (note_id, packet_id, draft_id, written_by, to_reviewer, text)
values (:note_id, :packet_id, :draft_id, :writer, :reviewer, :text)
on conflict (written_by, note_id) do nothing
""")

_TO_REVIEWER: Final = text("""
select c.comment_id, c.text, c.created_at, d.draft_id, d.kind, d.question_type, d.text as draft_text,
    d.answer as draft_answer, s.name as scene, t.name as dataset,
    v.verdict, v.revised_text, v.revised_answer, v.flags,
    r.scene_verdict, r.unusable_reason, o.outcome, o.text as outcome_text, o.answer as outcome_answer, o.is_revised,
    seen.comment_id is not null as is_seen, n.text as own_note
from comment c
join packet p on p.packet_id = c.packet_id join scene s on s.scene_id = p.scene_id
join dataset t on t.dataset_id = p.dataset_id
left join draft d on d.draft_id = c.draft_id
left join lateral (
    select review_id, scene_verdict, unusable_reason from review
    where packet_id = c.packet_id and reviewer = c.to_reviewer order by revision desc limit 1
) as r on true
left join draft_verdict v on v.review_id = r.review_id and v.draft_id = c.draft_id
left join lateral (
    select outcome, text, answer, is_revised from resolution
    where draft_id = c.draft_id order by revision desc limit 1
) as o on true
left join lateral (
    -- What they wrote themselves to the leads about the same, before this.
    select text from comment w where w.packet_id = c.packet_id and w.draft_id is not distinct from c.draft_id
        and w.written_by = c.to_reviewer and w.to_reviewer is null and w.comment_id < c.comment_id
    order by w.comment_id desc limit 1
) as n on true
left join comment_seen seen on seen.comment_id = c.comment_id
where c.to_reviewer = :reviewer and c.comment_id < :before
order by c.comment_id desc limit :limit
""")

_SEE: Final = text("""
insert into comment_seen (comment_id, seen_by)
select c.comment_id, :reviewer from comment c
where c.to_reviewer = :reviewer and c.comment_id <= :newest
    and not exists (select from comment_seen s where s.comment_id = c.comment_id)
on conflict do nothing
""")

# What is about a packet in the reader's own hands would tell them what another thinks before they have judged.
_NOTES: Final = text("""
select c.comment_id, c.text, c.created_at, c.packet_id, d.draft_id, d.kind, d.question_type, d.text as draft_text,
    d.answer as draft_answer, s.scene_id, s.name as scene, t.name as dataset,
    seen.comment_id is not null as is_seen,
    exists (select from disagreement x where x.packet_id = c.packet_id and x.closed_at is null) as is_waiting,
    exists (select from review r where r.packet_id = c.packet_id and r.reviewer = :reader) as is_own,
    array(select a.text from comment a where a.packet_id = c.packet_id and a.to_reviewer = c.written_by
        and a.draft_id is not distinct from c.draft_id and a.comment_id > c.comment_id
        order by a.comment_id) as answers
from comment c
join packet p on p.packet_id = c.packet_id join scene s on s.scene_id = p.scene_id
join dataset t on t.dataset_id = p.dataset_id
left join draft d on d.draft_id = c.draft_id
left join comment_seen seen on seen.comment_id = c.comment_id
where c.to_reviewer is null and c.comment_id < :before and (:with_seen or seen.comment_id is null)
    and not exists (select from assignment h where h.packet_id = c.packet_id and h.reviewer = :reader
        and h.state in ('held', 'expired'))
order by c.comment_id desc limit :limit
""")

_FIND_NOTE: Final = text("""
select comment_id, packet_id, draft_id, written_by from comment
where comment_id = :comment_id and to_reviewer is null
""")

_SEE_NOTE: Final = text("""
insert into comment_seen (comment_id, seen_by) values (:comment_id, :lead) on conflict do nothing
""")

_UNSEEN_NOTES: Final = text("""
select count(*) from (
    select from comment c where c.to_reviewer is null
    and not exists (select from comment_seen s where s.comment_id = c.comment_id) limit :most
) as waiting
""")

NEWEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class CommentToReviewer:
    """What a senior wrote to a reviewer, with what it is about. Who the senior is stays untold."""

    comment_id: int
    text: str
    created_at: dt.datetime
    draft_id: int | None
    kind: str | None
    question_type: str | None
    draft_text: str | None
    draft_answer: str | None
    scene: str
    dataset: str
    verdict: str | None
    """The reader's own, as all that follows to ``unusable_reason``."""
    revised_text: str | None
    revised_answer: str | None
    flags: Sequence[str] | None
    scene_verdict: str | None
    unusable_reason: str | None
    outcome: str | None
    """What was decided of the draft; None while nothing is."""
    outcome_text: str | None
    outcome_answer: str | None
    is_revised: bool | None
    is_seen: bool
    own_note: str | None
    """The note of the reader's that this answers, where there is one about the same."""


@dataclass(frozen=True, slots=True)
class NoteToLeads:
    """What a reviewer wrote to the leads. Who the reviewer is stays untold."""

    comment_id: int
    text: str
    created_at: dt.datetime
    packet_id: int
    draft_id: int | None
    kind: str | None
    question_type: str | None
    draft_text: str | None
    draft_answer: str | None
    scene_id: int
    scene: str
    dataset: str
    is_seen: bool
    is_waiting: bool
    """Whether something of the packet is to be adjudicated."""
    is_own: bool
    """Whether the reader reviewed the packet."""
    answers: Sequence[str]


@dataclass(frozen=True, slots=True)
class FoundNote:
    comment_id: int
    packet_id: int
    draft_id: int | None
    written_by: uuid.UUID


def add_comment(
    session: Session,
    note_id: uuid.UUID,
    packet_id: int,
    draft_id: int | None,
    writer: uuid.UUID,
    reviewer: uuid.UUID,
    words: str,
) -> None:
    """Store a comment to a reviewer, unless there is one of this writer's under the id."""
    comment = {"note_id": note_id, "packet_id": packet_id, "draft_id": draft_id, "writer": writer}
    session.execute(_ADD, {**comment, "reviewer": reviewer, "text": words})


def comments_to(session: Session, reviewer: uuid.UUID, before: int, limit: int) -> list[CommentToReviewer]:
    """Comments to a reviewer below ``before``, newest first."""
    asked = {"reviewer": reviewer, "before": before, "limit": limit}
    return [CommentToReviewer(**row._mapping) for row in session.execute(_TO_REVIEWER, asked)]


def see_comments(session: Session, reviewer: uuid.UUID, newest: int) -> None:
    """Say that the reviewer has seen all comments to them up to this one."""
    session.execute(_SEE, {"reviewer": reviewer, "newest": newest})


def notes_to_leads(
    session: Session, reader: uuid.UUID, before: int, limit: int, *, with_seen: bool
) -> list[NoteToLeads]:
    """Notes below ``before``, newest first, but for those about packets that are in the reader's own hands."""
    asked = {"reader": reader, "before": before, "limit": limit, "with_seen": with_seen}
    return [NoteToLeads(**row._mapping) for row in session.execute(_NOTES, asked)]


def find_note(session: Session, comment_id: int) -> FoundNote | None:
    row = session.execute(_FIND_NOTE, {"comment_id": comment_id}).one_or_none()
    return None if row is None else FoundNote(**row._mapping)


def see_note(session: Session, comment_id: int, lead: uuid.UUID) -> None:
    """Say that a lead has seen the note: enough for all of them."""
    session.execute(_SEE_NOTE, {"comment_id": comment_id, "lead": lead})


def count_unseen_notes(session: Session, most: int) -> int:
    """How many notes no lead has seen yet; ``most`` for all that is more."""
    return int(session.execute(_UNSEEN_NOTES, {"most": most}).scalar_one())
