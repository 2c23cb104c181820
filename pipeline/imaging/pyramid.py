"""Overviews: each pixel the mean of the full-size pixels that it covers, over those with data, in linear power.

The mean of dB lies under the dB of the mean, by 2.5 dB for one look: overviews of dB would grow darker as one zooms
out. So means are taken in power and put into dB afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.compiled import compiled

SMALLEST: Final = 256
"""Halving goes on until rows and columns fit into one tile."""


def mean_levels(
    values: NDArray[Any], valid: NDArray[np.bool_], *, is_amplitude: bool = False, least: float = -np.inf
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.bool_]]]:
    """Halved again and again: ``(means, valid)``, from half size on.

    Parameters
    ----------
    values : shape (rows, cols)
        Linear power; what is not valid may be anything, NaN too.
    valid : bool, shape (rows, cols)
    is_amplitude : bool
        Whether the values are amplitude: they are squared, and the means are of power.
    least : float
        Smaller values are raised to this before.

    Yields
    ------
    float64 and bool, shape (ceil(rows / 2), ceil(cols / 2)) and on
        The mean over all full-size pixels with data below, not a mean of means; NaN and False where there is none.
    """
    total: NDArray[Any] = values
    count: NDArray[Any] = valid
    for number in range(len(level_shapes(values.shape)) - 1):
        if number == 0:
            total, count = halve(total, count, is_amplitude=is_amplitude, least=least)
        else:
            total, count = halve(total, count)
        yield means_of(total, count)


def level_shapes(shape: tuple[int, ...]) -> list[tuple[int, int]]:
    """(rows, cols) of an image and of each of its overviews."""
    rows, cols = shape
    shapes = [(rows, cols)]
    while max(rows, cols) > SMALLEST:
        rows, cols = -(-rows // 2), -(-cols // 2)
        shapes.append((rows, cols))
    return shapes


def halve(
    values: NDArray[Any], counts: NDArray[Any], *, is_amplitude: bool = False, least: float = -np.inf
) -> tuple[NDArray[np.float64], NDArray[np.uint32]]:
    """Sums over 2×2 pixels, and of how many full-size pixels; at odd sizes the last row and column stand alone.

    Parameters
    ----------
    values : shape (rows, cols)
        Pixels, or sums as this function returns them.
    counts : bool or uint32, shape (rows, cols)
        Where pixels are valid, or of how many each sum is.
    is_amplitude, least
        As of :func:`mean_levels`.
    """
    rows, cols = values.shape
    shape = (-(-rows // 2), -(-cols // 2))
    sums, totals = np.empty(shape, np.float64), np.empty(shape, np.uint32)
    _halve(values, counts, is_amplitude, least, sums, totals)
    return sums, totals


def means_of(sums: NDArray[np.float64], counts: NDArray[np.uint32]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """What :func:`halve` returns, as means and where there are any; NaN where there are none."""
    with np.errstate(invalid="ignore"):
        return sums / counts, counts > 0


@compiled(forceinline=True)
def _one(value: Any, count: Any, is_amplitude: Any, least: Any) -> Any:
    # float64 before it is squared: amplitudes from 1e19 on would be infinite in float32.
    raised = max(np.float64(value), least)
    return (raised * raised if is_amplitude else raised) if count else 0.0


@compiled
def _halve(values: Any, counts: Any, is_amplitude: Any, least: Any, sums: Any, totals: Any) -> Any:
    rows, cols = values.shape
    for row in range(sums.shape[0]):
        sums[row], totals[row] = 0.0, 0
        for source in range(2 * row, min(2 * row + 2, rows)):
            line, weights = values[source], counts[source]
            for col in range(cols // 2):
                left = _one(line[2 * col], weights[2 * col], is_amplitude, least)
                right = _one(line[2 * col + 1], weights[2 * col + 1], is_amplitude, least)
                sums[row, col] += left + right
                totals[row, col] += np.uint32(weights[2 * col]) + np.uint32(weights[2 * col + 1])
            if cols % 2:
                sums[row, -1] += _one(line[-1], weights[-1], is_amplitude, least)
                totals[row, -1] += np.uint32(weights[-1])
