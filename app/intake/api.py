"""Runs and datasets for scripts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query
from sqlalchemy.orm import Session

from app.intake.queries import datasets
from app.intake.schemas import Dataset, DatasetList, Run
from app.intake.workflow import importing
from app.intake.workflow.importing import RunMissingError
from app.intake.workflow.phases import standing_of
from app.web.database import DbSession

router = APIRouter(prefix="/api/v1", tags=["datasets"])


Number = Annotated[int, Path(description="The run's number.")]


@router.get("/runs/{run_id}", name="read_run")
def read_run(session: DbSession, run_id: Number) -> Run:
    """How far a run is, and what it counted."""
    return _run(session, run_id)


@router.post("/runs/{run_id}/cancel", name="cancel_run_by_script")
def cancel_run_by_script(session: DbSession, run_id: Number) -> Run:
    """End an import; what was imported stays. A run that is over answers 409."""
    _run(session, run_id)
    importing.cancel_run(session, run_id)
    return _run(session, run_id)


def _run(session: Session, run_id: int) -> Run:
    found = standing_of(session, run_id) if 0 < run_id < 2**63 else None
    if found is None:
        raise RunMissingError(f"There is no run {run_id}.")
    run, pace = found.run, found.pace
    # Paths and addresses of the machine that ran it are nobody's business who only asks how far it is.
    told = found.phase.sentence if found.phase.name != "held up" else "The source or the store cannot be reached."
    return Run(
        run_id=run.run_id,
        dataset=run.dataset,
        kind=run.kind,
        state=run.state,
        phase=found.phase.name,
        told=told,
        total=run.total,
        done=run.done,
        counts=dict(run.counts),
        refusals=run.refusals,
        error=run.error,
        chunks=pace.chunks,
        chunks_done=pace.chunks_done,
        rate_s=pace.rate_s,
        eta_s=pace.eta_s,
        created_at=run.created_at,
        finished_at=run.finished_at,
    )


@router.get("/datasets", name="list_datasets")
def list_datasets(session: DbSession, after: str = "", limit: Annotated[int, Query(ge=1, le=500)] = 100) -> DatasetList:
    """Datasets by name, those behind ``after``."""
    listed = datasets.list_datasets(session, after=after, limit=limit)
    shown = [Dataset.model_validate(asdict(dataset)) for dataset in listed]
    return DatasetList(datasets=shown, next=shown[-1].name if len(shown) == limit else None)
