"""Writes Cloud-Optimized GeoTIFFs, byte by byte the same for the same pixels.

GDAL cannot be given overviews of our own making through rasterio, and leaves software names and statistics behind;
a tiled, deflated TIFF is little code. Layout: header, all directories (full size first), then the tiles, those of the
smallest overview first: a reader has every directory, and the overviews, in its first request.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.tiles import TILE, TileCompressor

_LARGEST_CLASSIC: Final = 2**32 - 2**26
"""Bytes of uncompressed tiles that a classic TIFF can always address, with room for directories."""
_SHORT, _LONG, _DOUBLE, _ASCII, _LONG8 = 3, 4, 12, 2, 16
_FORMATS: Final = {_SHORT: "H", _LONG: "I", _DOUBLE: "d", _LONG8: "Q"}
_SAMPLE_FORMATS: Final = {"u": 1, "i": 2, "f": 3}
_DTYPES: Final = ("uint8", "uint16", "int16", "float32")

Tags = Mapping[int, tuple[int, Any]]
"""TIFF tag: (field type, numbers, or bytes of text with their closing NUL)."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the numbers of an image stand for."""

    nodata: float | None = None
    """The number that stands for no data."""
    scale: float = 1.0
    """A stored number times this is the value in ``unit``; told to GDAL's readers."""
    unit: str | None = None
    geo_tags: Tags | None = None
    """As :func:`pipeline.imaging.ground.geo_tags` gives them."""


def write_cog(
    path: Path,
    levels: Sequence[NDArray[Any]],
    *,
    nodata: float | None = None,
    scale: float = 1.0,
    unit: str | None = None,
    geo_tags: Tags | None = None,
) -> None:
    """Write an image and its overviews as a COG: DEFLATE with predictor, 256² tiles, little-endian.

    Parameters
    ----------
    path : Path
        Replaced in one step once all is written.
    levels : arrays, shape (rows, cols) or (rows, cols, bands)
        The image, then its overviews, each half as wide and high, rounded up; all of one type out of uint8, uint16,
        int16 and float32. Of more than 4 GiB together a BigTIFF is made.
    nodata, scale, unit, geo_tags
        See :class:`Meaning`.

    Raises
    ------
    ValueError
        If the numbers are of another type.
    """
    meaning = Meaning(nodata, scale, unit, geo_tags)
    images = CogLayout([level.shape for level in levels], levels[0].dtype, meaning)
    bands = 1 if levels[0].ndim == 2 else levels[0].shape[2]
    with replacing(path) as file:
        compressor = TileCompressor(levels[0].dtype, bands)
        file.seek(images.head_bytes)
        for number in reversed(range(len(levels))):
            for top in range(0, levels[number].shape[0], TILE):
                for tile in compressor.tiles(levels[number][top : top + TILE]):
                    images.place(number, file.tell(), len(tile))
                    file.write(tile)
        images.write_head(file)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file beside ``path`` that takes its place once the block ends well, and is removed if it does not."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w+b") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@dataclass(slots=True)
class _Places:
    """Where the tiles of one image lie."""

    offsets: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)


