"""What all runs have in common: their dataset, and how they end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.db.errors import DomainError
from app.intake.queries import datasets, runs
from app.intake.queries.datasets import DatasetFacts
from app.intake.workflow.storable import as_jsonb
from app.work import MAY_PASS, StopAskedError


class DatasetMissingError(DomainError):
    """There is no dataset of this name."""

    meaning = "not_found"
    code = "dataset_missing"


def require_dataset(session: Session, name: str) -> DatasetFacts:
    """The dataset of this name.

    Raises
    ------
    DatasetMissingError
        If there is none.
    """
    found = datasets.find_dataset(session, name)
    if found is None:
        raise DatasetMissingError(
            f"There is no dataset {name!a}. `trihedral dataset list` shows those that there are.", dataset=name[:100]
        )
    return found


@contextmanager
def run_row(sessions: SessionMaker, run_id: int) -> Iterator[None]:
    """The run is ``done`` after the block, or ``failed`` with the sentence of its exception.

    What is no failure leaves it ``running``, for the next call to go on with: a worker that leaves, Ctrl-C, a lost
    database (which could not be told either).
    """
    try:
        yield
    except Exception as error:
        if not isinstance(error, (StopAskedError, *MAY_PASS)):
            with transaction(sessions) as session:
                runs.finish_run(session, run_id, "failed", as_jsonb(str(error))[:2000])
        raise
    with transaction(sessions) as session:
        runs.finish_run(session, run_id, "done")
