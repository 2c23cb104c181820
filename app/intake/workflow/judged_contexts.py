"""What screening knows of each text's scene: of one that was derived anew, the boxes as they were judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from app.intake.queries.judged import boxes_as_judged
from app.intake.queries.scenes import StoredScene, load_scenes
from app.intake.queries.screening import StoredDraft
from app.intake.workflow.contexts import context_of
from pipeline.programs.rederiving import program_of_boxes
from pipeline.records import ObjectBox
from pipeline.screening import SceneContext


@dataclass
class Contexts:
    """The contexts of many texts, each made once a scene and set of boxes."""

    scenes: Mapping[int, StoredScene]
    texts: Mapping[int, Sequence[StoredDraft]]
    """All of each scene, in the order in which they were stored."""
    judged: Mapping[int, tuple[ObjectBox, ...]]
    """Boxes by box review."""
    _made: dict[tuple[int, int | None], SceneContext] = field(default_factory=dict)

    def of(self, stored: StoredDraft) -> SceneContext:
        """The scene as the rules know it for this text."""
        key = stored.scene_id, stored.box_review_id
        if key not in self._made:
            self._made[key] = self._make(*key)
        return self._made[key]

    def _make(self, scene_id: int, box_review_id: int | None) -> SceneContext:
        others = [each.draft for each in self.texts[scene_id] if _is_beside(each, box_review_id)]
        return context_of(judged_scene(self.scenes[scene_id], self.judged.get(box_review_id or 0)), others)


def contexts_of_scenes(session: Session, scene_ids: Sequence[int], drafts: Iterable[StoredDraft]) -> Contexts:
    """The contexts of these scenes' texts, which are all given; two statements, and two more where any is derived."""
    texts: dict[int, list[StoredDraft]] = {}
    for stored in drafts:
        texts.setdefault(stored.scene_id, []).append(stored)
    reviews = {each.box_review_id for listed in texts.values() for each in listed if each.box_review_id is not None}
    judged = boxes_as_judged(session, sorted(reviews)) if reviews else {}
    return Contexts({scene.scene_id: scene for scene in load_scenes(session, scene_ids)}, texts, judged)


def judged_scene(scene: StoredScene, boxes: tuple[ObjectBox, ...] | None) -> StoredScene:
    """The scene with its boxes as they were judged; None leaves them."""
    return scene if boxes is None else replace(scene, boxes=boxes)


def _is_beside(other: StoredDraft, box_review_id: int | None) -> bool:
    """As :data:`app.intake.queries.judged.BESIDE`: never beside the text whose place a derived one takes."""
    if other.box_review_id == box_review_id:
        return True
    return other.box_review_id is None and program_of_boxes(other.draft) is None
