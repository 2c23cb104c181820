"""Links to download an export: made, shown once, and taken back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from app.release import workflow
from app.release.pages.release import MadeLink, page_of
from app.release.workflow import linking
from app.release.workflow.linking import LinkError
from app.web.database import DbSession
from app.web.errors import STATUSES
from app.web.guard import CurrentViewer
from app.web.rendering import render

router = APIRouter()

ExportId = Annotated[int, Path(ge=1, lt=2**63)]
LinkId = Annotated[int, Path(ge=1, lt=2**63)]


@router.post("/exports/{export_id}/links", name="make_download_link")
def make_link(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    export_id: ExportId,
    note: Annotated[str, Form()] = "",
    days: Annotated[str, Form()] = str(linking.DAYS),
) -> Response:
    """Answers with the page itself, not a redirect, because the link is shown this once."""
    export = workflow.get_export(session, export_id)
    release = workflow.get_release(session, f"{export.name}@{export.number}")
    try:
        token = linking.make_link(session, export_id, note, _days(days), viewer.pseudonym)
    except LinkError as refused:
        return render(request, page_of(session, release, message=refused.message), STATUSES[refused.meaning])
    address = f"{request.base_url}downloads/{token}"
    return render(request, page_of(session, release, MadeLink(address, export.file or "", note.strip())), 201)


@router.post("/links/{link_id}/revoke", name="revoke_download_link")
def revoke_link(session: DbSession, link_id: LinkId) -> Response:
    export = linking.revoke_link(session, link_id)
    return RedirectResponse(f"/releases/{export.name}@{export.number}#links", 303)


def _days(given: str) -> int:
    """A number, whatever the browser let through; 0 where it is none, which no link holds for."""
    typed = given.strip()
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 6 else 0
