"""Screening of a senior's own words while they write."""

from __future__ import annotations

import uuid
from dataclasses import replace

from sqlalchemy.orm import Session

from app.adjudication.errors import no_disagreement
from app.adjudication.queries.wording import scene_of
from app.adjudication.workflow.differing import require_stranger
from app.intake.queries.scenes import load_scenes
from app.intake.queries.screening import drafts_of_scenes
from app.intake.workflow.contexts import context_of
from app.intake.workflow.rule_setting import rules_of
from app.review.workflow.verdicts import check_texts
from pipeline.records import Draft, Finding
from pipeline.screening import screen


def screen_wording(
    session: Session, adjudicator: uuid.UUID, packet_id: int, draft_id: int, text: str, answer: str | None
) -> list[Finding]:
    """What screening says of a new wording of a draft of the packet. A question's missing answer is an empty one.

    Raises
    ------
    NoDisagreementError, OwnReviewError, UnstorableTextError
    """
    check_texts([text, answer])
    require_stranger(session, packet_id, adjudicator)
    scene = scene_of(session, packet_id, draft_id)
    if scene is None:
        raise no_disagreement()
    stored = drafts_of_scenes(session, [scene.scene_id])
    worded = next(_reworded(one.draft, text, answer) for one in stored if one.draft_id == draft_id)
    # In the place of the stored text, so that of two like texts it is the same one that is told as the later.
    texts = [worded if one.draft_id == draft_id else one.draft for one in stored]
    context = context_of(load_scenes(session, [scene.scene_id])[0], texts)
    return list(screen(worded, context, rules_of(session, scene.dataset_id).rules))


def _reworded(draft: Draft, text: str, answer: str | None) -> Draft:
    """The draft in new words. How its answer follows from the boxes is known as long as it asks the same."""
    return replace(
        draft,
        text=text,
        answer=None if draft.answer is None else answer or "",
        program=draft.program if text == draft.text else None,
    )
