"""A scene's boxes judged as a set, and what follows for the texts that are made from them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.intake.queries.drafts import lock_scenes
from app.intake.queries.viewing import scene_boxes
from app.review.errors import (
    BoxesNotAskedError,
    already_reviewed,
    domain_errors,
    hold_ended,
    not_held,
    submission_differs,
)
from app.review.queries import box_reviewing, claiming
from app.review.queries.box_reviewing import Hand, PacketText, TextOutcome
from app.review.workflow.box_checking import BoxSubmission, check_boxes
from app.review.workflow.box_deriving import Deriving
from app.review.workflow.holding import ReviewConfig
from pipeline.programs.layout import Layout
from pipeline.programs.rederiving import BoxVerdict, Rederived, judged_boxes, rederive
from pipeline.records import ObjectBox

FLAG_OF_TYPE: Final[Mapping[str | None, str]] = {"counting": "count", "positioning": "position"}
"""Why a text is rejected whose answer the judged boxes do not give; of other types it is a wrong statement."""


@dataclass(frozen=True, slots=True)
class JudgedBoxes:
    """That a set is stored, and what it gives for the texts in the reviewer's hands."""

    box_review_id: int
    revision: int
    texts: Sequence[TextOutcome]


@dataclass(frozen=True, slots=True)
class Layouts:
    """A scene's boxes as they came, and as they were judged."""

    before: Layout
    after: Layout
    labelled: Sequence[str]

    def rederive(self, text: PacketText) -> Rederived | None:
        """What the judged boxes give for the text; None where it does not follow from boxes."""
        return rederive(text.draft, self.before, self.after, self.labelled)


def review_boxes(session: Session, reviewer: uuid.UUID, submission: BoxSubmission, config: ReviewConfig) -> JudgedBoxes:
    """Store a judged set of the scene's boxes, once, and derive anew what follows from it.

    Each text in the reviewer's hands that follows from boxes gets its outcome. Changed answers become new drafts, in a
    packet of their own that the reviewer holds at once; those that exist already, because somebody changed the boxes
    alike, are met instead of made again.

    Raises
    ------
    NotHeldError
        If the packet never was in this reviewer's hands under this assignment.
    HoldEndedError, AlreadyReviewedError
        If it was handed back, or its review is submitted.
    SubmissionDiffersError
        If the submission's id was used for another set.
    BoxesNotAskedError
        If the packet's texts are read one by one.
    WrongBoxesError, InvalidBoxError, UnstorableTextError
        See :func:`app.review.workflow.box_checking.check_boxes`.
    """
    claiming.lock_reviewer(session, reviewer)
    hand = box_reviewing.find_hand(session, submission.assignment_id, reviewer)
    if hand is None:
        raise not_held()
    stored = box_reviewing.stored_box_review(session, reviewer, submission.submission_id)
    if stored is not None:
        if stored.body_sha256 != submission.body_sha256:
            raise submission_differs()
        texts = box_reviewing.outcomes_of(session, stored.box_review_id)
        return JudgedBoxes(stored.box_review_id, stored.revision, texts)
    _require_open(hand)
    boxes = _boxes_of(session, hand.scene_id)
    verdicts = check_boxes(submission, boxes, (hand.rows, hand.cols))
    return _store(session, reviewer, submission, hand, boxes, verdicts, config)


def _require_open(hand: Hand) -> None:
    if hand.state == "done":
        raise already_reviewed()
    if hand.state == "returned":
        raise hold_ended()
    if not hand.boxes_first:
        raise BoxesNotAskedError("In this packet each text is read by itself: submit its verdicts without the boxes.")


def _boxes_of(session: Session, scene_id: int) -> dict[int, ObjectBox]:
    names = ("category", "x_min", "y_min", "width", "height", "is_cut")
    return {
        row["number"]: ObjectBox(row["source_box_id"], *(row[name] for name in names))
        for row in scene_boxes(session, scene_id)
    }


def _store(
    session: Session,
    reviewer: uuid.UUID,
    submission: BoxSubmission,
    hand: Hand,
    boxes: Mapping[int, ObjectBox],
    verdicts: Sequence[BoxVerdict],
    config: ReviewConfig,
) -> JudgedBoxes:
    # Whoever judges, drafts or seals the same scene waits here: the next packet's number is free, and a text that two
    # derive alike is stored once.
    lock_scenes(session, [hand.scene_id])
    with domain_errors():
        box_review_id, revision = box_reviewing.add_box_review(
            session,
            reviewer,
            hand,
            submission_id=submission.submission_id,
            body_sha256=submission.body_sha256,
            verdicts=verdicts,
            view=submission.view,
        )
    size = hand.rows, hand.cols
    judged = judged_boxes(boxes, verdicts)
    layouts = Layouts(Layout.of(list(boxes.values()), size), Layout.of(judged, size), hand.labelled)
    texts = _texts(session, reviewer, hand.scene_id, [hand.packet_id])
    deriving = Deriving(session, reviewer, hand, box_review_id, config.lease_s)
    packet_ids = deriving.derive([(text.draft, found) for text in texts if (found := layouts.rederive(text))])
    if packet_ids:
        texts = _texts(session, reviewer, hand.scene_id, [hand.packet_id, *packet_ids])
    box_reviewing.add_outcomes(session, box_review_id, _outcomes(texts, layouts))
    return JudgedBoxes(box_review_id, revision, box_reviewing.outcomes_of(session, box_review_id))


def _texts(session: Session, reviewer: uuid.UUID, scene_id: int, packet_ids: Sequence[int]) -> list[PacketText]:
    found = box_reviewing.texts_in_hand(session, reviewer, scene_id, packet_ids)
    return [text for of_packet in found.values() for text in of_packet]


def _outcomes(texts: Iterable[PacketText], layouts: Layouts) -> Iterable[dict[str, object]]:
    for text in texts:
        found = layouts.rederive(text)
        if found is not None:
            told = {name: value for name, value in asdict(found).items() if name != "box_ids"}
            yield {"draft_id": text.draft_id, "is_sampled": text.is_sampled, **told}
