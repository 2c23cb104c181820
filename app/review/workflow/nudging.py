"""A reviewer moves the optical image onto the SAR image: for all who look at the scene from then on."""

from __future__ import annotations

import uuid

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from app.intake.views import decided_offset, nudge_of
from app.review.errors import NothingToMoveError, already_reviewed, hold_ended, not_held
from app.review.queries import nudging


def nudge_pair(
    session: Session, reviewer: uuid.UUID, assignment_id: uuid.UUID, nudge_px: tuple[float, float]
) -> RowMapping:
    """Draw the optical image of the packet in hand moved by ``nudge_px`` (down, right), in all from where it is stored.

    The offset in force already adds nothing to the history; the one that admins decided puts the image back. Returns
    the scene as it is shown from now on, for :func:`app.intake.views.scene_view`.

    Raises
    ------
    NotHeldError, HoldEndedError, AlreadyReviewedError
    NothingToMoveError
        If the scene shows no optical image.
    """
    pair = _pair_in_hand(session, reviewer, assignment_id)
    if nudge_px == (nudge_of(pair) or decided_offset(pair)):
        return pair
    nudging.add_nudge(session, pair["scene_id"], nudge_px, reviewer)
    return _pair_in_hand(session, reviewer, assignment_id)


def _pair_in_hand(session: Session, reviewer: uuid.UUID, assignment_id: uuid.UUID) -> RowMapping:
    pair = nudging.find_pair_in_hand(session, assignment_id, reviewer)
    if pair is None:
        raise not_held()
    if pair["state"] == "done":
        raise already_reviewed()
    if pair["state"] != "held":
        raise hold_ended()
    if pair["optical_sha256"] is None or pair["pair_decision"] == "without_optical":
        raise NothingToMoveError("This scene shows no optical image, so there is nothing to move. Reload the page.")
    return pair
