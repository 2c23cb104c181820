"""The refined Lee filter: the edge-aligned 7×7 window of J.-S. Lee (1981).

The loops are in :mod:`pipeline.imaging.lee_kernel`; here are its options, and the threads.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging import lee_kernel
from pipeline.imaging.speckle import speckle_variance

FILTER_NAME: Final = "refined Lee (1981), 7×7"
HALO: Final = lee_kernel.HALO
"""Rows and columns that a window reaches beyond its pixel: what a block of a larger image has to bring with it."""

Weight = Literal["lee1981", "lee1980"]

_LEAST_NOISE_IN_FLOAT32: Final = 0.004
"""From here on (250 looks of power) sums in float32 are exact enough; with less noise every variance is small."""
_MINIMUM_STRIP_ROWS: Final = lee_kernel.TILE_ROWS
_CACHE_LINE: Final = 64


def refined_lee(
    intensity: NDArray[Any],
    looks: float,
    *,
    amplitude: bool = False,
    valid: NDArray[np.bool_] | None = None,
    flat_test: float | None = None,
    weight: Weight = "lee1981",
    threads: int = 1,
) -> NDArray[np.float32]:
    """Reduce speckle with the edge-aligned 7×7 window of Lee (1981).

    Parameters
    ----------
    intensity : real numbers, shape (rows, cols)
        Linear power, or linear amplitude with ``amplitude=True``; never dB. NaN and ±inf mark pixels without data.
    looks : float
        Equivalent number of looks; the speckle's relative variance is ``1 / looks`` for power.
    amplitude : bool
        Whether ``intensity`` holds amplitude, whose speckle has the relative variance
        ``Γ(L) Γ(L + 1) / Γ(L + ½)² - 1``.
    valid : bool, shape (rows, cols), optional
        False marks further pixels without data.
    flat_test : float, optional
        Where the variance of the whole window is under ``flat_test · mean² · c`` the whole window replaces the half
        window. 1.2 to 1.5 doubles the smoothing of flat ground.
    weight : "lee1981" or "lee1980"
        The share of a pixel's own value: ``q / v``, or ``q / (q + m² c)``, which keeps point targets brighter.
    threads : int
        Strips of rows that are filtered at the same time. The result does not depend on it.

    Returns
    -------
    float32, shape (rows, cols), a new array
        On the scale of the input, same mean over homogeneous ground. Pixels without data are as they were, and are
        in nobody's statistics.

    Raises
    ------
    ValueError
        If a valid value is negative, ``looks`` or ``flat_test`` is not positive, or a shape does not fit.

    Notes
    -----
    A block of a larger image that brings :data:`HALO` more rows and columns on every side (fewer only where the image
    itself ends) gives exactly the pixels of the whole image, once the halo is cut off. Rows and columns on a block's
    own edge follow the rule for windows that are not whole, so they are the halo's and nobody else's.

    Each pixel is within 1e-4 of the filter in float64.

    References
    ----------
    J.-S. Lee, "Refined filtering of image noise using local statistics",
    Computer Graphics and Image Processing 15 (1981), 380-389.
    """
    _check_options(flat_test, weight)
    noise = speckle_variance(looks, amplitude=amplitude)
    values = _linear_values(intensity)
    if valid is not None and valid.shape != values.shape:
        raise ValueError(f"valid has shape {valid.shape}, the values {values.shape}")
    result = np.empty_like(values)
    if _filter_in_strips(values, valid, result, (own_shares(noise, weight), noise, flat_test or 0.0), threads):
        raise ValueError(
            "the refined Lee filter needs linear power or amplitude, which is never negative; convert dB first"
        )
    return result


def own_shares(noise: float, weight: Weight) -> tuple[float, float, float, float]:
    """a, b, c, d, so that the mean's share of the result is ``(a v + b m²) / (c v + d m²)``, or 1 where that is more.

    The pixel has the rest: ``q / v`` of Lee (1981), or ``q / (q + m² noise)`` of Lee (1980), where
    ``q = (v - m² noise) / (1 + noise)``. One minus these in one fraction loses no digits beside a bright target.
    """
    if weight == "lee1980":
        return 0.0, noise * (1 + noise), 1.0, noise * noise
    return noise, noise, 1 + noise, 0.0


def _check_options(flat_test: float | None, weight: str) -> None:
    if flat_test is not None and not flat_test > 0:
        raise ValueError(f"flat_test is {flat_test}, but must be positive")
    if weight not in ("lee1981", "lee1980"):
        raise ValueError(f"weight is {weight!r}, but must be lee1981 or lee1980")


def _linear_values(intensity: NDArray[Any]) -> NDArray[np.float32]:
    if intensity.ndim != 2 or intensity.dtype.kind not in "fiu":
        raise ValueError(f"needs a (rows, cols) array of real numbers, got shape {intensity.shape}, {intensity.dtype}")
    # One type means one compiled kernel; every 8 and 16 bit integer is exact in float32.
    return np.ascontiguousarray(intensity, dtype=np.float32)


def _filter_in_strips(
    source: NDArray[np.float32],
    valid: NDArray[np.bool_] | None,
    result: NDArray[np.float32],
    settings: tuple[tuple[float, float, float, float], float, float],
    threads: int,
) -> bool:
    """Filter into ``result``; whether a valid value was negative.

    Strips go through threads of ours: the kernel lets go of the interpreter, and numba's own layers do not fork.
    """
    rows = source.shape[0]
    has_data = np.empty((0, 0), dtype=np.bool_) if valid is None else np.ascontiguousarray(valid)
    dtype = np.float32 if settings[1] >= _LEAST_NOISE_IN_FLOAT32 else np.float64

    def filter_strip(bound: tuple[int, int]) -> bool:
        buffers = _buffers(dtype)
        return bool(lee_kernel.filter_rows(source, has_data, result, *bound, *settings, buffers))

    strip = max(_MINIMUM_STRIP_ROWS, -(-rows // max(1, threads)))
    bounds = [(first, min(first + strip, rows)) for first in range(0, rows, strip)]
    if len(bounds) <= 1:
        return any(map(filter_strip, bounds))
    with ThreadPoolExecutor(threads) as pool:
        return any(list(pool.map(filter_strip, bounds)))


def _buffers(dtype: type[np.floating[Any]]) -> tuple[NDArray[Any], ...]:
    """What the kernel works in, with half windows summed in ``dtype``; one for each thread."""
    tile = _aligned((lee_kernel.TILE_ROWS + 2 * HALO) * lee_kernel.ROW, dtype)
    lines = _aligned(13 * lee_kernel.ROW, dtype)
    totals, squares, whole, whole_squares = (_aligned(lee_kernel.TILE, dtype) for _ in range(4))
    sides, line = (_aligned(lee_kernel.TILE, np.float32) for _ in range(2))
    triples, blocks = (_aligned(rows * lee_kernel.ROW, dtype).reshape(rows, lee_kernel.ROW) for rows in (1, 5))
    exact = _aligned(4 * lee_kernel.ROW, np.float64).reshape(4, lee_kernel.ROW)
    return tile, lines, totals, squares, whole, whole_squares, sides, line, triples[0], blocks, exact


def _aligned(count: int, dtype: type[np.floating[Any]]) -> NDArray[Any]:
    """On a cache line's edge: vectors that straddle two lines cost up to three times as much to store."""
    size = count * np.dtype(dtype).itemsize
    raw = np.zeros(size + _CACHE_LINE, dtype=np.uint8)
    begin = -raw.ctypes.data % _CACHE_LINE
    return raw[begin : begin + size].view(dtype)
