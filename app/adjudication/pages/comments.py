"""What seniors wrote back to a reviewer, for that reviewer alone. Works without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.adjudication.pages.choosing import FLAG_TITLES, TYPE_TITLES
from app.adjudication.queries import comments
from app.adjudication.queries.comments import NEWEST, CommentToReviewer
from app.web.database import DbSession
from app.web.guard import CurrentViewer
from app.web.rendering import render

router = APIRouter()

PER_PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class CommentsPage:
    template: ClassVar[str] = "adjudication/comments.html"

    rows: Sequence[CommentToReviewer]
    unseen: int
    """Of those on this page."""
    newest: int
    older: int | None
    is_first: bool
    type_titles: Mapping[str, str]
    flag_titles: Mapping[str, str]


@router.get("/queue/comments", name="comments_page")
def comments_page(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    before: Annotated[int, Query(ge=1, lt=2**63)] = NEWEST,
) -> Response:
    found = comments.comments_to(session, viewer.pseudonym, before, PER_PAGE + 1)
    rows = found[:PER_PAGE]
    page = CommentsPage(
        rows=rows,
        unseen=sum(not row.is_seen for row in rows),
        newest=rows[0].comment_id if rows else 0,
        older=rows[-1].comment_id if len(found) > PER_PAGE else None,
        is_first=before == NEWEST,
        type_titles=TYPE_TITLES,
        flag_titles=FLAG_TITLES,
    )
    return render(request, page)


@router.post("/queue/comments/seen", name="see_comments")
def see_comments(
    session: DbSession, viewer: CurrentViewer, newest: Annotated[int, Form(ge=0, lt=2**63)] = 0
) -> Response:
    """Say that all comments up to the newest that was shown are seen."""
    comments.see_comments(session, viewer.pseudonym, newest)
    return RedirectResponse("/queue/comments", 303)
