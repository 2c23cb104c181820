"""Releases for scripts: the list, exports and their files."""

from __future__ import annotations

from typing import Annotated, ClassVar

from fastapi import APIRouter, Path, Query, Request, Response

from app.assets.api import send_stored
from app.db.errors import DomainError, Meaning
from app.release import workflow
from app.release.queries.exports import ExportRow
from app.release.schemas import ChangeList, ExportView, NewExport, ReleaseList, ReleaseView
from app.release.workflow import differences
from app.release.workflow.differences import AFTER, place_of
from app.web.database import DbSession

router = APIRouter(prefix="/api/v1")

ExportId = Annotated[int, Path(ge=1, lt=2**63)]


class ExportNotDoneError(DomainError):
    meaning: ClassVar[Meaning] = "conflict"
    code = "export_not_done"


@router.get("/releases", name="list_releases")
def list_releases(
    session: DbSession,
    before: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ReleaseList:
    """Releases, newest first, a page at a time."""
    rows = workflow.list_releases(session, before, limit)
    return ReleaseList(
        releases=[ReleaseView.of(row) for row in rows], before=rows[-1].release_id if len(rows) == limit else None
    )


@router.get("/releases/{label}", name="read_release")
def read_release(session: DbSession, label: Annotated[str, Path(max_length=100)]) -> ReleaseView:
    """The release ``NAME@3``, or the newest of ``NAME``."""
    return ReleaseView.of(workflow.get_release(session, label))


@router.get("/releases/{label}/difference", name="list_changes")
def list_changes(
    session: DbSession,
    label: Annotated[str, Path(max_length=100)],
    before: Annotated[str, Query(max_length=100)] = "",
    change: Annotated[str, Query(max_length=40)] = "",
    kind: Annotated[str, Query(max_length=40)] = "",
    after: Annotated[str, Query(pattern=AFTER)] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> ChangeList:
    """What it differs in from ``before``, or from the number before it, a page at a time."""
    difference = differences.difference_of(session, label, before)
    asked = differences.asked_changes(change, kind)
    rows = differences.list_changes(session, difference, asked, after=place_of(after), limit=limit)
    return ChangeList(
        before=difference.before.label,
        after=difference.after.label,
        counts=differences.count_changes(session, difference),
        changes=[differences.record_of(row) for row in rows],
        next=f"{rows[-1].change}-{rows[-1].draft_id}" if len(rows) == limit else None,
    )


@router.post("/releases/{name}/exports", name="create_export", status_code=202)
def create_export(session: DbSession, response: Response, name: str, asked: NewExport | None = None) -> ExportView:
    """Start an export, or find the one that is there: ask at ``Location`` until it is done."""
    asked = asked or NewExport()
    label = name if asked.number is None else f"{name}@{asked.number}"
    export = workflow.request_export(session, label, asked.format)
    response.headers["Location"] = f"/api/v1/exports/{export.export_id}"
    return ExportView.of(export)


@router.get("/exports/{export_id}", name="read_export")
def read_export(session: DbSession, export_id: ExportId) -> ExportView:
    """How far an export is."""
    return ExportView.of(workflow.get_export(session, export_id))


@router.head("/exports/{export_id}/file", name="download_export", include_in_schema=False)
@router.get("/exports/{export_id}/file", name="download_export")
def download_export(request: Request, session: DbSession, export_id: ExportId) -> Response:
    """The archive, or the one range of it that was asked for, so that a broken download goes on where it stopped."""
    export = workflow.get_export(session, export_id)
    if export.state != "done" or export.sha256 is None or export.bytes is None:
        raise ExportNotDoneError(_why_not(export), state=export.state)
    return send_stored(request, export.sha256, export.bytes, export.file or f"export-{export_id}.tar")


def _why_not(export: ExportRow) -> str:
    if export.state == "failed":
        return f"This export failed: {export.error}. Start a new one."
    return "This export is not done yet. Ask again in a moment."
