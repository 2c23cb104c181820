"""Checks an exported folder against its own manifest and side file: offline, naming the file and text that differ."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final

from pipeline.formats.entries import Entry, is_intact, json_line, text_id
from pipeline.formats.layout import IMAGES_FILE, MANIFEST_FILE, TEXTS_FILE, closing, opening, piece
from pipeline.formats.manifest import FileRow, ManifestError, identity_of, read_manifest

CHUNK_BYTES: Final = 1 << 20
MOST_FAULTS: Final = 200
"""Reported; what is beyond is only counted."""
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


@dataclass(slots=True)
class VerifyReport:
    """The outcome. ``identity`` is that of the manifest, to be compared with the one that was published."""

    release: str = ""
    identity: str = ""
    texts: int = 0
    images: int = 0
    files: int = 0
    faults: list[Fault] = field(default_factory=list)
    faults_unnamed: int = 0

    @property
    def is_intact(self) -> bool:
        """Whether the folder is what the writer wrote."""
        return not self.faults

    def add(self, fault: Fault) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)
        else:
            self.faults_unnamed += 1


def verify_folder(folder: Path) -> VerifyReport:
    """Compare every file of an exported release with its manifest.

    A folder that was changed together with its manifest has another ``identity``, which only the published one tells.
    """
    report = VerifyReport()
    try:
        content, rows = read_manifest(folder)
    except ManifestError as error:
        report.add(Fault(MANIFEST_FILE, str(error)))
        return report
    report.release, report.identity = content["release"], identity_of(rows)
    report.texts, report.images, report.files = content["texts"], content["images"], len(rows)
    _find_extra(folder, {row.path for row in rows}, report)
    changed = [row for row in rows if _has_other_bytes(folder, row, report)]
    for row in changed:
        _name_texts(folder, row, {other.path for other in changed}, report)
    return report


def _find_extra(folder: Path, known: set[str], report: VerifyReport) -> None:
    for root, folders, files in os.walk(folder):
        links = [name for name in folders if (Path(root) / name).is_symlink()]
        for name in sorted([*files, *links]):
            path = (Path(root) / name).relative_to(folder).as_posix()
            if path not in known and path != MANIFEST_FILE:
                report.add(Fault(path, "is not part of the release"))


def _has_other_bytes(folder: Path, row: FileRow, report: VerifyReport) -> bool:
    """Whether the file's content is not that of the manifest; what is no file at all is reported at once."""
    path = PurePosixPath(row.path)
    if path.is_absolute() or ".." in path.parts:
        report.add(Fault(row.path, "leads out of the folder, so it was not looked at"))
        return False
    target = folder / row.path
    try:
        fault = "is a link, not a file" if target.is_symlink() else None if target.is_file() else "is missing"
    except OSError as error:  # such as a name that is longer than names can be
        fault = f"cannot be looked at ({error.strerror})"
    if fault is not None:
        report.add(Fault(row.path, fault))
        return False
    total = hashlib.sha256()
    with target.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            total.update(chunk)
    return total.hexdigest() != row.sha256


def _name_texts(folder: Path, row: FileRow, changed: set[str], report: VerifyReport) -> None:
    """Report a changed file, with the texts or scenes in which it differs."""
    try:
        faults = list(_faults_in(folder, row.path, changed))
    except _NOT_OURS:
        # The side file is as a manifest says that is not ours either.
        faults = []
    for fault in faults or [Fault(row.path, "has other bytes than the manifest says")]:
        report.add(fault)


def _faults_in(folder: Path, path: str, changed: set[str]) -> Iterator[Fault]:
    if path in {TEXTS_FILE, IMAGES_FILE}:
        yield from _faults_of_side_file(folder / path, path)
    elif path.startswith("Text/") and TEXTS_FILE not in changed and (folder / TEXTS_FILE).is_file():
        yield from _faults_of_text_file(folder, path)
    elif path.startswith("SARimages/") and IMAGES_FILE not in changed and (folder / IMAGES_FILE).is_file():
        yield from _faults_of_image(folder, path)


def _faults_of_side_file(path: Path, name: str) -> Iterator[Fault]:
    """Lines that are not as they were sealed."""
    for number, stored in enumerate(_lines(path), start=1):
        if len(stored) == LONGEST_LINE:
            yield Fault(name, f"line {number} is longer than any of a release; what follows was not looked at")
            return
        try:
            line = json.loads(stored)
            is_same = is_intact(line) and json_line(line).encode() + b"\n" == stored
            is_same = is_same and (name == IMAGES_FILE or line["id"] == text_id(line))
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


def _faults_of_text_file(folder: Path, path: str) -> Iterator[Fault]:
    """Texts whose bytes in ``path`` are not those that follow from the side file, which is intact."""
    with (folder / path).open("rb") as file:
        if file.read(len(opening(path))) != opening(path):
            yield Fault(path, "its beginning was changed")
        for entry in _entries_in(folder, path):
            if fault := _fault_of_piece(file, path, entry):
                yield fault
        if file.read() != closing(path):
            yield Fault(path, "its end was changed, or bytes were put in or taken out before it")


def _fault_of_piece(file: BinaryIO, path: str, entry: Entry) -> Fault | None:
    expected = piece(path, entry, entry["image"], entry["index"])
    return None if file.read(len(expected)) == expected else Fault(path, "has another text", entry["id"])


def _entries_in(folder: Path, path: str) -> Iterator[Entry]:
    stem = path.rpartition(".")[0]
    for stored in _lines(folder / TEXTS_FILE):
        entry: dict[str, Any] = json.loads(stored)
        if entry["file"] == f"{stem}.json":
            yield entry


def _faults_of_image(folder: Path, path: str) -> Iterator[Fault]:
    for stored in _lines(folder / IMAGES_FILE):
        entry = json.loads(stored)
        if entry["image"] == path:
            yield Fault(path, f"has other pixels than scene {entry['scene']!r} of dataset {entry['dataset']}")
