"""Overviews: each pixel the mean of the full-size pixels that it covers, over those with data, in linear power.

The mean of dB lies under the dB of the mean, by 2.5 dB for one look: overviews of dB would grow darker as one zooms
out. So means are taken in power and put into dB afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

SMALLEST: Final = 256
"""Halving goes on until rows and columns fit into one tile."""


def mean_levels(
    values: NDArray[Any], valid: NDArray[np.bool_]
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.bool_]]]:
    """Halved again and again: ``(means, valid)``, from half size on.

    Parameters
    ----------
    values : shape (rows, cols)
        Linear power; what is not valid may be anything, NaN too.
    valid : bool, shape (rows, cols)

    Yields
    ------
    float64 and bool, shape (ceil(rows / 2), ceil(cols / 2)) and on
        The mean over all full-size pixels with data below, not a mean of means; NaN and False where there is none.
    """
    total, count = np.where(valid, values, 0), valid
    while max(total.shape) > SMALLEST:
        total, count = _summed(total, np.float64), _summed(count, np.uint32)
        with np.errstate(invalid="ignore"):
            yield total / count, count > 0


def _summed(values: NDArray[Any], dtype: Any) -> NDArray[Any]:
    """Sums of 2×2 pixels; at odd sizes the last row and column stand alone."""
    rows, cols = values.shape
    halved = np.zeros((-(-rows // 2), -(-cols // 2)), dtype=dtype)
    for top in (0, 1):
        for left in (0, 1):
            part = values[top::2, left::2]
            halved[: part.shape[0], : part.shape[1]] += part
    return halved
