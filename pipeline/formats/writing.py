"""Writes a release in any format: what all have in common, in one pass over its images and one over its texts.

::

    images/NAME.tif       the processed images, byte for byte as they are stored (sarlang: SARimages/)
    texts.jsonl           a line a text: id, types, provenance, support, verdicts
    images.jsonl          a line an image: its scene, original names, boxes, metadata, provenance
    originals/…           on request: the originals, with originals.jsonl
    …                     what the format is: pipeline/formats/writers/
    STATISTICS.md         and the card, where there is one
    manifest.json         SHA-256 of every file, and the identity of the release
"""

from __future__ import annotations

import hashlib
import importlib
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from pipeline.formats.folder import ReleaseFolder
from pipeline.formats.hashed_file import FileRow, HashedFile
from pipeline.formats.helping import batches
from pipeline.formats.image_names import ImagePaths
from pipeline.formats.images import write_images
from pipeline.formats.layout import STATISTICS_FILE, TEXTS_FILE
from pipeline.formats.manifest import ReleaseHead, write_manifest
from pipeline.formats.source import EntryOrderError, ImageOptions, ReleaseSource
from pipeline.formats.statistics import Statistics
from pipeline.formats.text_batches import Batch
from pipeline.formats.writer import ReleaseWriter
from pipeline.formats.writers import find_writer
from pipeline.formats.writers.sarlang import FIRST_VERSION, SarlangWriter

CARD: Final = "pipeline.formats.card"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written. ``identity`` is the root of the hash tree over texts and images."""

    identity: str
    texts: int
    images: int
    bytes: int


def write_release(folder: Path, format: str, source: ReleaseSource, options: ImageOptions | None = None) -> Written:
    """Write a release into a folder; the same release, format and options give the same bytes.

    A folder in which a run was killed that wrote the same is gone on with: images and derived files that it finished
    are kept, the files of texts are begun anew, for all of them come out of one quick pass.

    Raises
    ------
    NoSuchFormatError
        If there is no such format.
    DamagedImageError
        If a stored image is missing, or has other bytes than its hash says.
    CannotLinkError
        If images are to be linked and cannot.
    EntryOrderError
        If the texts are not in order, or an id is not that of its text.
    """
    writer, options, head = find_writer(format)(), options or ImageOptions(), source.head
    release = ReleaseFolder(folder, source, options, _task(writer, head, options))
    paths = ImagePaths(writer.images, source.scene_names())
    writer.begin(head, source.scene_names())
    statistics = Statistics()
    write_images(release, writer, source, paths, statistics)
    left_out = _write_texts(release, writer, source, paths, statistics)
    writer.derive(release)
    statistics.settle()
    with release.new_file(STATISTICS_FILE) as page:
        page.write(statistics.markdown(head).encode())
    told = _told(writer, head, statistics, left_out)
    told |= _write_card(release, head, statistics)
    identity = write_manifest(folder, told, release.files, release.omitted)
    release.close()
    return Written(identity, told["texts"], told["images"], sum(file.bytes for file in release.files))


def _task(writer: ReleaseWriter, head: ReleaseHead, options: ImageOptions) -> dict[str, Any]:
    """What tells one folder from another: runs that share it write the same bytes."""
    return {
        "format": writer.name,
        "version": writer.version,
        "release": head.label,
        "created_at": head.created_at,
        "content_sha256": head.content_sha256,
        **options.as_json(),
    }


def _told(writer: ReleaseWriter, head: ReleaseHead, statistics: Statistics, left_out: Counter[str]) -> dict[str, Any]:
    """What the manifest says beside the list of files."""
    told: dict[str, Any] = {
        "format": writer.name,
        "writer": writer.version,
        "release": head.label,
        "created_at": head.created_at,
        "notes": head.notes,
        "rules": head.rules,
        "texts": statistics.texts["all",],
        "images": statistics.images["all",],
    }
    if writer.name == SarlangWriter.name:
        # Its bytes are as they were before there were other formats.
        first = {"writer": FIRST_VERSION} if head.is_first_form else {"verification": head.counts["verification"]}
        return told | first
    if left_out:
        told["left_out"] = dict(left_out)
    how = {key[1]: texts for key, texts in statistics.texts.items() if key[0] == "verification"}
    return told | {"verification": how, "content_sha256": head.content_sha256}


def _write_texts(
    release: ReleaseFolder, writer: ReleaseWriter, source: ReleaseSource, paths: ImagePaths, statistics: Statistics
) -> Counter[str]:
    """The side file of texts and the format's own files, in one pass; how many texts of a kind it has no room for."""
    seal, splits, left_out, done = hashlib.sha256(), set[str](), Counter[str](), 0
    with ExitStack() as opened:
        files = _TextFiles(release, writer, opened)
        with batches(source, writer, paths, statistics) as made:
            for batch in made:
                seal.update(batch.ids.encode())
                splits |= batch.splits
                left_out.update(batch.left_out)
                files.add(batch)
                done += len(batch.ids) // 64
                source.tell("texts", done)
        files.finish(writer.standing_paths(sorted(splits)))
    if source.head.content_sha256 and seal.hexdigest() != source.head.content_sha256:
        raise EntryOrderError("its texts are not those that were frozen; restore a backup")
    release.files += files.rows()
    return left_out


class _TextFiles:
    """The side file of texts, and the files that a format has of its own for them."""

    def __init__(self, release: ReleaseFolder, writer: ReleaseWriter, opened: ExitStack) -> None:
        self._release, self._writer, self._opened = release, writer, opened
        self._side = self._new(TEXTS_FILE)
        self._files: dict[str, HashedFile] = {}

    def add(self, batch: Batch) -> None:
        self._side.write(batch.side.encode())
        for path, pieces in batch.pieces.items():
            (self._files.get(path) or self._open(path)).write(pieces.encode())

    def finish(self, standing: Sequence[str]) -> None:
        for path in standing:
            if path not in self._files:
                self._open(path)
        for path, file in self._files.items():
            for piece in self._writer.closing(path, self._release.read_images):
                file.write(piece.encode())

    def rows(self) -> list[FileRow]:
        return [self._side.row(), *(file.row() for file in self._files.values())]

    def _open(self, path: str) -> HashedFile:
        file = self._files[path] = self._new(path)
        file.write(self._writer.opening(path).encode())
        return file

    def _new(self, path: str) -> HashedFile:
        return self._opened.enter_context(HashedFile(self._release.path, path, in_background=True))


def _write_card(release: ReleaseFolder, head: ReleaseHead, statistics: Statistics) -> dict[str, Any]:
    """README.md and what belongs to it; nothing for releases whose bytes are from before there was one."""
    if head.is_first_form or find_spec(CARD) is None:
        return {}
    card = importlib.import_module(CARD)
    if not hasattr(card, "write_card"):
        return {}
    card.write_card(release.path, head, statistics)
    for path in release.find_others():
        release.add_written(path)
    return {"card": card.VERSION} if hasattr(card, "VERSION") else {}
