"""What a link leads to, for who has no account: what the file is, how it is cited and checked, and the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.assets.api import send_stored, starts_at_front
from app.release.queries.exports import ExportRow
from app.release.queries.releases import ReleaseRow
from app.release.workflow import linking
from app.release.workflow.sources import Source, citation_of, sources_of
from app.web.database import DbSession
from app.web.rendering import render

router = APIRouter()

PRIVATE: Final = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
"""The address is a secret: it goes to no other page, and into no search engine."""


@dataclass(frozen=True, slots=True)
class DownloadPage:
    template: ClassVar[str] = "release/download.html"

    release: ReleaseRow
    export: ExportRow
    expires: str
    citation: str
    sources: Sequence[Source]
    address: str
    """Of the file, whole."""


@router.get("/downloads/{token}", name="download_page")
def download_page(request: Request, session: DbSession, token: str) -> Response:
    found = linking.open_link(session, token)
    page = DownloadPage(
        release=found.release,
        export=found.export,
        expires=f"{found.link.expires_at:%Y-%m-%d}",
        citation=citation_of(found.release),
        sources=sources_of(found.release),
        address=f"{request.base_url}downloads/{token}/file",
    )
    response = render(request, page)
    response.headers.update(PRIVATE)
    return response


@router.head("/downloads/{token}/file", name="download_by_link")
@router.get("/downloads/{token}/file", name="download_by_link")
def download_file(request: Request, session: DbSession, token: str) -> Response:
    """The archive, or the one range of it that was asked for, so that a broken download goes on where it stopped."""
    is_begun = request.method == "GET" and starts_at_front(request)
    export = linking.open_link(session, token, is_begun=is_begun).export
    name = export.file or f"{export.name}-{export.number}.tar"
    response = send_stored(request, export.sha256 or "", export.bytes or 0, name)
    response.headers.update(PRIVATE)
    return response
