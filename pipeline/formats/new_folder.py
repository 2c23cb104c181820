"""A folder that appears whole or not at all; a run that was killed on the way is gone on with by the next."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CANNOT_WRITE = frozenset(
    {errno.EACCES, errno.EDQUOT, errno.EFBIG, errno.ENAMETOOLONG, errno.ENOENT, errno.ENOSPC, errno.ENOTDIR,
     errno.EPERM, errno.EROFS}
)  # fmt: skip
"""What is the folder's fault; a connection to the images that broke is not, and may be tried again."""


class FolderError(OSError):
    """The folder cannot be written; the message is a sentence that says why and what to do."""


@contextmanager
def new_folder(out: Path, keeps_on: tuple[type[BaseException], ...] = ()) -> Iterator[Path]:
    """Write into the folder that this gives; it becomes ``out`` when the block ends, and is removed when it raises.

    What a killed run left behind is there for the next one that writes to the same ``out``, to go on with or to remove.
    The errors in ``keeps_on`` leave it too: those after which a later run may well go on.

    Raises
    ------
    FolderError
        If ``out`` is there already and not empty, another run is writing it, or it cannot be written.
    """
    out = out.absolute()
    _refuse_filled(out)
    unfinished = unfinished_of(out)
    handle = _open_alone(unfinished, out)
    try:
        yield unfinished
        _refuse_filled(out)
        if out.is_dir():
            out.rmdir()
        unfinished.rename(out)
        _sync(out.parent)
    except keeps_on:
        raise
    except OSError as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        if isinstance(error, FolderError) or error.errno not in _CANNOT_WRITE:
            raise
        where = error.filename or out
        raise FolderError(f"{where} cannot be written: {error.strerror or error}; nothing was left behind") from error
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    finally:
        os.close(handle)


def unfinished_of(out: Path) -> Path:
    """Where ``out`` is written until it is whole."""
    return out.with_name(f".{out.name}.unfinished")


def _refuse_filled(out: Path) -> None:
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise FolderError(f"{out} is not a folder; choose a new one")
    if out.is_dir() and any(out.iterdir()):
        raise FolderError(f"{out} is there already and not empty; choose a new folder, or remove it first")


def _open_alone(unfinished: Path, out: Path) -> int:
    """Hold the unfinished folder; the kernel lets go of it when this process ends, however it ends."""
    try:
        unfinished.mkdir(parents=True, exist_ok=True)
        handle = os.open(unfinished, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise FolderError(
            f"{out.parent} cannot be written: {error.strerror or error}; choose another folder"
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not os.path.samestat(os.fstat(handle), unfinished.stat()):
            raise FileNotFoundError  # another run renamed it between the two lines above
    except OSError:
        os.close(handle)
        raise FolderError(
            f"another command is writing {out} at this moment; wait for it, or choose another folder"
        ) from None
    return handle


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
