"""Content-addressed files over fsspec: a folder today, a bucket by another URL."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import fsspec
from fsspec.implementations.local import LocalFileSystem

from app.assets.folder import Placing, StoreFolder, StoreGoneError
from app.db.errors import DomainError

CHUNK_BYTES = 1 << 20
HASHED_BYTES = 1 << 18
_SHA256 = re.compile(r"[0-9a-f]{64}")


class AssetStoreError(DomainError):
    """The store cannot be written or read: the sentence says which folder or bucket, and why."""

    meaning = "unavailable"
    code = "asset_store_unavailable"


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
        is_folder = isinstance(self._files, LocalFileSystem)
        self._folder: StoreFolder | None = StoreFolder(Path(self._root)) if is_folder else None

    def put(self, path: Path, media_type: str, *, move: bool = False) -> Asset:
        """Store the file at ``path``; see :meth:`put_many`."""
        return self.put_many([(path, media_type)], move=move)[0]

    def put_many(self, files: Sequence[tuple[Path, str]], *, move: bool = False) -> list[Asset]:
        """Store files, each a path and a media type; those that the store has already are not written again.

        They are on disk when this returns, names and all: what the database then says of them stays true after a power
        cut. Many at once wait for the disk less often than one by one.

        Parameters
        ----------
        move : bool
            Whether the files may be taken away: those that lie on the store's own disk, as in :meth:`staging`, are
            renamed into it instead of copied. Nobody may write to them any more.

        Raises
        ------
        AssetStoreError
            If they cannot be written, or the store is not there any more. What was stored before is kept.
        """
        with self._told("cannot take the images"):
            assets = [Asset(sha256_of(path), media_type, path.stat().st_size) for path, media_type in files]
            if self._folder is None:
                for (path, _), asset in zip(files, assets, strict=True):
                    if not self.exists(asset.sha256):
                        self._files.put_file(os.fspath(path), self._place(asset.sha256))
                return assets
            with self._folder.opened(begin=True) as descriptor:
                placing = Placing(descriptor)
                for (path, _), asset in zip(files, assets, strict=True):
                    place = _place_of(asset.sha256)
                    if not placing.has(place) and not (move and placing.move(path, place)):
                        placing.copy(path, place)
                placing.sync()
            return assets

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A private folder in which to make files that are to be stored; it is gone after the block.

        In a store that is a folder it lies on the store's disk, so that nothing needs to be copied::

            with store.staging() as folder:
                prepared = worker.prepare(SceneRequest(path, folder, ...))
                sar, processed = store.put_many([(prepared.sar, TIFF), (prepared.processed, TIFF)], move=True)

        What a killed process leaves behind is removed by the first process that comes here after a day; it is never
        served, since only hashes are names.

        Raises
        ------
        AssetStoreError
            If the store is not there, or cannot be written.
        """
        if self._folder is None:
            with tempfile.TemporaryDirectory(prefix="trihedral-") as temporary:
                yield Path(temporary)
            return
        with self._told("has no room to work in"):
            folder = self._folder.make_staging()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def require(self, *, has_assets: bool = False) -> None:
        """Make sure that the store is there.

        Parameters
        ----------
        has_assets : bool
            Whether the database knows of assets in it. Then a folder that is missing, or empty, is no new store: the
            disk that it lies on is not mounted.

        Raises
        ------
        AssetStoreError
            If it is not.
        """
        if self._folder is None:
            return
        with self._told("cannot be reached"):
            self._folder.check()
            if has_assets and not self._folder.is_begun:
                raise StoreGoneError("there is no store, although the database has images in it")

    def exists(self, sha256: str) -> bool:
        """Whether the store has a file of this content.

        Raises
        ------
        AssetStoreError
            If that cannot be told, because the store is not there.
        """
        try:
            self.size(sha256)
        except MissingAssetError:
            return False
        return True

    def size(self, sha256: str) -> int:
        """In bytes.

        Raises
        ------
        MissingAssetError
            If the store does not have it.
        AssetStoreError
            If the store is not there.
        """
        place = self._place(sha256)
        with self._found(sha256):
            return Path(place).stat().st_size if self._folder else int(self._files.info(place)["size"])

    def open(self, sha256: str) -> BinaryIO:
        """The file, for reading from the start; raises as :meth:`size` does."""
        place = self._place(sha256)
        with self._found(sha256):
            return cast(BinaryIO, self._files.open(place, "rb"))

    def read(self, sha256: str, start: int = 0, end: int | None = None) -> bytes:
        """The bytes ``start`` to ``end`` (half-open), or to the end of the file."""
        with self.open(sha256) as file, self._told("cannot be read"):
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
        if self._folder:
            self.size(sha256)
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
        return f"{self._root}/{_place_of(sha256)}"

    @contextmanager
    def _found(self, sha256: str) -> Iterator[None]:
        """Tells a file that is missing from a store that is."""
        with self._told("cannot be read"):
            try:
                yield
            except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
                if self._folder:
                    self._folder.check()
                raise self._missing(sha256) from None

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Failures of the disk as :class:`AssetStoreError`."""
        try:
            yield
        except StoreGoneError as error:
            raise AssetStoreError(
                f"the asset store at {self._root} is gone: {error}. Bring its disk back (is it mounted?), then go on:"
                " nothing done before is lost"
            ) from error
        except OSError as error:
            raise AssetStoreError(
                f"the asset store at {self._root} {what}: {error.strerror or error};"
                " bring its disk back, free space or mend the permissions there, then start again: nothing done before"
                " is lost"
            ) from error

    def _missing(self, sha256: str) -> MissingAssetError:
        return MissingAssetError(
            "This image is not in the asset store. Ask an admin to import its dataset again, which puts it back.",
            sha256=sha256[:64],
        )


def _place_of(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def sha256_of(path: Path) -> str:
    """SHA-256, in hex, of a file."""
    return hash_of(path.open("rb"))


def hash_of(file: Any) -> str:
    """SHA-256, in hex, of what is left in an open file; closes it."""
    digest, buffer = hashlib.sha256(), bytearray(HASHED_BYTES)
    with file:
        # Into one buffer: fresh memory for each piece would cost as much as hashing it.
        while count := file.readinto(buffer):
            digest.update(memoryview(buffer)[:count])
    return digest.hexdigest()
