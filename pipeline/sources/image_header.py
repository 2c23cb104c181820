"""What the first bytes of an image say: its size, and for a GeoTIFF where it lies. No pixel is decoded.

Readers need the size where boxes are given as fractions of it, and the affine where they are given on the ground. Only
the structures themselves are followed (a few short reads a file), so that 100,000 images cost seconds.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from pipeline.imaging.storage import is_storage_failure

Affine = tuple[float, float, float, float, float, float]
"""(a, b, c, d, e, f): x = a·col + b·row + c, y = d·col + e·row + f, of pixel corners."""

_WIDTH: Final = 256
_HEIGHT: Final = 257
_PIXEL_SCALE: Final = 33550
_TIE_POINTS: Final = 33922
_TRANSFORMATION: Final = 34264
_GEO_KEYS: Final = 34735
_WANTED: Final = frozenset({_WIDTH, _HEIGHT, _PIXEL_SCALE, _TIE_POINTS, _TRANSFORMATION, _GEO_KEYS})
_KINDS: Final[Mapping[int, str]] = {1: "B", 3: "H", 4: "I", 12: "d", 16: "Q"}
"""TIFF's types that sizes and coordinates are written in."""
_MOST_VALUES: Final = 1 << 16
_MOST_ENTRIES: Final = 4096
_RASTER_TYPE_KEY: Final = 1025
_PIXEL_IS_POINT: Final = 2
_CRS_KEYS: Final = (3072, 2048)
"""ProjectedCSTypeGeoKey, else GeographicTypeGeoKey."""
_USER_DEFINED: Final = 32767
_JPEG_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_LONGEST_JPEG_HEAD: Final = 1 << 24


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """Size and place of an image file."""

    size: tuple[int, int]
    """(rows, cols)"""
    affine: Affine | None = None
    epsg: int | None = None


def read_header(file: Path) -> ImageHeader | None:
    """The header of a TIFF, PNG, JPEG or BMP, told by content; None if it is none of these, broken or unreadable.

    Raises
    ------
    OSError
        If the storage fails, which is no fault of the file.
    """
    try:
        with file.open("rb") as opened:
            return _header(opened)
    except OSError as error:
        if is_storage_failure(error):
            raise
        return None
    except (struct.error, ValueError, OverflowError):
        return None


def _header(file: BinaryIO) -> ImageHeader | None:
    start = file.read(32)
    if start[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return _tiff(file, start)
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        cols, rows = struct.unpack(">II", start[16:24])
        return _sized(rows, cols)
    if start.startswith(b"\xff\xd8\xff"):
        return _jpeg(file)
    if start.startswith(b"BM"):
        cols, rows = struct.unpack("<ii", start[18:26]) if start[14] != 12 else struct.unpack("<HH", start[18:22])
        return _sized(abs(rows), cols)
    return None


def _sized(rows: int, cols: int) -> ImageHeader | None:
    return ImageHeader((rows, cols)) if rows > 0 and cols > 0 else None


def _jpeg(file: BinaryIO) -> ImageHeader | None:
    """Walk over the segments to the one that starts the frame."""
    file.seek(2)
    while file.tell() < _LONGEST_JPEG_HEAD:
        marker = file.read(2)
        if len(marker) < 2 or marker[0] != 0xFF:
            return None
        if marker[1] == 0xFF:  # Fill bytes may stand before a marker.
            file.seek(-1, 1)
            continue
        (length,) = struct.unpack(">H", file.read(2))
        if marker[1] in _JPEG_FRAMES:
            _, rows, cols = struct.unpack(">BHH", file.read(5))
            return _sized(rows, cols)
        file.seek(max(length - 2, 0), 1)
    return None


@dataclass(frozen=True, slots=True)
class _Layout:
    """How numbers are written: classic TIFF and BigTIFF differ in the width of counts and offsets."""

    order: str
    is_big: bool
    count_format: str = field(init=False)
    entry_format: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "count_format", self.order + ("Q" if self.is_big else "H"))
        object.__setattr__(self, "entry_format", self.order + ("HHQ8s" if self.is_big else "HHI4s"))

    def offset(self, raw: bytes) -> int:
        (value,) = struct.unpack(self.order + ("Q" if self.is_big else "I"), raw)
        return int(value)


def _tiff(file: BinaryIO, start: bytes) -> ImageHeader | None:
    layout = _Layout("<" if start[:2] == b"II" else ">", start[2:4] in (b"+\0", b"\0+"))
    file.seek(layout.offset(start[8:16] if layout.is_big else start[4:8]))
    tags = _tags(file, layout)
    rows, cols = tags.get(_HEIGHT), tags.get(_WIDTH)
    if not rows or not cols or rows[0] <= 0 or cols[0] <= 0:
        return None
    keys = _geo_keys(tags.get(_GEO_KEYS, ()))
    affine = _affine(tags, is_point=keys.get(_RASTER_TYPE_KEY) == _PIXEL_IS_POINT)
    code = next((keys[key] for key in _CRS_KEYS if key in keys), None)
    epsg = None if code in (None, 0, _USER_DEFINED) else code
    return ImageHeader((int(rows[0]), int(cols[0])), affine, epsg)


def _tags(file: BinaryIO, layout: _Layout) -> dict[int, tuple[Any, ...]]:
    """The wanted tags of the first directory."""
    (count,) = struct.unpack(layout.count_format, file.read(struct.calcsize(layout.count_format)))
    width = struct.calcsize(layout.entry_format)
    table = file.read(width * min(count, _MOST_ENTRIES))
    found: dict[int, tuple[Any, ...]] = {}
    for at in range(0, len(table) - width + 1, width):
        tag, kind, length, raw = struct.unpack_from(layout.entry_format, table, at)
        if tag not in _WANTED or kind not in _KINDS or length > _MOST_VALUES:
            continue
        form = f"{layout.order}{length}{_KINDS[kind]}"
        size = struct.calcsize(form)
        if size > len(raw):
            file.seek(layout.offset(raw))
            raw = file.read(size)
        found[tag] = struct.unpack(form, raw[:size])
    return found


def _geo_keys(directory: tuple[Any, ...]) -> dict[int, int]:
    """The keys whose value stands in the directory itself."""
    keys: dict[int, int] = {}
    for at in range(4, len(directory) - 3, 4):
        key, location, _, value = directory[at : at + 4]
        if location == 0:
            keys[key] = value
    return keys


def _affine(tags: Mapping[int, tuple[Any, ...]], *, is_point: bool) -> Affine | None:
    matrix, scale, tie = tags.get(_TRANSFORMATION), tags.get(_PIXEL_SCALE), tags.get(_TIE_POINTS)
    if matrix is not None and len(matrix) == 16:
        a, b, c, d, e, f = matrix[0], matrix[1], matrix[3], matrix[4], matrix[5], matrix[7]
    elif scale is not None and len(scale) >= 2 and tie is not None and len(tie) == 6:
        a, b, d, e = scale[0], 0.0, 0.0, -scale[1]
        c, f = tie[3] - tie[0] * a, tie[4] - tie[1] * e
    else:
        return None
    if is_point:  # The coordinates are of the pixels' centres.
        c, f = c - (a + b) / 2, f - (d + e) / 2
    values = (a, b, c, d, e, f)
    return values if all(math.isfinite(value) for value in values) and a * e != b * d else None
