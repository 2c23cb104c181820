"""Logarithm and linear stretch to 8 bit: how a despeckled image becomes what a model and a reviewer see.

Nothing here sorts, and no pixel needs a logarithm to find its grey level. The bits of a positive float32, read as an
integer, keep the order of the numbers. So percentiles come from a histogram over those bits, and a grey level is a
look-up: between which of 255 thresholds, themselves float32, the value lies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.compiled import compiled
from pipeline.imaging.logarithm import decibels as decibels

LOW_PERCENT: Final = 1.0
HIGH_PERCENT: Final = 99.0
GREY_LEVELS: Final = 256

_FINE_BITS: Final = 9
"""Bits below a bin of the histogram: 16384 bins an octave, each 0.00053 dB of amplitude wide or less."""
_FINE: Final = 1 << _FINE_BITS
_INFINITY_BITS: Final = 0x7F800000


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


class StretchHistogram:
    """How often each value occurs in an image that is seen strip by strip; the stretch of the whole comes out.

    Strips may come in any order, and histograms of parts may be merged: the result is the same. The floor and the
    number of zeros are exact; each limit is within 0.0006 dB of the percentile of all values (within 0.0003 dB for
    power). Memory is 33 MB at most, however large the image.
    """

    def __init__(self) -> None:
        self._counts = np.zeros(_INFINITY_BITS >> _FINE_BITS, dtype=np.int64)
        self._zeros = 0
        self._positives = 0
        self._least = _INFINITY_BITS
        self._most = 0

    @property
    def is_dark(self) -> bool:
        """Whether no positive value was added, so that there is no logarithm to stretch."""
        return self._positives == 0

    def add(self, values: NDArray[np.floating[Any]], valid: NDArray[np.bool_]) -> Self:
        """Count the valid values of a strip, shape (rows, cols): linear power or amplitude, not negative.

        NaN and inf are never counted.
        """
        zeros, positives, least, most = _count(_bits(values), _flat(valid), self._counts)
        self._zeros += int(zeros)
        self._positives += int(positives)
        self._least = min(self._least, int(least))
        self._most = max(self._most, int(most))
        return self

    def merge(self, other: StretchHistogram) -> Self:
        """Add what another histogram has counted."""
        if not other.is_dark:
            seen = np.s_[other._least >> _FINE_BITS : (other._most >> _FINE_BITS) + 1]
            self._counts[seen] += other._counts[seen]
        self._zeros += other._zeros
        self._positives += other._positives
        self._least = min(self._least, other._least)
        self._most = max(self._most, other._most)
        return self

    def stretch(self, *, is_amplitude: bool) -> Stretch:
        """The stretch from the 1st to the 99th percentile of the logarithm, zeros raised to the floor.

        Raises
        ------
        ValueError
            If no positive value was added.
        """
        return self._stretch([self._middle(*place) for place in self._places()], is_amplitude)

    def exact_stretch(
        self, values: NDArray[np.floating[Any]], valid: NDArray[np.bool_], *, is_amplitude: bool
    ) -> Stretch:
        """As :meth:`stretch`, with the limits as ``numpy.percentile`` gives them; of exactly the values added."""
        return self.narrowed().add(values, valid).stretch(is_amplitude=is_amplitude)

    def narrowed(self) -> NarrowedHistogram:
        """For a second walk over exactly the values added, after which the limits are exact.

        Raises
        ------
        ValueError
            If no positive value was added.
        """
        return NarrowedHistogram(self, self._places())

    def _places(self) -> list[tuple[int, int]]:
        """Where the values on both sides of each percentile lie: the bin, and the rank within it.

        The rank is negative for zeros, which are raised to the floor.
        """
        if self.is_dark:
            raise ValueError("there is no positive value, so there is no logarithm to stretch")
        last = self._zeros + self._positives - 1
        below = [int(percent / 100 * last) for percent in (LOW_PERCENT, HIGH_PERCENT)]
        first = self._least >> _FINE_BITS
        cumulated = np.cumsum(self._counts[first : (self._most >> _FINE_BITS) + 1])
        places = []
        for rank in (side - self._zeros for lower in below for side in (lower, min(lower + 1, last))):
            number = int(np.searchsorted(cumulated, rank, side="right")) if rank >= 0 else 0
            places.append((first + number, rank - (int(cumulated[number - 1]) if number else 0)))
        return places

    def _middle(self, number: int, rank: int) -> int:
        """Bits of the value at this rank of a bin, as though its values were spread evenly."""
        if rank < 0:
            return self._least
        share = (rank + 0.5) / float(self._counts[number])
        return min(max(number * _FINE + int(share * _FINE), self._least), self._most)

    def _stretch(self, bits: list[int], is_amplitude: bool) -> Stretch:
        """From the bits of the two values on both sides of each percentile."""
        floor = float(_values_of(np.array([self._least]))[0])
        db = decibels(_values_of(np.array(bits)), is_amplitude=is_amplitude).tolist()
        last = self._zeros + self._positives - 1
        low, high = (
            below + (above - below) * (percent / 100 * last % 1)
            for percent, below, above in zip((LOW_PERCENT, HIGH_PERCENT), db[::2], db[1::2], strict=True)
        )
        return Stretch(low, high, floor, self._zeros, is_amplitude)


class NarrowedHistogram:
    """The few bins of a :class:`StretchHistogram` that hold the percentiles, value by value."""

    def __init__(self, histogram: StretchHistogram, places: list[tuple[int, int]]) -> None:
        self._histogram = histogram
        self._places = places
        self._bins = np.array([number for number, _ in places], dtype=np.int32)
        self._counts = np.zeros((len(places), _FINE), dtype=np.int64)

    def add(self, values: NDArray[np.floating[Any]], valid: NDArray[np.bool_]) -> Self:
        """Count the same strip again."""
        self._counts += _count_within(_bits(values), _flat(valid), self._bins)
        return self

    def stretch(self, *, is_amplitude: bool) -> Stretch:
        """The stretch of the whole, equal to that of :func:`find_stretch`."""
        found = []
        for (number, rank), fine in zip(self._places, self._counts, strict=True):
            within = int(np.searchsorted(np.cumsum(fine), rank, side="right"))
            found.append(self._histogram._least if rank < 0 else number * _FINE + within)
        return self._histogram._stretch(found, is_amplitude)


def find_stretch(values: NDArray[np.float32], valid: NDArray[np.bool_], *, is_amplitude: bool) -> Stretch:
    """The stretch from the 1st to the 99th percentile of the logarithm of the valid values.

    Parameters
    ----------
    values : float32, shape (rows, cols)
        Despeckled linear power or amplitude, not negative.
    valid : bool, shape (rows, cols)
        At least one True, and at least one positive value there.

    Raises
    ------
    ValueError
        If no valid value is positive.

    Notes
    -----
    Percentiles interpolate linearly between neighbouring logarithms, as ``numpy.percentile`` does.
    """
    return StretchHistogram().add(values, valid).exact_stretch(values, valid, is_amplitude=is_amplitude)


def apply_stretch(
    values: NDArray[np.floating[Any]], valid: NDArray[np.bool_], stretch: Stretch, *, has_holes: bool | None = None
) -> NDArray[np.uint8]:
    """``floor(255 · (dB - low) / (high - low) + ½)`` of each value as float32, clipped to 0..255.

    Where some pixels are without data these become 0, and the darkest valid pixels 1, so that 0 means no data only;
    ``has_holes`` says so of the whole image where ``values`` are a part of one. An image of one value becomes 128.
    """
    least = int(not valid.all() if has_holes is None else has_holes)
    if stretch.high_db <= stretch.low_db:
        return np.where(valid, 128, 0).astype(np.uint8)
    result = np.empty(values.shape, dtype=np.uint8)
    _look_up(_bits(values), _flat(valid), *_grey_table(stretch), least, result.reshape(-1))
    return result


def _bits(values: NDArray[np.floating[Any]]) -> NDArray[np.int32]:
    return np.ascontiguousarray(values, dtype=np.float32).reshape(-1).view(np.int32)


def _flat(valid: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.ascontiguousarray(valid).reshape(-1)


def _values_of(bits: NDArray[np.int64]) -> NDArray[np.float64]:
    return bits.astype(np.int32).view(np.float32).astype(np.float64)


def _grey_table(stretch: Stretch) -> tuple[int, int, NDArray[np.uint8], NDArray[np.int32]]:
    """The bits of the first bin, its width as a shift; and for each bin its first level and where the next begins.

    Bins are so narrow that none holds two thresholds; or one value wide.
    """
    thresholds = _thresholds(stretch)
    gap = int(np.diff(thresholds).min())
    shift = max(gap, 1).bit_length() - 1
    first = (int(thresholds[0]) - 1) >> shift
    starts = np.arange(first, (int(thresholds[-1]) >> shift) + 1) << shift
    levels = np.searchsorted(thresholds, starts, side="right")
    following = np.append(thresholds, np.iinfo(np.int32).max)[levels]
    return int(starts[0]), shift, levels.astype(np.uint8), following.astype(np.int32)


def _thresholds(stretch: Stretch) -> NDArray[np.int64]:
    """The bits of the smallest float32 of each grey level from 1 to 255, by the stretch's own formula in float64."""
    span = stretch.high_db - stretch.low_db
    levels = np.arange(1, GREY_LEVELS)
    db = stretch.low_db + (levels - 0.5) / (GREY_LEVELS - 1) * span
    guess = (10.0 ** (db / (20.0 if stretch.is_amplitude else 10.0))).astype(np.float32)
    bits = guess.view(np.int32).astype(np.int64)
    # The guess is off by a few last bits at most; the formula decides.
    near = bits[:, None] + np.arange(-4, 5)
    reached = decibels(_values_of(near), is_amplitude=stretch.is_amplitude)
    is_below = np.floor((reached - stretch.low_db) * (255.0 / span) + 0.5) < levels[:, None]
    thresholds: NDArray[np.int64] = near[:, 0] + is_below.sum(axis=1)
    return thresholds


