"""Predictions beside truths, in pages by the id of the item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_ANSWERS: Final = """
select p.item_id, p.scene, d.scene_id, t.entry ->> 'image_sha256' as image_sha256, p.question_type,
    t.entry ->> 'question' as question, array[t.entry ->> 'answer'] as truths, p.prediction, j.is_right,
    coalesce(j.note, '') as note, o.prediction as other_prediction, oj.is_right as other_is_right
from prediction p join evaluation e using (evaluation_id)
join release_text t on t.release_id = e.release_id and t.text_sha256 = p.item_id
join draft d on d.draft_id = t.draft_id
left join judgement j on j.evaluation_id = p.evaluation_id and j.item_id = p.item_id and j.judge = :judge
    and j.judge_version = :version
left join prediction o on o.evaluation_id = :other and o.item_id = p.item_id
left join judgement oj on oj.evaluation_id = :other and oj.item_id = p.item_id and oj.judge = :judge
    and oj.judge_version = :version
where p.evaluation_id = :evaluation_id and p.item_id > :after {filters}
order by p.item_id limit :limit
"""
_CAPTIONS: Final = text("""
with page as (
    select p.item_id, p.prediction, e.release_id, e.split, e.kinds, split_part(p.item_id, '/', 1) as dataset,
        substr(p.item_id, strpos(p.item_id, '/') + 1) as name
    from prediction p join evaluation e using (evaluation_id)
    where p.evaluation_id = :evaluation_id and p.item_id > :after order by p.item_id limit :limit
)
select page.item_id, page.item_id as scene, s.scene_id, r.entry -> 'assets' ->> 'processed' as image_sha256,
    null as question_type, null as question, (
        select array_agg(t.entry ->> 'caption' order by t.entry ->> 'kind' desc, t.text_sha256)
        from draft d join release_text t on t.release_id = page.release_id and t.draft_id = d.draft_id
        where d.scene_id = s.scene_id and d.kind = any(page.kinds)) as truths,
    page.prediction, null as is_right, '' as note, o.prediction as other_prediction, null as other_is_right
from page join release_scene r on r.release_id = page.release_id and r.dataset = page.dataset and r.name = page.name
join dataset a on a.name = page.dataset join scene s on s.dataset_id = a.dataset_id and s.name = page.name
left join prediction o on o.evaluation_id = :other and o.item_id = page.item_id
order by page.item_id
""")
_FILTERS: Final = {
    "right": "and j.is_right",
    "wrong": "and j.is_right = false",
    "undecided": "and j.item_id is not null and j.is_right is null",
    "differing": "and o.item_id is not null and j.is_right is distinct from oj.is_right",
}


@dataclass(frozen=True, slots=True)
class AnswerFilter:
    """Which predictions are meant; empty asks nothing."""

    evaluation_id: int
    judge: str
    version: int
    other: int = 0
    """Another evaluation beside it."""
    outcome: str = ""
    """``right``, ``wrong``, ``undecided``, or ``differing`` from the other one."""
    question_type: str = ""


@dataclass(frozen=True, slots=True)
class PredictionRow:
    """A prediction beside the truth, and beside what another model said."""

    item_id: str
    scene: str
    scene_id: int
    image_sha256: str
    question_type: str | None
    question: str | None
    truths: Sequence[str]
    """One answer, or all captions of the image that it is measured by."""
    prediction: str
    is_right: bool | None
    note: str
    other_prediction: str | None
    other_is_right: bool | None


def list_answers(session: Session, asked: AnswerFilter, after: str, limit: int) -> list[PredictionRow]:
    """A page of predicted answers behind the item ``after``."""
    filters = [_FILTERS[asked.outcome]] if asked.outcome in _FILTERS else []
    filters += ["and p.question_type = :question_type"] if asked.question_type else []
    values = {
        "evaluation_id": asked.evaluation_id, "judge": asked.judge, "version": asked.version, "other": asked.other,
        "after": after, "limit": limit, **({"question_type": asked.question_type} if asked.question_type else {}),
    }  # fmt: skip
    rows = session.execute(text(_ANSWERS.format(filters=" ".join(filters))), values)
    return [PredictionRow(**row._mapping) for row in rows]


def list_captions(session: Session, asked: AnswerFilter, after: str, limit: int) -> list[PredictionRow]:
    """A page of predicted captions behind the image ``after``."""
    values = {"evaluation_id": asked.evaluation_id, "other": asked.other, "after": after, "limit": limit}
    return [PredictionRow(**row._mapping) for row in session.execute(_CAPTIONS, values)]
