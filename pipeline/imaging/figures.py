"""Figures of an image that the page and the duplicate search need (NumPy only)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

BINS: Final = 256


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the valid values of the ``sar`` image, in its unit."""

    value_range: tuple[float, float]
    display_limits: tuple[float, float]
    """1st and 99th percentile; never equal."""
    edges: tuple[float, ...]
    """257 edges of 256 equal bins; of 8-bit numbers 0, 1, ..., 256."""
    counts: tuple[int, ...]


def figures_of(stored: NDArray[Any], valid: NDArray[np.bool_], scale: float) -> Figures:
    """Range, percentiles and histogram of ``stored × scale`` where valid (at least one pixel)."""
    chosen = stored[valid]
    least, most = float(chosen.min()), float(chosen.max())
    low, high = (float(limit) for limit in np.percentile(chosen, [1, 99]))
    if low == high:
        low, high = low - 0.5 / scale, high + 0.5 / scale
    span = (0.0, float(BINS)) if stored.dtype == np.uint8 else (least, most if most > least else least + 1 / scale)
    counts, edges = np.histogram(chosen, bins=BINS, range=span)
    return Figures(
        value_range=(_tidy(least * scale), _tidy(most * scale)),
        display_limits=(_tidy(low * scale), _tidy(high * scale)),
        edges=tuple(_tidy(edge * scale) for edge in edges.tolist()),
        counts=tuple(counts.tolist()),
    )


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
    summed = np.pad(image.astype(np.float64).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    tops = np.arange(rows) * image.shape[0] // rows
    bottoms = np.maximum(np.arange(1, rows + 1) * image.shape[0] // rows, tops + 1)
    lefts = np.arange(cols) * image.shape[1] // cols
    rights = np.maximum(np.arange(1, cols + 1) * image.shape[1] // cols, lefts + 1)
    boxes = summed[np.ix_(bottoms, rights)] - summed[np.ix_(tops, rights)]
    boxes += summed[np.ix_(tops, lefts)] - summed[np.ix_(bottoms, lefts)]
    return np.asarray(boxes / np.outer(bottoms - tops, rights - lefts))


def _tidy(value: float) -> float:
    """Without the dust of binary fractions: 12.34 dB, not 12.340000000000002."""
    return float(f"{value:.9g}")
