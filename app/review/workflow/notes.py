"""A reviewer's note to the leads, about a draft in hand or its packet."""

from __future__ import annotations

import uuid
from typing import Final

from sqlalchemy.orm import Session

from app.intake.workflow.storable import unstorable
from app.review.errors import NoteDiffersError, UnstorableTextError, WrongDraftsError, not_held
from app.review.queries import notes
from app.review.queries.notes import StoredNote

LONGEST_NOTE: Final = 4000


def write_note(
    session: Session, reviewer: uuid.UUID, assignment_id: uuid.UUID, note_id: uuid.UUID, draft_id: int | None, text: str
) -> StoredNote:
    """Store the note, once: the same again brings what was stored. Also after the hold has ended.

    Raises
    ------
    NotHeldError
        If the packet never was in this reviewer's hands under this assignment.
    WrongDraftsError
        If the draft is not of this packet.
    UnstorableTextError
        If the note is empty, longer than 4,000 characters, or no text.
    NoteDiffersError
        If another note was stored under this id.
    """
    words = text.strip()
    reason = unstorable(words, LONGEST_NOTE) or (None if words else "it is empty")
    if reason:
        raise UnstorableTextError(f"The note was not stored: {reason}.")
    hand = notes.find_hand(session, assignment_id, reviewer, draft_id)
    if hand is None:
        raise not_held()
    if not hand.has_draft:
        raise WrongDraftsError(f"Draft {draft_id} is not in this packet. Reload the page.", foreign=[draft_id])
    stored = notes.add_note(session, note_id, hand.packet_id, draft_id, reviewer, words)
    if (stored.packet_id, stored.draft_id, stored.text) != (hand.packet_id, draft_id, words):
        raise NoteDiffersError("Another note was stored under this id. Send this one under an id of its own.")
    return stored
