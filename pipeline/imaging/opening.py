"""Opening an image: GeoTIFF, PNG, JPEG or BMP, whatever the file claims to be.

The first bytes choose the one GDAL driver that is let near the file. It is opened through a descriptor of ours, so that
neither its name (``s3://…``, ``/vsicurl/…``) nor files beside it (world files, ``.aux.xml``) mean anything to GDAL.
Size and type are judged from the header, before a pixel is read.
"""

from __future__ import annotations

import os
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import rasterio
from rasterio.errors import NotGeoreferencedWarning, RasterioError

from pipeline.imaging.completeness import is_complete
from pipeline.imaging.errors import ImageError
from pipeline.imaging.prepared import MOST_PIXELS_AT_ONCE
from pipeline.imaging.storage import check_storage, trouble_told_apart

SIGNATURES: Final = {
    b"II*\0": "GTiff",
    b"MM\0*": "GTiff",
    b"II+\0": "GTiff",
    b"MM\0+": "GTiff",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"BM": "BMP",
}
"""How a file begins, and the one GDAL driver that is let near it."""
ARCHIVES: Final = {
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
}
DTYPES: Final = ("uint8", "uint16", "int16", "float32", "float64")
CACHE_BYTES: Final = 64 << 20
LARGE_CACHE_BYTES: Final = 256 << 20
"""For scenes that are read piece by piece: holds the rows of blocks that neighbouring pieces share."""
GDAL_OPTIONS: Final = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_GEOREF_SOURCES": "INTERNAL",
    "GDAL_PAM_ENABLED": "NO",
    # A truncated JPEG is a warning to libjpeg, which fills the rest with grey.
    "GDAL_ERROR_ON_LIBJPEG_WARNING": "YES",
    "GDAL_NUM_THREADS": "1",
    "PROJ_NETWORK": "OFF",
}
_LARGEST_BLOCK_BYTES: Final = 256 << 20
_EMPTIEST: Final = 200
"""Times smaller than its pixels a large image is never: speckle does not compress."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An image that is open for reading."""

    dataset: Any
    """Of rasterio."""
    path: Path
    descriptor: int
    file_bytes: int

    @contextmanager
    def damage_reported(self) -> Iterator[None]:
        """Reading pixels, with GDAL's errors as sentences."""
        try:
            yield
        except RasterioError as error:
            cause = f"{error} {error.__cause__ or ''}"
            if "alloc" in cause.lower() or "memory" in cause.lower():
                raise MemoryError(cause) from error
            check_storage(self.descriptor, self.path)
            reason = "is truncated or damaged: it opens, but its pixels cannot be read; fetch it again"
            raise ImageError(self.path, reason) from error


@contextmanager
def opened(path: Path, *, cache_bytes: int = CACHE_BYTES) -> Iterator[Opened]:
    """Open an image.

    Raises
    ------
    StorageError
        If the place where it lies fails, or has gone.
    ImageError
        With what the file is instead, if it is no image that can be read.
    """
    with trouble_told_apart(path):
        descriptor = _open_regular_file(path)
    try:
        with trouble_told_apart(path):
            driver = _driver_of(os.pread(descriptor, 512, 0), path)
            size = os.fstat(descriptor).st_size
            is_whole = is_complete(descriptor, driver)
        if not is_whole:
            raise ImageError(path, "is truncated or damaged: its end is missing or a checksum is wrong; fetch it again")
        with rasterio.Env(**GDAL_OPTIONS, GDAL_CACHEMAX=cache_bytes), warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            try:
                dataset = rasterio.open(Path(f"/dev/fd/{descriptor}"), driver=driver)
            except (RasterioError, UnicodeDecodeError, ValueError) as error:
                check_storage(descriptor, path)
                raise ImageError(path, "is truncated or damaged: its header cannot be read; fetch it again") from error
            with dataset:
                yield Opened(dataset, path, descriptor, size)
    finally:
        os.close(descriptor)


