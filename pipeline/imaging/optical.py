"""The optical partner of a scene, put on the grid of its SAR image."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio._err import CPLE_BaseError
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.warp import reproject, transform
from rasterio.windows import Window

from pipeline.imaging.colours import Colours, colours_of
from pipeline.imaging.errors import ImageError
from pipeline.imaging.opening import CACHE_BYTES, Opened, check_header, opened
from pipeline.imaging.placing import Affine, pixel_of, place_of, shifted
from pipeline.imaging.prepared import MOST_PIXELS_AT_ONCE

ASPECT_TOLERANCE: Final = 0.01
_ANY_CRS: Final = "EPSG:3857"
"""For images without coordinates: the warper wants a plane, and any will do."""
_MARGIN_PX: Final = 3
"""Pixels around what a rectangle covers that interpolation may want, besides as many as one of its pixels covers."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the pixels of a SAR image are."""

    shape: tuple[int, int]
    crs: str | None
    transform: Affine | None

    @property
    def has_coordinates(self) -> bool:
        return self.crs is not None and self.transform is not None

    def part(self, row: int, col: int, rows: int, cols: int) -> Grid:
        """Of a rectangle within it."""
        return Grid((rows, cols), self.crs, shifted(self.transform, row, col))


@dataclass(frozen=True, slots=True)
class Optical:
    """An optical image: uint8, shape (3, rows, cols), red, green, blue; and where it has data, shape (rows, cols)."""

    image: NDArray[np.uint8]
    valid: NDArray[np.bool_]
    grid: Grid
    note: str
    """How it came to be as it is, in a sentence."""


class Partner:
    """An optical image that is open, and of which it is known how it lies on a SAR image."""

    def __init__(self, image: Opened, sar: Grid) -> None:
        """Raises ImageError if there is no telling where it belongs."""
        self._image = image
        place = place_of(image.dataset)
        own = Grid(image.dataset.shape, place.crs, place.affine)
        self._colours: Colours = colours_of(image)
        self._own, self._sar, self._how = _both_on_one_plane(image.path, own, sar)

    @property
    def is_warped(self) -> bool:
        return self._own != self._sar

    def on(self, row: int, col: int, rows: int, cols: int) -> Optical:
        """The image on a rectangle of the SAR image.

        Raises ImageError if it cannot be read there, or lies elsewhere.
        """
        target = self._sar.part(row, col, rows, cols)
        if not self.is_warped:
            return self._read(row, col, rows, cols)
        try:
            window = self._window_under(target)
            if window is None:
                raise ImageError(self._image.path, "does not overlap the SAR image by its coordinates")
            source = self._read(*window)
            result = _resampled(source, target)
        except (RasterioError, CPLE_BaseError) as error:
            reason = "has coordinates that cannot be brought onto those of the SAR image"
            raise ImageError(self._image.path, reason) from error
        share = float(result.valid.mean())
        if share == 0:
            raise ImageError(self._image.path, "does not overlap the SAR image by its coordinates")
        return replace(result, note=self._noted(f"{self._how}; covers {share:.1%} of it"))

    def _read(self, row: int, col: int, rows: int, cols: int) -> Optical:
        if rows * cols > MOST_PIXELS_AT_ONCE:
            reason = (
                f"has {rows}×{cols} pixels under one scene, more than the {MOST_PIXELS_AT_ONCE:,} that are taken; "
                "bring it to a coarser spacing first"
            )
            raise ImageError(self._image.path, reason)
        image, valid = self._colours.read(Window(col, row, cols, rows))
        return Optical(image, valid, self._own.part(row, col, rows, cols), self._noted(self._how))

    def _noted(self, how: str) -> str:
        return f"{how}; {self._colours.note}" if self._colours.note else how

    def _window_under(self, target: Grid) -> tuple[int, int, int, int] | None:
        """(row, col, rows, cols) of the own pixels under a part of the SAR image; None where there is none."""
        rows, cols = target.shape
        y, x = (axis.ravel() for axis in np.meshgrid(np.linspace(0, rows, 33), np.linspace(0, cols, 33), indexing="ij"))
        a, b, c, d, e, f = target.transform or (1, 0, 0, 0, 1, 0)
        crs = CRS.from_user_input(target.crs), CRS.from_user_input(self._own.crs)
        ground = transform(*crs, a * x + b * y + c, d * x + e * y + f)[:2]
        pixels = pixel_of(self._own.transform or (1, 0, 0, 0, 1, 0), *ground)
        pixels = pixels[np.isfinite(pixels).all(axis=1)]
        if not len(pixels):
            return None
        (left, top), (right, bottom) = pixels.min(axis=0), pixels.max(axis=0)
        margin = _MARGIN_PX + 2 * max((right - left) / cols, (bottom - top) / rows)
        first = max(0, int(top - margin)), max(0, int(left - margin))
        last = min(self._own.shape[0], int(bottom + margin) + 1), min(self._own.shape[1], int(right + margin) + 1)
        height, width = last[0] - first[0], last[1] - first[1]
        return (*first, height, width) if height > 0 and width > 0 else None


