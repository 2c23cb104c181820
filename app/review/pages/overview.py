"""An admin's first page: how far each dataset is, what holds the work up, and what reviewers say of the texts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from app.db.clock import server_time
from app.intake.queries.datasets import DatasetFacts
from app.intake.workflow.running import require_dataset
from app.review.queries import figures, overview
from app.review.queries.counting import REVIEWED, counter_of
from app.review.queries.draft_lists import list_drafters
from app.review.queries.figures import PACE, VERDICTS, Kept
from app.review.queries.overview import ProgressRow, StaleHold, Totals
from app.review.schemas.overview import FigureTable, figure_tables, figures_csv
from app.review.workflow.overview import Pace, begin_counting, begin_counting_blocked, pace_of
from app.web.database import DbSession
from app.web.rendering import render
from app.work import count_workers

router = APIRouter()

DATASETS_A_PAGE: Final = 25
HOLDS_SHOWN: Final = 12
RUNS_SHOWN: Final = 12
UNTOUCHED_S: Final = 3600.0
"""A hold of which nothing was saved for so long is shown as untouched."""

DatasetName = Annotated[str, Query(max_length=200)]
Key = Annotated[str, Query(max_length=63)]


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of the list of datasets."""

    progress: ProgressRow
    pace: Pace
    eta: str | None
    """Of what is not blocked."""


@dataclass(frozen=True, slots=True)
class OverviewPage:
    template: ClassVar[str] = "review/overview.html"

    totals: Totals
    rows: Sequence[Standing]
    shows_all: bool
    after: str | None
    is_first: bool
    holds: Sequence[StaleHold]
    has_more_holds: bool
    runs: Sequence[RowMapping]
    workers: int
    dataset: str | None
    """The one that the charts are about."""
    tables: Sequence[FigureTable]
    counted_at: dt.datetime | None
    """Of what reviewers said; None where it was never counted."""
    is_counting: bool
    address: str
    """This page, as it refreshes itself."""


@router.get("/overview", name="overview_page")
def overview_page(
    request: Request,
    session: DbSession,
    dataset: DatasetName = "",
    show: Literal["", "all"] = "",
    after: Key = "",
) -> Response:
    totals = overview.totals_of(session)
    # Where nothing is left to do, all that there is stands there and not an empty list.
    shows_all = show == "all" or not totals.in_work
    key = after.replace("\0", "")
    listed = overview.progress_of(session, in_work=not shows_all, after=key, limit=DATASETS_A_PAGE)
    begin_counting_blocked(session, listed)
    now = server_time(session)
    holds = overview.stale_holds(session, UNTOUCHED_S, HOLDS_SHOWN + 1)
    shown = _shown_dataset(session, dataset)
    kept = figures.kept(session, shown.dataset_id) if shown else {}
    page = OverviewPage(
        totals=totals,
        rows=[_standing(row, now) for row in listed],
        shows_all=shows_all,
        after=listed[-1].name if len(listed) == DATASETS_A_PAGE else None,
        is_first=not key,
        holds=holds[:HOLDS_SHOWN],
        has_more_holds=len(holds) > HOLDS_SHOWN,
        runs=overview.open_runs(session, RUNS_SHOWN),
        workers=count_workers(session),
        dataset=shown.name if shown else None,
        tables=_tables(session, kept, now) if shown and VERDICTS in kept else [],
        counted_at=kept[VERDICTS].counted_at if VERDICTS in kept else None,
        is_counting=_begin(session, shown, kept) if shown else False,
        address=str(request.url.path) + (f"?{request.url.query}" if request.url.query else ""),
    )
    return render(request, page)


@router.get("/overview/{figure}.csv", name="download_figures")
def download(
    session: DbSession, figure: Literal["days", "types", "drafters", "rules"], dataset: DatasetName
) -> Response:
    found = require_dataset(session, dataset)
    tables = _tables(session, figures.kept(session, found.dataset_id), server_time(session))
    table = next(table for table in tables if table.key == figure)
    headers = {
        "Content-Disposition": f'attachment; filename="{found.name}-{figure}.csv"',
        "Cache-Control": "no-store",
    }
    return Response(figures_csv(table), media_type="text/csv", headers=headers)


def _shown_dataset(session: Session, name: str) -> DatasetFacts | None:
    """The dataset that is asked for, else the one that was reviewed last."""
    chosen = name.replace("\0", "") or overview.newest_dataset(session)
    return None if chosen is None else require_dataset(session, chosen)


def _standing(row: ProgressRow, now: dt.datetime) -> Standing:
    pace = pace_of(row.pace, row.left - row.blocked, now)
    return Standing(row, pace, _eta(pace.eta_days))


def _eta(days: float | None) -> str | None:
    if days is None:
        return None
    return "less than a day" if days < 1 else f"{days:,.0f} {'day' if round(days) == 1 else 'days'}"


def _begin(session: Session, dataset: DatasetFacts, kept: Mapping[str, Kept]) -> bool:
    return begin_counting(session, dataset.dataset_id, counter_of(session, dataset.dataset_id, REVIEWED), kept)


def _tables(session: Session, kept: Mapping[str, Kept], now: dt.datetime) -> list[FigureTable]:
    bodies = {name: dict(one.body) for name, one in kept.items()}
    drafters = {str(drafter.drafter_id): drafter.title for drafter in list_drafters(session)}
    return figure_tables(bodies.get(PACE, {}), bodies.get(VERDICTS, {}), drafters, now.date())
