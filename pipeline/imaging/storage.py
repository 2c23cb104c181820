"""Telling a place that fails from a file that is damaged: the one is worth another try, the other is not."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pipeline.imaging.errors import ImageError, StorageError

_FAILURES: Final = frozenset(
    (
        *(errno.EIO, errno.ESTALE, errno.ENODEV, errno.ENXIO, errno.EBADMSG, errno.EREMOTEIO),
        *(errno.ENOTCONN, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENETDOWN, errno.ENETUNREACH, errno.ETIMEDOUT),
        *(errno.ECONNABORTED, errno.ECONNRESET, errno.ECONNREFUSED, errno.ESHUTDOWN),
    )
)
"""What a disk, a network share or a mount answers that has gone away, not what a file may be at fault for."""
_PIECE: Final = 1 << 22


def is_storage_failure(error: OSError) -> bool:
    """Whether the place is at fault, such as an unplugged disk or a share whose server is down."""
    return error.errno in _FAILURES


def storage_error(path: Path, error: OSError) -> StorageError:
    """The error as a sentence that says what to do."""
    return StorageError(path, f"cannot be read, its storage fails ({error.strerror or error}): see to it and try again")


@contextmanager
def trouble_told_apart(path: Path) -> Iterator[None]:
    """Failing system calls on ``path`` as :class:`StorageError`, or as ImageError where the file is at fault."""
    try:
        yield
    except FileNotFoundError:
        raise _missing(path) from None
    except OSError as error:
        if is_storage_failure(error):
            raise storage_error(path, error) from error
        raise ImageError(path, f"cannot be opened ({error.strerror or error})") from error


def check_storage(descriptor: int, path: Path) -> None:
    """Raise :class:`StorageError` if some part of the file cannot be fetched from where it lies.

    A library that reads images calls a file damaged either way, so after such a complaint all of it is read once.
    """
    at = 0
    try:
        while piece := os.pread(descriptor, _PIECE, at):
            at += len(piece)
    except OSError as error:
        raise storage_error(path, error) from error


def _missing(path: Path) -> ImageError:
    """A file that was listed and is gone: with its folder, or with all that was in it, the storage has gone."""
    try:
        with os.scandir(path.parent) as entries:
            is_emptied = next(entries, None) is None
    except FileNotFoundError:
        return StorageError(path, "there is no such file, nor its folder: see whether its storage is there")
    except OSError as error:
        return storage_error(path, error) if is_storage_failure(error) else ImageError(path, "there is no such file")
    if is_emptied:
        return StorageError(
            path, "there is no such file, nor any other in its folder: see whether its storage is there"
        )
    return ImageError(path, "there is no such file")
