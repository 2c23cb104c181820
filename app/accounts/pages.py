"""Logging in and out, the own account, and the people of an installation. All of it works without JavaScript."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.accounts import workflow
from app.accounts.addresses import local_path
from app.accounts.passwords import SHORTEST
from app.accounts.queries import PersonRow
from app.accounts.workflow import EmailTakenError, LoginRefusedError, NewPerson, PersonError, TooManyFailuresError
from app.web.database import DbSession
from app.web.errors import STATUSES
from app.web.guard import SEED_COOKIE, SESSION_COOKIE, CurrentViewer
from app.web.rendering import render
from app.web.viewer import Viewer
from pipeline.vocabulary import ROLES

router = APIRouter()

COOKIE_SECONDS: Final = 365 * 86_400
"""Longer than any session: when a session ends is the server's to say, by its own clock."""

Field = Annotated[str, Form()]
PersonId = Annotated[int, Path(ge=1, lt=2**63)]


@dataclass(frozen=True, slots=True)
class LoginPage:
    template: ClassVar[str] = "accounts/login.html"

    email: str
    next: str
    message: str


@dataclass(frozen=True, slots=True)
class AccountPage:
    template: ClassVar[str] = "accounts/account.html"

    email: str
    shortest: int
    message: str
    done: str
    credit: str
    """The name under which releases thank this person; empty where they want none."""
    credit_message: str
    credit_done: str


@dataclass(frozen=True, slots=True)
class PeoplePage:
    template: ClassVar[str] = "accounts/people.html"

    people: list[PersonRow]
    roles: tuple[str, ...]
    added: NewPerson | None
    message: str
    email: str
    display_name: str
    chosen: tuple[str, ...]


@router.get("/", name="home_page")
def home_page(viewer: CurrentViewer) -> Response:
    """To where this person's work is."""
    is_reviewing = viewer.roles & {"reviewer", "adjudicator"}
    return RedirectResponse("/queue" if is_reviewing else "/overview", 303)


@router.get("/login", name="login_page")
def login_page(request: Request, next: str = "/") -> Response:
    return render(request, LoginPage(email="", next=local_path(next), message=""))


@router.post("/login", name="login")
def login(request: Request, session: DbSession, email: Field = "", password: Field = "", next: Field = "/") -> Response:
    target = local_path(next)
    try:
        token = workflow.log_in(session, email, password, secret=request.app.state.secret)
    except (LoginRefusedError, TooManyFailuresError) as refused:
        # Turned into a page here, not by the error table: so the transaction commits, and the failure counts.
        page = LoginPage(email=email[:254], next=target, message=refused.message)
        return render(request, page, STATUSES[refused.meaning])
    response = RedirectResponse(target, 303)
    is_secure = request.app.state.secure_cookies
    response.set_cookie(SESSION_COOKIE, token, COOKIE_SECONDS, httponly=True, samesite="lax", secure=is_secure)
    response.delete_cookie(SEED_COOKIE)
    return response


@router.post("/logout", name="logout")
def logout(request: Request, session: DbSession) -> Response:
    workflow.log_out(session, request.cookies.get(SESSION_COOKIE, ""))
    response = RedirectResponse("/login", 303)
    response.delete_cookie(SESSION_COOKIE)
    return response


@router.get("/account", name="account_page")
def account_page(request: Request, session: DbSession, viewer: CurrentViewer) -> Response:
    return render(request, _account(session, viewer))


@router.post("/account/password", name="change_password")
def change_password(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    current: Field = "",
    new: Field = "",
    again: Field = "",
) -> Response:
    try:
        if new != again:
            raise PersonError("The two new passwords differ. Type the same one twice.")
        token, secret = request.cookies.get(SESSION_COOKIE), request.app.state.secret
        ended = workflow.change_password(session, viewer, current, new, keep_token=token, secret=secret)
    except (PersonError, LoginRefusedError, TooManyFailuresError) as refused:
        return render(request, _account(session, viewer, message=refused.message), STATUSES[refused.meaning])
    ends = f" {ended} other log-in{'' if ended == 1 else 's'} ended." if ended else ""
    return render(request, _account(session, viewer, done=f"The password is changed.{ends}"))


@router.post("/account/credit", name="set_credit")
def set_credit(request: Request, session: DbSession, viewer: CurrentViewer, name: Field = "") -> Response:
    try:
        credit = workflow.set_credit(session, viewer, name)
    except PersonError as refused:
        page = replace(_account(session, viewer), credit=name[:100], credit_message=refused.message)
        return render(request, page, STATUSES[refused.meaning])
    said = f"Releases from now on name {credit}." if credit else "Releases from now on do not name you."
    return render(request, _account(session, viewer, credit_done=said))


def _account(
    session: Session, viewer: Viewer, *, message: str = "", done: str = "", credit_done: str = ""
) -> AccountPage:
    return AccountPage(
        email=workflow.email_of(session, viewer),
        shortest=SHORTEST,
        message=message,
        done=done,
        credit=workflow.credit_of(session, viewer) or "",
        credit_message="",
        credit_done=credit_done,
    )


@router.get("/people", name="people_page")
def people_page(request: Request, session: DbSession) -> Response:
    return render(request, _people(session))


@router.post("/people", name="add_person")
def add_person(
    request: Request,
    session: DbSession,
    email: Field = "",
    display_name: Field = "",
    roles: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Answers with the page itself, not a redirect, because the generated password is shown this once."""
    try:
        added = workflow.add_person(session, email, display_name, None, roles or [])
    except (PersonError, EmailTakenError) as refused:
        chosen = tuple(role for role in ROLES if role in (roles or []))
        page = _people(session, None, refused.message, email[:254], display_name[:100], chosen)
        return render(request, page, STATUSES[refused.meaning])
    return render(request, _people(session, added), 201)


@router.post("/people/{person_id}/deactivate", name="deactivate_person")
def deactivate_person(session: DbSession, viewer: CurrentViewer, person_id: PersonId) -> Response:
    workflow.deactivate(session, viewer, person_id)
    return RedirectResponse("/people", 303)


@router.post("/people/{person_id}/activate", name="activate_person")
def activate_person(session: DbSession, person_id: PersonId) -> Response:
    workflow.activate(session, person_id)
    return RedirectResponse("/people", 303)


def _people(
    session: DbSession,
    added: NewPerson | None = None,
    message: str = "",
    email: str = "",
    display_name: str = "",
    chosen: tuple[str, ...] = ("reviewer",),
) -> PeoplePage:
    return PeoplePage(workflow.list_people(session), ROLES, added, message, email, display_name, chosen)
