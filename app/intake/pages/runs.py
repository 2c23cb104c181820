"""One run: how far it is, what it refused, and ending it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.db.errors import DomainError, Meaning
from app.intake.queries import runs, work
from app.intake.queries.datasets import Share
from app.intake.queries.runs import NOTE, Pace, RunProgress, StoredRefusal
from app.intake.workflow.importing import cancel_run
from app.intake.workflow.options import COST, money_in_words, roughly
from app.intake.workflow.phases import Phase, Standing, standing_of
from app.web.database import DbSession
from app.web.rendering import render
from app.work import Queued

router = APIRouter()

REFUSALS_A_PAGE: Final = 100
TITLES: Final = {
    "new": "new scenes",
    "unchanged": "scenes unchanged",
    "restored": "images restored",
    "boxes": "object boxes",
    "refused": "refused",
    "notes": "notes",
    "drafts": "drafts",
    "findings": "findings",
    "error_findings": "of which errors",
    "warning_findings": "of which warnings",
    "info_findings": "of which to be looked at",
}
"""In the order in which it is shown; what else a run counts comes behind."""

Key = Annotated[int, Query(ge=0, lt=2**63)]
RunId = Annotated[int, Path(ge=1, lt=2**63)]


class NoSuchRunError(DomainError):
    meaning: ClassVar[Meaning] = "not_found"
    code = "no_such_run"


@dataclass(frozen=True, slots=True)
class RunPage:
    template: ClassVar[str] = "intake/run.html"

    run: RunProgress
    phase: Phase
    pace: Pace
    queued: Queued
    eta: str | None
    may_cancel: bool
    counts: dict[str, int]
    costs: dict[str, str]
    """What of the counts is money, in words."""
    titles: dict[str, str]
    reasons: list[Share]
    refusals: list[StoredRefusal]
    note: str
    after: int | None
    is_first: bool


@dataclass(frozen=True, slots=True)
class CancelRunPage:
    template: ClassVar[str] = "intake/run_cancel.html"

    run: RunProgress


@router.get("/runs/{run_id}", name="run_page")
def run_page(request: Request, session: DbSession, run_id: RunId, after: Key = 0) -> Response:
    found = _standing(session, run_id)
    run = found.run
    refusals = runs.list_refusals(session, run_id, after=after, limit=REFUSALS_A_PAGE)
    page = RunPage(
        run=run,
        phase=found.phase,
        pace=found.pace,
        queued=found.queued,
        eta=None if found.pace.eta_s is None else roughly(found.pace.eta_s),
        may_cancel=run.is_open and run.kind == "import" and run.cancel_asked_at is None,
        counts={name: run.counts[name] for name in (*TITLES, *sorted(run.counts)) if name in run.counts},
        costs={name: money for name in run.counts if (money := money_in_words(name, run.counts[name]))},
        titles=TITLES | {name: "cost" for name in run.counts if name.startswith(COST)},
        reasons=work.reasons_of(session, run_id),
        refusals=refusals,
        note=NOTE,
        after=refusals[-1].refusal_id if len(refusals) == REFUSALS_A_PAGE else None,
        is_first=after == 0,
    )
    return render(request, page)


@router.get("/runs/{run_id}/cancel", name="cancel_run_page")
def cancel_run_page(request: Request, session: DbSession, run_id: RunId) -> Response:
    return render(request, CancelRunPage(_standing(session, run_id).run))


@router.post("/runs/{run_id}/cancel", name="cancel_run")
def cancel(session: DbSession, run_id: RunId) -> Response:
    cancel_run(session, run_id)
    return RedirectResponse(f"/runs/{run_id}", 303)


def _standing(session: Session, run_id: int) -> Standing:
    found = standing_of(session, run_id)
    if found is None:
        raise NoSuchRunError(f"There is no run {run_id}.", run_id=run_id)
    return found
