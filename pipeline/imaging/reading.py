"""Reading one band of a SAR image: GeoTIFF, PNG, JPEG or BMP, whatever the file claims to be.

The first bytes choose the one GDAL driver that is let near the file. It is opened through a descriptor of ours, so that
neither its name (``s3://…``, ``/vsicurl/…``) nor files beside it (world files, ``.aux.xml``) mean anything to GDAL.
Size and type are judged from the header, before a pixel is read.
"""

from __future__ import annotations

import math
import os
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import ColorInterp
from rasterio.errors import NotGeoreferencedWarning, RasterioError

from pipeline.imaging.completeness import is_complete
from pipeline.imaging.errors import ImageError
from pipeline.imaging.prepared import DEFAULT_MAX_PIXELS

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
DTYPES: Final = ("uint8", "uint16", "int16", "float32", "float64")
GDAL_OPTIONS: Final = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_GEOREF_SOURCES": "INTERNAL",
    "GDAL_PAM_ENABLED": "NO",
    # A truncated JPEG is a warning to libjpeg, which fills the rest with grey.
    "GDAL_ERROR_ON_LIBJPEG_WARNING": "YES",
    "GDAL_CACHEMAX": 64 << 20,
    "GDAL_NUM_THREADS": "1",
    "PROJ_NETWORK": "OFF",
}
NOT_A_MEASUREMENT: Final = 1e30
"""From here on a float is an undeclared no-data value (−3.4e38 is common), not backscatter."""
_JPEG_TOLERANCE: Final = 2
"""Levels by which the bands of a grey image may differ after JPEG has rounded its colours."""

Affine = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Raster:
    """One band in memory, and what the file says of it."""

    values: NDArray[Any]
    """Shape (rows, cols), in the file's own type."""
    valid: NDArray[np.bool_]
    """False where there is no data: NaN, ±inf, the file's no-data value, transparent."""
    crs: str | None
    """WKT."""
    transform: Affine | None
    """(a, b, c, d, e, f): x = a·col + b·row + c, y = d·col + e·row + f, of pixel corners."""
    dtype: str
    nodata: float | None
    band: int
    band_count: int
    band_descriptions: tuple[str | None, ...] = ()
    notes: tuple[str, ...] = field(default=())
    """What was decided on the way, in sentences."""

    @property
    def polarisation(self) -> str | None:
        """The description of the band that was read, such as VV; None where the file has none."""
        return self.band_descriptions[self.band - 1] if self.band_descriptions else None


def read_raster(path: Path, band: int | str | None = None, *, max_pixels: int = DEFAULT_MAX_PIXELS) -> Raster:
    """Read one band of an image.

    Parameters
    ----------
    path : Path
        A GeoTIFF, PNG, JPEG or BMP of uint8, uint16, int16, float32 or float64.
    band : int or str, optional
        A band's number from 1, or its description, such as ``VV``. Without it the first is read; but three bands of
        8 bit that differ are false colour, not a polarisation, and are refused.
    max_pixels : int
        The most rows × cols.

    Raises
    ------
    ImageError
        If the file is missing, empty, damaged, too large, of another kind, or has no pixel that is not zero.
    """
    with opened(path) as dataset:
        check_header(dataset, path, max_pixels)
        number = _band_number(dataset, path, band)
        notes: list[str] = []
        if band is None:
            notes += _choose_silently(dataset, path)
        with damage_reported(path):
            values = dataset.read(number)
            mask = dataset.read_masks(number)
        values, palette_notes = _without_palette(dataset, path, number, values)
        valid = _where_data_is(values, mask)
        _check_content(path, values, valid)
        transform = transform_of(dataset)
        if transform is None and not dataset.transform.is_identity:
            notes.append("its coordinates are no numbers, so it was taken without any")
        return Raster(
            values=values,
            valid=valid,
            crs=dataset.crs.to_wkt() if dataset.crs else None,
            transform=transform,
            dtype=str(values.dtype),
            nodata=dataset.nodatavals[number - 1],
            band=number,
            band_count=dataset.count,
            band_descriptions=tuple(dataset.descriptions),
            notes=(*notes, *palette_notes),
        )


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """A rasterio dataset of ``path``, or ImageError with what the file is instead."""
    descriptor = _open_regular_file(path)
    try:
        driver = _driver_of(os.pread(descriptor, 512, 0), path)
        if not is_complete(descriptor, driver):
            raise ImageError(path, "is truncated or damaged: its end is missing or a checksum is wrong; fetch it again")
        with rasterio.Env(**GDAL_OPTIONS), warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            try:
                dataset = rasterio.open(Path(f"/dev/fd/{descriptor}"), driver=driver)
            except (RasterioError, UnicodeDecodeError, ValueError) as error:
                raise ImageError(path, "is truncated or damaged: its header cannot be read; fetch it again") from error
            with dataset:
                yield dataset
    finally:
        os.close(descriptor)


