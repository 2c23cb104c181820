"""What waits to be adjudicated. Works without JavaScript."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.adjudication.pages.choosing import (
    FLAG_TITLES,
    REASONS,
    TYPE_TITLES,
    Chosen,
    ChosenFilters,
    drafter_titles,
)
from app.adjudication.queries import waiting
from app.adjudication.queries.comments import count_unseen_notes
from app.adjudication.queries.waiting import DatasetChoice, WaitingCount, WaitingPacket, Whose
from app.web.database import DbSession
from app.web.guard import CurrentViewer
from app.web.rendering import render
from app.web.viewer import Viewer

router = APIRouter()

PER_PAGE: Final = 20
MOST: Final = 1_000
"""Texts that are counted at most: of more, the page says so."""

Key = Annotated[int | None, Query(ge=1, lt=2**63)]


@dataclass(frozen=True, slots=True)
class AdjudicationPage:
    template: ClassVar[str] = "adjudication/waiting.html"

    rows: Sequence[WaitingPacket]
    whose: str
    may_decide: bool
    is_admin: bool
    count: WaitingCount
    others: int
    """Packets that wait for somebody else, because the reader reviewed them."""
    blocked: int
    """Packets that nobody who adjudicates may decide; counted for admins."""
    most: int
    chosen: Chosen
    query: str
    """Of the filters, as it follows an address."""
    next_query: str
    is_first: bool
    datasets: Sequence[DatasetChoice]
    drafters: Mapping[str, str]
    reasons: Mapping[str, str]
    flag_titles: Mapping[str, str]
    type_titles: Mapping[str, str]
    unseen_notes: int
    since: Mapping[int, str]
    """How long each packet has waited, in days: a time of day would tell whose review was the last."""


@router.get("/adjudication", name="adjudication_page")
def adjudication_page(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    chosen: ChosenFilters,
    show: Literal["", "mine", "all", "blocked"] = "",
    after: Key = None,
) -> Response:
    whose = _whose(viewer, show)
    filters = chosen.filters(session)
    found = waiting.places(session, viewer.pseudonym, whose, filters, after=after, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    rows = waiting.waiting_packets(session, viewer.pseudonym, [place.packet_id for place in shown])
    is_admin, may_decide = "admin" in viewer.roles, "adjudicator" in viewer.roles
    given_show = show if show == whose else None
    page = AdjudicationPage(
        rows=rows,
        whose=whose,
        may_decide=may_decide,
        is_admin=is_admin,
        count=waiting.count_waiting(session, viewer.pseudonym, whose, filters, MOST),
        others=_packets(session, viewer, "others", chosen) if may_decide else 0,
        blocked=_packets(session, viewer, "blocked", chosen) if is_admin else 0,
        most=MOST,
        chosen=chosen,
        query=chosen.query(),
        next_query=chosen.query(show=given_show, after=shown[-1].draft_id) if len(found) > PER_PAGE else "",
        is_first=after is None,
        datasets=waiting.dataset_choices(session),
        drafters=drafter_titles(waiting.drafter_choices(session)),
        reasons=REASONS,
        flag_titles=FLAG_TITLES,
        type_titles=TYPE_TITLES,
        unseen_notes=count_unseen_notes(session, 100),
        since={row.packet_id: _since(row.waiting) for row in rows},
    )
    return render(request, page)


def _whose(viewer: Viewer, show: str) -> Whose:
    """What is listed: an adjudicator's own by default, everything only to admins."""
    if "admin" in viewer.roles and show in ("all", "blocked"):
        return "blocked" if show == "blocked" else "all"
    return "mine" if "adjudicator" in viewer.roles else "all"


def _packets(session: Session, viewer: Viewer, whose: Whose, chosen: Chosen) -> int:
    return waiting.count_waiting(session, viewer.pseudonym, whose, chosen.filters(session), MOST).packets


def _since(waited: dt.timedelta) -> str:
    if waited.days < 1:
        return "today"
    return "1 day" if waited.days == 1 else f"{waited.days:,} days"
