"""What a model said beside the truth, the image and another model. Admins only: it tells the answers of test splits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.evaluation.queries.answers import AnswerFilter, PredictionRow, list_answers, list_captions
from app.evaluation.queries.evaluations import EvaluationRow
from app.evaluation.queries.scores import scores_of
from app.evaluation.workflow import evaluations
from app.evaluation.workflow.leaderboard import FIRST_JUDGE
from app.web.database import DbSession
from app.web.guard import CurrentViewer
from app.web.rendering import render
from pipeline.vocabulary import QUESTION_TYPE_TITLES

router = APIRouter()

PER_PAGE: Final = 25
OUTCOMES: Final[Mapping[str, str]] = {
    "wrong": "wrong",
    "right": "right",
    "undecided": "undecided",
    "differing": "unlike the other model",
}
Asked = Annotated[str, Query(max_length=300)]


@dataclass(frozen=True, slots=True)
class AnswersPage:
    template: ClassVar[str] = "evaluation/answers.html"

    evaluation: EvaluationRow
    rows: Sequence[PredictionRow]
    images: Mapping[str, str]
    """Signed addresses by SHA-256."""
    asked: AnswerFilter
    judges: Sequence[str]
    others: Sequence[tuple[int, str]]
    """Number and title; a choice holds no elements, so the model's name is isolated by signs."""
    other: EvaluationRow | None
    outcomes: Mapping[str, str]
    types: Mapping[str, str]
    first: str
    next: str
    """Empty on the last page."""
    is_first: bool


@router.get("/evaluations/{evaluation_id}/answers", name="answers_page")
def answers_page(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    evaluation_id: Annotated[int, Path(ge=1, lt=2**63)],
    judge: Asked = "",
    outcome: Asked = "",
    question_type: Asked = "",
    other: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    after: Annotated[str, Query(max_length=2_000)] = "",
) -> Response:
    found = evaluations.get_evaluation(session, evaluation_id)
    others = evaluations.list_beside(session, found)
    beside = next((each for each in others if each.evaluation_id == other), None)
    measures = {s.measure: s.version for s in scores_of(session, [evaluation_id]) if s.kind == "question"}
    chosen = judge if judge in measures else FIRST_JUDGE if FIRST_JUDGE in measures else next(iter(measures), "")
    asked = AnswerFilter(
        evaluation_id,
        chosen,
        measures.get(chosen, 0),
        other if beside else 0,
        outcome if outcome in OUTCOMES and (beside or outcome != "differing") else "",
        question_type if question_type in QUESTION_TYPE_TITLES else "",
    )
    rows = _rows(session, found, asked, after.replace("\0", ""))
    shown = rows[:PER_PAGE]
    signer = request.app.state.asset_signer
    page = AnswersPage(
        evaluation=found,
        rows=shown,
        images={row.image_sha256: signer.url(row.image_sha256, viewer.pseudonym) for row in shown},
        asked=asked,
        judges=list(measures),
        others=[(each.evaluation_id, f"{each.evaluation_id}: \u2068{each.model}\u2069") for each in others],
        other=beside,
        outcomes=OUTCOMES,
        types=QUESTION_TYPE_TITLES,
        first=_address(asked),
        next=_address(asked, after=shown[-1].item_id) if len(rows) > PER_PAGE else "",
        is_first=not after,
    )
    return render(request, page)


def _rows(session: Session, found: EvaluationRow, asked: AnswerFilter, after: str) -> list[PredictionRow]:
    read = list_answers if found.task == "questions" else list_captions
    return read(session, asked, after, PER_PAGE + 1)


def _address(asked: AnswerFilter, after: str = "") -> str:
    told = {
        "judge": asked.judge,
        "outcome": asked.outcome,
        "question_type": asked.question_type,
        "other": asked.other or "",
        "after": after,
    }
    query = urlencode({name: value for name, value in told.items() if value})
    return f"/evaluations/{asked.evaluation_id}/answers" + (f"?{query}" if query else "")
