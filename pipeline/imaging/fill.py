"""Zeros that are no measurement: the undeclared fill around a turned or cut scene."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

LEAST_SHARE: Final = 0.01
"""Less than this does not reach the percentiles of the stretch."""


def undeclared_fill(values: NDArray[Any], valid: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    """Zero pixels that hang together with the image's border, if they are at least 1 % of it.

    Left in, they would be the 1st percentile, and the whole scene would be stretched into white. Zeros inside the
    scene (radar shadow, calm water) are measurements and are not touched.

    Parameters
    ----------
    values : real numbers, shape (rows, cols)
        Linear power or amplitude.
    valid : bool, shape (rows, cols)
        Where the file says that there is data.

    Returns
    -------
    bool, shape (rows, cols), or None where there is no such fill.
    """
    is_zero = valid & (values == 0)
    if is_zero.mean() < LEAST_SHARE:
        return None
    regions, _ = ndimage.label(is_zero)
    on_border = np.concatenate([regions[0], regions[-1], regions[:, 0], regions[:, -1]])
    touching = np.unique(on_border[on_border > 0])
    fill: NDArray[np.bool_] = np.isin(regions, touching)
    return fill if fill.mean() >= LEAST_SHARE else None