@contextmanager
def opened_partner(path: Path, sar: Grid, max_pixels: int, *, cache_bytes: int = CACHE_BYTES) -> Iterator[Partner]:
    """An optical image, to be put on the pixels of a SAR image.

    By coordinates where both images have them; else pixel on pixel where the sizes are equal, or resized where the
    aspect ratio is, within 1 %.

    Raises
    ------
    StorageError
        If the place where it lies fails.
    ImageError
        If it cannot be read, or there is no telling where it belongs.
    """
    with opened(path, cache_bytes=cache_bytes) as image:
        check_header(image, max_pixels)
        yield Partner(image, sar)


def optical_on_grid(path: Path, grid: Grid, max_pixels: int) -> Optical:
    """Read an optical image and put it on all pixels of a SAR image; see :func:`opened_partner`.

    Raises ImageError also if it does not overlap the SAR image.
    """
    with opened_partner(path, grid, max_pixels) as partner:
        return partner.on(0, 0, *grid.shape)


def read_optical(path: Path, max_pixels: int) -> Optical:
    """Read red, green and blue of an optical image on its own grid; see :mod:`pipeline.imaging.colours`."""
    with opened(path) as image:
        check_header(image, max_pixels)
        own = Grid(image.dataset.shape, place_of(image.dataset).crs, place_of(image.dataset).affine)
        colours = colours_of(image)
        rows, cols = own.shape
        return Optical(*colours.read(Window(0, 0, cols, rows)), own, colours.note)


def _both_on_one_plane(path: Path, own: Grid, sar: Grid) -> tuple[Grid, Grid, str]:
    """The grids of the optical and of the SAR image, such that they can be compared; and how, in words."""
    if own.has_coordinates and sar.has_coordinates:
        if own == sar:
            return own, sar, "on the same grid as the SAR image"
        return own, sar, "warped to the SAR grid by coordinates, bilinear"
    because = "as not both images have coordinates"
    (rows, cols), (sar_rows, sar_cols) = own.shape, sar.shape
    plain = _plain_grid(sar.shape, sar.shape)
    if own.shape == sar.shape:
        return plain, plain, f"taken pixel on pixel, {because}"
    if abs((rows / cols) / (sar_rows / sar_cols) - 1) > ASPECT_TOLERANCE:
        reason = (
            f"has {rows}×{cols} pixels, the SAR image {sar_rows}×{sar_cols}, and not both have coordinates: "
            "there is no telling where it belongs"
        )
        raise ImageError(path, reason)
    return _plain_grid(own.shape, sar.shape), plain, f"resized from {rows}×{cols} pixels, bilinear, {because}"


def _plain_grid(shape: tuple[int, int], extent: tuple[int, int]) -> Grid:
    """A grid of ``shape`` over a plane as large as ``extent``, in pixels of the SAR image."""
    return Grid(shape, _ANY_CRS, (extent[1] / shape[1], 0.0, 0.0, 0.0, -extent[0] / shape[0], float(extent[0])))


def _resampled(source: Optical, target: Grid) -> Optical:
    """Bilinear, over as many pixels as one target pixel covers; pixels without data have no weight."""
    is_whole = bool(source.valid.all())
    weights = source.valid.astype(np.float32)
    weight = _warped(weights, source.grid, target)
    valid = weight >= 0.5
    image = np.zeros((3, *target.shape), dtype=np.uint8)
    for band in range(3):
        values = source.image[band].astype(np.float32)
        weighted = _warped(values if is_whole else values * weights, source.grid, target)
        np.divide(weighted, weight, out=weighted, where=valid)
        image[band][valid] = np.clip(np.floor(weighted[valid] + 0.5), 0, 255)
    return Optical(image, valid, target, source.note)


def _warped(values: NDArray[np.float32], origin: Grid, target: Grid) -> NDArray[np.float32]:
    result = np.zeros(target.shape, dtype=np.float32)
    reproject(
        values,
        result,
        src_transform=rasterio.Affine(*(origin.transform or ())),
        src_crs=_system_of(origin),
        dst_transform=rasterio.Affine(*(target.transform or ())),
        dst_crs=_system_of(target),
        resampling=Resampling.bilinear,
        num_threads=1,
        warp_mem_limit=64,
    )
    return result


def _system_of(grid: Grid) -> Any:
    return CRS.from_user_input(grid.crs)
