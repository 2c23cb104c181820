"""One `serve` a data folder, and none before the processes of a killed one have gone."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.db import locks
from app.operations.ports import ServeError

PATIENCE_S = 20.0


@contextmanager
def claimed(folder: Path) -> Iterator[int]:
    """Hold the data folder alone inside the block; gives the descriptor of its file, for `write_address`.

    Raises
    ------
    ServeError
        If another `serve` holds it.
    """
    descriptor = locks.open_lock(folder / "serve.lock")
    try:
        if not locks.take_if_free(descriptor):
            who = os.pread(descriptor, 500, 0).decode(errors="replace").strip()
            raise ServeError(
                f"Trihedral already runs on the data folder {folder}{f' ({who})' if who else ''}: stop it first,"
                " or choose another data folder with --data."
            )
        os.ftruncate(descriptor, 0)
        yield descriptor
    finally:
        os.close(descriptor)


def write_address(descriptor: int, address: str) -> None:
    """Note who serves the folder, for the sentence that a second one ends with."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"process {os.getpid()}, {address}".encode(), 0)


@contextmanager
def children_lock(folder: Path, say: Callable[[str], None]) -> Iterator[int]:
    """A lock that every child inherits: free once the last of them has gone, also where their supervisor was killed.

    Raises
    ------
    ServeError
        If children of a killed supervisor do not end.
    """
    descriptor = locks.open_lock(folder / "serve.children")
    try:
        until, has_said = time.monotonic() + PATIENCE_S, False
        while not locks.take_if_free(descriptor):
            if not has_said:
                say("Waiting for the processes of a Trihedral that was killed to end")
                has_said = True
            if time.monotonic() > until:
                raise ServeError(f"Processes of an earlier Trihedral on {folder} do not end: end them first.")
            time.sleep(0.05)
        yield descriptor
    finally:
        os.close(descriptor)
