"""Starting work by name, on the caller's own connection."""

from __future__ import annotations

import json

from procrastinate import SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task
from sqlalchemy.orm import Session

# Never opened: each call brings the connection of its own session, so that the work is deferred or not at all
# together with the rows that it is about.
_MANAGER = JobManager(SyncPsycopgConnector())


def defer(
    session: Session,
    name: str,
    *,
    queue: str = "default",
    priority: int = 0,
    lock: str | None = None,
    once: bool = False,
    in_s: float = 0.0,
    **ids: int | str,
) -> int | None:
    """Defer the work ``name`` in the session's transaction: it exists if, and only if, the transaction commits.

    Parameters
    ----------
    name : str
        ``room.job``, as the room registered it on its blueprint: ``intake.import_run``.
    queue : str
        Workers may be kept to some queues; those of ``serve`` work on all.
    priority : int
        Of the work that waits, that of the highest number is begun first.
    lock : str, optional
        Work with the same lock is done one after another, in the order in which it was deferred.
    once : bool
        Whether it is enough if the same work (name and ids) is waiting already.
    in_s : float
        How long it is to wait at least, by this machine's clock.
    ids : int or str
        What the work is about. Never content: a job reads the state that it finds when it starts.

    Returns
    -------
    int or None
        The number of the job; None only with ``once``, where the same work is waiting already.
    """
    waiting_once = f"{name} {json.dumps(ids, sort_keys=True)}" if once else None
    try:
        # A savepoint, because the unique violation of work that is waiting already must not end the caller's
        # transaction. The connection is asked for inside, since SQLAlchemy opens the savepoint when it is first used.
        with session.begin_nested():
            connection = session.connection().connection.driver_connection
            job = configure_task(
                name=name,
                job_manager=_MANAGER,
                queue=queue,
                priority=priority,
                lock=lock,
                queueing_lock=waiting_once,
                schedule_in={"milliseconds": round(1000 * in_s)} if in_s else None,
                connection=connection,
            )
            return job.defer(**ids)
    except AlreadyEnqueued:
        return None
