"""The one table from what went wrong to a status, and its two looks: a problem document, or a page."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar, Final
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from psycopg.errors import DiskFull
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from starlette.exceptions import HTTPException

from app.db.errors import DomainError, Meaning
from app.web.rendering import render

log = logging.getLogger(__name__)

STATUSES: Final[Mapping[Meaning, int]] = {
    "not_logged_in": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "gone": 410,
    "too_large": 413,
    "invalid": 422,
    "slow_down": 429,
    "unavailable": 503,
}


MOST_FAULTS: Final = 50
"""Of a body, that are told at once."""
TOO_LARGE: Final = "What was sent is larger than is taken at once; nothing of it was stored. Send less."
_SENTENCES: Final = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: TOO_LARGE,
}
_UNPARSED: Final = "There was an error parsing the body"
"""FastAPI's words for a body that is no text, or too deep for the parser."""


@dataclass(frozen=True, slots=True)
class ErrorPage:
    template: ClassVar[str] = "error.html"

    status: int
    title: str
    message: str


def wants_json(request: Request) -> bool:
    return request.url.path.startswith(("/api/", "/assets/")) or request.url.path in {"/healthz", "/readyz", "/metrics"}


def answer(request: Request, status: int, message: str, code: str, facts: Mapping[str, Any] | None = None) -> Response:
    """The error as ``application/problem+json`` (RFC 9457) for scripts, as a page for people."""
    title = HTTPStatus(status).phrase
    if wants_json(request):
        body = {"type": "about:blank", "title": title, "status": status, "detail": message, "code": code}
        return JSONResponse({**body, **(facts or {})}, status, media_type="application/problem+json")
    return render(request, ErrorPage(status=status, title=title, message=message), status)


def domain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)  # noqa: S101  (registered for this class alone)
    if error.meaning == "not_logged_in" and not wants_json(request):
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        suffix = f"?next={quote(target, safe='/')}" if request.method == "GET" and target != "/" else ""
        return RedirectResponse(f"/login{suffix}", 303)
    return answer(request, STATUSES[error.meaning], error.message, error.code, error.facts)


def http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    message = _SENTENCES.get(error.status_code, str(error.detail))
    if error.detail == _UNPARSED:
        message = "The body cannot be read: it must be JSON in UTF-8, not nested deep. Mend it and send it again."
    return answer(request, error.status_code, message, HTTPStatus(error.status_code).phrase.lower().replace(" ", "_"))


def validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    faults = [{"where": _where(fault), "what": fault["msg"]} for fault in error.errors()[:MOST_FAULTS]]
    first = faults[0] if faults else {"where": "body", "what": "is not valid"}
    message = f"{first['where']}: {first['what']}"
    if isinstance(error.body, bytes):
        message = "The body was not taken for JSON. Send JSON, with the header Content-Type: application/json."
    return answer(request, 422, message, "invalid", {"errors": faults})


def _where(fault: Mapping[str, Any]) -> str:
    """The names are the sender's own, of any length."""
    return ".".join(str(part)[:80] for part in fault["loc"])


def database_error(request: Request, error: Exception) -> Response:
    """Postgres is restarting or its disk is full: nothing was acknowledged, the browser keeps its journal."""
    cause = getattr(error, "orig", None) or error
    log.warning("the database did not answer: %s", (str(cause).splitlines() or [type(cause).__name__])[0])
    sentence = "The database is not reachable just now. Try again in a moment."
    if isinstance(cause, DiskFull):
        sentence = "The disk of the database is full: an admin must free some space. What was saved before is kept."
    response = answer(request, 503, sentence, "unavailable")
    response.headers["Retry-After"] = "1"
    return response


def data_error(request: Request, error: Exception) -> Response:
    """A value that is no text of PostgreSQL's never left for the server, so it carries no state of the server's."""
    if getattr(getattr(error, "orig", None), "sqlstate", None) is not None:
        return unexpected_error(request, error)
    message = "What was sent has a NUL character, which no text has. Take it out and send it again."
    return answer(request, 422, message, "unstorable_text")


def unexpected_error(request: Request, error: Exception) -> Response:
    log.error("unexpected error at %s %s", request.method, _told_path(request), exc_info=error)
    return answer(
        request,
        500,
        "Something went wrong here; it was written to the log. Nothing you sent was lost"
        " from your browser: try again, or tell an admin the time.",
        "unexpected",
    )


def _told_path(request: Request) -> str:
    """The path for the log, without what lets its reader in."""
    path = request.url.path
    return next((f"{start}…" for start in ("/downloads/", "/quiz/join/", "/quiz/own/") if path.startswith(start)), path)


def install(application: FastAPI) -> None:
    application.add_exception_handler(DomainError, domain_error)
    application.add_exception_handler(HTTPException, http_error)
    application.add_exception_handler(RequestValidationError, validation_error)
    application.add_exception_handler(OperationalError, database_error)
    application.add_exception_handler(DataError, data_error)
    application.add_exception_handler(
        DBAPIError,
        lambda request, error: (
            database_error(request, error)
            if getattr(error, "connection_invalidated", False)
            else unexpected_error(request, error)
        ),
    )
    application.add_exception_handler(Exception, unexpected_error)
