"""The drafts of a dataset as they were drafted, one after another, for what is counted over all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from pipeline.records import Draft

AT_A_TIME: Final = 2_000


def drafted_of(session: Session, dataset_id: int) -> Iterator[Draft]:
    """The dataset's drafts, without gold and probes, in no order; read from the server so many at a time.

    Of each there are the texts and types, which is what counting needs.
    """
    query = text(
        "select d.kind, d.text, d.question_type, d.answer, d.general_type from draft d join scene s using (scene_id)"
        " where s.dataset_id = :dataset_id and d.origin = 'drafted'"
    )
    rows = session.execute(query, {"dataset_id": dataset_id}, execution_options={"yield_per": AT_A_TIME})
    for row in rows:
        yield Draft(
            kind=row.kind,
            text=row.text,
            question_type=row.question_type,
            answer=row.answer,
            general_type=row.general_type,
        )
