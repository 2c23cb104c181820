"""A new file that knows its hash and size."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

BUFFER_BYTES: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file: path below the folder with slashes, SHA-256 in hex, size."""

    path: str
    sha256: str
    bytes: int


class HashedFile:
    """A new file; what is written is gathered, since millions of small pieces cost more than their bytes."""

    def __init__(self, folder: Path, path: str) -> None:
        self.path = path
        self.pieces = 0
        """Counted by who writes them."""
        self._hash = hashlib.sha256()
        self._bytes = 0
        self._held: list[bytes] = []
        self._held_bytes = 0
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        self._file = target.open("xb", buffering=0)

    def __enter__(self) -> HashedFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, data: bytes) -> None:
        self._held.append(data)
        self._held_bytes += len(data)
        if self._held_bytes >= BUFFER_BYTES:
            self._flush()

    def close(self) -> None:
        """Nothing can be written any more; closing twice does nothing."""
        if not self._file.closed:
            try:
                self._flush()
            finally:
                self._file.close()

    def row(self) -> FileRow:
        """Of the closed file."""
        return FileRow(self.path, self._hash.hexdigest(), self._bytes)

    def _flush(self) -> None:
        data = memoryview(b"".join(self._held))
        self._held.clear()
        self._held_bytes = 0
        self._hash.update(data)
        self._bytes += len(data)
        while data:
            data = data[self._file.write(data) :]
