"""Background work of adjudication."""

from __future__ import annotations

from procrastinate import Blueprint, JobContext

from app.adjudication.workflow.figures import count_again
from app.db import transaction
from app.work import WorkRetry, sessions_of

jobs = Blueprint()


@jobs.task(name="count_differences", retry=WorkRetry(), pass_context=True)
def count_differences(context: JobContext, dataset_id: int) -> None:
    """Count who differs in what over a dataset that has many disagreements."""
    with transaction(sessions_of(context)) as session:
        count_again(session, dataset_id)
