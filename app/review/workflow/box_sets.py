"""Verdicts that follow from judged boxes, held to what those boxes give."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.review.errors import BoxesNotJudgedError, InvalidVerdictError
from app.review.queries import box_reviewing
from app.review.queries.box_reviewing import TextOutcome
from app.review.workflow.verdicts import GivenVerdict, Submission


def check_box_sets(
    session: Session, reviewer: uuid.UUID, submission: Submission, verdicts: Sequence[GivenVerdict]
) -> None:
    """Of a packet whose boxes come first: whether they are judged, and each ``box_set`` is what they give.

    Raises
    ------
    BoxesNotJudgedError
        If the reviewer has not judged the scene's boxes. Of an unusable scene nobody needs to.
    InvalidVerdictError
        If a verdict is said to follow from the boxes, but is not what they give; or if the text was drawn to be read.
    """
    outcomes = {each.draft_id: each for each in box_reviewing.newest_outcomes(session, reviewer, submission.packet_id)}
    is_judged = bool(outcomes) or box_reviewing.is_judged(session, reviewer, submission.packet_id)
    if submission.scene_verdict == "usable" and not is_judged:
        raise BoxesNotJudgedError(
            "In this packet the scene's boxes are judged before its texts, and that is still to be done. Reload the"
            " page: judge the boxes and confirm them with Enter; then submit."
        )
    for given in verdicts:
        found = outcomes.get(given.draft_id)
        if given.origin in ("box_set", "accept_all") and found is not None and found.is_sampled:
            raise _invalid(given, "it was drawn to be read by itself; read it and give a verdict")
        if given.origin == "box_set":
            _check_one(given, found)


def _check_one(given: GivenVerdict, found: TextOutcome | None) -> None:
    if found is None:
        raise _invalid(given, "it does not follow from boxes")
    wanted = "accept" if found.outcome == "same" else "reject"
    if given.verdict != wanted:
        raise _invalid(given, f"from the boxes as you judged them follows {wanted}, not {given.verdict}; reload")


def _invalid(given: GivenVerdict, what: str) -> InvalidVerdictError:
    return InvalidVerdictError(f"Draft {given.draft_id} was not stored: {what}.", draft_id=given.draft_id)
