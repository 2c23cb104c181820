"""Reviewers' own figures, and what is checked without being shown. Nobody sees those of another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app.db.clock import server_time
from app.review.pages.titles import FLAG_TITLES, VERDICTS
from app.review.workflow.own_figures import IDLE_S, OwnFigures, first_of, following, hours_csv, own_figures, preceding
from app.web.database import DbSession
from app.web.guard import CurrentViewer
from app.web.rendering import render

router = APIRouter()

MonthName = Annotated[str, Query(max_length=40)]


@dataclass(frozen=True, slots=True)
class OwnFiguresPage:
    template: ClassVar[str] = "review/own_figures.html"

    figures: OwnFigures
    month: str
    """``YYYY-MM``"""
    title: str
    before: str
    after: str | None
    """None where the month is this one."""
    idle_s: int
    verdicts: Mapping[str, str]
    flags: Mapping[str, str]


@router.get("/me", name="own_figures_page")
def own_figures_page(request: Request, session: DbSession, viewer: CurrentViewer, month: MonthName = "") -> Response:
    today = server_time(session).date()
    first = first_of(month, today)
    page = OwnFiguresPage(
        figures=own_figures(session, viewer.pseudonym, first),
        month=f"{first:%Y-%m}",
        title=f"{first:%B %Y}",
        before=f"{preceding(first):%Y-%m}",
        after=f"{following(first):%Y-%m}" if following(first) <= today else None,
        idle_s=int(IDLE_S),
        verdicts=VERDICTS,
        flags=FLAG_TITLES,
    )
    return render(request, page)


@router.get("/me/hours.csv", name="download_own_hours")
def download(session: DbSession, viewer: CurrentViewer, month: MonthName = "") -> Response:
    first = first_of(month, server_time(session).date())
    headers = {
        "Content-Disposition": f'attachment; filename="hours-{first:%Y-%m}.csv"',
        "Cache-Control": "no-store",
    }
    return Response(hours_csv(session, viewer.pseudonym, first), media_type="text/csv", headers=headers)
