"""Where a changed file of a release differs: the text or scene, told from the side files and the format."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from pipeline.formats.entries import Entry, is_intact, json_line, text_id
from pipeline.formats.frozen_text import FrozenText
from pipeline.formats.layout import IMAGE_FOLDERS, IMAGES_FILE, ORIGINALS, ORIGINALS_FILE, TEXTS_FILE
from pipeline.formats.manifest import ReleaseHead
from pipeline.formats.text_reader import TextReader
from pipeline.formats.writer import ReleaseWriter

LONGEST_LINE: Final = 64 << 20
"""Bytes of a line of a side file that are read: many times what the longest has. Memory stays bounded."""
_NOT_OURS: Final = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading a line raises that the writer did not write."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was written. ``text`` is the id of the text (or the scene) where one can be told."""

    file: str
    what: str
    text: str | None = None

    def __str__(self) -> str:
        return f"{_shown(self.file)}: {self.what}" + (f" (text {_shown(self.text)})" if self.text else "")


def _shown(name: str) -> str:
    """On one line, and short: a file's name, or an id in it, must not pass for a line of the report."""
    short = name if len(name) <= 300 else f"{name[:300]}…"
    return short if short.isprintable() else ascii(short)


def faults_in(
    folder: Path, told: Mapping[str, Any], writer: ReleaseWriter | None, path: str, changed: frozenset[str]
) -> list[Fault]:
    """Where the file at ``path`` differs; empty where that cannot be told, since its side file is changed too."""
    try:
        if writer is not None and (folder / IMAGES_FILE).is_file():
            writer.begin(_head(told), ((entry["dataset"], entry["scene"]) for entry in _images(folder)))
        return list(_faults_in(folder, writer, path, changed))
    except _NOT_OURS:
        # The side file is as a manifest says that is not ours either.
        return []


def _faults_in(folder: Path, writer: ReleaseWriter | None, path: str, changed: frozenset[str]) -> Iterator[Fault]:
    def is_whole(name: str) -> bool:
        return name not in changed and (folder / name).is_file()

    if path in {TEXTS_FILE, IMAGES_FILE, ORIGINALS_FILE}:
        yield from _faults_of_side_file(folder / path, path)
    elif path.startswith(tuple(f"{each}/" for each in IMAGE_FOLDERS)):
        if is_whole(IMAGES_FILE):
            yield from _faults_of_image(folder / IMAGES_FILE, "image", path)
    elif path.startswith(f"{ORIGINALS}/"):
        if is_whole(ORIGINALS_FILE):
            yield from _faults_of_image(folder / ORIGINALS_FILE, "original", path)
    elif writer is not None and is_whole(TEXTS_FILE) and is_whole(IMAGES_FILE):
        yield from _faults_of_text_file(folder, writer, path)


def _faults_of_side_file(path: Path, name: str) -> Iterator[Fault]:
    """Lines that are not as they were sealed."""
    for number, stored in enumerate(_lines(path), start=1):
        if len(stored) == LONGEST_LINE:
            yield Fault(name, f"line {number} is longer than any of a release; what follows was not looked at")
            return
        try:
            line = json.loads(stored)
            is_same = is_intact(line) and json_line(line).encode() + b"\n" == stored
            is_same = is_same and (name != TEXTS_FILE or line["id"] == text_id(line))
        except _NOT_OURS:
            line, is_same = None, False
        if not is_same:
            yield Fault(name, f"line {number} was changed", _label(line))


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while stored := file.readline(LONGEST_LINE):
            yield stored


def _label(line: Any) -> str | None:
    label = (line.get("id") or line.get("scene")) if isinstance(line, dict) else None
    return label if isinstance(label, str) else None


def _faults_of_image(lines: Path, key: str, path: str) -> Iterator[Fault]:
    for stored in _lines(lines):
        entry = json.loads(stored)
        if entry[key] == path:
            what = "pixels than" if key == "image" else "bytes than the original of"
            yield Fault(path, f"has other {what} scene {entry['scene']!r} of dataset {entry['dataset']}")


def _faults_of_text_file(folder: Path, writer: ReleaseWriter, path: str) -> Iterator[Fault]:
    """Texts whose bytes in ``path`` are not those that follow from the side files, which are intact."""
    index, splits = 0, Counter[str]()
    with (folder / path).open("rb") as file:
        is_begun = _has_next(file, writer.opening(path))
        faults = [] if is_begun else [Fault(path, "its beginning was changed")]
        for text, image in _texts(folder):
            splits[text.split] += 1
            for each in writer.paths(text):
                piece = writer.piece(each, text, image, index) if each == path else ""
                index += each == path
                if piece and not _has_next(file, piece):
                    faults.append(Fault(path, "has another text", text.id))
        if not index and path not in writer.standing_paths(sorted(splits)):
            return  # a file that does not follow from the texts one by one
        yield from faults
        is_closed = all(_has_next(file, piece) for piece in writer.closing(path, lambda: _images(folder)))
        if not is_closed or file.read(1):
            yield Fault(path, "its end was changed, or bytes were put in or taken out before it")


def _head(told: Mapping[str, Any]) -> ReleaseHead:
    name, _, number = told["release"].rpartition("@")
    return ReleaseHead(name, int(number), told["created_at"], "", {}, {})


def _has_next(file: BinaryIO, expected: str) -> bool:
    return file.read(len(expected.encode())) == expected.encode()


def _images(folder: Path) -> Iterator[Entry]:
    return (json.loads(stored) for stored in _lines(folder / IMAGES_FILE))


def _texts(folder: Path) -> Iterator[tuple[FrozenText, str]]:
    reader = TextReader()
    for stored in _lines(folder / TEXTS_FILE):
        yield reader.read(stored.decode()), json.loads(stored)["image"]
