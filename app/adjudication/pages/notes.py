"""Notes of reviewers to the leads: read, answered, seen. Works without JavaScript."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, Literal

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.adjudication import workflow
from app.adjudication.pages.choosing import TYPE_TITLES
from app.adjudication.queries import comments
from app.adjudication.queries.comments import NEWEST, NoteToLeads
from app.review.errors import UnstorableTextError
from app.web.database import DbSession
from app.web.errors import STATUSES
from app.web.guard import CurrentViewer
from app.web.rendering import render

router = APIRouter()

PER_PAGE: Final = 20

Key = Annotated[int, Query(ge=1, lt=2**63)]
NoteId = Annotated[int, Path(ge=1, lt=2**63)]
Show = Literal["", "all"]


@dataclass(frozen=True, slots=True)
class NotesPage:
    template: ClassVar[str] = "adjudication/notes.html"

    rows: Sequence[NoteToLeads]
    show: str
    older: int | None
    is_first: bool
    is_admin: bool
    may_decide: bool
    titles: Mapping[str, str]
    message: str
    """Why the last answer was not stored."""
    answered: int
    """The note that it was for."""
    written: str
    new_ids: Mapping[int, str]
    """Under which an answer to each note is stored, so that a form that is sent twice is stored once."""


@router.get("/adjudication/notes", name="notes_page")
def notes_page(
    request: Request, session: DbSession, viewer: CurrentViewer, show: Show = "", before: Key = NEWEST
) -> Response:
    return render(request, _page(session, viewer, show, before))


@router.post("/adjudication/notes/{note_id}/seen", name="see_note")
def see_note(session: DbSession, viewer: CurrentViewer, note_id: NoteId) -> Response:
    workflow.see_note(session, viewer.pseudonym, note_id)
    return RedirectResponse("/adjudication/notes", 303)


@router.post("/adjudication/notes/{note_id}/answer", name="answer_note")
def answer_note(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    note_id: NoteId,
    text: Annotated[str, Form()] = "",
    answer_id: Annotated[uuid.UUID | None, Form()] = None,
) -> Response:
    try:
        workflow.answer_note(session, viewer.pseudonym, note_id, text, answer_id or uuid.uuid4())
    except UnstorableTextError as refused:
        # From the note on, so that it is on the page.
        page = _page(session, viewer, "all", min(note_id + 1, NEWEST), refused.message, note_id, text)
        return render(request, page, STATUSES[refused.meaning])
    return RedirectResponse("/adjudication/notes", 303)


def _page(
    session: DbSession,
    viewer: CurrentViewer,
    show: str,
    before: int,
    message: str = "",
    answered: int = 0,
    written: str = "",
) -> NotesPage:
    found = comments.notes_to_leads(session, viewer.pseudonym, before, PER_PAGE + 1, with_seen=show == "all")
    rows = found[:PER_PAGE]
    return NotesPage(
        rows=rows,
        show=show,
        older=rows[-1].comment_id if len(found) > PER_PAGE else None,
        is_first=before == NEWEST,
        is_admin="admin" in viewer.roles,
        may_decide="adjudicator" in viewer.roles,
        titles=TYPE_TITLES,
        message=message,
        answered=answered,
        written=written,
        new_ids={row.comment_id: str(uuid.uuid4()) for row in rows},
    )
