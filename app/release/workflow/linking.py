"""Links by which who has no account downloads an export. A token is 256 random bits; only its SHA-256 is stored."""

from __future__ import annotations

import hashlib
import re
import secrets
import uuid
from dataclasses import dataclass
from typing import ClassVar, Final

from sqlalchemy.orm import Session

from app.db.errors import DomainError, Meaning
from app.release.queries import exports, linking, releases
from app.release.queries.exports import ExportRow
from app.release.queries.linking import LinkRow
from app.release.queries.releases import ReleaseRow
from app.release.workflow.exporting import get_export

LONGEST_NOTE: Final = 200
MOST_DAYS: Final = 3650
DAYS: Final = 90
TOKEN_FORM: Final = re.compile(r"[A-Za-z0-9_-]{43}")


class LinkError(DomainError):
    code = "link_invalid"


class NoSuchLinkError(DomainError):
    """Wrong, expired and revoked links are told apart by nobody who only has the link."""

    meaning: ClassVar[Meaning] = "not_found"
    code = "no_such_link"

    def __init__(self) -> None:
        super().__init__(
            "There is no download at this address. Links expire and can be taken back: ask who gave it to you for a"
            " new one."
        )


@dataclass(frozen=True, slots=True)
class Download:
    """What a link leads to."""

    link: LinkRow
    export: ExportRow
    release: ReleaseRow


def make_link(session: Session, export_id: int, note: str, days: int, created_by: uuid.UUID) -> str:
    """A link to a finished export; gives its token, which is told this once.

    Raises
    ------
    NoSuchExportError
    LinkError
        If the export has no file yet, or the note or the days are not acceptable.
    """
    export, words = get_export(session, export_id), " ".join(note.split())
    if export.state != "done":
        raise LinkError("This export has no file yet: wait until it is done, and make the link then.")
    if len(words) > LONGEST_NOTE or not words.isprintable():
        raise LinkError(f"The note says for whom the link is: at most {LONGEST_NOTE} printable characters.")
    if not 1 <= days <= MOST_DAYS:
        raise LinkError(f"A link holds for 1 to {MOST_DAYS:,} days, not {days}.")
    token = secrets.token_urlsafe(32)
    linking.insert_link(session, export_id, _sha256(token), words, days, str(created_by))
    return token


def revoke_link(session: Session, link_id: int) -> ExportRow:
    """Take a link back; the export that it was of. Taken back twice, it is as once.

    Raises
    ------
    NoSuchLinkError
    """
    export_id = linking.revoke_link(session, link_id)
    if export_id is None:
        raise NoSuchLinkError
    return get_export(session, export_id)


def list_links(session: Session, release: ReleaseRow) -> list[LinkRow]:
    """The links to a release's exports, newest first."""
    return linking.list_links(session, release.release_id)


def open_link(session: Session, token: str, *, is_begun: bool = False) -> Download:
    """What the token leads to; ``is_begun`` counts a download.

    Raises
    ------
    NoSuchLinkError
        If the token is wrong, expired or revoked: one and the same.
    """
    link = linking.find_link(session, _sha256(token)) if TOKEN_FORM.fullmatch(token) else None
    export = exports.find_export(session, link.export_id) if link else None
    if link is None or export is None or export.state != "done":
        raise NoSuchLinkError
    if is_begun:
        linking.count_download(session, link.download_link_id)
    return Download(link, export, releases.get_release(session, export.release_id))


def _sha256(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
