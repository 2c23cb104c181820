"""Who is looking. ``accounts`` fills it through a hook that ``main`` sets, so no page needs to know how."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Viewer:
    """A logged-in person, as far as pages and workflows need to know one."""

    person_id: int
    pseudonym: uuid.UUID
    display_name: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the request brought: at most one of the two."""

    session_token: str | None
    bearer_token: str | None


FindViewer = Callable[[Session, Credentials], Viewer | None]
