"""One run: how far it is, and what it refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from app.db.errors import DomainError, Meaning
from app.intake.queries import runs, work
from app.intake.queries.datasets import Share
from app.intake.queries.runs import NOTE, RunProgress, StoredRefusal
from app.web.database import DbSession
from app.web.rendering import render

router = APIRouter()

REFUSALS_A_PAGE: Final = 100

Key = Annotated[int, Query(ge=0, lt=2**63)]


class NoSuchRunError(DomainError):
    meaning: ClassVar[Meaning] = "not_found"
    code = "no_such_run"


@dataclass(frozen=True, slots=True)
class RunPage:
    template: ClassVar[str] = "intake/run.html"

    run: RunProgress
    is_open: bool
    reasons: list[Share]
    refusals: list[StoredRefusal]
    note: str
    after: int | None
    is_first: bool


@router.get("/runs/{run_id}", name="run_page")
def run_page(
    request: Request, session: DbSession, run_id: Annotated[int, Path(ge=1, lt=2**63)], after: Key = 0
) -> Response:
    run = runs.find_run(session, run_id)
    if run is None:
        raise NoSuchRunError(f"There is no run {run_id}.", run_id=run_id)
    refusals = runs.list_refusals(session, run_id, after=after, limit=REFUSALS_A_PAGE)
    page = RunPage(
        run=run,
        is_open=run.state in {"waiting", "running"},
        reasons=work.reasons_of(session, run_id),
        refusals=refusals,
        note=NOTE,
        after=refusals[-1].refusal_id if len(refusals) == REFUSALS_A_PAGE else None,
        is_first=after == 0,
    )
    return render(request, page)
