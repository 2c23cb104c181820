"""Comments to reviewers, of whom the writer knows a letter at most; notes to the leads, seen and answered."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from app.adjudication.errors import NoSuchNoteError, no_disagreement
from app.adjudication.queries import comments
from app.adjudication.queries.packets import said_of
from app.adjudication.queries.wording import scene_of
from app.adjudication.workflow.differing import differing_of, recipients, require_stranger
from app.adjudication.workflow.rulings import CommentBack, check_note, invalid
from app.adjudication.workflow.sides import Blind


def comment_back(
    session: Session,
    secret: bytes,
    adjudicator: uuid.UUID,
    packet_id: int,
    draft_id: int | None,
    comment: CommentBack,
    note_id: uuid.UUID,
) -> int:
    """Write to the reviewers behind a letter, or to all, about a draft of which reviews differ (None: the scene).

    Stored once for each ``note_id``, however often it is sent. Returns to how many reviewers.

    Raises
    ------
    NoDisagreementError, OwnReviewError, UnstorableTextError
    InvalidDecisionError
        If there is no such side.
    """
    check_note(comment.text, "comment")
    require_stranger(session, packet_id, adjudicator)
    if draft_id is not None and scene_of(session, packet_id, draft_id) is None:
        raise no_disagreement()
    differing = differing_of(said_of(session, packet_id), Blind(secret, adjudicator, packet_id))
    sides = differing.scene_sides if draft_id is None else differing.sides_of(draft_id)
    found = recipients(sides, comment.to)
    if found is None:
        raise invalid(draft_id, f"there is no side {comment.to} to comment to")
    for reviewer in found:
        # An id a reviewer, from which the other one cannot be told.
        own_id = uuid.uuid5(note_id, str(reviewer))
        comments.add_comment(session, own_id, packet_id, draft_id, adjudicator, reviewer, comment.text.strip())
    return len(found)


def answer_note(session: Session, lead: uuid.UUID, comment_id: int, text: str, note_id: uuid.UUID) -> None:
    """Write back to who wrote a note; the note is then seen.

    Raises
    ------
    NoSuchNoteError, UnstorableTextError
    """
    check_note(text, "answer")
    note = comments.find_note(session, comment_id)
    if note is None:
        raise no_such_note()
    comments.add_comment(session, note_id, note.packet_id, note.draft_id, lead, note.written_by, text.strip())
    comments.see_note(session, comment_id, lead)


def see_note(session: Session, lead: uuid.UUID, comment_id: int) -> None:
    """Say that the note is seen.

    Raises
    ------
    NoSuchNoteError
    """
    if comments.find_note(session, comment_id) is None:
        raise no_such_note()
    comments.see_note(session, comment_id, lead)


def no_such_note() -> NoSuchNoteError:
    return NoSuchNoteError("There is no such note. Go back to the list of notes.")
