"""A frozen release as the exporter reads it: out of the database in short transactions, its images out of the store."""

from __future__ import annotations

import datetime as dt
import errno
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Literal

from app.assets.store import AssetStore, MissingAssetError
from app.db import SessionMaker, make_engine, make_sessionmaker, transaction
from app.db.engine import url_of
from app.release.queries import frozen
from app.release.queries.releases import ReleaseRow
from pipeline.formats.entries import Entry
from pipeline.formats.manifest import ReleaseHead
from pipeline.formats.source import CannotLinkError, DamagedImageError, OpenTexts, TextSource

Check = Callable[[], None]
Tell = Callable[[Literal["images", "texts"], int], None]
"""Takes how many images, or texts, are done."""
LINKED_MODE = 0o444
"""Of files that have a second name in an export: what is written to one is written to the other."""


def head_of(row: ReleaseRow) -> ReleaseHead:
    """What is said of a release as a whole."""
    return ReleaseHead(
        name=row.name,
        number=row.number,
        created_at=row.created_at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        notes=row.notes,
        rules=row.rules,
        counts=row.counts,
        content_sha256=row.content_sha256,
        contributors=row.contributors,
    )


class FrozenTexts:
    """``pipeline.formats.source.TextSource`` of a release in the database."""

    def __init__(self, sessions: SessionMaker, row: ReleaseRow, check: Check) -> None:
        self.head, self.text_count = head_of(row), row.text_count
        self.check = check
        self._sessions, self._row = sessions, row

    def scene_names(self) -> Iterator[tuple[str, str]]:
        after = ("", "")
        while True:
            with transaction(self._sessions) as session:
                page = frozen.page_of_scene_names(session, self._row.release_id, after)
            if not page:
                return
            yield from page
            after = page[-1]

    def texts(self, first: str, end: str) -> Iterator[tuple[str, str]]:
        self.check()
        with transaction(self._sessions) as session:
            yield from frozen.stream_texts(session, self._row.release_id, first, end)


@contextmanager
def opened_texts(url: str, row: ReleaseRow) -> Iterator[TextSource]:
    """The texts of a release, for a process that helps to export it, on a connection of its own."""
    engine = make_engine(url, pool_size=1, application_name="trihedral-export-helper")
    try:
        yield FrozenTexts(make_sessionmaker(engine), row, lambda: None)
    finally:
        engine.dispose()


class FrozenRelease(FrozenTexts):
    """``pipeline.formats.source.ReleaseSource`` of a release in the database, with its images in the store."""

    def __init__(
        self, sessions: SessionMaker, store: AssetStore, row: ReleaseRow, check: Check, tell: Tell = lambda _, __: None
    ) -> None:
        super().__init__(sessions, row, check)
        self.tell = tell
        self._store = store

    def scenes_with(self, kinds: Sequence[str]) -> list[tuple[str, str]]:
        with transaction(self._sessions) as session:
            return frozen.scenes_with(session, self._row.release_id, kinds)

    def images(self) -> Iterator[dict[str, Any]]:
        after = ("", "")
        while True:
            with transaction(self._sessions) as session:
                page = frozen.page_of_scenes(session, self._row.release_id, after)
            if not page:
                return
            for entry in page:
                self.check()
                yield entry
            after = page[-1]["dataset"], page[-1]["scene"]

    def opener(self) -> OpenTexts:
        return partial(opened_texts, url_of(self._sessions), self._row)

    def open_image(self, sha256: str) -> BinaryIO:
        try:
            return self._store.open(sha256)
        except MissingAssetError as error:
            raise DamagedImageError(error.message) from error

    def link_image(self, sha256: str, target: Path) -> None:
        try:
            place = self._store.fetch(sha256, target.parent)
        except MissingAssetError as error:
            raise DamagedImageError(error.message) from error
        if place.parent == target.parent:
            place.rename(target)  # out of a bucket it was copied
            return
        try:
            os.link(place, target)
        except OSError as error:
            if error.errno not in {errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK}:
                raise
            why = f"images cannot be linked from {place.parents[2]} into {target.parent}"
            raise CannotLinkError(
                error.errno, f"{why}: give a folder on the same file system, or copy the images"
            ) from error
        target.chmod(LINKED_MODE)

    def open_original(self, entry: Entry) -> BinaryIO:
        told = entry["original"]["sar"]
        try:
            return self._store.open(told["sha256"])
        except MissingAssetError:
            if "path" not in told:
                raise DamagedImageError(f"the original of scene {entry['scene']!r} is not in the store") from None
        try:
            return Path(told["path"]).open("rb")
        except OSError as error:
            raise DamagedImageError(
                f"the original of scene {entry['scene']!r} in dataset {entry['dataset']} cannot be read from"
                f" {told['path']} ({error.strerror}): bring it back, or leave originals out"
            ) from error
