"""Pages: a frozen dataclass says what a template may use, and nothing else reaches it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.web.guard import SEED_COOKIE, page_csrf
from app.web.viewer import Viewer

THEMES = ("dark", "light")


class Page(Protocol):
    """A frozen dataclass with a ``template``; its fields are exactly the variables of that template."""

    template: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Shell:
    """What ``base.html`` needs on every page, under the one name ``shell``."""

    viewer: Viewer | None
    csrf: str
    path: str
    static: str
    """The prefix of static files, with the build in it: ``/static/3f2a…``."""
    theme: str
    """dark, light, or empty: as the system has it."""

    def has_role(self, *roles: str) -> bool:
        return self.viewer is not None and bool(self.viewer.roles.intersection(roles))


def make_environment(folder: Path) -> Environment:
    """Escapes everything; an unknown variable is an error, never an empty string."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["thousands"] = lambda number: f"{number:,}"
    environment.filters["percent"] = lambda share: f"{share:.0%}"
    environment.filters["moment"] = lambda at: at.strftime("%Y-%m-%d %H:%M")
    return environment


def shell(request: Request) -> Shell:
    theme = request.cookies.get("trihedral_theme", "")
    return Shell(
        viewer=getattr(request.state, "viewer", None),
        csrf=page_csrf(request),
        path=request.url.path,
        static=request.app.state.static_prefix,
        theme=theme if theme in THEMES else "",
    )


def render(request: Request, page: Page, status: int = 200) -> HTMLResponse:
    """The page as HTML. Never cached by anybody: what it shows depends on who looks."""
    environment: Environment = request.app.state.templates
    variables = {field.name: getattr(page, field.name) for field in dataclasses.fields(page)}
    html = environment.get_template(page.template).render(shell=shell(request), **variables)
    response = HTMLResponse(html, status, {"Cache-Control": "no-store"})
    keep_seed(request, response)
    return response


def keep_seed(request: Request, response: HTMLResponse) -> None:
    """Hand the browser the cookie from which its CSRF token before log-in was derived."""
    new_seed = getattr(request.state, "new_seed", None)
    if new_seed:
        secure = request.app.state.secure_cookies
        response.set_cookie(SEED_COOKIE, new_seed, httponly=True, samesite="lax", secure=secure)
