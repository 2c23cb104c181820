"""First verdicts in packets that hide their findings: given unprompted, and kept as they were given first."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.review.errors import (
    FindingsShownError,
    WrongDraftsError,
    already_reviewed,
    hold_ended,
    not_held,
)
from app.review.queries import first_verdicts
from app.review.queries.first_verdicts import Hand, ShownFindings
from pipeline.vocabulary import FLAGS


def give_first_verdict(
    session: Session, reviewer: uuid.UUID, assignment_id: uuid.UUID, draft_id: int, verdict: str, flags: Sequence[str]
) -> ShownFindings:
    """Keep what the reviewer says of a draft before its findings are shown, and show them.

    The first one stays: another, or the same again, changes nothing and brings the findings again. It counts in no
    outcome; what the review says of the draft is what is submitted.

    Raises
    ------
    NotHeldError
        If the packet never was in this reviewer's hands under this assignment.
    HoldEndedError
        If it was given back.
    AlreadyReviewedError
        If its review is submitted.
    WrongDraftsError
        If the draft is not of this packet.
    FindingsShownError
        If the packet hides no findings: the verdict would measure nothing.
    """
    hand = first_verdicts.find_hand(session, assignment_id, reviewer, draft_id)
    packet_id = _checked(hand, draft_id).packet_id
    kept = [flag for flag in FLAGS if flag in flags]
    first_verdicts.add_first_verdict(session, reviewer, packet_id, draft_id, verdict, kept)
    return first_verdicts.shown_findings(session, reviewer, packet_id)


def _checked(hand: Hand | None, draft_id: int) -> Hand:
    if hand is None:
        raise not_held()
    if hand.state == "done":
        raise already_reviewed()
    if hand.state == "returned":
        raise hold_ended()
    if not hand.has_draft:
        sentence = f"Draft {draft_id} is not in this packet. Reload the page."
        raise WrongDraftsError(sentence, foreign=[draft_id])
    if not hand.hides_findings:
        raise FindingsShownError("This packet shows its findings from the start: submit the verdict with the review.")
    return hand
