"""A copy of an image that shows its ground and tells nothing else: square, of a size that many share, without tags.

No coordinates, names or dates are in the file; its size in pixels is given, and its size in bytes is rounded up to a
whole step by a chunk of zeros that PNG's readers pass over.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import rasterio
from numpy.typing import NDArray
from PIL import Image
from rasterio.enums import Resampling
from rasterio.errors import NotGeoreferencedWarning

STEP_BYTES: Final = 256 * 1024
"""Files are whole multiples of it."""
_FILLING: Final = b"fiLl"
"""Ancillary, private and safe to copy, as the case of its letters says."""
_END: Final = b"\x00\x00\x00\x00IEND\xaeB`\x82"

# Assets carry no coordinates on purpose.
warnings.filterwarnings("ignore", category=NotGeoreferencedWarning)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the image lies in its copy: a point (x, y) of it is at ``(left_px + x · scale, top_px + y · scale)``."""

    scale: float
    left_px: float
    top_px: float


def placement(rows: int, cols: int, size_px: int) -> Placement:
    """The image as large as it fits, in the middle of a square of ``size_px``."""
    scale = size_px / max(rows, cols)
    return Placement(scale, (size_px - round(cols * scale)) // 2, (size_px - round(rows * scale)) // 2)


def write_plain_copy(source: Path, target: Path, size_px: int, *, in_colour: bool = False) -> Placement:
    """Write the copy as a PNG of 8 bit.

    Parameters
    ----------
    source : Path
        An image of 8 bit: the first band of it, or the first three ``in_colour``.
    size_px : int
        Rows and columns of the copy. A smaller image is enlarged (bilinear, which brings no bright rims), a larger one
        averaged; beside it is black.

    Raises
    ------
    rasterio.errors.RasterioError
        If the source is no image that can be read.
    ValueError
        If it is not of 8 bit, or has fewer bands.
    """
    with rasterio.open(source) as image:
        bands = (1, 2, 3) if in_colour else (1,)
        if image.count < len(bands) or image.dtypes[0] != "uint8":
            raise ValueError(
                f"an image of 8 bit with {len(bands)} bands is needed, not {image.count} of {image.dtypes[0]}"
            )
        placed = placement(image.height, image.width, size_px)
        rows, cols = (max(1, round(side * placed.scale)) for side in (image.height, image.width))
        way = Resampling.bilinear if placed.scale > 1 else Resampling.average
        pixels = image.read(bands, out_shape=(len(bands), rows, cols), resampling=way)
    target.write_bytes(_filled(_png(_framed(pixels, placed, size_px))))
    return placed


def _framed(pixels: NDArray[np.uint8], placed: Placement, size_px: int) -> NDArray[np.uint8]:
    """(rows, cols) or (rows, cols, 3) of the whole square."""
    bands, rows, cols = pixels.shape
    square = np.zeros((size_px, size_px, bands), np.uint8)
    top, left = int(placed.top_px), int(placed.left_px)
    square[top : top + rows, left : left + cols] = np.moveaxis(pixels, 0, 2)
    return square[:, :, 0] if bands == 1 else square


def _png(square: NDArray[Any]) -> bytes:
    encoded = io.BytesIO()
    Image.fromarray(square).save(encoded, "PNG", compress_level=6)
    return encoded.getvalue()


def _filled(png: bytes) -> bytes:
    """The file with zeros before its end, up to the next step."""
    body = png[: -len(_END)]
    zeros = bytes(-(len(png) + 12) % STEP_BYTES)
    chunk = _FILLING + zeros
    return body + struct.pack(">I", len(zeros)) + chunk + struct.pack(">I", zlib.crc32(chunk)) + _END
