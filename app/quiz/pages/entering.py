"""Into a quiz: the invitation's page with the consent, one's own link, and out again. Works without JavaScript."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.quiz.errors import InvitationRefusedError
from app.quiz.queries.invitations import InvitationRow
from app.quiz.queries.quizzes import QuizRow
from app.quiz.queries.taking import TakerRow
from app.quiz.workflow.entering import (
    LONGEST_KNOWN,
    LONGEST_TOLD,
    Consent,
    ConsentError,
    NothingToAskError,
    NotTakingError,
    enter,
    leads_to_own_quiz,
    new_form_id,
    returning,
)
from app.quiz.workflow.inviting import JOIN_PATH, invited
from app.web.database import DbSession
from app.web.errors import STATUSES
from app.web.rendering import Page, render

router = APIRouter()

COOKIE: Final = "trihedral_quiz"
COOKIE_PATH: Final = "/quiz"
COOKIE_S: Final = 90 * 86_400
HERE: Final = "/quiz"
PRIVATE: Final = {"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow"}
REFUSALS: Final = (InvitationRefusedError, NothingToAskError, NotTakingError)


@dataclass(frozen=True, slots=True)
class ConsentPage:
    template: ClassVar[str] = "quiz/taking/consent.html"

    title: str
    consent: str
    """In the admin's words; where empty, the template has the house's."""
    asks: Sequence[str]
    told: Sequence[str]
    knows: str
    declares: bool
    """Whether they are asked what they know: of a reviewer that is known."""
    seconds_per_question: int | None
    form_id: str
    action: str
    message: str
    longest_told: int
    longest_known: int


@dataclass(frozen=True, slots=True)
class MessagePage:
    """One calm sentence where there is nothing to do on this page."""

    template: ClassVar[str] = "quiz/taking/message.html"

    title: str
    message: str


def private(request: Request, page: Page, status: int = 200) -> Response:
    """A page of a participant: no search engine has it, and no other site learns its address."""
    response = render(request, page, status)
    response.headers.update(PRIVATE)
    return response


def taker_of(request: Request, session: Session) -> TakerRow:
    """The participant whose cookie this browser has.

    Raises
    ------
    NotTakingError
    """
    return returning(session, request.cookies.get(COOKIE))


def refused(request: Request, error: InvitationRefusedError | NothingToAskError | NotTakingError) -> Response:
    """Why there is nothing to do here, and what to do instead."""
    title = "Thank you" if isinstance(error, NothingToAskError) else "Nothing to answer here"
    page = MessagePage(title, error.message)
    return private(request, page, STATUSES[error.meaning])


def keep_token(request: Request, response: Response, token: str) -> None:
    """Hand the browser the cookie by which it is known; scripts cannot read it."""
    secure = request.app.state.secure_cookies
    response.set_cookie(COOKIE, token, max_age=COOKIE_S, path=COOKIE_PATH, httponly=True, samesite="lax", secure=secure)


def forget_token(request: Request, response: Response) -> None:
    """Let somebody else take a quiz in this browser."""
    response.delete_cookie(COOKIE, path=COOKIE_PATH, httponly=True, samesite="lax")


@router.get(JOIN_PATH + "{token}", name="quiz_invitation_page")
def invitation_page(request: Request, session: DbSession, token: str) -> Response:
    """What it is about and what is kept; who has begun in this browser goes on where they are."""
    if _takes_by(request, session, token):
        return RedirectResponse(HERE, 303)
    try:
        invitation, quiz = invited(session, token)
    except InvitationRefusedError as error:
        return refused(request, error)
    return private(request, _consent_page(request, invitation, quiz, Consent(new_form_id(), agrees=False)))


@router.post(JOIN_PATH + "{token}", name="enter_quiz")
def enter_quiz(
    request: Request,
    session: DbSession,
    token: str,
    form_id: Annotated[str, Form()] = "",
    agrees: Annotated[bool, Form()] = False,
    told: Annotated[list[str] | None, Form()] = None,
    knows: Annotated[str, Form()] = "",
) -> Response:
    if _takes_by(request, session, token):
        return RedirectResponse(HERE, 303)
    consent = Consent(form_id, agrees, told or (), knows)
    try:
        own = enter(session, request.app.state.secret, token, consent)
    except ConsentError as error:
        page = _consent_page(request, *invited(session, token), consent, error.message)
        return private(request, page, STATUSES[error.meaning])
    except REFUSALS as error:
        return refused(request, error)
    response = RedirectResponse(HERE, 303)
    keep_token(request, response, own)
    return response


@router.get("/quiz/own/{token}", name="resume_quiz")
def resume(request: Request, session: DbSession, token: str) -> Response:
    """One's own link: on another device, or after the browser forgot."""
    try:
        returning(session, token)
    except NotTakingError:
        sentence = (
            "This link leads to nobody. Copy it once more, whole; or, if your answers were erased, there is nothing"
            " left to go on with."
        )
        return private(request, MessagePage("Nothing to answer here", sentence), 410)
    response = RedirectResponse(HERE, 303)
    keep_token(request, response, token)
    return response


@router.post("/quiz/leave", name="leave_quiz")
def leave(request: Request) -> Response:
    sentence = (
        "This browser has forgotten you. Your own link leads back to where you were; the next person opens the"
        " invitation."
    )
    response = private(request, MessagePage("You have left", sentence))
    forget_token(request, response)
    return response


def _takes_by(request: Request, session: Session, token: str) -> bool:
    """Whether this browser takes the very quiz to which the invitation leads: nobody begins it twice by coming back."""
    try:
        return leads_to_own_quiz(session, taker_of(request, session), token)
    except NotTakingError:
        return False


def _consent_page(
    request: Request, invitation: InvitationRow, quiz: QuizRow, consent: Consent, message: str = ""
) -> ConsentPage:
    told = [*consent.told, *[""] * len(quiz.asks)][: len(quiz.asks)]
    return ConsentPage(
        title=quiz.title or "An image quiz",
        consent=quiz.consent,
        asks=quiz.asks,
        told=told,
        knows=consent.knows,
        declares=invitation.reviewer is None,
        seconds_per_question=quiz.seconds_per_question,
        form_id=consent.form_id,
        action=request.url.path,
        message=message,
        longest_told=LONGEST_TOLD,
        longest_known=LONGEST_KNOWN,
    )