@compiled
def _count(bits, valid, counts):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Count the valid numbers into ``counts``; returns how many zeros and positive ones, and the extremes' bits."""
    zeros = 0
    positives = 0
    least = np.int32(_INFINITY_BITS)
    most = np.int32(0)
    for i in range(bits.size):
        number = bits[i]
        if not valid[i] or (number & 0x7FFFFFFF) >= _INFINITY_BITS:
            continue
        if number <= 0:
            zeros += 1
            continue
        positives += 1
        counts[number >> _FINE_BITS] += 1
        least = min(least, number)
        most = max(most, number)
    return zeros, positives, least, most


@compiled
def _count_within(bits, valid, bins):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The values of four bins by their last bits, shape (4, _FINE)."""
    counts = np.zeros((4, _FINE), np.int64)
    a, b, c, d = bins[0], bins[1], bins[2], bins[3]
    for i in range(bits.size):
        number = bits[i]
        place = number >> _FINE_BITS
        if (place == a) | (place == b) | (place == c) | (place == d) and number > 0 and valid[i]:
            for which in range(4):
                if place == bins[which]:
                    counts[which, number & (_FINE - 1)] += 1
    return counts


@compiled
def _look_up(bits, valid, start, shift, levels, following, least, result):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    last = levels.size - 1
    for i in range(bits.size):
        number = bits[i]
        # NaN lies above infinity, negative numbers below 0.
        number = 0 if number > _INFINITY_BITS else number
        place = min(max(number - start, 0) >> shift, last)
        level = levels[place] + (number >= following[place])
        result[i] = max(level, least) if valid[i] else 0
