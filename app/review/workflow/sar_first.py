"""Packets that are judged from the SAR image first: what was said is kept, then the optical image is shown."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy.orm import Session

from app.review.errors import (
    OpticalHiddenError,
    OpticalShownError,
    SarVerdictsDifferError,
    already_reviewed,
    not_held,
)
from app.review.queries import claiming, sar_first, submitting
from app.review.queries.sar_first import Hand
from app.review.workflow.verdicts import GivenVerdict, check_verdicts

_KEPT: Final = ("draft_id", "verdict", "revised_text", "revised_answer", "flags")


def give_sar_verdicts(
    session: Session, reviewer: uuid.UUID, assignment_id: uuid.UUID, verdicts: Sequence[GivenVerdict]
) -> None:
    """Keep what the reviewer says of a packet from the SAR image alone; from then on they may see the optical one.

    All of the packet's drafts at once, so that no optical image helps with any of them. They stay as they were given
    first; the same again changes nothing. They count in no outcome: what is submitted does.

    Raises
    ------
    NotHeldError
        If the packet never was in this reviewer's hands under this assignment.
    SarVerdictsDifferError
        If they gave others before; carries those.
    AlreadyReviewedError
        If the review is submitted.
    OpticalShownError
        If the packet hides no optical image: the verdicts would not be of the SAR image alone.
    WrongDraftsError, InvalidVerdictError, UnstorableTextError
        See :func:`app.review.workflow.verdicts.check_verdicts`.
    """
    claiming.lock_reviewer(session, reviewer)
    hand = sar_first.find_hand(session, assignment_id, reviewer)
    if hand is None:
        raise not_held()
    checked = check_verdicts(verdicts, submitting.contents_of(session, hand.packet_id))
    said = [_kept(verdict) for verdict in checked]
    given = sar_first.given_verdicts(session, hand.packet_id, reviewer)
    if given:
        _require_same(said, given)
        return
    _require_hidden(hand)
    sar_first.add_verdicts(session, hand.packet_id, reviewer, said)


def require_given(session: Session, reviewer: uuid.UUID, assignment_id: uuid.UUID) -> None:
    """Refuse to go on while the optical image is still hidden.

    Raises
    ------
    OpticalHiddenError
        If it is.
    """
    hand = sar_first.find_hand(session, assignment_id, reviewer)
    if hand is not None and hand.is_optical_hidden:
        raise OpticalHiddenError(
            "This packet is judged from the SAR image first, and the optical image has not been shown yet. Reload the"
            " page: with a verdict on each text, Enter shows the optical image; then submit."
        )


def _kept(verdict: GivenVerdict) -> dict[str, Any]:
    return {name: getattr(verdict, name) for name in _KEPT} | {"flags": list(verdict.flags)}


def _require_same(said: Sequence[dict[str, Any]], given: Sequence[dict[str, Any]]) -> None:
    if sorted(said, key=lambda each: each["draft_id"]) != list(given):
        sentence = "You have judged this packet from the SAR image before, and those verdicts stay. Reload the page."
        raise SarVerdictsDifferError(sentence, verdicts=list(given))


def _require_hidden(hand: Hand) -> None:
    if hand.state == "done":
        raise already_reviewed()
    if not hand.is_optical_hidden:
        raise OpticalShownError("This packet hides no optical image: submit the verdicts with the review.")
