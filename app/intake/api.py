"""Runs and datasets for scripts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from app.db.errors import DomainError
from app.intake.queries import datasets, runs
from app.intake.schemas import Dataset, DatasetList, Run
from app.web.database import DbSession

router = APIRouter(prefix="/api/v1", tags=["datasets"])


class RunMissingError(DomainError):
    """There is no run of this number."""

    meaning = "not_found"
    code = "run_missing"


@router.get("/runs/{run_id}", name="read_run")
def read_run(session: DbSession, run_id: int) -> Run:
    """How far a run is, and what it counted."""
    found = runs.find_run(session, run_id) if 0 < run_id < 2**63 else None
    if found is None:
        raise RunMissingError(f"There is no run {run_id}.")
    shown = asdict(found)
    # Paths and addresses of the machine that ran it are nobody's business who only asks how far it is.
    del shown["parameters"]
    return Run(**shown)


@router.get("/datasets", name="list_datasets")
def list_datasets(session: DbSession, after: str = "", limit: Annotated[int, Query(ge=1, le=500)] = 100) -> DatasetList:
    """Datasets by name, those behind ``after``."""
    listed = datasets.list_datasets(session, after=after, limit=limit)
    shown = [Dataset.model_validate(asdict(dataset)) for dataset in listed]
    return DatasetList(datasets=shown, next=shown[-1].name if len(shown) == limit else None)
