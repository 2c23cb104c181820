"""One quiz, for an admin: what it asks, swapping, freezing, opening and closing. Works without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.quiz.errors import QuizError, QuizStateError, TooFewEligibleError
from app.quiz.pages.asked import asked_options, typed_options, with_seconds
from app.quiz.queries.invitations import list_groups
from app.quiz.queries.questions import SwapRow, list_swaps
from app.quiz.queries.quizzes import QuizOptions, QuizRow
from app.quiz.queries.rules import QuizRules
from app.quiz.workflow import quizzes
from app.quiz.workflow.freezing import freeze_quiz, thaw_quiz
from app.quiz.workflow.quizzes import get_quiz
from app.quiz.workflow.rules import ARM_TITLES, GATE_TITLES, PROPORTIONS, STATE_TITLES
from app.quiz.workflow.summary import Summary, summary
from app.quiz.workflow.swapping import set_feedback, swap_question
from app.web.database import DbSession
from app.web.errors import STATUSES
from app.web.guard import CurrentViewer
from app.web.rendering import render
from app.work import count_workers
from pipeline.vocabulary import QUESTION_TYPE_TITLES

router = APIRouter()

REFUSALS: Final = (QuizError, QuizStateError, TooFewEligibleError)

QuizName = Annotated[str, Path(max_length=200)]
Position = Annotated[int, Form(ge=1, lt=2**31)]


@dataclass(frozen=True, slots=True)
class QuizPage:
    template: ClassVar[str] = "quiz/quiz.html"

    quiz: QuizRow
    state: str
    rules: QuizRules
    proportions: str
    summary: Summary
    swaps: Sequence[SwapRow]
    types: Mapping[str, str]
    arms: Mapping[str, str]
    gates: Mapping[str, str]
    options: QuizOptions
    """As the form shows them."""
    seconds: str
    message: str
    has_worker: bool


@dataclass(frozen=True, slots=True)
class QuizConfirmPage:
    template: ClassVar[str] = "quiz/confirm.html"

    quiz: QuizRow
    question: str
    tells: Sequence[str]
    """What happens, a sentence each."""
    action: str
    button: str


@router.get("/quizzes/{name}", name="quiz_page")
def quiz_page(request: Request, session: DbSession, name: QuizName) -> Response:
    quiz = get_quiz(session, name)
    response = render(request, _page(session, quiz))
    if "hx-request" in request.headers and quiz.state != "freezing":
        # The page that looked again shows buttons of the state before: it is to be loaded whole.
        response.headers["HX-Refresh"] = "true"
    return response


@router.post("/quizzes/{name}/options", name="describe_quiz")
def describe(
    request: Request,
    session: DbSession,
    name: QuizName,
    asked: Annotated[tuple[QuizOptions, str], Depends(asked_options)],
) -> Response:
    options, seconds = asked
    try:
        quizzes.describe_quiz(session, name, with_seconds(options, seconds))
    except REFUSALS as refused:
        page = _page(session, get_quiz(session, name), refused.message, (options, seconds))
        return render(request, page, STATUSES[refused.meaning])
    return RedirectResponse(f"/quizzes/{name}#read", 303)


@router.post("/quizzes/{name}/swap", name="swap_quiz_question")
def swap(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    name: QuizName,
    position: Position,
    is_practice: Annotated[bool, Form()] = False,
) -> Response:
    try:
        new = swap_question(session, name, position, str(viewer.pseudonym), is_practice=is_practice)
    except REFUSALS as refused:
        return render(request, _page(session, get_quiz(session, name), refused.message), STATUSES[refused.meaning])
    return RedirectResponse(f"/quizzes/{name}#{'practice' if new.is_practice else 'question'}-{new.position}", 303)


@router.post("/quizzes/{name}/feedback", name="set_quiz_feedback")
def feedback(
    request: Request, session: DbSession, name: QuizName, position: Position, feedback: Annotated[str, Form()] = ""
) -> Response:
    try:
        set_feedback(session, name, position, feedback)
    except REFUSALS as refused:
        return render(request, _page(session, get_quiz(session, name), refused.message), STATUSES[refused.meaning])
    return RedirectResponse(f"/quizzes/{name}#practice-{position}", 303)


@router.post("/quizzes/{name}/freeze", name="freeze_quiz")
def freeze(session: DbSession, name: QuizName) -> Response:
    freeze_quiz(session, name)
    return RedirectResponse(f"/quizzes/{name}", 303)


@router.post("/quizzes/{name}/thaw", name="thaw_quiz")
def thaw(session: DbSession, name: QuizName) -> Response:
    thaw_quiz(session, name)
    return RedirectResponse(f"/quizzes/{name}", 303)


@router.post("/quizzes/{name}/open", name="open_quiz")
def open_(session: DbSession, name: QuizName) -> Response:
    quizzes.open_quiz(session, name)
    return RedirectResponse(f"/quizzes/{name}", 303)


@router.post("/quizzes/{name}/answers", name="publish_quiz_answers")
def publish(session: DbSession, name: QuizName, is_public: Annotated[bool, Form()] = False) -> Response:
    quizzes.set_public_answers(session, name, is_public=is_public)
    return RedirectResponse(f"/quizzes/{name}", 303)


@router.get("/quizzes/{name}/close", name="close_quiz_page")
def close_page(request: Request, session: DbSession, name: QuizName) -> Response:
    quiz = get_quiz(session, name)
    under_way = sum(group.participants - group.finished for group in list_groups(session, quiz.quiz_id))
    who = "1 participant has" if under_way == 1 else f"{under_way:,} participants have"
    tells = (
        f"It takes no more answers, for good. {who} not finished: what they answered is kept.",
        "Its texts go into releases from then on.",
    )
    page = QuizConfirmPage(quiz, f"Close the quiz {quiz.name}?", tells, "close", "Close the quiz")
    return render(request, page)


@router.post("/quizzes/{name}/close", name="close_quiz")
def close(session: DbSession, name: QuizName) -> Response:
    quizzes.close_quiz(session, name)
    return RedirectResponse(f"/quizzes/{name}", 303)


@router.get("/quizzes/{name}/discard", name="discard_quiz_page")
def discard_page(request: Request, session: DbSession, name: QuizName) -> Response:
    quiz = get_quiz(session, name)
    tells = ("Its questions, groups and invitations are gone then; no link lets anybody in.",)
    return render(
        request, QuizConfirmPage(quiz, f"Discard the quiz {quiz.name}?", tells, "discard", "Discard the quiz")
    )


@router.post("/quizzes/{name}/discard", name="discard_quiz")
def discard(session: DbSession, name: QuizName) -> Response:
    quizzes.discard_quiz(session, name)
    return RedirectResponse("/quizzes", 303)


def _page(session: Session, quiz: QuizRow, message: str = "", typed: tuple[QuizOptions, str] | None = None) -> QuizPage:
    options, seconds = typed or typed_options(quiz)
    rules = QuizRules.from_json(quiz.rules)
    return QuizPage(
        quiz=quiz,
        state=STATE_TITLES[quiz.state],
        rules=rules,
        proportions=PROPORTIONS[rules.proportions],
        summary=summary(session, quiz),
        swaps=list_swaps(session, quiz.quiz_id),
        types=QUESTION_TYPE_TITLES,
        arms=ARM_TITLES,
        gates=GATE_TITLES,
        options=options,
        seconds=seconds,
        message=message,
        has_worker=quiz.state != "freezing" or count_workers(session) > 0,
    )
