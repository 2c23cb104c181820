"""The one place where a request is let in or turned away: who is it, may they, and did their own page send it."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import Depends, Request

from app.db.errors import DomainError
from app.web.database import DbSession
from app.web.policy import ANYONE, POLICY, SIGNED
from app.web.signing import csrf_token, is_csrf_token
from app.web.viewer import Credentials, FindViewer, Viewer

SESSION_COOKIE = "trihedral_session"
SEED_COOKIE = "trihedral_seed"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class NotLoggedInError(DomainError):
    """Log in first."""

    meaning = "not_logged_in"
    code = "not_logged_in"


class ForbiddenError(DomainError):
    meaning = "forbidden"
    code = "forbidden"


def credentials(request: Request) -> Credentials:
    """The bearer token, or else the session's cookie; a request that brings both is taken as a script's."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return Credentials(session_token=None, bearer_token=token.strip())
    return Credentials(session_token=request.cookies.get(SESSION_COOKIE), bearer_token=None)


async def sent_csrf(request: Request) -> str:
    """The CSRF token as sent: in the header by scripts of our pages, in the field ``csrf`` by forms."""
    if request.method in SAFE_METHODS:
        return ""
    header = request.headers.get("x-csrf-token")
    if header is not None:
        return header
    if request.headers.get("content-type", "").startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        field = (await request.form()).get("csrf")
        return field if isinstance(field, str) else ""
    return ""


def seed(request: Request) -> str:
    """What the browser's CSRF token is derived from: its session, before log-in a random cookie of its own."""
    found = request.cookies.get(SESSION_COOKIE) or request.cookies.get(SEED_COOKIE)
    if not found:
        found = getattr(request.state, "new_seed", None) or secrets.token_urlsafe(24)
        request.state.new_seed = found
    return found


def page_csrf(request: Request) -> str:
    """The token that a page of this request puts into its forms."""
    return csrf_token(request.app.state.secret, seed(request))


def guard(request: Request, csrf: Annotated[str, Depends(sent_csrf)], session: DbSession) -> None:
    """Fill ``request.state.viewer`` or raise. Runs before every endpoint; endpoints check no roles themselves.

    The form is read before the session is there: who sends one slowly keeps nobody from the database.
    """
    request.state.viewer = None
    allowed = POLICY[request.scope["route"].name]
    if allowed == SIGNED:
        return
    brought = credentials(request)
    is_unsafe = request.method not in SAFE_METHODS
    if is_unsafe and brought.bearer_token is None and not is_csrf_token(request.app.state.secret, seed(request), csrf):
        raise ForbiddenError("This form is too old or came from another site. Reload the page and try again.")
    if brought.session_token or brought.bearer_token:
        find: FindViewer = request.app.state.find_viewer
        request.state.viewer = find(session, brought)
    if allowed != ANYONE:
        admit(request.state.viewer, allowed)


def admit(viewer: Viewer | None, allowed: frozenset[str]) -> None:
    """Raise unless the viewer has one of the roles."""
    if viewer is None:
        raise NotLoggedInError("Log in to go on.")
    if not viewer.roles & allowed:
        needed = " or ".join(sorted(allowed))
        raise ForbiddenError(f"This needs the role {needed}. Ask an admin for it.")


async def get_viewer(request: Request) -> Viewer:
    """The person that the guard let in. Asynchronous because it waits for nothing: else it would cost a thread."""
    viewer: Viewer | None = request.state.viewer
    if viewer is None:
        raise NotLoggedInError("Log in to go on.")
    return viewer


CurrentViewer = Annotated[Viewer, Depends(get_viewer)]
