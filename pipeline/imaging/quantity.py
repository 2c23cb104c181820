"""What the numbers of an image are: dB, linear power, amplitude, or digital numbers of unknown scaling."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.errors import ImageError
from pipeline.imaging.prepared import Quantity, StatedQuantity
from pipeline.imaging.reading import Raster

_LEAST_DB: Final = -100.0
_MOST_DB: Final = 100.0


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What the numbers are taken for, and on what ground."""

    quantity: Quantity
    is_stated: bool
    warning: str | None = None

    @property
    def is_amplitude(self) -> bool:
        return self.quantity == "amplitude"


def interpret(raster: Raster, stated: StatedQuantity | None, path: Path) -> Interpretation:
    """Take the user's word, else tell by type and range.

    uint8: digital numbers, not filtered. uint16 and int16: amplitude. Float: dB where values are negative and within
    ±100, else power.

    Raises
    ------
    ImageError
        If the values are negative and cannot be what they are said to be, or could be several things.
    """
    least, most = _extremes(raster)
    if stated is not None:
        return _as_stated(stated, least, most, path)
    if least < 0:
        return _of_negative_values(least, most, path)
    if raster.dtype == "uint8":
        return Interpretation("dn", False)
    if raster.dtype in ("uint16", "int16"):
        return Interpretation("amplitude", False, f"{raster.dtype} was taken as amplitude; state it if it is not")
    return Interpretation("intensity", False, "values without a negative one were taken as power; state it if not")


def _as_stated(stated: StatedQuantity, least: float, most: float, path: Path) -> Interpretation:
    if stated == "db" and most > 300:
        raise ImageError(path, f"was stated to hold dB, but has values up to {most:g}")
    if stated == "amplitude" and least < 0:
        raise ImageError(path, f"was stated to hold amplitude, but has negative values (down to {least:g})")
    if stated == "intensity" and least < 0:
        # Noise subtraction leaves small negative powers in many products.
        return Interpretation(stated, True, f"negative powers (down to {least:g}) were set to zero")
    return Interpretation(stated, True)


def _of_negative_values(least: float, most: float, path: Path) -> Interpretation:
    if _LEAST_DB <= least <= -1 and most <= _MOST_DB:
        return Interpretation("db", False, f"values from {least:.1f} to {most:.1f} were taken as dB; state it if not")
    reason = f"has values from {least:g} to {most:g}, which are neither dB nor power; state --db or --intensity"
    raise ImageError(path, reason)


def _extremes(raster: Raster) -> tuple[float, float]:
    chosen = raster.values[raster.valid]
    return float(chosen.min()), float(chosen.max())


def linear(values: NDArray[Any], valid: NDArray[np.bool_], quantity: Quantity) -> NDArray[np.float32]:
    """The values as linear power or amplitude; NaN where there is no data, negative powers as zero.

    dB become power. Shape (rows, cols) in and out.
    """
    result: NDArray[np.float32] = np.where(valid, values, np.nan).astype(np.float32)
    if quantity == "db":
        np.power(np.float32(10), result / np.float32(10), out=result)
    else:
        np.maximum(result, np.float32(0), out=result)
    return result


def power(values: NDArray[np.float32], quantity: Quantity) -> NDArray[np.float32]:
    """What overviews are averaged in, from :func:`linear` values: power.

    Numbers of unknown scaling (dn) are averaged as they are, since nothing better is known of them.
    """
    return np.square(values) if quantity == "amplitude" else values


def of_power(values: NDArray[np.floating[Any]], quantity: Quantity) -> NDArray[np.floating[Any]]:
    """The inverse of :func:`power`."""
    return np.sqrt(values) if quantity == "amplitude" else values
