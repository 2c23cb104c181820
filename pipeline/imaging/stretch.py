"""Logarithm and linear stretch to 8 bit: how a despeckled image becomes what a model and a reviewer see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

LOW_PERCENT: Final = 1.0
HIGH_PERCENT: Final = 99.0
_STRIP_PIXELS: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which values become black and white. In dB of power, whether power or amplitude was given."""

    low_db: float
    high_db: float
    floor: float
    """The smallest positive value, which zeros are raised to; on the scale of the values."""
    floored: int
    """How many zeros there were."""
    is_amplitude: bool

    def as_provenance(self) -> dict[str, Any]:
        return {
            "function": "linear in the logarithm, to 0..255, rounded half up",
            "percentiles": [LOW_PERCENT, HIGH_PERCENT],
            "limits_db": [self.low_db, self.high_db],
            "floor": self.floor,
            "zeros_floored": self.floored,
        }


def find_stretch(values: NDArray[np.float32], valid: NDArray[np.bool_], *, is_amplitude: bool) -> Stretch:
    """The stretch from the 1st to the 99th percentile of the logarithm of the valid values.

    Parameters
    ----------
    values : float32, shape (rows, cols)
        Despeckled linear power or amplitude, not negative.
    valid : bool, shape (rows, cols)
        At least one True, and at least one positive value there.

    Notes
    -----
    Percentiles interpolate linearly between neighbouring logarithms, as ``numpy.percentile`` does.
    """
    chosen = values[valid]
    positive = chosen[chosen > 0]
    floor = float(positive.min())
    floored = chosen.size - positive.size
    np.maximum(chosen, np.float32(floor), out=chosen)
    low, high = (_log_percentile(chosen, percent, is_amplitude) for percent in (LOW_PERCENT, HIGH_PERCENT))
    return Stretch(low, high, floor, floored, is_amplitude)


def apply_stretch(values: NDArray[np.floating[Any]], valid: NDArray[np.bool_], stretch: Stretch) -> NDArray[np.uint8]:
    """``floor(255 · (dB - low) / (high - low) + ½)``, clipped to 0..255.

    Where some pixels are without data these become 0, and the darkest valid pixels 1, so that 0 means no data only.
    An image of one value becomes 128.
    """
    result = np.empty(values.shape, dtype=np.uint8)
    has_holes = not valid.all()
    rows_at_once = max(1, _STRIP_PIXELS // max(1, values.shape[1]))
    for first in range(0, values.shape[0], rows_at_once):
        strip = np.s_[first : first + rows_at_once]
        result[strip] = _stretch_strip(values[strip], stretch)
        if has_holes:
            np.maximum(result[strip], 1, out=result[strip])
            result[strip][~valid[strip]] = 0
    return result


def decibels(values: NDArray[np.floating[Any]] | float, *, is_amplitude: bool) -> NDArray[np.float64]:
    """dB of power of positive linear values, in float64."""
    return (20.0 if is_amplitude else 10.0) * np.log10(np.asarray(values, dtype=np.float64))


def _log_percentile(chosen: NDArray[np.float32], percent: float, is_amplitude: bool) -> float:
    """The logarithm keeps order, so only the two neighbours of the percentile need one."""
    position = percent / 100 * (chosen.size - 1)
    below = int(position)
    above = min(below + 1, chosen.size - 1)
    neighbours = np.partition(chosen, (below, above))[[below, above]]
    low, high = decibels(neighbours, is_amplitude=is_amplitude)
    return float(low + (high - low) * (position - below))


def _stretch_strip(values: NDArray[np.floating[Any]], stretch: Stretch) -> NDArray[np.uint8]:
    span = stretch.high_db - stretch.low_db
    if span <= 0:
        return np.full(values.shape, 128, dtype=np.uint8)
    # NaN marks no data; fmax takes the floor there, and the caller puts 0.
    levels = decibels(np.fmax(values, stretch.floor), is_amplitude=stretch.is_amplitude)
    levels = np.clip((levels - stretch.low_db) * (255.0 / span), 0.0, 255.0)
    return np.floor(levels + 0.5).astype(np.uint8)
