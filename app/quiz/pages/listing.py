"""The list of quizzes, and composing a new one. Works without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Final

from fastapi import APIRouter, Depends, File, Query, Request, UploadFile
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.db.errors import DomainError
from app.quiz.errors import BlindAnswersError, QuizError, TooFewEligibleError
from app.quiz.pages.asked import AskedQuiz, asked_options, asked_quiz, blank
from app.quiz.queries.quizzes import ListedQuiz, QuizOptions
from app.quiz.workflow.blind import read_blind_text
from app.quiz.workflow.composing import compose
from app.quiz.workflow.quizzes import list_quizzes
from app.quiz.workflow.rules import ARM_TITLES, GATE_TITLES, PROPORTIONS, STATE_TITLES
from app.release.workflow import NoSuchReleaseError, list_releases
from app.web.database import DbSession
from app.web.errors import STATUSES
from app.web.guard import CurrentViewer
from app.web.rendering import render
from pipeline.vocabulary import QUESTION_TYPE_TITLES, SPLITS

router = APIRouter()

PER_PAGE: Final = 50
MOST_RELEASES: Final = 200
REFUSALS: Final = (QuizError, BlindAnswersError, TooFewEligibleError, NoSuchReleaseError)


@dataclass(frozen=True, slots=True)
class QuizzesPage:
    template: ClassVar[str] = "quiz/quizzes.html"

    quizzes: Sequence[ListedQuiz]
    older: int | None
    states: Mapping[str, str]
    arms: Mapping[str, str]
    has_releases: bool


@dataclass(frozen=True, slots=True)
class NewQuizPage:
    template: ClassVar[str] = "quiz/new.html"

    asked: AskedQuiz
    releases: Sequence[str]
    types: Mapping[str, str]
    splits: Sequence[str]
    arms: Mapping[str, str]
    proportions: Mapping[str, str]
    message: str
    faults: Sequence[str]
    """Of the blind answers, by row."""
    strata: Sequence[Mapping[str, Any]]
    """Where too few can be asked: what there is of each type and source."""
    gates: Mapping[str, str]


@router.get("/quizzes", name="quizzes_page")
def quizzes_page(
    request: Request, session: DbSession, before: Annotated[int | None, Query(ge=1, lt=2**63)] = None
) -> Response:
    quizzes = list_quizzes(session, before, PER_PAGE)
    older = quizzes[-1].quiz_id if len(quizzes) == PER_PAGE else None
    has_releases = bool(quizzes) or bool(list_releases(session, None, 1))
    return render(request, QuizzesPage(quizzes, older, STATE_TITLES, ARM_TITLES, has_releases))


@router.get("/quizzes/new", name="new_quiz_page")
def new_quiz_page(
    request: Request, session: DbSession, release: Annotated[str, Query(max_length=100)] = ""
) -> Response:
    releases = _labels(session)
    return render(request, _form(releases, blank(releases, release)))


@router.post("/quizzes", name="create_quiz")
def create_quiz(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    form: Annotated[AskedQuiz, Depends(asked_quiz)],
    read: Annotated[tuple[QuizOptions, str], Depends(asked_options)],
    blind: Annotated[UploadFile | None, File()] = None,
) -> Response:
    asked = _together(form, *read)
    try:
        rules, options, seed = asked.checked()
        answers = read_blind_text(blind.file.read()) if blind is not None and blind.size else None
        quiz = compose(
            session, asked.name, asked.release, rules, options, str(viewer.pseudonym), seed=seed, blind=answers
        )
    except REFUSALS as refused:
        return render(request, _form(_labels(session), asked, refused), STATUSES[refused.meaning])
    return RedirectResponse(f"/quizzes/{quiz.name}", 303)


def _together(form: AskedQuiz, read: QuizOptions, seconds: str) -> AskedQuiz:
    options = replace(
        read,
        answer_form=form.options.answer_form,
        arms=form.options.arms,
        public_answers=form.options.public_answers,
    )
    return replace(form, options=options, numbers=replace(form.numbers, seconds=seconds))


def _labels(session: Session) -> list[str]:
    return [release.label for release in list_releases(session, None, MOST_RELEASES)]


def _form(releases: Sequence[str], asked: AskedQuiz, refused: DomainError | None = None) -> NewQuizPage:
    facts: dict[str, Any] = refused.facts if refused else {}
    return NewQuizPage(
        asked=asked,
        releases=releases,
        types=QUESTION_TYPE_TITLES,
        splits=SPLITS,
        arms=ARM_TITLES,
        proportions=PROPORTIONS,
        message=refused.message if refused else "",
        faults=facts.get("faults", []),
        strata=[line for line in facts.get("strata", []) if line["question_type"] in asked.rules.question_types],
        gates=GATE_TITLES,
    )
