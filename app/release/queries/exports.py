"""Exports and their states."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from app.db.tables.release import Export, Release


@dataclass(frozen=True, slots=True)
class ExportRow:
    """An export and the release that it is of."""

    export_id: int
    release_id: int
    name: str
    number: int
    format: str
    state: str
    file: str | None
    sha256: str | None
    bytes: int | None
    error: str | None
    created_at: dt.datetime
    finished_at: dt.datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it is still to come."""
        return self.state in {"waiting", "running"}


_EXPORT = (
    Export.export_id,
    Export.release_id,
    Release.name,
    Release.number,
    Export.format,
    Export.state,
    Export.file,
    Export.sha256,
    Export.bytes,
    Export.error,
    Export.created_at,
    Export.finished_at,
)


def lock_release(session: Session, release_id: int) -> None:
    """Others who would start an export of this release wait until the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"export {release_id}", 0))))


def insert_export(session: Session, release_id: int, format: str) -> int:
    statement = insert(Export).values(release_id=release_id, format=format).returning(Export.export_id)
    return session.execute(statement).scalar_one()


def find_export(session: Session, export_id: int) -> ExportRow | None:
    statement = select(*_EXPORT).join(Release, Release.release_id == Export.release_id)
    row = session.execute(statement.where(Export.export_id == export_id)).one_or_none()
    return ExportRow(**row._mapping) if row else None


def list_exports(session: Session, release_id: int) -> list[ExportRow]:
    """Newest first."""
    statement = select(*_EXPORT).join(Release, Release.release_id == Export.release_id)
    statement = statement.where(Export.release_id == release_id).order_by(Export.export_id.desc())
    return [ExportRow(**row._mapping) for row in session.execute(statement)]


def start_export(session: Session, export_id: int) -> bool:
    """Whether the export is to be done: one that is done already is not."""
    statement = update(Export).where(Export.export_id == export_id, Export.state != "done")
    return (
        session.execute(statement.values(state="running", error=None).returning(Export.export_id)).scalar() is not None
    )


def finish_export(session: Session, export_id: int, file: str, sha256: str, size: int) -> None:
    values = {"state": "done", "file": file, "sha256": sha256, "bytes": size, "finished_at": func.clock_timestamp()}
    session.execute(update(Export).where(Export.export_id == export_id).values(**values))


def fail_export(session: Session, export_id: int, error: str) -> None:
    values = {"state": "failed", "error": error, "finished_at": func.clock_timestamp()}
    session.execute(update(Export).where(Export.export_id == export_id, Export.state != "done").values(**values))
