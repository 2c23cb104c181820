"""The folder of a release while it is being written: its files, those that a killed run finished among them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.formats.entries import Entry
from pipeline.formats.hashed_file import FileRow, HashedFile
from pipeline.formats.layout import IMAGES_FILE, PROGRESS_FILE, TEXTS_FILE
from pipeline.formats.progress import Progress, hashed
from pipeline.formats.source import ImageOptions, ReleaseSource


class ReleaseFolder:
    """All files of a release, as they get finished; what a writer derives its own from."""

    def __init__(self, path: Path, source: ReleaseSource, options: ImageOptions, task: dict[str, Any]) -> None:
        self.path = path
        self.options = options
        self.head = source.head
        self.files: list[FileRow] = []
        self.omitted: list[FileRow] = []
        self.check = source.check
        self._source = source
        self._progress = Progress(path, task)

    def row(self, path: str) -> FileRow | None:
        """Of a file that a run before this one finished."""
        return self._progress.row(path)

    def has(self, path: str) -> bool:
        """Whether a run before this one finished the file; then it counts as one of this run's."""
        row = self._progress.row(path)
        if row is not None:
            self.files.append(row)
        return row is not None

    def add(self, row: FileRow) -> None:
        """A file that is finished and need not be written again."""
        self.files.append(row)
        self._progress.add(row)

    @contextmanager
    def new_file(self, path: str) -> Iterator[HashedFile]:
        """A file that is finished at the end of the block."""
        (self.path / path).unlink(missing_ok=True)  # of a killed run, which perhaps was not to end here
        with HashedFile(self.path, path) as file:
            yield file
        self.add(file.row())

    def add_written(self, path: str) -> None:
        """A file that something else has written."""
        self.add(FileRow(path, *hashed(self.path / path)))

    def read_texts(self) -> Iterator[Entry]:
        return _lines(self.path / TEXTS_FILE)

    def read_images(self) -> Iterator[Entry]:
        return _lines(self.path / IMAGES_FILE)

    def read_image(self, sha256: str) -> bytes:
        """A processed image, also of a folder that has none."""
        with self._source.open_image(sha256) as file:
            return file.read()

    def find_others(self) -> list[str]:
        """Paths of files that are in the folder and not among its files."""
        known = {row.path for row in self.files} | {PROGRESS_FILE}
        found = [Path(root, name) for root, _, names in os.walk(self.path) for name in names]
        return sorted({path.relative_to(self.path).as_posix() for path in found} - known)

    def close(self) -> None:
        """All is written."""
        self._progress.close()


def _lines(path: Path) -> Iterator[Entry]:
    with path.open("rb") as file:
        for line in file:
            yield json.loads(line)
