"""Background work of evaluations."""

from __future__ import annotations

from typing import Final

from procrastinate import Blueprint, JobContext

from app.evaluation.workflow import scoring
from app.work import WorkRetry, sessions_of, stop_check

jobs: Final = Blueprint()


@jobs.task(name="score", retry=WorkRetry(), pass_context=True)
def score(context: JobContext, evaluation_id: int) -> None:
    """Score one evaluation by all measures that ask nobody."""
    scoring.score(sessions_of(context), evaluation_id, stop_check(context))
