"""Screening of a reviewer's own words while they write."""

from __future__ import annotations

import uuid
from dataclasses import replace

from sqlalchemy.orm import Session

from app.intake.queries.judged import boxes_as_judged
from app.intake.queries.scenes import StoredScene, load_scenes
from app.intake.workflow.contexts import context_of
from app.intake.workflow.judged_contexts import judged_scene
from app.review.errors import not_held
from app.review.queries import wording
from app.review.queries.first_verdicts import BETWEEN_TEXTS
from app.review.queries.wording import DraftInHand
from app.review.workflow.verdicts import check_texts
from pipeline.records import Draft, Finding
from pipeline.screening import screen
from pipeline.screening.rule_set import stored_rule_set


def screen_wording(
    session: Session, reviewer: uuid.UUID, packet_id: int, draft_id: int, text: str, answer: str | None
) -> list[Finding] | None:
    """What screening says of a new wording of the draft. A question's missing answer is taken for an empty one.

    None while the draft's own findings are hidden: those of a wording that is still near it would give them away.

    Raises
    ------
    NotHeldError
        If the reviewer never was handed the packet, or it has no such draft.
    UnstorableTextError
        If the wording could not be stored.
    """
    check_texts([text, answer])
    hand = wording.draft_in_hand(session, reviewer, packet_id, draft_id)
    if hand is None:
        raise not_held()
    if hand.hides_findings:
        return None
    worded = _reworded(hand.draft, text, answer)
    # In the place of the stored text, so that of two like texts it is the same one that is told as the later.
    context = context_of(_scene_of(session, hand), (*hand.before, worded, *hand.after))
    found = screen(worded, context, stored_rule_set(hand.settings).rules)
    return [one for one in found if not (hand.is_any_hidden and one.family in BETWEEN_TEXTS)]


def _scene_of(session: Session, hand: DraftInHand) -> StoredScene:
    """The draft's scene; of one that was derived anew, with the boxes as they were judged."""
    scene = load_scenes(session, [hand.scene_id])[0]
    if hand.box_review_id is None:
        return scene
    return judged_scene(scene, boxes_as_judged(session, [hand.box_review_id])[hand.box_review_id])


def _reworded(draft: Draft, text: str, answer: str | None) -> Draft:
    """The draft in new words. How its answer follows from the boxes is known as long as it asks the same."""
    return replace(
        draft,
        text=text,
        answer=None if draft.answer is None else answer or "",
        program=draft.program if text == draft.text else None,
    )
