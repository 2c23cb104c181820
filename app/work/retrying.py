"""What of failed work is tried again: what may pass by itself, never what a person has to mend."""

from __future__ import annotations

import logging
import random

import psycopg
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision, jobs
from procrastinate.exceptions import ConnectorException, JobAborted, UniqueViolation
from sqlalchemy.exc import OperationalError

log = logging.getLogger(__name__)

MAY_PASS = (OperationalError, psycopg.OperationalError, ConnectorException, ConnectionError, TimeoutError)
ATTEMPTS = 20
LONGEST_WAIT_S = 300


class WorkRetry(BaseRetryStrategy):
    """Work that was asked to stop starts again at once; a lost connection is tried again, waiting longer each time."""

    def get_retry_decision(self, *, exception: BaseException, job: jobs.Job) -> RetryDecision | None:
        if isinstance(exception, JobAborted):
            return RetryDecision(retry_in={"seconds": 0})
        if not isinstance(exception, MAY_PASS) or job.attempts >= ATTEMPTS:
            return None
        longest = min(2**job.attempts, LONGEST_WAIT_S)
        # Spread out, so that many jobs that one restart of Postgres broke do not all come back in the same second.
        return RetryDecision(retry_in={"seconds": max(1, round(random.uniform(longest / 2, longest)))})  # noqa: S311


async def retry_stalled(context: JobContext, *, silent_s: float) -> int:
    """Give the jobs of workers that were silent for ``silent_s`` (killed, unplugged) back to the queue.

    Returns how many. Work may then run twice at once, if its worker was only cut off: that is why each chunk of work
    is idempotent by a unique key of its output. What has outlived :data:`ATTEMPTS` workers fails, since it is likely
    what kills them.
    """
    stalled = list(await context.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent_s))
    for job in stalled:
        log.warning("the worker of job %s (%s) is silent; the job goes back to the queue", job.id, job.task_name)
        await _give_back(context, job)
    return len(stalled)


async def _give_back(context: JobContext, job: jobs.Job) -> None:
    manager = context.app.job_manager
    if job.attempts < ATTEMPTS:
        try:
            await manager.retry_job(job)
            return
        except UniqueViolation:
            log.info("the same work as job %s is waiting already", job.id)
    await manager.finish_job(job, status=jobs.Status.FAILED, delete_job=False)
