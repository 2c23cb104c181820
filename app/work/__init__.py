"""Background work: Procrastinate on the same Postgres. Workflows start work by name, in their own transaction."""

from app.work.deferring import defer
from app.work.queries import Queued, count_workers, queued
from app.work.resources import resource, sessions_of
from app.work.retrying import MAY_PASS, WorkRetry
from app.work.stopping import StopAskedError, stop_check

__all__ = [
    "MAY_PASS",
    "Queued",
    "StopAskedError",
    "WorkRetry",
    "count_workers",
    "defer",
    "queued",
    "resource",
    "sessions_of",
    "stop_check",
]
