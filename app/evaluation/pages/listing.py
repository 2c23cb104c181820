"""What was evaluated on, and all evaluations, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app.evaluation.pages.titles import STATE_TITLES, TASK_TITLES, address_of
from app.evaluation.queries.evaluations import EvaluationRow
from app.evaluation.workflow import evaluations
from app.release.workflow import list_releases
from app.web.database import DbSession
from app.web.rendering import render

router = APIRouter()

PER_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Board:
    """A leaderboard: what it is of, where it is, and how many rows it has."""

    title: str
    address: str
    captions: int
    questions: int


@dataclass(frozen=True, slots=True)
class EvaluationsPage:
    template: ClassVar[str] = "evaluation/evaluations.html"

    boards: Sequence[Board]
    evaluations: Sequence[EvaluationRow]
    older: int | None
    is_first: bool
    has_releases: bool
    states: Mapping[str, str]
    tasks: Mapping[str, str]


@router.get("/evaluations", name="evaluations_page")
def evaluations_page(
    request: Request, session: DbSession, before: Annotated[int | None, Query(ge=1, lt=2**63)] = None
) -> Response:
    rows = evaluations.list_evaluations(session, before, PER_PAGE)
    boards = [
        Board(
            f"quiz {each.quiz}" if each.quiz else f"{each.release}, {each.split}",
            address_of(each.release, each.split, each.quiz),
            each.captions,
            each.questions,
        )
        for each in evaluations.list_targets(session)
    ]
    page = EvaluationsPage(
        boards=boards,
        evaluations=rows,
        older=rows[-1].evaluation_id if len(rows) == PER_PAGE else None,
        is_first=before is None,
        has_releases=bool(rows) or bool(list_releases(session, None, 1)),
        states=STATE_TITLES,
        tasks=TASK_TITLES,
    )
    return render(request, page)
