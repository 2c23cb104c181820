"""What the numbers of a band are like: extremes, zeros, negatives; over a whole image, or strip by strip."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.compiled import compiled

NOT_A_MEASUREMENT: Final = 1e30
"""From here on a float is an undeclared no-data value (−3.4e38 is common), not backscatter."""


@dataclass(frozen=True, slots=True)
class Survey:
    """Of a band's pixels. All but ``pixels`` are about those with data."""

    pixels: int
    valid: int
    zeros: int
    negatives: int
    fractions: int
    """Values that are no whole number."""
    saturated: int
    """At the highest value of an integer type."""
    least: float
    """inf without data."""
    most: float
    smallest_positive: float
    """inf where none is positive."""

    @property
    def has_holes(self) -> bool:
        return self.valid < self.pixels

    def merged(self, other: Survey) -> Survey:
        """Of both parts together."""
        return Survey(
            pixels=self.pixels + other.pixels,
            valid=self.valid + other.valid,
            zeros=self.zeros + other.zeros,
            negatives=self.negatives + other.negatives,
            fractions=self.fractions + other.fractions,
            saturated=self.saturated + other.saturated,
            least=min(self.least, other.least),
            most=max(self.most, other.most),
            smallest_positive=min(self.smallest_positive, other.smallest_positive),
        )


NO_EXTREMES: Final = (math.inf, -math.inf, math.inf)
NOTHING: Final = Survey(0, 0, 0, 0, 0, 0, *NO_EXTREMES)
"""Of no pixel: where merging begins."""
_MAGNITUDE: Final = np.int32(0x7FFFFFFF)
_INFINITY_BITS: Final = np.int32(0x7F800000)


def examine(values: NDArray[Any], valid: NDArray[np.bool_]) -> Survey:
    """Survey a band in one pass, and make ``valid`` False where a float is NaN, infinite or no measurement.

    Parameters
    ----------
    values : uint8, uint16, int16, float32 or float64, shape (rows, cols)
    valid : bool, shape (rows, cols), contiguous
        What the file declares; changed in place.
    """
    highest = float(np.iinfo(values.dtype).max) if values.dtype.kind in "iu" else math.inf
    flat = np.ascontiguousarray(values).reshape(-1)
    counts: Any
    extremes: Any
    if values.dtype == np.float32:
        counts, ordered = _examine_float32(flat, flat.view(np.int32), valid.reshape(-1))
        found = np.array(ordered, np.int32)
        extremes = (found ^ (found >> 31 & _MAGNITUDE)).view(np.float32) if counts[0] else NO_EXTREMES
    else:
        counts, extremes = _examine(flat, valid.reshape(-1), highest)
    return Survey(values.size, *(int(count) for count in counts), *(float(extreme) for extreme in extremes))


@compiled
def _examine(values, valid, highest):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    count, zeros, negatives, fractions, saturated = 0, 0, 0, 0, 0
    least, most, smallest = np.inf, -np.inf, np.inf
    for i in range(values.size):
        value: Any = np.float64(values[i])
        # NaN compares false, so it is left out as well.
        has_data = valid[i] and abs(value) < NOT_A_MEASUREMENT
        valid[i] = has_data
        if has_data:
            count += 1
            zeros += int(value == 0)
            negatives += int(value < 0)
            fractions += int(value != np.floor(value))
            saturated += int(value == highest)
            least = min(least, value)
            most = max(most, value)
            smallest = min(smallest, value if value > 0 else np.inf)
    return (count, zeros, negatives, fractions, saturated), (least, most, smallest)


@compiled
def _examine_float32(values, bits, valid):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """As :func:`_examine`, four times as fast: extremes of integers need no care for NaN, so the loop vectorises.

    The extremes come as integers of the same order as the numbers: bits, all but the sign turned over where negative.
    """
    count, zeros, negatives, fractions = 0, 0, 0, 0
    least, most, smallest = _INFINITY_BITS, np.int32(-(2**31)), _INFINITY_BITS
    for i in range(values.size):
        value = values[i]
        has_data = valid[i] & (abs(value) < np.float32(NOT_A_MEASUREMENT))
        valid[i] = has_data
        count += has_data
        zeros += has_data & (value == 0)
        negatives += has_data & (value < 0)
        fractions += has_data & (value != np.floor(value))
        ordered = np.int32(bits[i] ^ (bits[i] >> 31 & _MAGNITUDE))
        least = min(least, ordered if has_data else _INFINITY_BITS)
        most = max(most, ordered if has_data else np.int32(-(2**31)))
        smallest = min(smallest, ordered if has_data & (ordered > 0) else _INFINITY_BITS)
    return (count, zeros, negatives, fractions, 0), (least, most, smallest)
