"""The files of a release in Parquet: which rows are in which, and their bytes.

Of a million texts no more than two numbers each are kept in memory: where the lines of the side files begin.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.formats.entries import Entry
from pipeline.formats.folder import ReleaseFolder
from pipeline.formats.layout import IMAGES_FILE, TEXTS_FILE

SHARD_PIXELS: Final = 256 << 20
"""Of the images of a file; a pixel is a byte before it is compressed."""
GROUP_BYTES: Final = 32 << 20
"""Of the images of a row group as a reader unpacks it: once for each text."""
GROUP_ROWS: Final = 1000
_STRINGS: Final = (
    "id", "dataset", "scene", "kind", "question_type", "question", "answer", "caption", "support", "verification",
    "image_sha256", "licence",
)  # fmt: skip
_FLAGS: Final = ("is_revised",)
_IMAGE: Final = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def _schema() -> pa.Schema:
    features: dict[str, Any] = {"image": {"_type": "Image"}}
    features |= {name: {"dtype": "string", "_type": "Value"} for name in _STRINGS}
    features |= {name: {"dtype": "bool", "_type": "Value"} for name in _FLAGS}
    columns = [pa.field("image", _IMAGE)]
    columns += [pa.field(name, pa.string()) for name in _STRINGS] + [pa.field(name, pa.bool_()) for name in _FLAGS]
    return pa.schema(columns, {"huggingface": json.dumps({"info": {"features": features}})})


@dataclass(frozen=True, slots=True)
class _Shard:
    """Consecutive images of one split, by their numbers in the side file of images."""

    path: str
    images: Sequence[int]


def write_shards(release: ReleaseFolder) -> None:
    """Write all files that no run before this one has finished."""
    with (release.path / IMAGES_FILE).open("rb") as images, (release.path / TEXTS_FILE).open("rb") as texts:
        found = _Lines(release, images, texts)
        for shard in found.shards():
            release.check()
            if not release.has(shard.path):
                _write_shard(release, found, shard)


class _Lines:
    """Where the lines of images are, and the lines of texts of each image; numbers alone are kept."""

    def __init__(self, release: ReleaseFolder, images: BinaryIO, texts: BinaryIO) -> None:
        self._images, self._texts = images, texts
        self._numbers: dict[str, int] = {}
        self._pixels, self._splits, self._places = array("q"), array("B"), array("q")
        self.splits: list[str] = []
        self._read_images(release.path / IMAGES_FILE)
        self._read_texts(release.path / TEXTS_FILE)

    def _read_images(self, path: Path) -> None:
        place = 0
        with path.open("rb") as file:
            for number, line in enumerate(file):
                entry = json.loads(line)
                self._numbers[entry["image"]] = number
                self._pixels.append(entry["rows"] * entry["cols"])
                if entry["split"] not in self.splits:
                    self.splits.append(entry["split"])
                self._splits.append(self.splits.index(entry["split"]))
                self._places.append(place)
                place += len(line)

    def _read_texts(self, path: Path) -> None:
        places, images, place = array("q"), array("q"), 0
        with path.open("rb") as file:
            for line in file:
                places.append(place)
                images.append(self._numbers[json.loads(line)["image"]])
                place += len(line)
        order = np.argsort(np.asarray(images, dtype=np.int64), kind="stable")
        self.places = np.asarray(places, dtype=np.int64)[order]
        self._ends = np.cumsum(np.bincount(np.asarray(images, dtype=np.int64), minlength=len(self._pixels)))

    def texts_of(self, image: int) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Where the lines of an image's texts begin, in the order of their ids."""
        return self.places[self._ends[image - 1] if image else 0 : self._ends[image]]

    def image(self, number: int) -> Entry:
        """The line of an image."""
        return self._line(self._images, self._places[number])

    def text(self, place: int) -> Entry:
        """The line of a text."""
        return self._line(self._texts, place)

    def _line(self, file: BinaryIO, place: int) -> Entry:
        file.seek(place)
        entry: Entry = json.loads(file.readline())
        return entry

    def shards(self) -> Iterator[_Shard]:
        """The files: those of one split have as many images as make up :data:`SHARD_PIXELS`."""
        for number, split in enumerate(self.splits):
            parts: list[list[int]] = []
            room = 0
            for image, belongs in enumerate(self._splits):
                if belongs != number or not len(self.texts_of(image)):
                    continue
                if room <= 0:
                    parts.append([])
                    room = SHARD_PIXELS
                parts[-1].append(image)
                room -= self._pixels[image]
            for place, images in enumerate(parts):
                yield _Shard(f"data/{split}-{place:05d}-of-{len(parts):05d}.parquet", images)


def _write_shard(release: ReleaseFolder, found: _Lines, shard: _Shard) -> None:
    schema, path = _schema(), release.path / shard.path
    path.parent.mkdir(exist_ok=True)
    with pq.ParquetWriter(
        path, schema, compression=dict.fromkeys(_STRINGS, "zstd"), dictionary_pagesize_limit=2 * GROUP_BYTES
    ) as file:
        for rows in _groups(release, found, shard):
            file.write_table(pa.Table.from_pylist(rows, schema), row_group_size=len(rows))
    release.add_written(shard.path)


def _groups(release: ReleaseFolder, found: _Lines, shard: _Shard) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    held = 0
    for image in shard.images:
        entry = found.image(image)
        pixels = None
        if not release.options.leaves_out(entry["licence"]):
            pixels = release.read_image(entry["assets"]["processed"])
        for place in found.texts_of(image):
            rows.append(_row(found.text(place), entry, pixels))
            held += len(pixels or b"")
            if held >= GROUP_BYTES or len(rows) >= GROUP_ROWS:
                yield rows
                rows, held = [], 0
    if rows:
        yield rows


def _row(text: Entry, image: Entry, pixels: bytes | None) -> dict[str, Any]:
    row: dict[str, Any] = {name: text.get(name) for name in (*_STRINGS, *_FLAGS)}
    row["licence"] = image["licence"]
    row["image"] = None if pixels is None else {"bytes": pixels, "path": image["image"].rpartition("/")[2]}
    return row
