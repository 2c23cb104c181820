"""Which source files changed, for `serve --reload`."""

from __future__ import annotations

from pathlib import Path

SUFFIXES = {".py", ".html", ".txt", ".css", ".js"}


class SourceWatch:
    """Remembers the times of the files below some folders."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self._folders = folders
        self._times = self._read()

    def has_changed(self) -> bool:
        """Say whether a file was changed, added or removed since the last time this was asked."""
        before, self._times = self._times, self._read()
        return self._times != before

    def _read(self) -> dict[Path, int]:
        found = {}
        for folder in self._folders:
            for path in folder.rglob("*"):
                if path.suffix in SUFFIXES and "vendor" not in path.parts:
                    try:
                        found[path] = path.stat().st_mtime_ns
                    except FileNotFoundError:
                        continue
        return found
