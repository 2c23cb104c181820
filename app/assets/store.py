"""Content-addressed files over fsspec: a folder today, a bucket by another URL."""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import fsspec
from fsspec.implementations.local import LocalFileSystem

from app.db.errors import DomainError

CHUNK_BYTES = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")


class AssetStoreError(RuntimeError):
    """The store cannot be written or read: the sentence says which folder or bucket, and why."""


class MissingAssetError(DomainError):
    """The store has no file of this content."""

    meaning = "not_found"
    code = "asset_missing"


@dataclass(frozen=True, slots=True)
class Asset:
    """One stored file."""

    sha256: str
    media_type: str
    bytes: int


class AssetStore:
    """Files named by their content, at ``aa/bb/<sha256>`` below the store's URL.

    A file appears whole or not at all and never changes, so any number of processes and hosts may write the same one
    at the same time.

    Parameters
    ----------
    url : str
        A folder, or what fsspec knows: ``s3://bucket/prefix`` needs the extra ``trihedral[s3]``.

    Raises
    ------
    AssetStoreError
        If no such kind of store is installed.
    """

    def __init__(self, url: str | Path) -> None:
        try:
            self._files, root = fsspec.core.url_to_fs(os.fspath(url))
        except (ImportError, ValueError) as error:
            raise AssetStoreError(f"the asset store {url} cannot be opened: {error}") from error
        self._root: str = root.rstrip("/")
        self._is_folder = isinstance(self._files, LocalFileSystem)
        self._is_used = False

    def make(self) -> None:
        """Make the folder of a store that is new; one that is there stays as it is.

        Raises
        ------
        AssetStoreError
            If it cannot be made.
        """
        if not self._is_folder:
            return
        try:
            Path(self._root).mkdir(parents=True, exist_ok=True)
            # Never empty, so that a disk that is not mounted is told from a store that has nothing yet.
            (Path(self._root) / ".trihedral-store").touch()
        except OSError as error:
            why = f"the asset store at {self._root} cannot be made ({error.strerror or error})"
            raise AssetStoreError(f"{why}: mend the permissions there") from error

    def require(self) -> None:
        """Raise :class:`AssetStoreError` if the store is not there, as when its disk is not mounted.

        A bucket is not asked: it says so itself when it is written.
        """
        if not self._is_folder:
            return
        try:
            is_there = next(iter(os.scandir(self._root)), None) is not None
        except OSError:
            is_there = False
        if not is_there:
            raise AssetStoreError(
                f"the asset store at {self._root} cannot be reached: bring its disk back; nothing done before is lost"
            )
        self._is_used = True

    def put(self, path: Path, media_type: str) -> Asset:
        """Store a copy of the file at ``path``; where the store has it already, nothing is written.

        It is on disk when this returns, name and all: what the database then says of it stays true after a power cut.

        Raises
        ------
        AssetStoreError
            If it cannot be written.
        """
        try:
            sha256 = sha256_of(path)
            if not self.exists(sha256):
                self._copy(path, self._place(sha256))
            return Asset(sha256, media_type, path.stat().st_size)
        except OSError as error:
            raise AssetStoreError(
                f"the asset store at {self._root} cannot take {path.name}: {error.strerror or error};"
                " free space or mend the permissions there, then start again: nothing done before is lost"
            ) from error

    def exists(self, sha256: str) -> bool:
        """Whether the store has a file of this content."""
        return bool(self._files.isfile(self._place(sha256)))

    def size(self, sha256: str) -> int:
        """In bytes.

        Raises
        ------
        MissingAssetError
            If the store does not have it.
        """
        try:
            return int(self._files.size(self._place(sha256)))
        except (FileNotFoundError, IsADirectoryError):
            raise self._missing(sha256) from None

    def open(self, sha256: str) -> BinaryIO:
        """The file, for reading from the start; :class:`MissingAssetError` where the store does not have it."""
        try:
            return cast(BinaryIO, self._files.open(self._place(sha256), "rb"))
        except FileNotFoundError:
            raise self._missing(sha256) from None

    def read(self, sha256: str, start: int = 0, end: int | None = None) -> bytes:
        """The bytes ``start`` to ``end`` (half-open), or to the end of the file."""
        with self.open(sha256) as file:
            file.seek(start)
            return file.read(-1 if end is None else end - start)

    def chunks(self, sha256: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes ``start`` to ``end`` (half-open), at most :data:`CHUNK_BYTES` at a time."""
        with self.open(sha256) as file:
            file.seek(start)
            while start < end and (chunk := file.read(min(CHUNK_BYTES, end - start))):
                start += len(chunk)
                yield chunk

    def verify(self, sha256: str) -> bool:
        """Whether the stored file still has the content that its name says."""
        return hash_of(self.open(sha256)) == sha256

    def fetch(self, sha256: str, folder: Path) -> Path:
        """The file as one with a path of its own: the stored one in a folder store, else a copy in ``folder``."""
        place = self._place(sha256)
        if self._is_folder:
            if not Path(place).is_file():
                raise self._missing(sha256)
            return Path(place)
        local = folder / sha256
        with self.open(sha256) as source, local.open("wb") as target:
            while chunk := source.read(CHUNK_BYTES):
                target.write(chunk)
        return local

    def _place(self, sha256: str) -> str:
        # The only names that ever reach the file system are ours, so no name can lead out of the store.
        if _SHA256.fullmatch(sha256) is None:
            raise self._missing(sha256)
        return f"{self._root}/{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def _copy(self, path: Path, place: str) -> None:
        if self._is_folder:
            if not self._is_used:
                Path(self._root).mkdir(parents=True, exist_ok=True)
                self._is_used = True
            # From the second file on the store is never made anew: if it has gone, so has the disk that it was on,
            # and what was written in its place would be hidden when that comes back.
            copy_into_folder(path, Path(place), Path(self._root))
        else:
            self._files.put_file(os.fspath(path), place)

    def _missing(self, sha256: str) -> MissingAssetError:
        return MissingAssetError(
            "This image is not in the asset store. Ask an admin to import its dataset again, which puts it back.",
            sha256=sha256[:64],
        )


def sha256_of(path: Path) -> str:
    """SHA-256, in hex, of a file."""
    return hash_of(path.open("rb"))


def hash_of(file: BinaryIO | Any) -> str:
    """SHA-256, in hex, of what is left in an open file; closes it."""
    digest = hashlib.sha256()
    with file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def copy_into_folder(source: Path, target: Path, root: Path) -> None:
    """Copy under another name, on disk, then rename: a reader or a crash never sees half of a file.

    ``root`` is there; the two folders between it and ``target`` are made.
    """
    for folder in (root / target.relative_to(root).parts[0], target.parent):
        folder.mkdir(exist_ok=True)
    beside = target.parent / f".{target.name}.{uuid.uuid4().hex}"
    try:
        with source.open("rb") as read, beside.open("xb") as write:
            while chunk := read.read(CHUNK_BYTES):
                write.write(chunk)
            write.flush()
            os.fsync(write.fileno())
        beside.replace(target)
        # The names of new folders too, up to the store itself: else a power cut could lose a file that was synced.
        for folder in (target.parent, target.parent.parent, target.parent.parent.parent):
            sync_folder(folder)
    finally:
        with suppress(FileNotFoundError):
            beside.unlink()


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
