"""What is finished of a folder that is not: a later run goes on with it, and writes no finished file again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import astuple
from pathlib import Path
from typing import Any, Final

from pipeline.formats.entries import json_line
from pipeline.formats.hashed_file import FileRow
from pipeline.formats.layout import PROGRESS_FILE

CHUNK_BYTES: Final = 1 << 20
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


class Progress:
    """The finished files of a folder, in a file in it.

    Parameters
    ----------
    folder : Path
        What it holds that is not known as finished, or is of another task, is removed.
    task : mapping
        What is being written. Only a run that writes the very same goes on.
    """

    def __init__(self, folder: Path, task: Mapping[str, Any]) -> None:
        self._folder = folder
        self._journal = folder / PROGRESS_FILE
        rows, is_same_boot = _read(self._journal, task)
        # What was written before the machine went down may not have reached the disk.
        kept = {row.path: row for row in rows if _is_there(folder / row.path, row, by_hash=not is_same_boot)}
        self._rows = kept
        _remove_others(folder, set(kept))
        with self._journal.open("w", encoding="utf-8") as file:
            file.write(json_line({"task": task, "boot": _boot()}) + "\n")
            file.writelines(json_line(astuple(row)) + "\n" for row in kept.values())
        self._file = os.open(self._journal, os.O_WRONLY | os.O_APPEND)

    def row(self, path: str) -> FileRow | None:
        """Of a file that a run before this one has finished."""
        return self._rows.get(path)

    def add(self, row: FileRow) -> None:
        """Remember a finished file, for the next run."""
        os.write(self._file, f"{json_line(astuple(row))}\n".encode())

    def close(self) -> None:
        """The folder is finished: its own file is taken away."""
        os.close(self._file)
        self._journal.unlink()


def hashed(path: Path) -> tuple[str, int]:
    """SHA-256, in hex, and size of a file."""
    total, size, buffer = hashlib.sha256(), 0, bytearray(CHUNK_BYTES)
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(buffer):
            total.update(memoryview(buffer)[:count])
            size += count
    return total.hexdigest(), size


def _read(journal: Path, task: Mapping[str, Any]) -> tuple[list[FileRow], bool]:
    """The rows of a journal of this task, and whether the machine was not started again since."""
    try:
        head, *lines = journal.read_text(encoding="utf-8").split("\n")
        told = json.loads(head)
        if told["task"] != json.loads(json_line(task)):
            return [], True
        # The last line may be half of one.
        return [FileRow(*json.loads(line)) for line in lines[:-1]], told["boot"] == _boot()
    except (OSError, ValueError, KeyError, TypeError):
        return [], True


def _is_there(path: Path, row: FileRow, *, by_hash: bool) -> bool:
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size != row.bytes:
            return False
        return not by_hash or hashed(path) == (row.sha256, row.bytes)
    except OSError:
        return False


def _remove_others(folder: Path, kept: set[str]) -> None:
    for root, folders, files in os.walk(folder):
        for name in [*files, *(each for each in folders if (Path(root) / each).is_symlink())]:
            path = Path(root) / name
            if path.relative_to(folder).as_posix() not in kept:
                path.unlink()
    if not kept:
        for left in folder.iterdir():
            shutil.rmtree(left)


def _boot() -> str:
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""
