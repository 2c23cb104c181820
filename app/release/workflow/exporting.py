"""Exporting: the frozen release as files, in a folder or as one archive in the asset store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from app.assets.store import Asset, AssetStore, AssetStoreError
from app.db import SessionMaker, transaction
from app.db.errors import DomainError
from app.release.queries import exports
from app.release.queries.exports import ExportRow
from app.release.queries.releases import ReleaseRow
from app.release.workflow.freezing import get_release
from app.release.workflow.frozen_release import Check, FrozenRelease, Tell
from app.release.workflow.rules import ReleaseError
from app.release.workflow.workplace import workplace
from app.work import StopAskedError, defer
from app.work.retrying import MAY_PASS
from pipeline.formats.archive import write_archive
from pipeline.formats.new_folder import FolderError, new_folder, unfinished_of
from pipeline.formats.source import CannotLinkError, DamagedImageError, EntryOrderError, ImageOptions
from pipeline.formats.writers import FORMATS
from pipeline.formats.writing import write_release
from pipeline.records import digest

INTERRUPTIONS: Final = (*MAY_PASS, StopAskedError, KeyboardInterrupt)
"""What ends a run that the next one may go on with."""
_KEEPS: Final = (*INTERRUPTIONS, DamagedImageError, AssetStoreError)
"""And what somebody has to mend first; then it goes on too."""


class NoSuchExportError(DomainError):
    meaning = "not_found"
    code = "no_such_export"


class ExportError(DomainError):
    """The files cannot be written; the release itself is untouched."""

    meaning = "unavailable"
    code = "export_failed"


@dataclass(frozen=True, slots=True)
class Exported:
    """A folder that was written."""

    release: str
    folder: Path
    identity: str
    texts: int
    images: int
    bytes: int


def export_release(
    sessions: SessionMaker,
    store: AssetStore,
    release: str,
    format: str,
    out: Path,
    check: Check = lambda: None,
    options: ImageOptions | None = None,
    tell: Tell = lambda _, __: None,
) -> Exported:
    """Write a release into the new folder ``out``, which appears whole or not at all.

    The database is read in short transactions of a page each; what they read never changes. ``check`` is called
    between the pages and may raise to stop, ``tell`` with how far it is. What a run that was killed or stopped has
    finished of the same export into the same ``out`` is not written again.

    Raises
    ------
    NoSuchReleaseError, ReleaseError
        If there is no such release or format.
    ExportError
        If the folder cannot be written, or a stored image is missing or damaged.
    """
    _check_format(format)
    with transaction(sessions) as session:
        row = get_release(session, release)
    source = FrozenRelease(sessions, store, row, check, tell)
    try:
        with new_folder(out, _KEEPS) as folder:
            written = write_release(folder, format, source, options)
    except DamagedImageError as error:
        kept = f"what is written already is kept in {unfinished_of(out.absolute())}, and the next run goes on there"
        raise ExportError(f"{row.label} was not exported: {error}; {kept}", release=row.label) from error
    except (FolderError, CannotLinkError, EntryOrderError) as error:
        why = error.strerror if isinstance(error, CannotLinkError) else error
        raise ExportError(f"{row.label} was not exported: {why}", release=row.label) from error
    return Exported(row.label, out, written.identity, written.texts, written.images, written.bytes)


def request_export(session: Session, release: str, format: str = "sarlang") -> ExportRow:
    """Start an export in the background; where the same one is under way or done already, that one."""
    _check_format(format)
    row = get_release(session, release)
    exports.lock_release(session, row.release_id)
    for known in exports.list_exports(session, row.release_id):
        if known.format == format and known.state != "failed":
            return known
    export_id = exports.insert_export(session, row.release_id, format)
    defer(session, "release.export", export_id=export_id)
    return get_export(session, export_id)


def get_export(session: Session, export_id: int) -> ExportRow:
    """The export, or :class:`NoSuchExportError`."""
    found = exports.find_export(session, export_id)
    if found is None:
        raise NoSuchExportError(f"There is no export {export_id}.", export_id=export_id)
    return found


def list_exports(session: Session, release: ReleaseRow) -> list[ExportRow]:
    """All exports of a release, newest first."""
    return exports.list_exports(session, release.release_id)


def run_export(sessions: SessionMaker, store: AssetStore, export_id: int, check: Check = lambda: None) -> None:
    """The work of an export: the folder as one archive in the asset store. Done twice, it is the same file.

    What may pass by itself (a lost connection, a worker that leaves) is raised, so that the work is tried again and, on
    the same machine, gone on with; all else is written down as the reason why the export failed.
    """
    with transaction(sessions) as session:
        if not exports.start_export(session, export_id):
            return
        row = get_export(session, export_id)
    try:
        stored = _archive(sessions, store, row, check)
    except (*MAY_PASS, StopAskedError):
        raise
    except Exception as error:
        with transaction(sessions) as session:
            exports.fail_export(session, export_id, str(error) or type(error).__name__)
        if not isinstance(error, DomainError | OSError | AssetStoreError):
            raise  # a fault of the program: the worker's log is to have it
        return
    file = f"{row.name}-{row.number}-{row.format}.tar"
    with transaction(sessions) as session:
        exports.finish_export(session, export_id, file, stored.sha256, stored.bytes)


def _archive(sessions: SessionMaker, store: AssetStore, row: ExportRow, check: Check) -> Asset:
    """The room of the release twice is needed, where ``TMPDIR`` says, for as long as it takes."""
    label = f"{row.name}@{row.number}"
    with transaction(sessions) as session:
        content_sha256 = get_release(session, label).content_sha256
    with workplace(digest([content_sha256, label, row.format]), INTERRUPTIONS) as place:
        folder, archive = place / "release", place / "release.tar"
        if not folder.exists():  # else it is whole: only the archive was not finished
            export_release(sessions, store, label, row.format, folder, check)
        archive.unlink(missing_ok=True)
        write_archive(folder, archive, f"{row.name}-{row.number}")
        check()
        return store.put(archive, "application/x-tar", move=True)


def _check_format(format: str) -> None:
    if format not in FORMATS:
        raise ReleaseError(f"There is no format {format[:80]!r}; there is {', '.join(FORMATS)}.")
