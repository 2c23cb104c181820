"""A new file that knows its hash and size."""

from __future__ import annotations

import hashlib
import io
import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

BUFFER_BYTES: Final = 1 << 18
MOST_WAITING: Final = 4
"""Buffers of one file that wait to be written: who writes faster than the disk waits for it."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file: path below the folder with slashes, SHA-256 in hex, size."""

    path: str
    sha256: str
    bytes: int


class HashedFile:
    """A new file; what is written is gathered, since millions of small pieces cost more than their bytes.

    Parameters
    ----------
    in_background : bool
        Whether a thread of its own hashes and writes, beside which the next pieces are made: both let go of Python's
        lock. It pays for files of many pieces, not for many files.
    """

    def __init__(self, folder: Path, path: str, *, in_background: bool = False) -> None:
        self.path = path
        self.pieces = 0
        """Counted by who writes them."""
        self._hash = hashlib.sha256()
        self._bytes = 0
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._in_background = in_background
        self._waiting: deque[Future[None]] = deque()
        self._file = _new_file(f"{folder}/{path}")

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
        if self._file.closed:
            return
        try:
            self._flush()
            while self._waiting:
                self._waiting.popleft().result()
        finally:
            for left in self._waiting:
                left.cancel()
            self._file.close()

    def row(self) -> FileRow:
        """Of the closed file."""
        return FileRow(self.path, self._hash.hexdigest(), self._bytes)

    def _flush(self) -> None:
        data = b"".join(self._held)
        self._held.clear()
        self._held_bytes = 0
        self._bytes += len(data)
        if not self._in_background:
            self._write(memoryview(data))
            return
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.popleft().result()
        self._waiting.append(_thread().submit(self._write, memoryview(data)))

    def _write(self, data: memoryview) -> None:
        self._hash.update(data)
        while data:
            data = data[self._file.write(data) :]


def _new_file(path: str) -> io.FileIO:
    """Opened for writing; as a string, for of many files each step counts."""
    try:
        return io.FileIO(path, "xb")
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 - see above
        return io.FileIO(path, "xb")


@cache
def _thread() -> ThreadPoolExecutor:
    """One thread, so that what belongs to a file is written in order."""
    return ThreadPoolExecutor(1, thread_name_prefix="release-files")
