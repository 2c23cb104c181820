"""Bodies and answers about judged boxes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

from pydantic import Field

from app.intake.queries.judged import as_box_verdict
from app.intake.views import View
from app.review.queries.box_reviewing import BoxJudging, TextOutcome
from app.review.schemas.requests import Body, Finite, LookedBody
from app.review.workflow import BoxSubmission, JudgedBoxes
from app.review.workflow.box_reviewing import FLAG_OF_TYPE
from pipeline.programs.rederiving import BoxVerdict

Verdict = Literal["right", "wrong_class", "spurious", "missing"]
Number = Annotated[int, Field(ge=1, le=10**9)]


class BoxVerdictBody(Body):
    number: Number
    verdict: Verdict
    category: Annotated[str, Field(max_length=20_000)] | None = None
    box: tuple[Finite, Finite, Finite, Finite] | None = None
    """Of a missing one: x_min, y_min, width, height in pixels of the scene."""


class BoxReviewBody(Body):
    submission_id: uuid.UUID
    verdicts: Annotated[list[BoxVerdictBody], Field(max_length=100_000)]
    view: LookedBody = LookedBody()

    def as_submission(self, assignment_id: uuid.UUID) -> BoxSubmission:
        return BoxSubmission(
            submission_id=self.submission_id,
            assignment_id=assignment_id,
            verdicts=tuple(BoxVerdict(said.number, said.verdict, said.category, said.box) for said in self.verdicts),
            view=self.view.model_dump(mode="json", exclude_none=True),
        )


class BoxVerdictView(View):
    number: int
    verdict: Verdict
    category: str | None
    box: tuple[float, float, float, float] | None


class TextOutcomeView(View):
    draft_id: int
    outcome: Literal["same", "changed", "gone"]
    answer: str | None
    """The new one, where it is another."""
    is_sampled: bool
    """Whether it is to be read singly all the same."""
    flag: str
    """Why it is rejected, where its answer does not follow."""


class BoxReviewView(View):
    box_review_id: int
    revision: int
    texts: list[TextOutcomeView]
    """Of the packet, and of the scene's other packets in the reader's hands."""


class BoxJudgingView(View):
    revision: int
    """Of the reader's newest judged set of the scene; 0: none."""
    verdicts: list[BoxVerdictView]
    is_judged: bool
    """Whether the set is confirmed for this packet, so that `texts` hold."""
    texts: list[TextOutcomeView]
    categories: list[str]
    """To choose from: the labelled ones, then those of the dataset."""


def box_review_view(judged: JudgedBoxes) -> BoxReviewView:
    return BoxReviewView(
        box_review_id=judged.box_review_id, revision=judged.revision, texts=_outcome_views(judged.texts)
    )


def box_judging_view(judging: BoxJudging, labelled: Sequence[str]) -> BoxJudgingView:
    """What the page begins with."""
    verdicts = [as_box_verdict(row) for row in judging.verdicts]
    return BoxJudgingView(
        revision=judging.revision,
        verdicts=[
            BoxVerdictView(number=said.number, verdict=said.verdict, category=said.category, box=said.box)
            for said in verdicts
        ],
        is_judged=judging.is_judged,
        texts=_outcome_views(judging.texts),
        categories=list(dict.fromkeys([*labelled, *judging.categories])),
    )


def _outcome_views(texts: Iterable[TextOutcome]) -> list[TextOutcomeView]:
    return [
        TextOutcomeView(
            draft_id=each.draft_id,
            outcome=each.outcome,
            answer=each.answer,
            is_sampled=each.is_sampled,
            flag=FLAG_OF_TYPE.get(each.question_type, "wrong_statement"),
        )
        for each in texts
    ]
