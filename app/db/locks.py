"""Locks of the kernel on files: they end with the process that holds them, however it ends.

A lock belongs to the opened file. A child that inherits the descriptor holds the lock too, so a lock that PostgreSQL
inherited is free exactly when the last of its processes has gone.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def open_lock(path: Path) -> int:
    """Open, and make if need be, the file of a lock; the caller closes the descriptor, which frees the lock.

    Raises
    ------
    OSError
        If the file cannot be made or opened.
    """
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def take_if_free(descriptor: int, *, shared: bool = False) -> bool:
    """Take the lock, or change the kind that is held, without waiting; say whether it is held now.

    Where the change is refused, the lock that was held before is lost (flock(2)).
    """
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def take(descriptor: int, *, shared: bool = False) -> None:
    """Take the lock, however long that takes."""
    fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)


def is_free(path: Path) -> bool:
    """Say whether nobody holds the lock alone; it is tried on a descriptor of its own and let go at once."""
    descriptor = open_lock(path)
    try:
        return take_if_free(descriptor, shared=True)
    finally:
        os.close(descriptor)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Wait for the lock and hold it alone inside the block."""
    descriptor = open_lock(path)
    try:
        take(descriptor)
        yield
    finally:
        os.close(descriptor)
