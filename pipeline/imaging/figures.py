"""Figures of an image that the page and the duplicate search need (NumPy only)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

BINS: Final = 256
PERCENTILES: Final = (0.0, 0.5, 1.0, 2.0, 5.0, 95.0, 98.0, 99.0, 99.5, 100.0)
"""Those between which a page can show an image; the browser's ``contrast.js`` has the same."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the valid values of the ``sar`` image, in its unit."""

    value_range: tuple[float, float]
    display_limits: tuple[float, float]
    """1st and 99th percentile; never equal."""
    edges: tuple[float, ...]
    """257 edges of 256 equal bins; of 8-bit numbers 0, 1, ..., 256."""
    counts: tuple[int, ...]
    percentiles: Mapping[str, float]
    """By percent (``"0.5"``), in its unit. Of values with a long tail all that is seen lies in a few of the bins, so
    what is worked out from them would be off by all of the contrast."""


def figures_of(stored: NDArray[Any], valid: NDArray[np.bool_], scale: float) -> Figures:
    """Range, percentiles and histogram of ``stored × scale`` where valid (at least one pixel)."""
    numbers, counts = _occurrences(stored, valid)
    least, most = float(numbers[0]), float(numbers[-1])
    found = {f"{percent:g}": _percentile(numbers, counts, percent) for percent in PERCENTILES}
    low, high = found["1"], found["99"]
    if low == high:
        low, high = low - 0.5 / scale, high + 0.5 / scale
    span = (0.0, float(BINS)) if stored.dtype == np.uint8 else (least, most if most > least else least + 1 / scale)
    histogram, edges = np.histogram(numbers, bins=BINS, range=span, weights=counts)
    return Figures(
        value_range=(_tidy(least * scale), _tidy(most * scale)),
        display_limits=(_tidy(low * scale), _tidy(high * scale)),
        edges=tuple(_tidy(edge * scale) for edge in edges.tolist()),
        counts=tuple(histogram.tolist()),
        percentiles={percent: _tidy(number * scale) for percent, number in found.items()},
    )


def _occurrences(stored: NDArray[Any], valid: NDArray[np.bool_]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The numbers that occur where valid, ascending, and how often; integers are counted, not sorted."""
    if stored.dtype.kind == "f":
        chosen = np.sort(stored[valid])
        return chosen, np.ones(chosen.size, np.int64)
    # Here, since the application compares hashes by this module, and numba is to stay out of its processes.
    from pipeline.imaging.counting import occurrences

    return occurrences(stored, valid)


def _percentile(numbers: NDArray[Any], counts: NDArray[np.int64], percent: float) -> float:
    """As ``numpy.percentile`` of all: between the two neighbours of its place."""
    cumulated = np.cumsum(counts)
    position = percent / 100 * (int(cumulated[-1]) - 1)
    below = int(position)
    ranks = [below, min(below + 1, int(cumulated[-1]) - 1)]
    low, high = numbers[np.searchsorted(cumulated, ranks, side="right")].astype(np.float64).tolist()
    return float(low + (high - low) * (position - below))


def duplicate_hash(image: NDArray[np.uint8]) -> str:
    """64-bit difference hash, 16 hex digits: near-duplicates differ in few bits, also at another size or contrast.

    The image, shape (rows, cols), is averaged to 8×9 cells; each bit says whether a cell is darker than its right
    neighbour, row by row, most significant first.
    """
    cells = cell_means(image, 8, 9)
    bits = (cells[:, :-1] < cells[:, 1:]).ravel()
    return np.packbits(bits).tobytes().hex()


def cell_means(image: NDArray[np.uint8], rows: int, cols: int) -> NDArray[np.float64]:
    """Means over ``rows`` × ``cols`` cells of equal size, float64; images smaller than that repeat pixels."""
    tops, bottoms = _cells(image.shape[0], rows)
    lefts, rights = _cells(image.shape[1], cols)
    # Rows first: sums of whole rows run through memory once, and leave little to sum across.
    sums = [image[top:bottom].sum(axis=0, dtype=np.uint32) for top, bottom in zip(tops, bottoms, strict=True)]
    summed = np.pad(np.cumsum(sums, axis=1, dtype=np.uint64), ((0, 0), (1, 0)))
    boxes = summed[:, rights] - summed[:, lefts]
    return np.asarray(boxes / np.outer(bottoms - tops, rights - lefts))


def _cells(length: int, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where cells of equal size begin and end, at least one pixel each."""
    starts = np.arange(count) * length // count
    return starts, np.maximum(np.arange(1, count + 1) * length // count, starts + 1)


def _tidy(value: float) -> float:
    """Without the dust of binary fractions: 12.34 dB, not 12.340000000000002."""
    return float(f"{value:.9g}")
