"""The drafts of a dataset as they were drafted, and what was last counted over all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from app.db.tables.intake import Dataset
from pipeline.records import Draft

AT_A_TIME: Final = 2_000


@dataclass(frozen=True, slots=True)
class NamedThings:
    """How many different things the drafts of a dataset name, as last counted."""

    texts: int
    """How many drafts there were then."""
    categories: int
    open_categories: int
    question_types: int
    land_covers: int
    extractor_version: str
    counted_at: dt.datetime


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


def store_named(session: Session, dataset_id: int, counts: Mapping[str, Any]) -> None:
    """Keep the counts of :meth:`pipeline.extraction.counting.Tally.as_json` with the dataset, for its page."""
    values = {"named": dict(counts), "named_at": func.clock_timestamp()}
    session.execute(update(Dataset).where(Dataset.dataset_id == dataset_id).values(values))


def named_things(session: Session, dataset_id: int) -> NamedThings | None:
    """What was last counted; None if nothing was."""
    query = select(Dataset.named, Dataset.named_at).where(Dataset.dataset_id == dataset_id)
    counts, counted_at = session.execute(query).one()
    if counts is None or counted_at is None:
        return None
    parts = ("categories", "open_categories", "question_types", "land_covers")
    numbers = {part: counts[part]["distinct"] for part in parts}
    return NamedThings(counts["texts"], **numbers, extractor_version=counts["extractor_version"], counted_at=counted_at)
