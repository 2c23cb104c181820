"""Where a worker writes an export: a folder that is found again, so that the next worker goes on after a killed one."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

ABANDONED_S: Final = 7 * 24 * 3600.0
"""A place that nobody came back to for so long is swept out by the next export."""


class PlaceTakenError(TimeoutError):
    """Another worker writes this export at this moment; the work is tried again later."""


@contextmanager
def workplace(name: str, keeps_on: tuple[type[BaseException], ...]) -> Iterator[Path]:
    """A private folder of this name, where ``TMPDIR`` says; gone after the block, unless it ends by ``keeps_on``.

    Raises
    ------
    PlaceTakenError
        If another process is in it.
    OSError
        If there is no room to work in.
    """
    every = places()
    _sweep(every)
    place = every / name
    handle = _enter(place)
    try:
        yield place
    except keeps_on:
        raise
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    else:
        shutil.rmtree(place, ignore_errors=True)
    finally:
        os.close(handle)


def places() -> Path:
    """The folder of this account: its name can be guessed, so it must be nobody else's."""
    folder = Path(tempfile.gettempdir()) / f"trihedral-exports-{os.getuid()}"
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise PermissionError(f"{folder} is not a private folder of this account: remove it, or set TMPDIR")
    return folder


def _enter(place: Path) -> int:
    place.mkdir(exist_ok=True)
    handle = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not os.path.samestat(os.fstat(handle), place.stat()):
            raise FileNotFoundError  # it was swept out between the two lines above
    except OSError:
        os.close(handle)
        raise PlaceTakenError(f"another worker is writing {place} at this moment") from None
    os.utime(place)
    return handle


def _sweep(every: Path) -> None:
    os.utime(every)  # by the clock of the file system that holds them all
    now = every.stat().st_mtime
    for place in every.iterdir():
        with suppress(OSError):
            if place.stat().st_mtime < now - ABANDONED_S:
                os.close(_enter(place))  # raises where somebody is in it
                shutil.rmtree(place)
