"""Screening of a reviewer's own words while they write."""

from __future__ import annotations

import uuid
from typing import cast

from sqlalchemy.orm import Session

from app.intake.queries.scenes import StoredScene, load_scenes
from app.review.errors import not_held
from app.review.queries import wording
from app.review.queries.first_verdicts import BETWEEN_TEXTS
from app.review.workflow.verdicts import check_texts
from pipeline.records import Draft, Finding, Kind
from pipeline.screening import SceneContext, screen


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
    draft = wording.draft_in_hand(session, reviewer, packet_id, draft_id)
    if draft is None:
        raise not_held()
    if draft.hides_findings:
        return None
    is_question = draft.kind == "question"
    words = Draft(cast(Kind, draft.kind), text, draft.question_type, (answer or "") if is_question else None)
    found = screen(words, _context(load_scenes(session, [draft.scene_id])[0]))
    return [one for one in found if not (draft.is_any_hidden and one.family in BETWEEN_TEXTS)]


def _context(scene: StoredScene) -> SceneContext:
    known = scene.metadata
    spacing = known.pixel_spacing_m
    return SceneContext(
        size=(scene.rows, scene.cols),
        gsd_m=None if spacing is None else (spacing[0] * spacing[1]) ** 0.5,
        # A scene that nobody annotated says nothing of what is not in it.
        boxes=scene.boxes if scene.boxes or known.labelled else None,
        labelled=known.labelled,
    )
