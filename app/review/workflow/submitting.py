"""A review, stored once, with all that follows from it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.review.errors import already_reviewed, domain_errors, not_held, submission_differs
from app.review.queries import counting, submitting
from app.review.queries.submitting import CountedAs, InHand, NewReview, SaidOfDraft, SlotReview, columns_of
from app.review.workflow.agreement import Difference, Outcome, conclude
from app.review.workflow.box_sets import check_box_sets
from app.review.workflow.sar_first import require_given
from app.review.workflow.verdicts import GivenVerdict, Submission, check
from app.work import defer

FOLD_EVERY: Final = 1000
"""Reviews, after which the counters' rows are folded."""
IN_TIME: Final = "Stored."
LATE: Final = "Your hold had ended, but nobody else had taken the packet: your review is stored and counts."
EXTRA: Final = (
    "Your hold had ended and the packet was given to someone else: your review is stored as an extra opinion,"
    " which decides nothing."
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Under which assignment a review is stored, whether it counts, and the packet's other counted reviews by id."""

    hand: InHand
    counted_as: CountedAs
    others: dict[int, SlotReview]

    @property
    def message(self) -> str:
        if self.counted_as == "extra":
            return EXTRA
        return IN_TIME if self.hand.state == "held" else LATE


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """That a review is stored, how it counts, and what followed from it."""

    review_id: int
    revision: int
    counted_as: CountedAs
    message: str
    resolved: int
    disagreements: int


def submit(session: Session, reviewer: uuid.UUID, submission: Submission) -> Acknowledgement:
    """Store a review with all that follows from it, once: the same submission again brings its acknowledgement again.

    Raises
    ------
    NotHeldError
        If the packet never was in this reviewer's hands under this assignment.
    SubmissionDiffersError
        If the submission's id was used for another body.
    AlreadyReviewedError
        If the reviewer reviewed the packet under another submission.
    WrongDraftsError, InvalidVerdictError, UnstorableTextError
        See :func:`app.review.workflow.verdicts.check`.
    OpticalHiddenError
        If the packet is judged from the SAR image first and that is still to be done.
    BoxesNotJudgedError
        If the boxes come first and are still to be judged.
    """
    hands, contents = submitting.lock_hands(session, reviewer, submission.packet_id)
    if contents is None or submission.assignment_id not in {hand.assignment_id for hand in hands}:
        raise not_held()
    if not hands[0].is_new:
        stored = submitting.stored_review(session, reviewer, submission.submission_id, submission.packet_id)
        if stored is not None:
            return _again(stored, submission)
    verdicts = check(submission, contents)
    if contents.sar_first and submission.scene_verdict == "usable":
        require_given(session, reviewer, submission.assignment_id)
    if contents.boxes_first:
        check_box_sets(session, reviewer, submission, verdicts)
    standing = _standing(session, submission, hands, contents.wanted)
    concluded: list[Outcome | Difference] = []
    if standing.counted_as == "slot" and len(standing.others) + 1 == contents.wanted:
        concluded = conclude(contents.drafts, [*standing.others.values(), _as_slot_review(submission, verdicts)])
    review = _new_review(reviewer, submission, verdicts, standing, concluded)
    with domain_errors():
        review_id = submitting.store(session, review)
    if review_id % FOLD_EVERY == 0:
        defer(session, "review.fold_counters", once=True)
    return Acknowledgement(review_id, 1, **review.acknowledgement)


def _again(stored: submitting.StoredReview, submission: Submission) -> Acknowledgement:
    if stored.submission_id != submission.submission_id:
        raise already_reviewed()
    if stored.body_sha256 != submission.body_sha256:
        raise submission_differs()
    return Acknowledgement(stored.review_id, stored.revision, **stored.acknowledgement)


def _standing(session: Session, submission: Submission, hands: Sequence[InHand], wanted: int) -> Standing:
    # A hold that was given back and got again is another row: the one that lives is the one that counts.
    hand = hands[0]
    if hand.state == "returned":
        hand = next(one for one in hands if one.assignment_id == submission.assignment_id)
    is_held = hand.state == "held"
    if is_held and wanted == 1:
        return Standing(hand, "slot", {})
    is_free = submitting.lock_packet(session, submission.packet_id, hand.slot)
    others = submitting.slot_reviews(session, submission.packet_id)
    return Standing(hand, "slot" if is_held or is_free else "extra", others)


def _as_slot_review(submission: Submission, verdicts: Sequence[GivenVerdict]) -> SlotReview:
    said = {
        given.draft_id: SaidOfDraft(
            given.verdict, given.revised_text, given.revised_answer, given.support, given.origin
        )
        for given in verdicts
    }
    return SlotReview(submission.scene_verdict, said)


def _new_review(
    reviewer: uuid.UUID,
    submission: Submission,
    verdicts: Sequence[GivenVerdict],
    standing: Standing,
    concluded: Sequence[Outcome | Difference],
) -> NewReview:
    outcomes = [one for one in concluded if isinstance(one, Outcome)]
    differences = [one for one in concluded if isinstance(one, Difference)]
    return NewReview(
        packet_id=submission.packet_id,
        reviewer=reviewer,
        assignment_id=standing.hand.assignment_id,
        slot=standing.hand.slot,
        is_extra=standing.counted_as == "extra",
        submission_id=submission.submission_id,
        body_sha256=submission.body_sha256,
        scene_verdict=submission.scene_verdict,
        unusable_reason=submission.unusable_reason,
        acknowledgement={
            "counted_as": standing.counted_as,
            "message": standing.message,
            "resolved": len(outcomes),
            "disagreements": len(differences),
        },
        verdicts=[verdict.as_json() for verdict in verdicts],
        other_review_ids=list(standing.others),
        outcomes=[columns_of(one) for one in outcomes],
        disagreements=[columns_of(one) for one in differences],
        counts=_counts(standing.counted_as, outcomes, len(differences)),
    )


def _counts(counted_as: CountedAs, outcomes: Sequence[Outcome], disagreements: int) -> dict[str, int]:
    verified = sum(one.outcome == "verified" for one in outcomes)
    return {
        counting.REVIEWED: int(counted_as == "slot"),
        counting.EXTRA_REVIEWS: int(counted_as == "extra"),
        counting.VERIFIED: verified,
        counting.REJECTED: len(outcomes) - verified,
        counting.DISAGREEMENTS: disagreements,
    }
