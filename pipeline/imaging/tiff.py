"""Writes Cloud-Optimized GeoTIFFs, byte by byte the same for the same pixels.

GDAL cannot be given overviews of our own making through rasterio, and leaves software names and statistics behind;
a tiled, deflated TIFF is little code. Layout: header, all directories (full size first), then the tiles, those of the
smallest overview first: a reader has every directory, and the overviews, in its first request.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

TILE: Final = 256
_LARGEST: Final = 2**32 - 2**16
_SHORT, _LONG, _DOUBLE, _ASCII = 3, 4, 12, 2
_FORMATS: Final = {_SHORT: "H", _LONG: "I", _DOUBLE: "d"}
_SAMPLE_FORMATS: Final = {"u": 1, "i": 2, "f": 3}

Tags = Mapping[int, tuple[int, Any]]
"""TIFF tag: (field type, numbers, or bytes of text with their closing NUL)."""


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
        int16 and float32.
    nodata : float, optional
        The number that stands for no data.
    scale : float
        A stored number times this is the value in ``unit``; told to GDAL's readers.
    geo_tags : tags of GeoTIFF, optional
        As :func:`pipeline.imaging.ground.geo_tags` gives them.

    Raises
    ------
    ValueError
        If the file would outgrow what classic TIFF can address (4 GiB).
    """
    if sum(level.nbytes for level in levels) > _LARGEST:
        raise ValueError("the image is too large for a classic TIFF (4 GiB)")
    shared = dict(_gdal_tags(nodata, scale, unit))
    directories = [
        _directory(level, number > 0, {**shared, **(geo_tags or {} if number == 0 else {})})
        for number, level in enumerate(levels)
    ]
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            _write(file, levels, directories)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _write(file: BinaryIO, levels: Sequence[NDArray[Any]], directories: list[dict[int, tuple[int, Any]]]) -> None:
    file.seek(8 + sum(_size(directory) for directory in directories))
    for level, directory in reversed(list(zip(levels, directories, strict=True))):
        offsets, counts = [], []
        for tile in _compressed_tiles(level):
            offsets.append(file.tell())
            counts.append(len(tile))
            file.write(tile)
        directory[324] = (_LONG, offsets)
        directory[325] = (_LONG, counts)
    file.seek(0)
    file.write(struct.pack("<2sHI", b"II", 42, 8))
    for number, directory in enumerate(directories):
        file.write(_encode(directory, file.tell(), is_last=number == len(directories) - 1))


def _directory(level: NDArray[Any], is_overview: bool, extra: Tags) -> dict[int, tuple[int, Any]]:
    rows, cols = level.shape[:2]
    bands = 1 if level.ndim == 2 else level.shape[2]
    tiles = -(-rows // TILE) * -(-cols // TILE)
    placeholder = [0] * tiles
    return {
        254: (_LONG, [int(is_overview)]),
        256: (_LONG, [cols]),
        257: (_LONG, [rows]),
        258: (_SHORT, [level.dtype.itemsize * 8] * bands),
        259: (_SHORT, [8]),
        262: (_SHORT, [2 if bands == 3 else 1]),
        277: (_SHORT, [bands]),
        284: (_SHORT, [1]),
        317: (_SHORT, [3 if level.dtype.kind == "f" else 2]),
        322: (_SHORT, [TILE]),
        323: (_SHORT, [TILE]),
        324: (_LONG, placeholder),
        325: (_LONG, placeholder),
        339: (_SHORT, [_SAMPLE_FORMATS[level.dtype.kind]] * bands),
        **extra,
    }


def _gdal_tags(nodata: float | None, scale: float, unit: str | None) -> Iterator[tuple[int, tuple[int, bytes]]]:
    items = []
    if scale != 1.0:
        items.append(f'<Item name="SCALE" sample="0" role="scale">{scale!r}</Item>')
    if unit is not None:
        items.append(f'<Item name="UNITTYPE" sample="0" role="unittype">{escape(unit)}</Item>')
    if items:
        yield 42112, (_ASCII, f"<GDALMetadata>{''.join(items)}</GDALMetadata>\0".encode())
    if nodata is not None:
        yield 42113, (_ASCII, f"{nodata:.17g}\0".encode())


def _values_bytes(kind: int, values: Any) -> tuple[int, bytes]:
    """How many, and the bytes."""
    if kind == _ASCII:
        return len(values), bytes(values)
    return len(values), struct.pack(f"<{len(values)}{_FORMATS[kind]}", *values)


def _size(directory: Tags) -> int:
    """Bytes of a directory with the values that do not fit into its entries."""
    outside = (len(_values_bytes(*entry)[1]) for entry in directory.values())
    return 2 + 12 * len(directory) + 4 + sum(length + length % 2 for length in outside if length > 4)


def _encode(directory: Tags, offset: int, *, is_last: bool) -> bytes:
    values_at = offset + 2 + 12 * len(directory) + 4
    entries, values = b"", b""
    for tag in sorted(directory):
        kind = directory[tag][0]
        count, encoded = _values_bytes(*directory[tag])
        if len(encoded) <= 4:
            entries += struct.pack("<HHI", tag, kind, count) + encoded.ljust(4, b"\0")
            continue
        entries += struct.pack("<HHII", tag, kind, count, values_at + len(values))
        values += encoded + b"\0" * (len(encoded) % 2)
    following = 0 if is_last else values_at + len(values)
    return struct.pack("<H", len(directory)) + entries + struct.pack("<I", following) + values


def _compressed_tiles(level: NDArray[Any]) -> Iterator[bytes]:
    rows, cols = level.shape[:2]
    for top in range(0, rows, TILE):
        for left in range(0, cols, TILE):
            cut = level[top : top + TILE, left : left + TILE]
            missing = [(0, TILE - cut.shape[0]), (0, TILE - cut.shape[1])] + [(0, 0)] * (level.ndim - 2)
            # What lies beyond the image is never shown; repeating the edge compresses best.
            tile = np.pad(cut, missing, mode="edge")
            yield zlib.compress(_predicted(tile), 6)


def _predicted(tile: NDArray[Any]) -> bytes:
    """TIFF's predictors: each number as its difference from its left neighbour."""
    little = np.ascontiguousarray(tile, dtype=tile.dtype.newbyteorder("<"))
    if tile.dtype.kind != "f":
        differences = little.view(f"<u{tile.dtype.itemsize}").copy()
        differences[:, 1:] -= little.view(differences.dtype)[:, :-1]
        return differences.tobytes()
    # Predictor 3: a row's first bytes, then its second bytes, ..., most significant first; then differences of bytes.
    size = tile.dtype.itemsize
    samples = little.view(np.uint8).reshape(TILE, -1, size)[:, :, ::-1]
    planes = np.ascontiguousarray(samples.transpose(0, 2, 1)).reshape(TILE, -1)
    differences = planes.copy()
    differences[:, 1:] -= planes[:, :-1]
    return differences.tobytes()
