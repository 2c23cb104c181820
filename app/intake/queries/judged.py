"""Boxes as reviewers judged them, and the texts that were derived anew from them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from app.intake.queries.drafts import draft_sha256
from app.intake.queries.runs import add_run, finish_run
from pipeline.programs.rederiving import BoxVerdict, judged_boxes
from pipeline.records import Draft, Drafter, ObjectBox

REDERIVED: Final = "judged boxes"
"""What the run of a dataset's derived texts says of its drafter."""

BESIDE: Final = """(
    o.box_review_id is not distinct from d.box_review_id
    or o.box_review_id is null and coalesce(starts_with(o.program, 'land_cover'), true)
)"""
"""Whether the text ``o`` of the scene is read beside its text ``d``: derived ones beside those of the same boxes, and
never beside what they take the place of, which they contradict."""

_VERDICTS: Final = text("""
select v.box_review_id, v.number, v.verdict, v.category, v.x_min, v.y_min, v.width, v.height
from box_verdict v where v.box_review_id = any(:ids) order by v.box_review_id, v.number
""")

_BOXES: Final = text("""
select r.box_review_id, o.number, o.source_box_id, o.category, o.x_min, o.y_min, o.width, o.height, o.is_cut
from box_review r join object_box o using (scene_id) where r.box_review_id = any(:ids)
""")

_RUN: Final = text("""
select run_id from run where dataset_id = :dataset_id and kind = 'draft' and parameters ->> 'drafter' = :drafter
order by run_id limit 1
""")

_LOCK: Final = text("select from dataset where dataset_id = :dataset_id for no key update")

_ADD: Final = text("""
insert into draft (scene_id, drafter_id, run_id, kind, question_type, general_type, text, answer, box_ids, program,
    box_review_id, draft_sha256)
select :scene_id, :drafter_id, :run_id, kind, question_type, general_type, text, answer,
    array(select jsonb_array_elements_text(box_ids)), program, :box_review_id, draft_sha256
from jsonb_to_recordset(cast(:rows as jsonb)) as given (kind text, question_type text, general_type text, text text,
    answer text, box_ids jsonb, program text, draft_sha256 text)
on conflict (scene_id, draft_sha256) do nothing returning draft_id
""")


def boxes_as_judged(session: Session, box_review_ids: Sequence[int]) -> dict[int, tuple[ObjectBox, ...]]:
    """The scene's boxes as each of these box reviews has them; two statements, however many they are."""
    asked = {"ids": list(box_review_ids)}
    boxes: dict[int, dict[int, ObjectBox]] = {}
    for box_review_id, number, *box in session.execute(_BOXES, asked):
        boxes.setdefault(box_review_id, {})[number] = ObjectBox(*box)
    verdicts: dict[int, list[BoxVerdict]] = {box_review_id: [] for box_review_id in box_review_ids}
    for row in session.execute(_VERDICTS, asked).mappings():
        verdicts[row["box_review_id"]].append(as_box_verdict(row))
    return {each: judged_boxes(boxes.get(each, {}), said) for each, said in verdicts.items()}


def as_box_verdict(row: RowMapping | Mapping[str, Any]) -> BoxVerdict:
    """A verdict of a row of ``box_verdict``."""
    is_placed = row["x_min"] is not None
    box = (row["x_min"], row["y_min"], row["width"], row["height"]) if is_placed else None
    return BoxVerdict(row["number"], row["verdict"], row["category"], box)


def run_of_derived(session: Session, dataset_id: int) -> int:
    """The one run, of a dataset, to which its derived texts belong; made with the first of them."""
    asked = {"dataset_id": dataset_id, "drafter": REDERIVED}
    found = session.execute(_RUN, asked).scalar_one_or_none()
    if found is None:
        session.execute(_LOCK, {"dataset_id": dataset_id})
        found = session.execute(_RUN, asked).scalar_one_or_none()
    if found is None:
        found = add_run(session, dataset_id, "draft", {"drafter": REDERIVED})
        finish_run(session, found, "done")
    return found


def add_derived(
    session: Session,
    scene_id: int,
    drafts: Sequence[Draft],
    *,
    drafter: Drafter,
    drafter_id: int,
    run_id: int,
    box_review_id: int,
) -> list[int]:
    """Store derived texts with the box review that they follow from; ids of those that were not there before."""
    names = ("kind", "question_type", "general_type", "text", "answer", "box_ids", "program")
    rows = [
        {**{name: getattr(draft, name) for name in names}, "draft_sha256": draft_sha256(drafter, draft)}
        for draft in drafts
    ]
    asked = {"scene_id": scene_id, "drafter_id": drafter_id, "run_id": run_id, "box_review_id": box_review_id}
    return list(session.execute(_ADD, asked | {"rows": json.dumps(rows)}).scalars())
