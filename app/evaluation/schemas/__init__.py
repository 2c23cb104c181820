"""What scripts send and get about evaluations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from app.evaluation.queries.evaluations import EvaluationRow
from app.evaluation.queries.scores import Score


class ScoreView(BaseModel):
    """Figures by one judge or mode, of one kind of text."""

    kind: str
    measure: str
    version: int
    figures: dict[str, Any]


class EvaluationView(BaseModel):
    """A model on a split or a quiz."""

    evaluation_id: int
    release: str
    split: str | None
    quiz: str | None
    task: str
    kinds: list[str]
    source: str
    model: str
    recipe: dict[str, Any]
    state: str
    items: int
    predictions: int
    is_partial: bool
    cost_micro: int | None
    currency: str | None
    error: str | None
    created_at: dt.datetime
    withdrawn_at: dt.datetime | None
    scores: list[ScoreView] = []

    @classmethod
    def of(cls, row: EvaluationRow, scores: Sequence[Score] = ()) -> EvaluationView:
        """With its figures, where they are asked for."""
        names = set(cls.model_fields) - {"scores", "is_partial"}
        told = [ScoreView(kind=s.kind, measure=s.measure, version=s.version, figures=dict(s.figures)) for s in scores]
        values = {name: getattr(row, name) for name in names}
        return cls(**values, is_partial=row.is_partial, scores=told)


class EvaluationList(BaseModel):
    """A page, newest first; ``before`` asks for the next."""

    evaluations: list[EvaluationView]
    before: int | None
