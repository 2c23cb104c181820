"""Exporting: the frozen release as files, in a folder or as one archive in the asset store."""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from app.assets.store import Asset, AssetStore, AssetStoreError
from app.db import SessionMaker, transaction
from app.db.errors import DomainError
from app.release.queries import exports, releases
from app.release.queries.exports import ExportRow
from app.release.queries.releases import ReleaseRow
from app.release.workflow.freezing import get_release
from app.release.workflow.rules import ReleaseError
from app.work import StopAskedError, defer
from app.work.retrying import MAY_PASS
from pipeline.formats.archive import write_archive
from pipeline.formats.image_names import ImageNames
from pipeline.formats.manifest import ReleaseHead
from pipeline.formats.new_folder import FolderError, new_folder
from pipeline.formats.sarlang import DamagedImageError, EntryOrderError, Written, write

FORMATS: Final = ("sarlang",)

Check = Callable[[], None]


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
) -> Exported:
    """Write a release into the new folder ``out``, which appears whole or not at all.

    The database is read in short transactions of a page each; what they read never changes. ``check`` is called
    between the pages and may raise to stop.

    Raises
    ------
    NoSuchReleaseError, ReleaseError
        If there is no such release or format.
    ExportError
        If the folder cannot be written, or a stored image is damaged.
    """
    _check_format(format)
    with transaction(sessions) as session:
        row = get_release(session, release)
    try:
        with new_folder(out) as folder:
            written = _write(sessions, store, row, folder, check)
    except (FolderError, DamagedImageError, EntryOrderError) as error:
        raise ExportError(f"{row.label} was not exported: {error}", release=row.label) from error
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

    The folder is made where ``TMPDIR`` says; it needs the room of the release twice for as long as it takes. What may
    pass by itself (a lost connection, a worker that leaves) is raised, so that the work is tried again; all else is
    written down as the reason why the export failed.
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
    with tempfile.TemporaryDirectory(prefix="trihedral-export-") as scratch:
        folder, archive = Path(scratch) / "release", Path(scratch) / "release.tar"
        export_release(sessions, store, f"{row.name}@{row.number}", row.format, folder, check)
        write_archive(folder, archive, f"{row.name}-{row.number}")
        check()
        return store.put(archive, "application/x-tar")


def _write(sessions: SessionMaker, store: AssetStore, row: ReleaseRow, folder: Path, check: Check) -> Written:
    head = ReleaseHead(
        name=row.name,
        number=row.number,
        created_at=row.created_at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        notes=row.notes,
        rules=row.rules,
        counts=row.counts,
    )
    names = ImageNames(_scene_names(sessions, row.release_id))
    seal = hashlib.sha256()
    written = write(
        folder,
        head,
        names,
        _scenes(sessions, row.release_id, check),
        _texts(sessions, row.release_id, check, seal.update),
        store.open,
    )
    if seal.hexdigest() != row.content_sha256 or written.texts != row.text_count:
        raise EntryOrderError("its texts in the database are not those that were frozen; restore a backup")
    return written


def _scene_names(sessions: SessionMaker, release_id: int) -> Iterator[tuple[str, str]]:
    after = ("", "")
    while True:
        with transaction(sessions) as session:
            page = releases.page_of_scene_names(session, release_id, after)
        if not page:
            return
        yield from page
        after = page[-1]


def _scenes(sessions: SessionMaker, release_id: int, check: Check) -> Iterator[dict[str, Any]]:
    after = ("", "")
    while True:
        check()
        with transaction(sessions) as session:
            page = releases.page_of_scenes(session, release_id, after)
        if not page:
            return
        yield from (entry for _, _, entry in page)
        after = page[-1][:2]


def _texts(
    sessions: SessionMaker, release_id: int, check: Check, seal: Callable[[bytes], None]
) -> Iterator[tuple[str, dict[str, Any]]]:
    after = ""
    while True:
        check()
        with transaction(sessions) as session:
            page = releases.page_of_texts(session, release_id, after)
        if not page:
            return
        for text_sha256, entry in page:
            seal(text_sha256.encode())
            yield text_sha256, entry
        after = page[-1][0]


def _check_format(format: str) -> None:
    if format not in FORMATS:
        raise ReleaseError(f"There is no format {format[:80]!r}; there is {', '.join(FORMATS)}.")
