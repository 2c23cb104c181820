"""``python -m pipeline draft-boxes``: the template corpus of one COCO file, without any database."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.drafting.coco_boxes import BoxedImage, read_coco_boxes
from pipeline.drafting.corpus import draft_questions
from pipeline.files import written_whole
from pipeline.records import Draft


def draft_boxes(coco: Path, out: Path, *, seed: int = 0, per_scene: int | None = None) -> None:
    """Write the corpus questions of a COCO file as JSON lines; every category of the file counts as labelled.

    ``out`` appears whole or not at all: a fault on the way leaves what was there before.

    Raises
    ------
    CocoError
        If the file cannot be drafted from: where, and what to do.
    """
    scenes = read_coco_boxes(coco)
    with written_whole(out) as lines:
        for image in scenes.images:
            for draft in draft_questions(image.boxes, image.size, scenes.categories, seed=seed, per_scene=per_scene):
                lines.write(json.dumps(_as_json(image, draft), ensure_ascii=False) + "\n")


def _as_json(image: BoxedImage, draft: Draft) -> dict[str, object]:
    return {
        "image": image.file_name,
        "question_type": draft.question_type,
        "question": draft.text,
        "answer": draft.answer,
        "box_ids": list(draft.box_ids),
        "program": draft.program,
    }
