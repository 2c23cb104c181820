"""The compiled loops over blocks of an image, from which its looks are estimated."""

# Kernels are typed when they are compiled, from what they are called with.
# mypy: disable-error-code="no-untyped-def"
# ruff: noqa: ANN001, ANN201, ANN202

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.imaging.compiled import compiled

BLOCK: Final = 16
_PIXELS: Final = BLOCK * BLOCK
_PAIRS: Final = 2 * BLOCK * (BLOCK - 1)
"""Of neighbours in a block, along both axes."""
_MOST_EXTREMES: Final = _PIXELS // 100


@compiled
def measure_blocks(values, saturation, relative, correlations):
    """Variance over squared mean of each block, and the correlation of its neighbours; NaN where it may not be used.

    ``values`` is float32, shape (rows, cols), NaN without data; the results have the shape (rows // 16, cols // 16).
    Each sum goes down the columns in a loop of its own, side by side, so that LLVM vectorises it.
    """
    width = relative.shape[1] * BLOCK
    totals, squares = np.zeros(width), np.zeros(width)
    beside, below = np.zeros(width), np.zeros(width)
    extremes = np.zeros(width, np.int32)
    for number in range(relative.shape[0]):
        rows = values[number * BLOCK : (number + 1) * BLOCK, :width]
        totals[:] = 0.0
        squares[:] = 0.0
        beside[:] = 0.0
        below[:] = 0.0
        extremes[:] = 0
        for y in range(BLOCK):
            _add(rows[y], totals)
            _add_products(rows[y], rows[y], squares)
            _add_products(rows[y, :-1], rows[y, 1:], beside)
            if y + 1 < BLOCK:
                _add_products(rows[y], rows[y + 1], below)
            _count_extremes(rows[y], saturation, extremes)
        for block in range(relative.shape[1]):
            here = slice(block * BLOCK, (block + 1) * BLOCK)
            relative[number, block] = np.nan
            if extremes[here].sum() <= _MOST_EXTREMES:
                products = beside[here][:-1].sum() + below[here].sum()
                inner = _sum_of_pairs(totals[here], rows[0, here], rows[-1, here])
                found = _moments(totals[here].sum(), squares[here].sum(), products, inner)
                relative[number, block], correlations[number, block] = found


@compiled
def _add(row, sums):
    for j in range(row.size):
        sums[j] += row[j]


@compiled
def _add_products(first, second, sums):
    for j in range(first.size):
        sums[j] += np.float64(first[j]) * np.float64(second[j])


@compiled
def _count_extremes(row, saturation, counts):
    for j in range(row.size):
        counts[j] += np.int32((row[j] == np.float32(0.0)) | (row[j] >= saturation))


@compiled
def _sum_of_pairs(totals, first_row, last_row):
    """The sum of both members of all pairs: every pixel four times, but for those on the edges."""
    total = 4.0 * totals.sum() - totals[0] - totals[-1]
    for j in range(BLOCK):
        total -= np.float64(first_row[j]) + np.float64(last_row[j])
    return total


@compiled
def _moments(total, squares, products, inner):
    mean = total / _PIXELS
    # NaN and infinity make the total so; they compare false.
    if not 0.0 < total < np.inf:
        return np.nan, np.nan
    variance = max(0.0, squares - total * mean)
    covariance = products - mean * inner + _PAIRS * mean * mean
    # Sums in float64 leave some dust of a block of one value.
    if variance <= 1e-12 * squares:
        return 0.0, 0.0
    return variance / (_PIXELS - 1) / (mean * mean), covariance / _PAIRS / (variance / _PIXELS)