class CogLayout:
    """The directories of an image and its overviews; their size is known before any tile is.

    Parameters
    ----------
    shapes : (rows, cols) or (rows, cols, bands)
        Of the image, then of its overviews.
    """

    def __init__(self, shapes: Sequence[tuple[int, ...]], dtype: np.dtype[Any], meaning: Meaning) -> None:
        if str(dtype) not in _DTYPES:
            raise ValueError(f"{dtype} is not written; only {', '.join(_DTYPES)} are")
        self.is_big = sum(_padded_bytes(shape, dtype) for shape in shapes) > _LARGEST_CLASSIC
        self._shapes, self._dtype, self._meaning = shapes, dtype, meaning
        self._places = [_Places() for _ in shapes]
        placeholders = [[0] * _tile_count(shape) for shape in shapes]
        directories = [self._directory(number, zeros, zeros) for number, zeros in enumerate(placeholders)]
        self.head_bytes = (16 if self.is_big else 8) + sum(_Encoding(self.is_big).size(each) for each in directories)

    def place(self, number: int, offset: int, count: int) -> None:
        """Note where the next tile of an image lies, row by row, and its bytes."""
        self._places[number].offsets.append(offset)
        self._places[number].counts.append(count)

    def write_head(self, file: BinaryIO) -> None:
        """Write the header and all directories, which refer to tiles that are in the file already."""
        encoding = _Encoding(self.is_big)
        at = 16 if self.is_big else 8
        head = struct.pack("<2sHHHQ", b"II", 43, 8, 0, at) if self.is_big else struct.pack("<2sHI", b"II", 42, at)
        for number, places in enumerate(self._places):
            directory = self._directory(number, places.offsets, places.counts)
            head += encoding.directory(directory, len(head), is_last=number == len(self._places) - 1)
        file.seek(0)
        file.write(head)

    def _directory(self, number: int, offsets: list[int], counts: list[int]) -> dict[int, tuple[int, Any]]:
        shape, kind = self._shapes[number], self._dtype.kind
        bands = 1 if len(shape) == 2 else shape[2]
        geo_tags = (self._meaning.geo_tags or {}) if number == 0 else {}
        return {
            254: (_LONG, [int(number > 0)]),
            256: (_LONG, [shape[1]]),
            257: (_LONG, [shape[0]]),
            258: (_SHORT, [self._dtype.itemsize * 8] * bands),
            259: (_SHORT, [8]),
            262: (_SHORT, [2 if bands == 3 else 1]),
            277: (_SHORT, [bands]),
            284: (_SHORT, [1]),
            317: (_SHORT, [3 if kind == "f" else 2]),
            322: (_SHORT, [TILE]),
            323: (_SHORT, [TILE]),
            324: (_LONG8 if self.is_big else _LONG, offsets),
            325: (_LONG, counts),
            339: (_SHORT, [_SAMPLE_FORMATS[kind]] * bands),
            **dict(_gdal_tags(self._meaning)),
            **geo_tags,
        }


def _tile_count(shape: tuple[int, ...]) -> int:
    return -(-shape[0] // TILE) * -(-shape[1] // TILE)


def _padded_bytes(shape: tuple[int, ...], dtype: np.dtype[Any]) -> int:
    return _tile_count(shape) * TILE * TILE * dtype.itemsize * (1 if len(shape) == 2 else shape[2])


def _gdal_tags(meaning: Meaning) -> Iterator[tuple[int, tuple[int, bytes]]]:
    items = []
    if meaning.scale != 1.0:
        items.append(f'<Item name="SCALE" sample="0" role="scale">{meaning.scale!r}</Item>')
    if meaning.unit is not None:
        items.append(f'<Item name="UNITTYPE" sample="0" role="unittype">{escape(meaning.unit)}</Item>')
    if items:
        yield 42112, (_ASCII, f"<GDALMetadata>{''.join(items)}</GDALMetadata>\0".encode())
    if meaning.nodata is not None:
        yield 42113, (_ASCII, f"{meaning.nodata:.17g}\0".encode())


def _values_bytes(kind: int, values: Any) -> tuple[int, bytes]:
    """How many, and the bytes."""
    if kind == _ASCII:
        return len(values), bytes(values)
    return len(values), struct.pack(f"<{len(values)}{_FORMATS[kind]}", *values)


@dataclass(frozen=True, slots=True)
class _Encoding:
    """How directories are written: as TIFF, or as BigTIFF with its wider places and counts."""

    is_big: bool

    @property
    def _place(self) -> str:
        return "Q" if self.is_big else "I"

    @property
    def _inline(self) -> int:
        return 8 if self.is_big else 4

    def _frame_bytes(self, entries: int) -> int:
        return 8 + 20 * entries + 8 if self.is_big else 2 + 12 * entries + 4

    def size(self, directory: Tags) -> int:
        """Bytes of a directory with the values that do not fit into its entries."""
        outside = (len(_values_bytes(*entry)[1]) for entry in directory.values())
        values = sum(length + length % 2 for length in outside if length > self._inline)
        return self._frame_bytes(len(directory)) + values

    def directory(self, directory: Tags, offset: int, *, is_last: bool) -> bytes:
        """The directory that begins at ``offset``, its values behind it; the next one follows at once."""
        values_at = offset + self._frame_bytes(len(directory))
        entries, values = b"", b""
        for tag in sorted(directory):
            kind = directory[tag][0]
            count, encoded = _values_bytes(*directory[tag])
            entries += struct.pack(f"<HH{self._place}", tag, kind, count)
            if len(encoded) <= self._inline:
                entries += encoded.ljust(self._inline, b"\0")
                continue
            entries += struct.pack(f"<{self._place}", values_at + len(values))
            values += encoded + b"\0" * (len(encoded) % 2)
        following = 0 if is_last else values_at + len(values)
        number = struct.pack("<Q" if self.is_big else "<H", len(directory))
        return number + entries + struct.pack(f"<{self._place}", following) + values
