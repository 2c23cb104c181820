"""A source in a bucket, fetched into a folder: begun again it fetches what is missing or has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

import fsspec

from app.db.errors import DomainError

Say = Callable[[str], None]
SAID_EVERY: Final = 500
MARKS: Final = ("ETag", "etag", "mtime", "LastModified", "created")
KEPT: Final = ".fetched"
"""Beside the folder: a line of JSON for each file that is whole: ``[name, size, mark]``."""


class FetchError(DomainError):
    """The source cannot be fetched; what was fetched before is kept."""

    meaning = "unavailable"
    code = "fetch"


def fetch(url: str, folder: Path, say: Say = lambda _: None) -> Path:
    """The folder, or the one file, at ``url`` as one on this machine, below ``folder``.

    Parameters
    ----------
    url : str
        What fsspec knows: ``s3://bucket/prefix`` needs the extra ``trihedral[s3]``.
    folder : Path
        Each address gets a place of its own in it, the same each time.

    Raises
    ------
    FetchError
        If it cannot be opened or read, has no files, or a file does not arrive whole.
    """
    place = folder / hashlib.sha256(url.encode()).hexdigest()[:16]
    try:
        files, root = fsspec.core.url_to_fs(url)
        listed = _listed(files, root)
        if not listed:
            raise FetchError(f"There are no files at {url}. Check the address.")
        _Fetching(files, place, _whole(place), say, url, len(listed)).fetch(listed)
    except (ImportError, ValueError) as error:
        raise FetchError(f"{url} cannot be opened: {error}. For s3:// install the extra: trihedral[s3].") from error
    except OSError as error:
        raise FetchError(
            f"{url} cannot be fetched: {error.strerror or error}. Check the address, the permission to read it and the"
            " connection, and begin again: what was fetched is kept."
        ) from error
    only = next(iter(listed)) if len(listed) == 1 else None
    return place / only if only and listed[only]["name"].rstrip("/") == root.rstrip("/") else place


def _listed(files: Any, root: str) -> dict[str, Mapping[str, Any]]:
    """``{name below root: facts}``; names that would lead out of the folder are left out."""
    found: dict[str, Mapping[str, Any]] = {}
    for path, facts in files.find(root, detail=True).items():
        name = path[len(root) :].lstrip("/") if path.startswith(root) else path
        name = name or PurePosixPath(path).name
        if name.endswith("/") or {"..", ""} & set(name.split("/")) or "\0" in name:
            continue
        found[name] = facts
    return found


def _whole(place: Path) -> dict[str, tuple[int, str]]:
    """What was fetched before, whole."""
    kept = place.with_suffix(KEPT)
    found: dict[str, tuple[int, str]] = {}
    if kept.exists():
        for line in kept.read_text(encoding="utf-8").splitlines():
            try:
                name, size, mark = json.loads(line)
            except ValueError:
                # The line that was being written when the fetching broke off.
                continue
            found[name] = (size, mark)
    return found


@dataclass(frozen=True, slots=True)
class _Fetching:
    files: Any
    """A file system of fsspec."""
    place: Path
    whole: Mapping[str, tuple[int, str]]
    say: Say
    url: str
    total: int

    def fetch(self, listed: Mapping[str, Mapping[str, Any]]) -> None:
        self.place.mkdir(parents=True, exist_ok=True)
        with self.place.with_suffix(KEPT).open("a", encoding="utf-8") as kept:
            for number, (name, facts) in enumerate(self._missing(listed), 1):
                self._fetch(name, facts)
                kept.write(json.dumps([name, facts["size"], mark_of(facts)]) + "\n")
                kept.flush()
                if number % SAID_EVERY == 0:
                    self.say(f"Fetched {number:,} files of {self.url} ({self.total:,} in all)")

    def _missing(self, listed: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for name, facts in listed.items():
            target = self.place / name
            is_whole = self.whole.get(name) == (facts["size"], mark_of(facts))
            if not (is_whole and target.is_file() and target.stat().st_size == facts["size"]):
                yield name, facts

    def _fetch(self, name: str, facts: Mapping[str, Any]) -> None:
        target = self.place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_name(f".{target.name}.unfinished")
        self.files.get_file(facts["name"], str(unfinished))
        size = unfinished.stat().st_size
        if size != facts["size"]:
            unfinished.unlink()
            raise FetchError(
                f"{name} of {self.url} has {facts['size']:,} bytes, but {size:,} arrived. Begin again: what was"
                " fetched is kept."
            )
        unfinished.replace(target)


def mark_of(facts: Mapping[str, Any]) -> str:
    """What changes when the file does, where the store says it."""
    return str(
        next((facts[name] for name in ("ETag", "etag", "mtime", "LastModified", "created") if name in facts), "")
    )
