"""Background work of reviewing."""

from __future__ import annotations

from procrastinate import Blueprint, JobContext

from app.db import transaction
from app.review.queries.counting import fold_counters
from app.review.workflow import ordering, overview, releasing
from app.review.workflow.policies import apply_policy
from app.review.workflow.sampling import take_over
from app.review.workflow.sar_first_figures import count_sar_first
from app.review.workflow.strata import keep_strata
from app.work import WorkRetry, sessions_of, stop_check

jobs = Blueprint()


@jobs.task(name="fold_counters", retry=WorkRetry(), pass_context=True)
def fold(context: JobContext) -> None:
    """Make few rows of the many that counting leaves; deferred by every thousandth review."""
    with transaction(sessions_of(context)) as session:
        fold_counters(session)


@jobs.task(name="order_queue", retry=WorkRetry(), pass_context=True)
def order_queue(context: JobContext, dataset_id: int) -> None:
    """Carry out the newest order of a dataset's queue, from where it is."""
    check = stop_check(context)
    ordering.order_queue(sessions_of(context), dataset_id, lambda _: check())


@jobs.task(name="order_new_packets", retry=WorkRetry(), pass_context=True)
def order_new_packets(context: JobContext, dataset_id: int) -> None:
    """Give packets or slots that were added to a dataset their place in its queue; deferred by who adds them."""
    with transaction(sessions_of(context)) as session:
        ordering.order_new_packets(session, dataset_id)


@jobs.task(name="count_blocked", retry=WorkRetry(), pass_context=True)
def count_blocked(context: JobContext, dataset_id: int) -> None:
    """Count the packets for which no reviewer is left; deferred by who looks at the holds of a dataset."""
    releasing.count_blocked(sessions_of(context), dataset_id)


@jobs.task(name="count_all_blocked", retry=WorkRetry(), pass_context=True)
def count_all_blocked(context: JobContext) -> None:
    """The same of all datasets where it was not done for long; deferred by who looks at an admin's first page."""
    overview.count_all_blocked(sessions_of(context), stop_check(context))


@jobs.task(name="apply_policy", retry=WorkRetry(), pass_context=True)
def apply_review_policy(context: JobContext, run_id: int) -> None:
    """Bring what is sealed to what was decided."""
    apply_policy(sessions_of(context), run_id, stop_check(context))


@jobs.task(name="take_over", retry=WorkRetry(), pass_context=True)
def take_over_rest(context: JobContext, run_id: int) -> None:
    """Take over the rest of a sampled stratum."""
    take_over(sessions_of(context), run_id, stop_check(context))


@jobs.task(name="count_strata", retry=WorkRetry(), pass_context=True)
def count_strata(context: JobContext, dataset_id: int) -> None:
    """Count what a large dataset's strata hold; deferred by the page that shows it."""
    with transaction(sessions_of(context)) as session:
        keep_strata(session, dataset_id)


@jobs.task(name="count_pace", retry=WorkRetry(), pass_context=True)
def count_pace(context: JobContext) -> None:
    """Count what was reviewed a day; deferred by who looks at an admin's first page."""
    overview.count_pace(sessions_of(context))


@jobs.task(name="count_verdicts", retry=WorkRetry(), pass_context=True)
def count_verdicts(context: JobContext, dataset_id: int) -> None:
    """Count what reviewers said of a dataset's texts; deferred by who looks at its charts."""
    overview.count_verdicts(sessions_of(context), dataset_id)


@jobs.task(name="count_sar_first", retry=WorkRetry(), pass_context=True)
def count_hindsight(context: JobContext, dataset_id: int) -> None:
    """Count what the optical image changed of a large dataset's verdicts; deferred by the page that shows it."""
    with transaction(sessions_of(context)) as session:
        count_sar_first(session, dataset_id)
