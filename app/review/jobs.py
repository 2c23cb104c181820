"""Background work of reviewing."""

from __future__ import annotations

from procrastinate import Blueprint, JobContext

from app.db import transaction
from app.review.queries.counting import fold_counters
from app.work import WorkRetry, sessions_of

jobs = Blueprint()


@jobs.task(name="fold_counters", retry=WorkRetry(), pass_context=True)
def fold(context: JobContext) -> None:
    """Make few rows of the many that counting leaves; deferred by every thousandth review."""
    with transaction(sessions_of(context)) as session:
        fold_counters(session)