def check_header(image: Opened, max_pixels: int) -> None:
    """Refuse by size and type, before any pixel is read."""
    dataset, path = image.dataset, image.path
    kinds = set(dataset.dtypes)
    if any("complex" in kind for kind in kinds):
        raise ImageError(path, "holds complex values; detect to intensity first (|z|²), then import that")
    if not kinds <= set(DTYPES):
        known = ", ".join(DTYPES)
        raise ImageError(path, f"holds {', '.join(sorted(kinds))}, which is not read; convert it to one of {known}")
    _check_size(image, max_pixels)


def _check_size(image: Opened, max_pixels: int) -> None:
    rows, cols = image.dataset.shape
    if image.dataset.driver != "GTiff" and rows * cols > MOST_PIXELS_AT_ONCE:
        reason = (
            f"has {rows}×{cols} pixels, more than the {MOST_PIXELS_AT_ONCE:,} that are taken of a "
            f"{image.dataset.driver}; convert it to a tiled GeoTIFF"
        )
        raise ImageError(image.path, reason)
    if rows * cols > max_pixels:
        reason = (
            f"has {rows}×{cols} pixels, more than the {max_pixels:,} that are taken as one scene; "
            "cut it into smaller scenes first"
        )
        raise ImageError(image.path, reason)
    if rows * cols > MOST_PIXELS_AT_ONCE:
        _check_large(image)


def _check_large(image: Opened) -> None:
    """A few kilobytes may open as gigabytes of nothing, and one block may be as large as the image."""
    dataset = image.dataset
    rows, cols = dataset.shape
    sizes = {"uint8": 1, "uint16": 2, "int16": 2, "float32": 4, "float64": 8}
    pixel_bytes = sum(sizes[kind] for kind in dataset.dtypes)
    if image.file_bytes * _EMPTIEST < rows * cols * pixel_bytes:
        reason = (
            f"opens as {rows}×{cols} pixels, but has only {image.file_bytes:,} bytes: nearly all of it is empty, "
            "so it is broken or was left unfinished; fetch it again, or cut out the part with data"
        )
        raise ImageError(image.path, reason)
    block_rows, block_cols = dataset.block_shapes[0]
    is_together = dataset.interleaving is not None and dataset.interleaving.value.upper() == "PIXEL"
    block_bytes = block_rows * block_cols * (pixel_bytes if is_together else sizes[dataset.dtypes[0]])
    if block_bytes > _LARGEST_BLOCK_BYTES:
        reason = (
            f"has {rows}×{cols} pixels in blocks of {block_rows}×{block_cols}, which cannot be read piece by piece; "
            "write it tiled (gdal_translate -co TILED=YES -co BIGTIFF=IF_SAFER)"
        )
        raise ImageError(image.path, reason)


def _open_regular_file(path: Path) -> int:
    try:
        # Without O_NONBLOCK a named pipe would hold us here for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except ValueError as error:
        raise ImageError(path, f"cannot be opened ({error})") from error
    status = os.fstat(descriptor)
    reason = None
    if not stat.S_ISREG(status.st_mode):
        reason = "is a folder or device, not a file"
    elif status.st_size == 0:
        reason = "is empty (zero bytes); fetch it again"
    if reason:
        os.close(descriptor)
        raise ImageError(path, reason)
    return descriptor


def _driver_of(start: bytes, path: Path) -> str:
    for signature, driver in SIGNATURES.items():
        if start.startswith(signature):
            return driver
    raise ImageError(path, _what_it_is_instead(start))


def _what_it_is_instead(start: bytes) -> str:
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype", b"<html", b"<head", b"<body")):
        return "is a web page (HTML), not an image; the download went wrong, fetch it again"
    if text.startswith(b"version https://git-lfs"):
        return "is a Git LFS pointer, not an image; run git lfs pull"
    for signature, name in ARCHIVES.items():
        if start.startswith(signature):
            return f"is {name}, not an image; unpack it first"
    return "is not a GeoTIFF, PNG, JPEG or BMP"
