"""How good a dataset's boxes are, and how often a text is read otherwise than it follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from app.review.queries import box_figures
from app.review.queries.box_figures import BoxSums, Gathered, SampleSums
from app.review.workflow.measuring import Figure, figure
from pipeline.vocabulary import QUESTION_TYPE_TITLES


@dataclass(frozen=True, slots=True)
class BoxFigures:
    """Verdicts on the boxes of one category; of all where it is None."""

    category: str | None
    right: Figure
    wrong_class: int
    spurious: int
    missing: int


@dataclass(frozen=True, slots=True)
class SampleFigures:
    """Texts that were drawn and read, by what the boxes gave for them."""

    follows: Literal["accept", "reject"]
    question_type: str | None
    title: str
    otherwise: Figure
    """Those that their reader judged otherwise; of ``accept``, the error rate of what was taken over."""


@dataclass(frozen=True, slots=True)
class JudgedFigures:
    """What is known of a dataset's judged boxes."""

    gathered: Gathered
    boxes: Sequence[BoxFigures]
    """All together first; empty where nothing is judged."""
    sample: Sequence[SampleFigures]


def box_figures_of(session: Session, dataset_id: int) -> JudgedFigures:
    """The figures of a dataset's judged boxes; four statements."""
    return JudgedFigures(
        gathered=box_figures.gathered(session, dataset_id),
        boxes=[_boxes(each) for each in box_figures.box_sums(session, dataset_id)],
        sample=[_sample(each) for each in box_figures.sample_sums(session, dataset_id)],
    )


def _boxes(sums: BoxSums) -> BoxFigures:
    return BoxFigures(sums.category, figure(sums.right), sums.wrong_class, sums.spurious, sums.missing)


def _sample(sums: SampleSums) -> SampleFigures:
    title = "All types" if sums.question_type is None else QUESTION_TYPE_TITLES[sums.question_type]
    return SampleFigures(sums.follows, sums.question_type, title, figure(sums.otherwise))
