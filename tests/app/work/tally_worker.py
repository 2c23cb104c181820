"""A worker process for the tests, with one job that counts slowly, a committed row a chunk.

Run as ``python tally_worker.py URL SILENT_S [--until-idle]``.
"""

from __future__ import annotations

import logging
import sys
import time

from procrastinate import Blueprint, JobContext
from sqlalchemy import text

from app.db import transaction
from app.work import WorkRetry, defer, sessions_of, stop_check, worker

jobs = Blueprint()


@jobs.task(name="count", retry=WorkRetry(), pass_context=True)
def count(context: JobContext, chunks: int, milliseconds: int) -> None:
    check = stop_check(context)
    for chunk in range(chunks):
        with transaction(sessions_of(context)) as session:
            added = text("insert into tally (chunk) values (:chunk) on conflict do nothing returning chunk")
            is_new = session.execute(added, {"chunk": chunk}).first() is not None
        if is_new:
            time.sleep(milliseconds / 1000)
        check()


@jobs.task(name="count_later", pass_context=True)
def count_later(context: JobContext, chunks: int) -> None:
    """Defers the counting, late enough for a worker to have found nothing else to do."""
    time.sleep(0.5)
    with transaction(sessions_of(context)) as session:
        defer(session, "tests.count", chunks=chunks, milliseconds=0)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    worker.run(
        sys.argv[1], blueprints={"tests": jobs}, silent_s=float(sys.argv[2]), until_idle="--until-idle" in sys.argv
    )
