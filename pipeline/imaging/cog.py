"""The images of a scene as Cloud-Optimized GeoTIFFs on one grid: which numbers they hold, and their overviews.

The ``sar`` image keeps what was measured: dB as int16 in steps of 0.01 dB (float32 where the range needs it), or
integer digital numbers as they came. ``processed`` is 8 bit. Overviews are averaged in linear power over valid
pixels; digital numbers of unknown scaling are averaged as they are, since nothing better is known of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.prepared import Quantity
from pipeline.imaging.pyramid import mean_levels
from pipeline.imaging.quantity import Interpretation, linear, of_power, power
from pipeline.imaging.reading import Raster
from pipeline.imaging.stretch import Stretch, apply_stretch, decibels
from pipeline.imaging.tiff import Tags, write_cog

DB_STEP: Final = 0.01
DB_NODATA: Final = -32768.0
_MOST_DB: Final = 327.0

Encoder = Callable[[NDArray[np.float64], NDArray[np.bool_]], NDArray[Any]]
"""Linear means and where they are valid, as the numbers that the file holds."""


@dataclass(frozen=True, slots=True)
class SarImage:
    """The SAR image as it is written."""

    stored: NDArray[Any]
    """Shape (rows, cols)."""
    scale: float
    """Stored number × scale = value in ``unit``."""
    nodata: float | None
    unit: str
    averaged: str
    """What overviews are means of, in a sentence."""
    notes: tuple[str, ...] = ()


def sar_image(raster: Raster, interpretation: Interpretation, unit_db: str) -> SarImage:
    """Which numbers the ``sar`` file holds: integers as digital numbers, unless they are dB; floats as dB."""
    if np.issubdtype(raster.values.dtype, np.integer) and interpretation.quantity != "db":
        return _digital_numbers(raster, interpretation.quantity)
    db, floored = _in_db(raster, interpretation.quantity)
    notes = (f"{floored} zeros were raised to the smallest positive value",) if floored else ()
    stored, scale, nodata = _encode_db(db)
    return SarImage(stored, scale, nodata, unit_db, "overviews are means of linear power, then dB", notes)


def write_sar(path: Path, image: SarImage, raster: Raster, quantity: Quantity) -> None:
    """Write the ``sar`` file with its overviews."""

    def encode(means: NDArray[np.float64], valid: NDArray[np.bool_]) -> NDArray[Any]:
        if image.unit != "dn":
            with np.errstate(divide="ignore"):
                db = decibels(np.where(valid, means, np.nan), is_amplitude=False)
            return _as_stored_db(db, image.stored.dtype)
        rounded = np.floor(of_power(np.where(valid, means, 0), quantity) + 0.5)
        return np.where(valid, rounded, image.nodata or 0).astype(image.stored.dtype)

    if image.unit == "dn":
        source = power(np.where(raster.valid, image.stored, 0).astype(np.float32), quantity)
    else:
        source = _floored(power(linear(raster.values, raster.valid, quantity), quantity))
    levels = [image.stored, *(encode(means, valid) for means, valid in mean_levels(source, raster.valid))]
    write_cog(path, levels, nodata=image.nodata, scale=image.scale, unit=None if image.unit == "dn" else "dB")


def write_processed(
    path: Path,
    despeckled: NDArray[np.float32],
    valid: NDArray[np.bool_],
    stretch: Stretch,
    geo_tags: Tags | None = None,
) -> NDArray[np.uint8]:
    """Stretch and write the ``processed`` file; its overviews are stretched means of despeckled power.

    Returns the full-size image, uint8, shape (rows, cols).
    """
    quantity: Quantity = "amplitude" if stretch.is_amplitude else "intensity"
    image = apply_stretch(despeckled, valid, stretch)
    overviews = [
        apply_stretch(of_power(means, quantity), has_data, stretch)
        for means, has_data in mean_levels(power(despeckled, quantity), valid)
    ]
    write_cog(path, [image, *overviews], nodata=None if valid.all() else 0, geo_tags=geo_tags)
    return image


def write_linear(
    path: Path, values: NDArray[np.float32], valid: NDArray[np.bool_], quantity: Quantity, geo_tags: Tags | None
) -> None:
    """Write linear values as float32, NaN where there is no data; overviews are means of power."""
    kept = np.where(valid, values, np.float32(np.nan)).astype(np.float32, copy=False)
    overviews = [of_power(means, quantity).astype(np.float32) for means, _ in mean_levels(power(kept, quantity), valid)]
    write_cog(path, [kept, *overviews], nodata=float("nan"), geo_tags=geo_tags)


def write_optical(path: Path, image: NDArray[np.uint8], valid: NDArray[np.bool_]) -> None:
    """Write the optical partner, shape (3, rows, cols); where it has no data all bands are 0, elsewhere at least 1."""
    has_holes = not valid.all()
    levels = [_bands_last(image, valid, has_holes)]
    pyramids = [list(mean_levels(band, valid)) for band in image]
    for number in range(len(pyramids[0])):
        means = np.stack([pyramid[number][0] for pyramid in pyramids])
        has_data = pyramids[0][number][1]
        rounded = np.floor(np.where(has_data, means, 0) + 0.5).astype(np.uint8)
        levels.append(_bands_last(rounded, has_data, has_holes))
    write_cog(path, levels, nodata=0 if has_holes else None)


def _bands_last(image: NDArray[np.uint8], valid: NDArray[np.bool_], has_holes: bool) -> NDArray[np.uint8]:
    marked = np.where(valid, np.maximum(image, 1), 0) if has_holes else image
    return np.ascontiguousarray(np.moveaxis(marked, 0, -1), dtype=np.uint8)


def _digital_numbers(raster: Raster, quantity: Quantity) -> SarImage:
    dtype = np.uint8 if raster.dtype == "uint8" else np.uint16
    averaged = {
        "amplitude": "overviews are roots of mean squares, as amplitude was taken for",
        "intensity": "overviews are means of the numbers, as power was taken for",
        "dn": "overviews are means of the numbers, since their scaling is unknown",
    }[quantity]
    stored = np.where(raster.valid, raster.values, 0).astype(dtype)
    if raster.valid.all():
        return SarImage(stored, 1.0, None, "dn", averaged)
    if (raster.values[raster.valid] != 0).all():
        return SarImage(stored, 1.0, 0.0, "dn", averaged)
    highest = np.iinfo(dtype).max
    if (raster.values[raster.valid] != highest).all():
        return SarImage(np.where(raster.valid, stored, dtype(highest)), 1.0, float(highest), "dn", averaged)
    lifted = np.where(raster.valid, np.maximum(stored, dtype(1)), dtype(0))
    note = "valid zeros were raised to 1, since 0 marks no data and no number was free"
    return SarImage(lifted, 1.0, 0.0, "dn", averaged, (note,))


def _in_db(raster: Raster, quantity: Quantity) -> tuple[NDArray[np.float64], int]:
    """The values in dB, NaN where there is no data; and how many zeros were floored."""
    if quantity == "db":
        return np.where(raster.valid, raster.values, np.nan).astype(np.float64), 0
    values = linear(raster.values, raster.valid, quantity)
    floored = int((values == 0).sum())
    return decibels(_floored(values), is_amplitude=quantity == "amplitude"), floored


def _floored(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Zeros have no dB: they become the smallest positive value."""
    smallest = np.min(values, where=values > 0, initial=np.inf)
    return np.where(values == 0, smallest, values).astype(np.float32, copy=False)


def _encode_db(db: NDArray[np.float64]) -> tuple[NDArray[Any], float, float]:
    fits = max(abs(np.nanmin(db)), abs(np.nanmax(db))) <= _MOST_DB
    if fits:
        return _as_stored_db(db, np.dtype(np.int16)), DB_STEP, DB_NODATA
    return db.astype(np.float32), 1.0, float("nan")


def _as_stored_db(db: NDArray[np.float64], dtype: np.dtype[Any]) -> NDArray[Any]:
    if dtype.kind == "f":
        return db.astype(dtype)
    steps = np.floor(np.nan_to_num(db, nan=0.0) / DB_STEP + 0.5)
    return np.where(np.isnan(db), DB_NODATA, steps).astype(np.int16)
