"""A new release: asked for, looked at, frozen; and what would be left out of it, draft by draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.intake.workflow.options import roughly
from app.intake.workflow.policies import MOST_REVIEWS
from app.release import workflow
from app.release.pages.asked import Asked, asked_of_form, blank
from app.release.pages.finished import finished
from app.release.queries.plans import PlanRow
from app.release.queries.previewing import LeftOut
from app.release.queries.rules import PAIRS, Rules
from app.release.workflow import (
    STANDINGS,
    BlockedReleaseError,
    EmptyReleaseError,
    NameTakenError,
    Preview,
    ReleaseError,
    planning,
)
from app.release.workflow import left_out as leaving_out
from app.release.workflow.choices import DatasetChoice, dataset_choices, licence_choices
from app.web.database import DbSession
from app.web.errors import STATUSES
from app.web.guard import CurrentViewer
from app.web.rendering import render
from pipeline.vocabulary import KIND_TITLES, QUESTION_TYPE_TITLES, SPLITS

router = APIRouter()

PER_PAGE: Final = 50
REFUSALS: Final = (ReleaseError, NameTakenError, EmptyReleaseError, BlockedReleaseError)

PlanId = Annotated[int, Path(ge=1, lt=2**63)]
Word = Annotated[str, Query(max_length=63)]


@dataclass(frozen=True, slots=True)
class NewReleasePage:
    template: ClassVar[str] = "release/new.html"

    asked: Asked
    datasets: Sequence[DatasetChoice]
    licences: Sequence[tuple[str, int]]
    """(licence, scenes); the empty one is unknown."""
    kinds: Mapping[str, str]
    question_types: Mapping[str, str]
    splits: Sequence[str]
    pairs: Mapping[str, str]
    most_reviews: int
    message: str


@dataclass(frozen=True, slots=True)
class PlanPage:
    template: ClassVar[str] = "release/plan.html"

    plan: PlanRow
    rules: Rules
    gates: Sequence[str]
    preview: Preview | None
    reasons: Mapping[str, str]
    """The words for what leaves drafts out here, in the order in which it is asked."""
    blocks: str
    """Why nothing can be frozen; empty where nothing stands against it."""
    message: str
    is_lost: bool
    """Whether a worker should be at it and none is or will be."""
    since: str
    left: str
    """How long freezing is likely to take yet."""
    share: float
    """Of that time, what has gone."""


@dataclass(frozen=True, slots=True)
class LeftOutPage:
    template: ClassVar[str] = "release/left_out.html"

    plan: PlanRow
    dataset: str
    split: str
    words: str
    rows: Sequence[LeftOut]
    titles: Mapping[str, str]
    csv: str
    next: str | None
    is_first: bool


@router.get("/releases/new", name="new_release_page")
def new_release_page(
    request: Request,
    session: DbSession,
    dataset: Annotated[list[str] | None, Query()] = None,
    plan: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    like: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """The form: blank, or as a plan or a release before it has it."""
    if plan is not None:
        asked = Asked.of(planning.get_plan(session, plan).row)
    elif like:
        release = workflow.get_release(session, like)
        rules = Rules.of_json(release.rules)
        asked = Asked(rules, release.name, "", str(rules.least_reviews))
    else:
        asked = blank(tuple(dataset or workflow.list_dataset_names(session)))
    return render(request, _form(session, asked))


@router.post("/releases/plans", name="plan_release")
def plan_release(
    request: Request, session: DbSession, viewer: CurrentViewer, asked: Annotated[Asked, Depends(asked_of_form)]
) -> Response:
    try:
        plan_id = planning.make_plan(session, asked.name, asked.notes, asked.checked_rules(), viewer.pseudonym)
    except (ReleaseError, NameTakenError) as refused:
        shown = replace(asked, name=asked.name[:63])
        return render(request, _form(session, shown, refused.message), STATUSES[refused.meaning])
    return RedirectResponse(f"/releases/plans/{plan_id}", 303)


@router.get("/releases/plans/{plan_id}", name="plan_page")
def plan_page(request: Request, session: DbSession, plan_id: PlanId) -> Response:
    return render(request, _plan(session, plan_id))


@router.post("/releases/plans/{plan_id}/freeze", name="freeze_release")
def freeze_release(request: Request, session: DbSession, plan_id: PlanId) -> Response:
    try:
        with session.begin_nested():
            plan = planning.freeze_plan(session, plan_id)
    except REFUSALS as refused:
        return render(request, _plan(session, plan_id, refused.message), STATUSES[refused.meaning])
    return RedirectResponse(f"/releases/{plan.label}" if plan.label else f"/releases/plans/{plan_id}", 303)


@router.post("/releases/plans/{plan_id}/recount", name="recount_plan")
def recount_plan(session: DbSession, plan_id: PlanId) -> Response:
    planning.recount_plan(session, plan_id)
    return RedirectResponse(f"/releases/plans/{plan_id}", 303)


@router.get("/releases/plans/{plan_id}/left-out", name="left_out_page")
def left_out_page(
    request: Request,
    session: DbSession,
    plan_id: PlanId,
    reason: Word,
    dataset: Word = "",
    split: Word = "",
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
) -> Response:
    """The drafts that were out for one reason when the plan was counted, in pages."""
    plan = planning.get_plan(session, plan_id)
    drafts = leaving_out.asked_of(plan, reason, dataset, split)
    rows = leaving_out.list_left_out(session, drafts, after=after, limit=PER_PAGE)
    asked = {"reason": reason, **{name: value for name, value in (("dataset", dataset), ("split", split)) if value}}
    address = f"/releases/plans/{plan_id}/left-out"
    onward = f"{address}?{urlencode({**asked, 'after': rows[-1].draft_id})}" if len(rows) == PER_PAGE else None
    page = LeftOutPage(
        plan=plan.row,
        dataset=dataset,
        split=split,
        words=STANDINGS[reason],
        rows=rows,
        titles={**KIND_TITLES, **QUESTION_TYPE_TITLES},
        csv=f"{address}.csv?{urlencode(asked)}",
        next=onward,
        is_first=after == 0,
    )
    return render(request, page)


@router.get("/releases/plans/{plan_id}/left-out.csv", name="download_left_out")
def download_left_out(
    session: DbSession, plan_id: PlanId, reason: Word, dataset: Word = "", split: Word = ""
) -> Response:
    plan = planning.get_plan(session, plan_id)
    drafts = leaving_out.asked_of(plan, reason, dataset, split)
    return finished(leaving_out.csv_of(session, drafts), f"{plan.row.name}-{reason}.csv", "text/csv")


def _form(session: Session, asked: Asked, message: str = "") -> NewReleasePage:
    return NewReleasePage(
        asked=asked,
        datasets=dataset_choices(session),
        licences=licence_choices(session, asked.rules),
        kinds=KIND_TITLES,
        question_types=QUESTION_TYPE_TITLES,
        splits=SPLITS,
        pairs=PAIRS,
        most_reviews=MOST_REVIEWS,
        message=message,
    )


def _plan(session: Session, plan_id: int, message: str = "") -> PlanPage:
    plan = planning.get_plan(session, plan_id)
    seen, row = plan.preview, plan.row
    expected_s = planning.expected_s(session, seen.texts) if seen and row.state == "freezing" else 0.0
    return PlanPage(
        plan=row,
        rules=plan.rules,
        gates=plan.rules.gates(),
        preview=seen,
        reasons={reason: STANDINGS[reason] for reason in seen.left_out} if seen else {},
        blocks=seen.blocks(plan.rules) if seen else "",
        message=message,
        is_lost=planning.is_lost(session, row),
        since=roughly(row.since_s),
        left=roughly(max(1.0, expected_s - row.since_s)),
        share=min(0.99, row.since_s / expected_s) if expected_s and row.started_at else 0.0,
    )
