"""Writes a release in the layout of SARLANG-1M, with what its keys have no room for in side files.

::

    SARimages/NAME.tif            the processed images, byte for byte as they are stored
    Text/VQA/SARVQA1_test.json    {"messages", "images"} and nothing else; a .csv beside each .json
    Text/caption/…
    texts.jsonl                   a line a text: id, types, provenance, support, verdicts, and where it is in Text/
    images.jsonl                  a line an image: its scene, original names, boxes, metadata, provenance
    STATISTICS.md
    manifest.json                 SHA-256 of every file, and the identity of the release
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from pipeline.formats.entries import Entry, json_line, sealed, text_id
from pipeline.formats.image_names import ImageNames
from pipeline.formats.layout import (
    ENDINGS,
    IMAGES,
    IMAGES_FILE,
    MANIFEST_FILE,
    STATISTICS_FILE,
    TEXTS_FILE,
    closing,
    opening,
    piece,
    stem_of,
)
from pipeline.formats.manifest import FileRow, ReleaseHead, identity_of, manifest_bytes
from pipeline.formats.statistics import Statistics

CHUNK_BYTES: Final = 1 << 20

OpenImage = Callable[[str], BinaryIO]
"""From SHA-256 to the stored file, open for reading."""


class DamagedImageError(RuntimeError):
    """A stored image is not what its name says it is; the release cannot be exported until it is restored."""


class EntryOrderError(ValueError):
    """The entries came out of order or with a wrong id: the bytes would not be the same each time."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written. ``identity`` is the root of the hash tree over texts and images."""

    identity: str
    texts: int
    images: int
    bytes: int


def write(
    folder: Path,
    head: ReleaseHead,
    names: ImageNames,
    images: Iterable[Entry],
    texts: Iterable[tuple[str, Entry]],
    open_image: OpenImage,
) -> Written:
    """Write a release into an empty folder; the same arguments give the same bytes.

    Parameters
    ----------
    names : ImageNames
        Made from all scenes of the release.
    images : iterable of entries
        In the order of (dataset, scene), by code points; see :mod:`pipeline.formats.entries`.
    texts : iterable of (id, entry)
        In the order of their ids.

    Raises
    ------
    DamagedImageError
        If a stored image has other bytes than its hash says.
    EntryOrderError
        If the texts are not in order, or an id is not that of its text.
    """
    statistics, files = Statistics(), []
    with _HashedFile(folder, IMAGES_FILE) as lines:
        for entry in images:
            files.append(_write_image(folder, names, entry, open_image, lines))
            statistics.add_image(entry)
    files.append(lines.row())
    files += _write_texts(folder, names, texts, statistics)
    with _HashedFile(folder, STATISTICS_FILE) as page:
        page.write(statistics.markdown(head).encode())
    files.append(page.row())
    counts = statistics.texts["all",], statistics.images["all",]
    (folder / MANIFEST_FILE).write_bytes(manifest_bytes(head, files, *counts))
    return Written(identity_of(files), *counts, sum(file.bytes for file in files))


class _HashedFile:
    """A new file that knows its hash and size when it is closed."""

    def __init__(self, folder: Path, path: str) -> None:
        self.path = path
        self._hash = hashlib.sha256()
        self._bytes = 0
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        self._file = target.open("xb")

    def __enter__(self) -> _HashedFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self._hash.update(data)
        self._bytes += len(data)

    def row(self) -> FileRow:
        return FileRow(self.path, self._hash.hexdigest(), self._bytes)


def _write_image(folder: Path, names: ImageNames, entry: Entry, open_image: OpenImage, lines: _HashedFile) -> FileRow:
    path = f"{IMAGES}/{names.of(entry['dataset'], entry['scene'])}"
    with _HashedFile(folder, path) as target, open_image(entry["assets"]["processed"]) as source:
        while chunk := source.read(CHUNK_BYTES):
            target.write(chunk)
    row = target.row()
    if row.sha256 != entry["assets"]["processed"]:
        raise DamagedImageError(
            f"the stored image of scene {entry['scene']!r} in dataset {entry['dataset']} is damaged"
            f" ({row.bytes:,} bytes, SHA-256 {row.sha256}): import the dataset again, which restores it"
        )
    lines.write(json_line(sealed({**entry, "image": path})).encode() + b"\n")
    return row


def _write_texts(
    folder: Path, names: ImageNames, texts: Iterable[tuple[str, Entry]], statistics: Statistics
) -> list[FileRow]:
    """The side file of texts and the files below ``Text/``, in one pass over the texts."""
    with ExitStack() as opened:
        side = opened.enter_context(_HashedFile(folder, TEXTS_FILE))
        files: dict[str, _HashedFile] = {}
        written: Counter[str] = Counter()
        before = ""
        for text, entry in texts:
            _check(text, entry, before)
            image, stem = f"{IMAGES}/{names.of(entry['dataset'], entry['scene'])}", stem_of(entry)
            for path in (stem + ending for ending in ENDINGS):
                if path not in files:
                    files[path] = opened.enter_context(_HashedFile(folder, path))
                    files[path].write(opening(path))
                files[path].write(piece(path, entry, image, written[stem]))
            line: dict[str, Any] = {**entry, "id": text, "image": image, "file": f"{stem}.json"}
            side.write(json_line(sealed({**line, "index": written[stem]})).encode() + b"\n")
            written[stem] += 1
            statistics.add_text(entry)
            before = text
        for path, file in files.items():
            file.write(closing(path))
        return [side.row(), *(file.row() for file in files.values())]


def _check(text: str, entry: Entry, before: str) -> None:
    if text <= before:
        raise EntryOrderError(f"text {text} comes after {before}")
    if text != text_id(entry):
        raise EntryOrderError(f"text {text} has the content of {text_id(entry)}")
