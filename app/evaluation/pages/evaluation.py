"""One evaluation: how the model was asked, its figures, where it goes wrong; and taking it out of its leaderboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.evaluation.pages.titles import JUDGE_TITLES, STATE_TITLES, address_of, recipe_lines
from app.evaluation.queries.evaluations import EvaluationRow
from app.evaluation.queries.scores import Score, whole_scores
from app.evaluation.workflow import evaluations
from app.evaluation.workflow.figures import CAPTION_FIGURES
from app.evaluation.workflow.leaderboard import FIRST_JUDGE
from app.web.database import DbSession
from app.web.rendering import render
from pipeline.drafting.costs import in_money
from pipeline.vocabulary import KIND_TITLES, QUESTION_TYPE_TITLES

router = APIRouter()

EvaluationId = Annotated[int, Path(ge=1, lt=2**63)]


@dataclass(frozen=True, slots=True)
class Confusion:
    """Truths in rows, predictions in columns; the last row and column are all others."""

    title: str
    truths: Sequence[str | None]
    said: Sequence[str | None]
    counts: Mapping[tuple[str | None, str | None], int]


@dataclass(frozen=True, slots=True)
class EvaluationPage:
    template: ClassVar[str] = "evaluation/evaluation.html"

    evaluation: EvaluationRow
    state: str
    recipe: Sequence[tuple[str, str]]
    cost: str
    scores: Sequence[Score]
    judges: Mapping[str, str]
    types: Mapping[str, str]
    kinds: Mapping[str, str]
    figures: Sequence[str]
    confusions: Sequence[Confusion]
    judge: str
    board: str


@router.get("/evaluations/{evaluation_id}", name="evaluation_page")
def evaluation_page(
    request: Request,
    session: DbSession,
    evaluation_id: EvaluationId,
    judge: Annotated[str, Query(max_length=300)] = "",
) -> Response:
    found = evaluations.get_evaluation(session, evaluation_id)
    scores = whole_scores(session, evaluation_id)
    answered = {score.measure: score for score in scores if score.kind == "question"}
    chosen = judge if judge in answered else FIRST_JUDGE if FIRST_JUDGE in answered else next(iter(answered), "")
    page = EvaluationPage(
        evaluation=found,
        state=STATE_TITLES[found.state],
        recipe=recipe_lines(found.recipe),
        cost="" if found.cost_micro is None else in_money(found.cost_micro, found.currency or ""),
        scores=scores,
        judges={name: JUDGE_TITLES.get(name, f"decided by {name.removeprefix('llm:')}") for name in answered},
        types=QUESTION_TYPE_TITLES,
        kinds=KIND_TITLES,
        figures=CAPTION_FIGURES,
        confusions=_confusions(answered[chosen].figures.get("confusion", {})) if chosen else [],
        judge=chosen,
        board=address_of(found.release, found.split, found.quiz),
    )
    return render(request, page)


@router.post("/evaluations/{evaluation_id}/withdraw", name="withdraw_evaluation")
def withdraw_evaluation(session: DbSession, evaluation_id: EvaluationId) -> Response:
    evaluations.withdraw(session, evaluation_id)
    return RedirectResponse(f"/evaluations/{evaluation_id}", 303)


def _confusions(found: Mapping[str, Sequence[Sequence[Any]]]) -> list[Confusion]:
    return [_confusion(title, found[name]) for name, title in QUESTION_TYPE_TITLES.items() if found.get(name)]


def _confusion(title: str, cells: Sequence[Sequence[Any]]) -> Confusion:
    """Answers that are frequent on either side stand in the same order on both, so that right ones are a diagonal."""
    truths = _by_count([(cell[0], cell[2]) for cell in cells])
    said = [each for each in truths if any(cell[1] == each for cell in cells)]
    said += [each for each in _by_count([(cell[1], cell[2]) for cell in cells]) if each not in said]
    counts = {(cell[0], cell[1]): cell[2] for cell in cells}
    return Confusion(title, _others_last(truths), _others_last(said), counts)


def _by_count(told: Sequence[tuple[str | None, int]]) -> list[str | None]:
    sums: dict[str | None, int] = {}
    for name, count in told:
        sums[name] = sums.get(name, 0) + count
    return sorted(sums, key=lambda name: -sums[name])


def _others_last(names: Sequence[str | None]) -> list[str | None]:
    return sorted(names, key=lambda name: name is None)
