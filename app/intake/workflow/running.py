"""How a run ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError

from app.db import SessionMaker, transaction
from app.intake.queries import runs
from app.intake.workflow.storable import as_jsonb
from app.work import StopAskedError


@contextmanager
def run_row(sessions: SessionMaker, run_id: int) -> Iterator[None]:
    """The run is ``done`` after the block, or ``failed`` with the sentence of its exception.

    What is no failure leaves it ``running``, for the next call to go on with: a worker that leaves, Ctrl-C, a lost
    database (which could not be told either).
    """
    try:
        yield
    except Exception as error:
        if not _is_interruption(error):
            with transaction(sessions) as session:
                runs.finish_run(session, run_id, "failed", as_jsonb(str(error))[:2000])
        raise
    with transaction(sessions) as session:
        runs.finish_run(session, run_id, "done")


def _is_interruption(error: Exception) -> bool:
    return isinstance(error, StopAskedError | OperationalError)
