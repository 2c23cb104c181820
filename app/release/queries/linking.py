"""Links to download an export without an account."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from app.db.tables.release import DownloadLink, Export


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link as an admin sees it: without its token, which is nowhere."""

    download_link_id: int
    export_id: int
    format: str
    note: str
    created_at: dt.datetime
    expires_at: dt.datetime
    revoked_at: dt.datetime | None
    downloads: int
    downloaded_at: dt.datetime | None
    is_expired: bool

    @property
    def state(self) -> str:
        """revoked, expired or open."""
        return "revoked" if self.revoked_at else "expired" if self.is_expired else "open"


_LINK = (
    DownloadLink.download_link_id,
    DownloadLink.export_id,
    Export.format,
    DownloadLink.note,
    DownloadLink.created_at,
    DownloadLink.expires_at,
    DownloadLink.revoked_at,
    DownloadLink.downloads,
    DownloadLink.downloaded_at,
    (DownloadLink.expires_at <= func.clock_timestamp()).label("is_expired"),
)


def insert_link(session: Session, export_id: int, token_sha256: bytes, note: str, days: int, created_by: str) -> int:
    """A link that holds for so many days, by the server's clock."""
    expires_at = func.clock_timestamp() + func.make_interval(0, 0, 0, days)
    values = {"export_id": export_id, "token_sha256": token_sha256, "note": note, "created_by": created_by}
    statement = insert(DownloadLink).values(**values, expires_at=expires_at)
    return session.execute(statement.returning(DownloadLink.download_link_id)).scalar_one()


def find_link(session: Session, token_sha256: bytes) -> LinkRow | None:
    """The link of this token, where it still holds."""
    statement = select(*_LINK).join(Export, Export.export_id == DownloadLink.export_id)
    holds = (DownloadLink.revoked_at.is_(None), DownloadLink.expires_at > func.clock_timestamp())
    row = session.execute(statement.where(DownloadLink.token_sha256 == token_sha256, *holds)).one_or_none()
    return LinkRow(**row._mapping) if row else None


def list_links(session: Session, release_id: int, limit: int = 200) -> list[LinkRow]:
    """Of all exports of a release, the newest first."""
    statement = select(*_LINK).join(Export, Export.export_id == DownloadLink.export_id)
    statement = statement.where(Export.release_id == release_id).order_by(DownloadLink.download_link_id.desc())
    return [LinkRow(**row._mapping) for row in session.execute(statement.limit(limit))]


def count_download(session: Session, download_link_id: int) -> None:
    """That its file was begun once more."""
    statement = update(DownloadLink).where(DownloadLink.download_link_id == download_link_id)
    session.execute(statement.values(downloads=DownloadLink.downloads + 1, downloaded_at=func.clock_timestamp()))


def revoke_link(session: Session, download_link_id: int) -> int | None:
    """From now on it leads nowhere; the export that it was of. None where there is no such link."""
    statement = update(DownloadLink).where(DownloadLink.download_link_id == download_link_id)
    values = {"revoked_at": func.coalesce(DownloadLink.revoked_at, func.clock_timestamp())}
    return session.execute(statement.values(**values).returning(DownloadLink.export_id)).scalar_one_or_none()
