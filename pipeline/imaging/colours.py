"""Red, green and blue of an optical image in 8 bit; grey serves for all three, 16 bit and float are stretched."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import ColorInterp
from rasterio.windows import Window

from pipeline.imaging.errors import ImageError
from pipeline.imaging.opening import Opened
from pipeline.imaging.palettes import colour_table
from pipeline.imaging.survey import NOT_A_MEASUREMENT

_COLOURS: Final = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
_MOST_SAMPLED: Final = 1 << 24
"""Pixels from which the limits of a stretch are found; of a larger image every n-th row and column."""


@dataclass(frozen=True, slots=True)
class Colours:
    """Which bands of an open image are its colours, and how they become 8 bit."""

    image: Opened
    bands: tuple[int, ...]
    table: NDArray[np.uint8] | None
    """Of a palette: shape (3, numbers)."""
    limits: tuple[float, float] | None
    """Of the stretch; None for 8 bit."""

    @property
    def note(self) -> str:
        return "" if self.limits is None else f"stretched from {self.limits[0]:g}..{self.limits[1]:g} to 8 bit"

    def read(self, window: Window) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        """uint8, shape (3, rows, cols); and where there is data, shape (rows, cols).

        Raises ImageError if it cannot be read, or has no data there.
        """
        values, valid = _read(self.image, self.bands, window)
        if not valid.any():
            raise ImageError(self.image.path, "has no pixel with data")
        if self.table is not None:
            return self.table[:, values[0]], valid
        if self.limits is not None:
            values = _stretched(values, valid, *self.limits)
        return np.asarray(values if len(self.bands) == 3 else np.repeat(values, 3, axis=0)), valid


def colours_of(image: Opened) -> Colours:
    """Which bands to take; raises ImageError where a stretch finds no data."""
    dataset = image.dataset
    kinds = list(dataset.colorinterp)
    if kinds[0] == ColorInterp.palette:
        return Colours(image, (1,), colour_table(dataset, 1), None)
    if all(colour in kinds for colour in _COLOURS):
        bands = tuple(kinds.index(colour) + 1 for colour in _COLOURS)
    else:
        bands = (1, 2, 3) if len([kind for kind in kinds if kind != ColorInterp.alpha]) >= 3 else (1,)
    limits = None if {dataset.dtypes[band - 1] for band in bands} == {"uint8"} else _limits_of(image, bands)
    return Colours(image, bands, None, limits)


def _limits_of(image: Opened, bands: tuple[int, ...]) -> tuple[float, float]:
    """The 1st and 99th percentile of the whole image, over all its colours."""
    rows, cols = image.dataset.shape
    step = math.ceil(math.sqrt(rows * cols / _MOST_SAMPLED)) if rows * cols > _MOST_SAMPLED else 1
    values, valid = _read(image, bands, Window(0, 0, cols, rows), (-(-rows // step), -(-cols // step)))
    if not valid.any():
        raise ImageError(image.path, "has no pixel with data")
    low, high = np.percentile(values[:, valid], [1, 99]).tolist()
    return low, high


def _read(
    image: Opened, bands: tuple[int, ...], window: Window, shape: tuple[int, int] | None = None
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """The bands, shape (bands, rows, cols), and where all of them have data."""
    dataset = image.dataset
    shape = shape or (int(window.height), int(window.width))
    with image.damage_reported():
        values = dataset.read(list(bands), window=window, out_shape=(len(bands), *shape))
        masks = dataset.read_masks(list(bands), window=window, out_shape=(len(bands), *shape))
    valid = np.asarray((masks != 0).all(axis=0))
    if values.dtype.kind == "f":
        valid &= (np.abs(values) < NOT_A_MEASUREMENT).all(axis=0)
    return values, valid


def _stretched(values: NDArray[Any], valid: NDArray[np.bool_], low: float, high: float) -> NDArray[np.uint8]:
    scaled = (np.where(valid, values, low).astype(np.float32) - low) * (255 / max(high - low, 1e-12))
    return np.asarray(np.floor(np.clip(scaled, 0, 255) + 0.5).astype(np.uint8))
