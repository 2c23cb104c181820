"""``python -m pipeline draft-boxes``: the template corpus of one COCO file, without any database."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pipeline.drafting.box_arrays import BoxedScene
from pipeline.drafting.coco_boxes import BoxedImages, read_coco_boxes
from pipeline.drafting.corpus import count_types, draft_scenes
from pipeline.drafting.policy import Availability, Fit, Policy, PolicyName, fit
from pipeline.files import written_whole
from pipeline.records import Draft

SCENES_AT_ONCE: Final = 500


@dataclass(frozen=True)
class Written:
    """What came of drafting a COCO file."""

    counts: Counter[str]
    """Questions by type."""
    short: Mapping[str, int] = field(default_factory=dict)
    """Of types of which the boxes give less than the policy wants: how many it wants."""


def draft_boxes(
    coco: Path, out: Path, *, seed: int = 0, per_scene: int | None = None, policy: PolicyName = "paper"
) -> Written:
    """Write the corpus questions of a COCO file as JSON lines; every category of the file counts as labelled.

    Which of them says ``policy``, or ``per_scene``: at most so many an image. ``out`` appears whole or not at all: a
    fault on the way leaves what was there before.

    Raises
    ------
    CocoError
        If the file cannot be drafted from: where, and what to do.
    """
    read = read_coco_boxes(coco)
    found = _fitted(read) if per_scene is None and policy == "paper" else None
    chosen = Policy(per_scene) if found is None else found.policy
    counts: Counter[str] = Counter()
    with written_whole(out) as lines:
        for scenes in _batches(read):
            drafted = draft_scenes(scenes, chosen, seed=seed)
            counts += count_types(drafted)
            for scene, drafts in zip(scenes, drafted, strict=True):
                lines.writelines(json.dumps(_as_json(scene, draft), ensure_ascii=False) + "\n" for draft in drafts)
    return Written(counts, {} if found is None else found.short)


def _fitted(read: BoxedImages) -> Fit:
    weights = Counter(name for image in read.images for name in {box.category for box in image.boxes})
    availability = Availability({**dict.fromkeys(read.categories, 0), **weights})
    for scenes in _batches(read):
        availability.add(scenes)
    return fit(availability)


def _batches(read: BoxedImages) -> Iterator[list[BoxedScene]]:
    for start in range(0, len(read.images), SCENES_AT_ONCE):
        images = read.images[start : start + SCENES_AT_ONCE]
        yield [BoxedScene(image.file_name, image.size, image.boxes, read.categories) for image in images]


def _as_json(scene: BoxedScene, draft: Draft) -> dict[str, object]:
    return {
        "image": scene.name,
        "question_type": draft.question_type,
        "question": draft.text,
        "answer": draft.answer,
        "box_ids": list(draft.box_ids),
        "program": draft.program,
    }
