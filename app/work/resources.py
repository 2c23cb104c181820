"""What a worker process gives to its jobs: the sessions, and one object of each kind that a room asks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar, cast

from procrastinate import JobContext

from app.db import SessionMaker

T = TypeVar("T")
SESSIONS = "sessions"
RESOURCES = "resources"


def job_context_of(sessions: SessionMaker, resources: Iterable[object]) -> dict[str, Any]:
    """The part of Procrastinate's job context that is ours."""
    return {SESSIONS: sessions, RESOURCES: tuple(resources)}


def sessions_of(context: JobContext) -> SessionMaker:
    """The worker's sessions; jobs open their transactions through ``app.db.transaction``."""
    return cast(SessionMaker, context.additional_context[SESSIONS])


def resource(context: JobContext, kind: type[T]) -> T:
    """The worker's object of this kind, such as its asset store.

    Raises
    ------
    LookupError
        If the worker was started without one.
    """
    for found in context.additional_context[RESOURCES]:
        if isinstance(found, kind):
            return found
    raise LookupError(f"this worker was started without a {kind.__name__}; start it with `trihedral worker`")
