"""A store that is a folder: on which disk it is, whether it is still there, and how files get into it.

Everything is done relative to an open descriptor of the folder whose marker was just read. A path would lead, once a
network disk has been pulled, to the empty folder that it was mounted on; the descriptor keeps to the disk.
"""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

COPY_BYTES: Final = 1 << 20
MARKER: Final = ".trihedral-store"
"""In the root of each store: a random name, by which the store is known again."""
STAGING: Final = ".staging"
"""Below the root: folders in which files are made that are to be moved into the store."""
ABANDONED_S: Final = 24 * 3600.0
"""A staging folder that nobody has written to for so long is a killed process's."""


class StoreGoneError(OSError):
    """The folder is not, or no longer, the store that it was; the message says what is seen instead."""


class StoreFolder:
    """The root folder of a store. Safe from several threads."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: str | None = None
        self._swept = False
        with suppress(OSError):
            self._known = _read_marker(root / MARKER)

    @contextmanager
    def opened(self, *, begin: bool = False) -> Iterator[int]:
        """A descriptor of the root, which carries the marker that it carried before.

        ``begin`` makes the root and the marker where there was no store, and marks one from before there were markers.

        Raises
        ------
        StoreGoneError
            If the store is not there, or was seen by this process and is another one now.
        """
        descriptor = self._descriptor(begin)
        try:
            found = self._marker_at(descriptor)
            if self._known is None and found is None and begin:
                found = _write_marker(descriptor)
            if self._known is not None and found != self._known:
                raise StoreGoneError(f"it has {'no' if found is None else 'another'} marker ({MARKER})")
            self._known = found
            yield descriptor
        finally:
            os.close(descriptor)

    def check(self) -> None:
        """Raise :class:`StoreGoneError` where this process has seen the store and it is not there now."""
        if self._known is None:
            with suppress(OSError), self.opened():
                pass
            return
        with self.opened():
            pass

    @property
    def is_begun(self) -> bool:
        """Whether the folder is there, with the marker of a store or with assets from before there were markers."""
        try:
            with self.opened() as descriptor:
                names = os.listdir(descriptor)  # noqa: PTH208 - a Path knows no descriptor
                return self._known is not None or any(len(name) == 2 for name in names)
        except OSError:
            return False

    def make_staging(self) -> Path:
        """A new private folder on the store's disk. The first call of a process sweeps out abandoned ones."""
        with self.opened(begin=True) as descriptor:
            with suppress(FileExistsError):
                os.mkdir(STAGING, 0o700, dir_fd=descriptor)
            name = f"{STAGING}/{uuid.uuid4().hex}"
            os.mkdir(name, 0o700, dir_fd=descriptor)
        if not self._swept:
            self._swept = True
            self._sweep(self.root / name)
        return self.root / name

    def _sweep(self, newest: Path) -> None:
        # By the clock of the disk that dates the others, which on a network is not this machine's.
        oldest = newest.stat().st_mtime - ABANDONED_S
        with suppress(OSError), os.scandir(self.root / STAGING) as entries:
            for entry in entries:
                if entry.stat(follow_symlinks=False).st_mtime < oldest:
                    shutil.rmtree(entry.path, ignore_errors=True)

    def _descriptor(self, begin: bool) -> int:
        try:
            return os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            if self._known is not None:
                raise StoreGoneError("the folder is gone") from None
            if not begin:
                raise
        self.root.mkdir(parents=True, exist_ok=True)
        sync_folder(self.root.parent)
        return os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)

    def _marker_at(self, descriptor: int) -> str | None:
        try:
            return _read_marker(MARKER, descriptor)
        except FileNotFoundError:
            return None


class Placing:
    """Puts files into an opened store, and what they need to be found after a power cut on disk at the end."""

    def __init__(self, descriptor: int) -> None:
        self._root = descriptor
        self._changed: set[str] = set()

    def has(self, place: str) -> bool:
        """Whether there is a file at ``aa/bb/name``."""
        try:
            os.stat(place, dir_fd=self._root)
        except FileNotFoundError:
            return False
        return True

    def move(self, source: Path, place: str) -> bool:
        """Rename the file into place, on disk first; False where it lies on another disk."""
        with source.open("rb") as file:
            os.fsync(file.fileno())
            self._make_folders(place)
            try:
                os.rename(source, place, dst_dir_fd=self._root)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                return False
        return True

    def copy(self, source: Path, place: str) -> None:
        """Copy under another name, on disk, then rename: a reader or a crash never sees half of a file."""
        self._make_folders(place)
        folder, name = place.rsplit("/", 1)
        beside = f"{folder}/.{name}.{uuid.uuid4().hex}"
        try:
            target = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666, dir_fd=self._root)
            with source.open("rb") as read, os.fdopen(target, "wb") as write:
                shutil.copyfileobj(read, write, COPY_BYTES)
                write.flush()
                os.fsync(write.fileno())
            os.replace(beside, place, src_dir_fd=self._root, dst_dir_fd=self._root)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(beside, dir_fd=self._root)

    def sync(self) -> None:
        """Put the new names on disk: of the files, and of the folders that were made for them."""
        for folder in sorted(self._changed):
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY, dir_fd=self._root)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        self._changed.clear()

    def _make_folders(self, place: str) -> None:
        outer, inner, _ = place.split("/")
        for folder, parent in ((outer, "."), (f"{outer}/{inner}", outer)):
            with suppress(FileExistsError):
                os.mkdir(folder, dir_fd=self._root)
                self._changed.add(parent)
        self._changed.add(f"{outer}/{inner}")


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read_marker(path: Path | str, descriptor: int | None = None) -> str:
    handle = os.open(path, os.O_RDONLY, dir_fd=descriptor)
    try:
        return os.read(handle, 100).decode("ascii", "replace").strip()
    finally:
        os.close(handle)


def _write_marker(descriptor: int) -> str:
    """Mark a store; of several processes that do so at once, one wins, and all take its marker."""
    beside = f"{MARKER}.{uuid.uuid4().hex}"
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644, dir_fd=descriptor)
    try:
        os.write(handle, f"{uuid.uuid4().hex}\n".encode())
        os.fsync(handle)
        _link(beside, MARKER, descriptor)
    finally:
        os.close(handle)
        with suppress(FileNotFoundError):
            os.unlink(beside, dir_fd=descriptor)
    os.fsync(descriptor)
    return _read_marker(MARKER, descriptor)


def _link(source: str, target: str, descriptor: int) -> None:
    """Give a file another name, unless that is taken."""
    try:
        os.link(source, target, src_dir_fd=descriptor, dst_dir_fd=descriptor)
    except FileExistsError:
        pass
    except OSError:  # FAT and some network disks know no links.
        os.rename(source, target, src_dir_fd=descriptor, dst_dir_fd=descriptor)
