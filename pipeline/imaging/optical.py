"""The optical partner of a scene, put on the grid of its SAR image."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio._err import CPLE_BaseError
from rasterio.crs import CRS
from rasterio.enums import ColorInterp, Resampling
from rasterio.errors import RasterioError
from rasterio.warp import reproject

from pipeline.imaging.errors import ImageError
from pipeline.imaging.opening import check_header, opened
from pipeline.imaging.placing import Affine, place_of
from pipeline.imaging.survey import NOT_A_MEASUREMENT

ASPECT_TOLERANCE: Final = 0.01
_ANY_CRS: Final = "EPSG:3857"
"""For images without coordinates: the warper wants a plane, and any will do."""
_COLOURS: Final = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the pixels of a SAR image are."""

    shape: tuple[int, int]
    crs: str | None
    transform: Affine | None

    @property
    def has_coordinates(self) -> bool:
        return self.crs is not None and self.transform is not None


@dataclass(frozen=True, slots=True)
class Optical:
    """An optical image: uint8, shape (3, rows, cols), red, green, blue; and where it has data, shape (rows, cols)."""

    image: NDArray[np.uint8]
    valid: NDArray[np.bool_]
    grid: Grid
    note: str
    """How it came to be as it is, in a sentence."""


def optical_on_grid(path: Path, grid: Grid, max_pixels: int) -> Optical:
    """Read an optical image and put it on the pixels of a SAR image.

    By coordinates where both images have them; else pixel on pixel where the sizes are equal, or resized where the
    aspect ratio is, within 1 %.

    Raises
    ------
    ImageError
        If it cannot be read, does not overlap the SAR image, or there is no telling where it belongs.
    """
    source = read_optical(path, max_pixels)
    if source.grid.has_coordinates and grid.has_coordinates:
        if source.grid == grid:
            return _noted(source, "on the same grid as the SAR image")
        warped = _warped_by_coordinates(path, source, grid)
        share = float(warped.valid.mean())
        if share == 0:
            raise ImageError(path, "does not overlap the SAR image by its coordinates")
        return _noted(warped, f"warped to the SAR grid by coordinates, bilinear; covers {share:.1%} of it")
    return _without_coordinates(path, source, grid)


def _warped_by_coordinates(path: Path, source: Optical, grid: Grid) -> Optical:
    try:
        return _resampled(source, grid, source.grid, grid)
    except (RasterioError, CPLE_BaseError) as error:
        raise ImageError(path, "has coordinates that cannot be brought onto those of the SAR image") from error


def _without_coordinates(path: Path, source: Optical, grid: Grid) -> Optical:
    because = "as not both images have coordinates"
    rows, cols = source.grid.shape
    if source.grid.shape == grid.shape:
        return _noted(source, f"taken pixel on pixel, {because}")
    if abs((rows / cols) / (grid.shape[0] / grid.shape[1]) - 1) > ASPECT_TOLERANCE:
        reason = (
            f"has {rows}×{cols} pixels, the SAR image {grid.shape[0]}×{grid.shape[1]}, and not both have coordinates: "
            "there is no telling where it belongs"
        )
        raise ImageError(path, reason)
    resized = _resampled(source, grid, _plain_grid(source.grid.shape, grid.shape), _plain_grid(grid.shape, grid.shape))
    return _noted(resized, f"resized from {rows}×{cols} pixels, bilinear, {because}")


def _noted(optical: Optical, how: str) -> Optical:
    note = f"{how}; {optical.note}" if optical.note else how
    return Optical(optical.image, optical.valid, optical.grid, note)


def _plain_grid(shape: tuple[int, int], extent: tuple[int, int]) -> Grid:
    """A grid of ``shape`` over a plane as large as ``extent``, in pixels of the SAR image."""
    return Grid(shape, _ANY_CRS, (extent[1] / shape[1], 0.0, 0.0, 0.0, -extent[0] / shape[0], float(extent[0])))


def _resampled(source: Optical, grid: Grid, origin: Grid, target: Grid) -> Optical:
    """Bilinear, over as many pixels as one target pixel covers; pixels without data have no weight."""
    weights = source.valid.astype(np.float32)
    weight = _warped(weights, origin, target)
    valid = weight >= 0.5
    image = np.zeros((3, *grid.shape), dtype=np.uint8)
    for band in range(3):
        weighted = _warped(source.image[band] * weights, origin, target)
        np.divide(weighted, weight, out=weighted, where=valid)
        image[band][valid] = np.clip(np.floor(weighted[valid] + 0.5), 0, 255)
    return Optical(image, valid, grid, source.note)


def _warped(values: NDArray[np.float32], origin: Grid, target: Grid) -> NDArray[np.float32]:
    result = np.zeros(target.shape, dtype=np.float32)
    reproject(
        values,
        result,
        src_transform=rasterio.Affine(*(origin.transform or ())),
        src_crs=CRS.from_user_input(origin.crs),
        dst_transform=rasterio.Affine(*(target.transform or ())),
        dst_crs=CRS.from_user_input(target.crs),
        resampling=Resampling.bilinear,
        num_threads=1,
        warp_mem_limit=64,
    )
    return result


def read_optical(path: Path, max_pixels: int) -> Optical:
    """Read red, green and blue of an optical image; grey serves for all three, 16 bit and float are stretched.

    Raises ImageError as :func:`pipeline.imaging.reading.read_raster` does.
    """
    with opened(path) as image_file:
        dataset = image_file.dataset
        check_header(image_file, max_pixels)
        place = place_of(dataset)
        with image_file.damage_reported():
            values, chosen = _colours(dataset)
            valid = np.ones(dataset.shape, dtype=bool)
            for band in chosen:
                valid &= dataset.read_masks(band) != 0
        grid = Grid(dataset.shape, place.crs, place.affine)
    if values.dtype.kind == "f":
        valid &= (np.abs(values) < NOT_A_MEASUREMENT).all(axis=0)
    if not valid.any():
        raise ImageError(path, "has no pixel with data")
    image, note = _in_8_bit(values, valid)
    return Optical(image, valid, grid, note)


def _colours(dataset: Any) -> tuple[NDArray[Any], list[int]]:
    """Shape (3, rows, cols), and the numbers of the bands that were taken."""
    kinds = list(dataset.colorinterp)
    if kinds[0] == ColorInterp.palette:
        table = np.zeros((3, 256), dtype=np.uint8)
        for index, colour in dataset.colormap(1).items():
            table[:, index] = colour[:3]
        return table[:, dataset.read(1)], [1]
    if all(colour in kinds for colour in _COLOURS):
        chosen = [kinds.index(colour) + 1 for colour in _COLOURS]
    else:
        chosen = [1, 2, 3] if len([kind for kind in kinds if kind != ColorInterp.alpha]) >= 3 else [1]
    values = dataset.read(chosen)
    return (values if len(chosen) == 3 else np.repeat(values, 3, axis=0)), chosen


def _in_8_bit(values: NDArray[Any], valid: NDArray[np.bool_]) -> tuple[NDArray[np.uint8], str]:
    if values.dtype == np.uint8:
        return values, ""
    low, high = (float(limit) for limit in np.percentile(values[:, valid], [1, 99]))
    scaled = (np.where(valid, values, low).astype(np.float32) - low) * (255 / max(high - low, 1e-12))
    return np.floor(np.clip(scaled, 0, 255) + 0.5).astype(np.uint8), f"stretched from {low:g}..{high:g} to 8 bit"
