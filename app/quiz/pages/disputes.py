"""Answers that the judges could not decide, for a person who sees neither who gave them nor of which group they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.quiz.queries.judging import Disputed
from app.quiz.queries.quizzes import QuizRow
from app.quiz.workflow import judging
from app.quiz.workflow.quizzes import get_quiz
from app.web.database import DbSession
from app.web.guard import CurrentViewer
from app.web.rendering import render
from pipeline.vocabulary import QUESTION_TYPE_TITLES

router = APIRouter()

PER_PAGE: Final = 50

QuizName = Annotated[str, Path(max_length=200)]


@dataclass(frozen=True, slots=True)
class DisputesPage:
    template: ClassVar[str] = "quiz/disputes.html"

    quiz: QuizRow
    standing: str
    standings: Mapping[str, str]
    counts: Mapping[str, int]
    answers: Sequence[Disputed]
    after: int
    """The key after which this page began."""
    further: int | None
    """The key after which the next page begins."""
    types: Mapping[str, str]


@router.get("/quizzes/{name}/disputes", name="quiz_disputes_page")
def disputes_page(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    name: QuizName,
    standing: Annotated[str, Query(max_length=40)] = "undecided",
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
) -> Response:
    quiz = get_quiz(session, name)
    judging.require_decider(session, quiz, viewer.pseudonym)
    answers = judging.list_disputed(session, quiz, standing, after, PER_PAGE)
    page = DisputesPage(
        quiz=quiz,
        standing=standing,
        standings=judging.STANDINGS,
        counts=judging.count_disputed(session, quiz),
        answers=answers,
        after=after,
        further=answers[-1].quiz_judgement_id if len(answers) == PER_PAGE else None,
        types=QUESTION_TYPE_TITLES,
    )
    return render(request, page)


@router.post("/quizzes/{name}/disputes/{quiz_judgement_id}", name="decide_quiz_answer")
def decide(
    session: DbSession,
    viewer: CurrentViewer,
    name: QuizName,
    quiz_judgement_id: Annotated[int, Path(ge=1, lt=2**63)],
    is_right: Annotated[bool, Form()],
    standing: Annotated[str, Form(max_length=40)] = "undecided",
    after: Annotated[int, Form(ge=0, lt=2**63)] = 0,
) -> Response:
    """Leads back to the same part of the list."""
    quiz = get_quiz(session, name)
    judging.decide(session, quiz, quiz_judgement_id, viewer.pseudonym, is_right=is_right)
    shown = standing if standing in judging.STANDINGS else "undecided"
    return RedirectResponse(f"/quizzes/{quiz.name}/disputes?standing={shown}&after={after}", 303)
