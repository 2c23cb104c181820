"""Taking a quiz: where a participant is, one question at a time. Works without JavaScript, on a phone.

Only ``POST`` moves anybody on, so that looking again, going back or a link that is read ahead changes nothing.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.assets.api import store_at
from app.db.errors import DomainError
from app.quiz.pages.entering import COOKIE, HERE, MessagePage, private, refused, taker_of
from app.quiz.queries.answering import StandingRow, find_image
from app.quiz.queries.taking import TakerRow
from app.quiz.workflow import answering, taking
from app.quiz.workflow.answering import AnswerError, Given
from app.quiz.workflow.entering import NotTakingError
from app.quiz.workflow.erasing import erase_participant
from app.quiz.workflow.inviting import token_hash
from app.quiz.workflow.quizzes import get_quiz
from app.quiz.workflow.taking import Asked, Feedback, Score
from app.web.database import DbSession
from app.web.errors import STATUSES
from app.web.rendering import Page
from pipeline.vocabulary import LONGEST_ANSWER

router = APIRouter()

FIRST_STANDS: Final = "That question was answered before; the first answer is kept."


class NoImageError(DomainError):
    """There is none, or it is not of the question that is open: which of both is told to nobody."""

    meaning: ClassVar = "not_found"
    code: ClassVar[str] = "no_image"

    def __init__(self) -> None:
        super().__init__("There is no picture at this address. Go back to the quiz and reload the page.")


@dataclass(frozen=True, slots=True)
class WelcomePage:
    template: ClassVar[str] = "quiz/taking/welcome.html"

    taker: TakerRow
    standing: StandingRow
    own_link: str


@dataclass(frozen=True, slots=True)
class QuestionPage:
    template: ClassVar[str] = "quiz/taking/question.html"

    taker: TakerRow
    standing: StandingRow
    asked: Asked
    message: str
    typed: str
    longest: int


@dataclass(frozen=True, slots=True)
class FeedbackPage:
    template: ClassVar[str] = "quiz/taking/feedback.html"

    taker: TakerRow
    standing: StandingRow
    asked: Asked
    feedback: Feedback


@dataclass(frozen=True, slots=True)
class ReadyPage:
    template: ClassVar[str] = "quiz/taking/ready.html"

    taker: TakerRow
    standing: StandingRow
    is_late: bool
    """Whether the time of the question before was over."""
    message: str


@dataclass(frozen=True, slots=True)
class ThanksPage:
    template: ClassVar[str] = "quiz/taking/thanks.html"

    taker: TakerRow
    standing: StandingRow
    score: Score | None
    message: str


@dataclass(frozen=True, slots=True)
class WithdrawPage:
    template: ClassVar[str] = "quiz/taking/withdraw.html"

    taker: TakerRow
    standing: StandingRow


@router.get("/quiz", name="take_quiz_page")
def take_quiz_page(request: Request, session: DbSession, first: Annotated[bool, Query()] = False) -> Response:
    """Where the participant is now."""
    try:
        taker = taker_of(request, session)
    except NotTakingError as error:
        return refused(request, error)
    return private(request, _page(request, session, taker, FIRST_STANDS if first else ""))


@router.post("/quiz/next", name="show_quiz_question")
def show_quiz_question(request: Request, session: DbSession) -> Response:
    try:
        answering.go_on(session, taker_of(request, session))
    except NotTakingError as error:
        return refused(request, error)
    return RedirectResponse(HERE, 303)


@router.post("/quiz/answers/{position}", name="answer_quiz_question")
def answer_quiz_question(
    request: Request,
    session: DbSession,
    position: Annotated[int, Path(ge=1, lt=2**31)],
    answer: Annotated[str, Form()] = "",
    choice: Annotated[int | None, Form(ge=0, lt=1000)] = None,
    passed: Annotated[bool, Form()] = False,
    by_clock: Annotated[bool, Form()] = False,
    view: Annotated[str, Form()] = "",
) -> Response:
    try:
        taker = taker_of(request, session)
    except NotTakingError as error:
        return refused(request, error)
    given = Given(position, answer, choice, passed, by_clock, view)
    try:
        is_kept = answering.answer(session, taker, given)
    except AnswerError as error:
        page = _page(request, session, taker, error.message, answer[:LONGEST_ANSWER])
        return private(request, page, STATUSES[error.meaning])
    return RedirectResponse(HERE if is_kept else f"{HERE}?first=1", 303)


@router.get("/quiz/image/{key}", name="read_quiz_image")
def read_quiz_image(request: Request, session: DbSession, key: uuid.UUID) -> Response:
    """A picture of the question that is open, under an address of chance; kept by no cache, known by no hash."""
    token = request.cookies.get(COOKIE) or ""
    sha256 = find_image(session, token_hash(token), key)
    if sha256 is None:
        raise NoImageError
    store = store_at(request.app.state.assets_url)
    content = store.read(sha256, 0, store.size(sha256))
    return Response(content, headers={"Cache-Control": "no-store"}, media_type="image/png")


@router.get("/quiz/withdraw", name="withdraw_from_quiz_page")
def withdraw_page(request: Request, session: DbSession) -> Response:
    try:
        taker = taker_of(request, session)
    except NotTakingError as error:
        return refused(request, error)
    return private(request, WithdrawPage(taker, taking.locate(session, taker)[1]))


@router.post("/quiz/withdraw", name="withdraw_from_quiz")
def withdraw(request: Request, session: DbSession) -> Response:
    """Erase all that is kept of them. Sent twice, it says the same."""
    try:
        taker = taker_of(request, session)
        erase_participant(session, get_quiz(session, taker.quiz), str(taker.pseudonym), with_answers=True)
    except NotTakingError:
        pass
    sentence = "Your answers and all that you told of yourself are erased. Thank you for your time."
    return private(request, MessagePage("Nothing is kept of you", sentence))


def _page(request: Request, session: Session, taker: TakerRow, message: str = "", typed: str = "") -> Page:
    step, row = taking.locate(session, taker)
    if step == "question" and row.open is not None:
        asked = taking.asked(session, taker, row, row.open)
        return QuestionPage(taker, row, asked, message, typed, LONGEST_ANSWER)
    if step == "feedback" and row.last is not None:
        asked = taking.asked(session, taker, row, row.last)
        return FeedbackPage(taker, row, asked, taking.feedback(session, taker, row.last))
    if step == "welcome":
        own_link = f"{request.base_url}quiz/own/{request.cookies.get(COOKIE, '')}"
        return WelcomePage(taker, row, own_link)
    if step in {"late", "ready"}:
        return ReadyPage(taker, row, step == "late" or taking.was_timed_out(session, taker, row), message)
    return ThanksPage(taker, row, taking.score(session, taker), message)
