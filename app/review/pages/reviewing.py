"""The pages of reviewing: the reviewer's queue, and the shell in which the review page's script works."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.accounts.workflow import email_of
from app.review.queries.counting import QueueRow, queue_of
from app.review.queries.notes import count_unseen
from app.review.queries.reviewer_settings import read_settings
from app.review.workflow import ReviewConfig
from app.web.database import DbSession
from app.web.guard import CurrentViewer
from app.web.rendering import render

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ReviewPage:
    template: ClassVar[str] = "review/review.html"

    dataset: str | None
    """What to claim from; None is any."""
    lease_s: int
    max_held: int
    settings: str
    """What the reviewer prefers, as JSON."""
    email: str
    """The reviewer's own, for the log-in in place; of a page that nobody else is given, and no cache keeps."""
    unseen_comments: int
    """Of leads to this reviewer; 100 for all that is more."""


@dataclass(frozen=True, slots=True)
class QueuePage:
    template: ClassVar[str] = "review/queue.html"

    rows: Sequence[QueueRow]
    unseen_comments: int
    """Of leads to this reviewer; 100 for all that is more."""


@router.get("/review", name="review_page")
def review_page(
    request: Request, session: DbSession, viewer: CurrentViewer, dataset: str | None = None
) -> HTMLResponse:
    """The shell; its script claims, so that a reload never costs a packet."""
    config: ReviewConfig = request.app.state.review_config
    page = ReviewPage(
        dataset=dataset or None,
        lease_s=int(config.lease_s),
        max_held=config.max_held,
        settings=json.dumps(read_settings(session, viewer.pseudonym)),
        email=email_of(session, viewer),
        unseen_comments=count_unseen(session, viewer.pseudonym),
    )
    return render(request, page)


@router.get("/queue", name="queue_page")
def queue_page(request: Request, session: DbSession, viewer: CurrentViewer) -> HTMLResponse:
    """The datasets that have packets, and what the reviewer did of each."""
    page = QueuePage(rows=queue_of(session, viewer.pseudonym), unseen_comments=count_unseen(session, viewer.pseudonym))
    return render(request, page)
