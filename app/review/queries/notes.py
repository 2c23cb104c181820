"""Notes of reviewers to the leads, and what leads have written back."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_FIND_HAND: Final = text("""
select a.packet_id,
    cast(:draft_id as bigint) is null or exists (select from packet_draft m
        where m.packet_id = a.packet_id and m.draft_id = :draft_id) as has_draft
from assignment a where a.assignment_id = :assignment_id and a.reviewer = :reviewer
""")

# Under an id that is stored already nothing is written; what is stored is read afterwards.
_ADD: Final = text("""
insert into comment (note_id, packet_id, draft_id, written_by, text)
values (:note_id, :packet_id, :draft_id, :reviewer, :text)
on conflict (written_by, note_id) do nothing
""")

_STORED: Final = text("""
select comment_id, packet_id, draft_id, text, created_at from comment
where written_by = :reviewer and note_id = :note_id
""")

_UNSEEN: Final = text("""
select count(*) from (
    select from comment c
    where c.to_reviewer = :reviewer and not exists (select from comment_seen s
        where s.comment_id = c.comment_id and s.seen_by = :reviewer)
    limit 100
) as waiting
""")


@dataclass(frozen=True, slots=True)
class HandOfNote:
    """The packet of an assignment of the reviewer's, and whether the draft is one of its own."""

    packet_id: int
    has_draft: bool


@dataclass(frozen=True, slots=True)
class StoredNote:
    comment_id: int
    packet_id: int
    draft_id: int | None
    text: str
    created_at: dt.datetime


def find_hand(
    session: Session, assignment_id: uuid.UUID, reviewer: uuid.UUID, draft_id: int | None
) -> HandOfNote | None:
    """The packet that the reviewer has, or had, under this assignment; else None."""
    asked = {"assignment_id": assignment_id, "reviewer": reviewer, "draft_id": draft_id}
    row = session.execute(_FIND_HAND, asked).one_or_none()
    return None if row is None else HandOfNote(row.packet_id, row.has_draft)


def add_note(
    session: Session, note_id: uuid.UUID, packet_id: int, draft_id: int | None, reviewer: uuid.UUID, words: str
) -> StoredNote:
    """Store the note to the leads unless there is one under this id; gives what is stored under it."""
    note = {"note_id": note_id, "packet_id": packet_id, "draft_id": draft_id, "reviewer": reviewer, "text": words}
    session.execute(_ADD, note)
    row = session.execute(_STORED, {"note_id": note_id, "reviewer": reviewer}).one()
    return StoredNote(**row._mapping)


def count_unseen(session: Session, reviewer: uuid.UUID) -> int:
    """How many comments of leads to this reviewer they have not seen yet; 100 for all that is more."""
    return int(session.execute(_UNSEEN, {"reviewer": reviewer}).scalar_one())