@contextmanager
def damage_reported(path: Path) -> Iterator[None]:
    """Reading pixels, with GDAL's errors as sentences."""
    try:
        yield
    except RasterioError as error:
        cause = f"{error} {error.__cause__ or ''}"
        if "alloc" in cause.lower() or "memory" in cause.lower():
            raise MemoryError(cause) from error
        reason = "is truncated or damaged: it opens, but its pixels cannot be read; fetch it again"
        raise ImageError(path, reason) from error


def check_header(dataset: Any, path: Path, max_pixels: int) -> None:
    """Refuse by size and type, before any pixel is read."""
    rows, cols = dataset.shape
    if rows * cols > max_pixels:
        reason = (
            f"has {rows}×{cols} pixels, more than the {max_pixels:,} that are taken as one scene; "
            "cut it into smaller scenes first"
        )
        raise ImageError(path, reason)
    kinds = set(dataset.dtypes)
    if any("complex" in kind for kind in kinds):
        raise ImageError(path, "holds complex values; detect to intensity first (|z|²), then import that")
    if not kinds <= set(DTYPES):
        known = ", ".join(DTYPES)
        raise ImageError(path, f"holds {', '.join(sorted(kinds))}, which is not read; convert it to one of {known}")


def _open_regular_file(path: Path) -> int:
    try:
        # Without O_NONBLOCK a named pipe would hold us here for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        raise ImageError(path, "there is no such file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ImageError(path, f"cannot be opened ({reason})") from error
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
    return "is not a GeoTIFF, PNG, JPEG or BMP"


def _band_number(dataset: Any, path: Path, band: int | str | None) -> int:
    if band is None:
        return 1
    if isinstance(band, str) and band.isdecimal():
        band = int(band)
    if isinstance(band, int):
        if not 1 <= band <= dataset.count:
            raise ImageError(path, f"has no band {band}; it has {dataset.count}")
        return band
    names = [str(name or "").casefold() for name in dataset.descriptions]
    if band.casefold() in names:
        return names.index(band.casefold()) + 1
    known = ", ".join(name for name in dataset.descriptions if name) or "no descriptions"
    raise ImageError(path, f"has no band {band!r} (it has {known}); give the band's number, 1 to {dataset.count}")


def _choose_silently(dataset: Any, path: Path) -> list[str]:
    """What to note where no band was named; false colour is refused."""
    colours = [kind for kind in dataset.colorinterp if kind != ColorInterp.alpha]
    if len(colours) == 1:
        return []
    if len(colours) == 3 and set(dataset.dtypes) == {"uint8"}:
        if not _is_grey(dataset, path):
            reason = (
                "is a colour image: its three bands differ, so it is no single polarisation; "
                "name the band to take with --band"
            )
            raise ImageError(path, reason)
        return ["three equal bands were taken as one grey band"]
    return [f"band 1 of {dataset.count} was taken, since none was named"]


def _is_grey(dataset: Any, path: Path) -> bool:
    tolerance = _JPEG_TOLERANCE if dataset.driver == "JPEG" else 0
    with damage_reported(path):
        first = dataset.read(1).astype(np.int16)
        return all(int(np.abs(first - dataset.read(other)).max()) <= tolerance for other in (2, 3))


def _without_palette(
    dataset: Any, path: Path, number: int, values: NDArray[Any]
) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Palette indexes as the grey levels that they stand for; a palette of colours is refused."""
    if dataset.colorinterp[number - 1] != ColorInterp.palette:
        return values, ()
    colours = dataset.colormap(number)
    if any(not red == green == blue for red, green, blue, _ in colours.values()):
        raise ImageError(path, "has a colour palette, which hides the measured values; export them without one")
    table = np.zeros(256, dtype=np.uint8)
    for index, colour in colours.items():
        table[index] = colour[0]
    return table[values], ("a grey palette was turned into grey levels",)


def _where_data_is(values: NDArray[Any], mask: NDArray[np.uint8]) -> NDArray[np.bool_]:
    valid: NDArray[np.bool_] = mask != 0
    if values.dtype.kind == "f":
        # NaN compares false, so it is left out as well.
        valid &= np.abs(values) < NOT_A_MEASUREMENT
    return valid


def _check_content(path: Path, values: NDArray[Any], valid: NDArray[np.bool_]) -> None:
    if not valid.any():
        raise ImageError(path, "has no pixel with data (all NaN or no-data)")
    if not (values.any(where=valid) if values.dtype.kind != "f" else (values[valid] != 0).any()):
        raise ImageError(path, "has no pixel with data: every one is zero")


def transform_of(dataset: Any) -> Affine | None:
    """None without coordinates, or where they are no numbers."""
    a, b, c, d, e, f = (float(number) for number in dataset.transform[:6])
    is_known = not dataset.transform.is_identity and all(map(math.isfinite, (a, b, c, d, e, f)))
    return (a, b, c, d, e, f) if is_known else None
