"""The refined Lee filter: the edge-aligned 7×7 window of J.-S. Lee (1981).

How it is laid out. The image is walked in tiles of :data:`TILE` columns. For each image row the running sums of 1 to 7
neighbours, of x and of x², are written once into a ring that holds the last seven rows; every half window is then
four or seven loads away. All eight half windows are summed and the right one selected, without a branch, so that
LLVM vectorises the loop over columns. Three choices keep it exact: sums are in float64, nothing is a running
difference (a bright target leaves no residue behind it), and blocks are compared as sums, so that equal blocks of
whole numbers are equal.

Pixels whose window is not whole (image border, or no data in it) are done apart, one by one.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.compiled import compiled
from pipeline.imaging.speckle import speckle_variance

FILTER_NAME: Final = "refined Lee (1981), 7×7"

Weight = Literal["lee1981", "lee1980"]

TILE: Final = 256
"""Columns a tile. A constant, since only with distances known at compile time does LLVM see that nothing overlaps."""
_PAD: Final = TILE + 6
_ROW: Final = 14 * _PAD
"""One ring row: sums of 1..7 neighbours of x, then of x²."""
_SQUARES: Final = 7 * _PAD
_P1, _P2, _P3, _P4, _P5, _P6, _P7 = (length * _PAD for length in range(7))
_R1, _R2, _R3, _R4, _R5, _R6 = (row * _ROW for row in range(1, 7))
_MINIMUM_STRIP_ROWS: Final = 64


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
    float32, shape (rows, cols)
        On the scale of the input, same mean over homogeneous ground. Pixels without data are as they were, and are
        in nobody's statistics.

    Raises
    ------
    ValueError
        If a valid value is negative, ``looks`` or ``flat_test`` is not positive, or a shape does not fit.

    References
    ----------
    J.-S. Lee, "Refined filtering of image noise using local statistics",
    Computer Graphics and Image Processing 15 (1981), 380-389.
    """
    _check_options(flat_test, weight)
    noise = speckle_variance(looks, amplitude=amplitude)
    values = _linear_values(intensity)
    source = _without_data_as_nan(values, valid)
    if source.size and np.nanmin(source, initial=np.inf) < 0:
        raise ValueError(
            "the refined Lee filter needs linear power or amplitude, which is never negative; convert dB first"
        )
    result = np.empty_like(source)
    settings = (np.float64(noise), np.float64(flat_test or 0.0), weight == "lee1980")
    _filter_in_strips(source, result, settings, threads)
    np.copyto(result, values, where=np.isnan(source))
    return result


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


def _without_data_as_nan(values: NDArray[np.float32], valid: NDArray[np.bool_] | None) -> NDArray[np.float32]:
    has_data = np.isfinite(values)
    if valid is not None:
        if valid.shape != values.shape:
            raise ValueError(f"valid has shape {valid.shape}, the values {values.shape}")
        has_data &= valid
    return values if has_data.all() else np.where(has_data, values, np.float32(np.nan))


def _filter_in_strips(
    source: NDArray[np.float32], result: NDArray[np.float32], settings: tuple[Any, ...], threads: int
) -> None:
    """Strips go through threads of ours: the kernel lets go of the interpreter, and numba's own layers do not fork."""
    rows = source.shape[0]
    strip = max(_MINIMUM_STRIP_ROWS, -(-rows // max(1, threads)))
    bounds = [(first, min(first + strip, rows)) for first in range(0, rows, strip)]
    if threads <= 1 or len(bounds) == 1:
        _filter_rows(source, result, 0, rows, *settings)
        return
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda bound: _filter_rows(source, result, *bound, *settings), bounds))


@compiled
def _filter_rows(source, result, first, last, noise, flat_test, is_lee1980):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Filter the rows from ``first`` up to ``last`` of ``source`` into ``result``."""
    cols = source.shape[1]
    # Each row is written twice, seven rows apart, so that the last seven always lie one after another.
    ring = np.zeros(14 * _ROW + 8, np.float64)
    padded = np.zeros(_PAD + 8, np.float64)
    line = np.zeros(TILE, np.float32)
    for left in range(0, cols, TILE):
        for row in range(first - 3, last + 3):
            slot = (row - first + 3) % 7
            _load_row(source, row, left, padded)
            _sum_neighbours(padded, ring[slot * _ROW : (slot + 1) * _ROW])
            ring[(slot + 7) * _ROW : (slot + 8) * _ROW] = ring[slot * _ROW : (slot + 1) * _ROW]
            centre = row - 3
            if centre < first:
                continue
            _filter_line(ring[(slot + 1) * _ROW : (slot + 8) * _ROW], line, noise, flat_test, is_lee1980)
            for col in range(left, min(left + TILE, cols)):
                value = line[col - left]
                if np.isnan(value):
                    value = _filter_broken_window(source, centre, col, noise, is_lee1980)
                result[centre, col] = value


@compiled
def _load_row(source, row, left, padded):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """One row of a tile with its three neighbours on each side; beyond the image NaN, as where there is no data."""
    rows, cols = source.shape
    for offset in range(_PAD):
        col = left - 3 + offset
        is_inside = 0 <= row < rows and 0 <= col < cols
        padded[offset] = source[row, col] if is_inside else np.nan


@compiled
def _sum_neighbours(padded, sums):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Sums of 1..7 pixels from each column on, of x and of x²."""
    for col in range(_PAD):
        total = 0.0
        squares = 0.0
        for length in range(7):
            # The pad's last columns read beyond the row, into zeros or each other; no window uses those sums.
            value = padded[min(col + length, _PAD - 1)]
            total += value
            squares += value * value
            sums[length * _PAD + col] = total
            sums[_SQUARES + length * _PAD + col] = squares


@compiled
def _filter_line(w, line, noise, flat_test, is_lee1980):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """One row of a tile; ``w`` holds the seven ring rows of its windows. NaN where a window is not whole."""
    for j in range(TILE):
        nw, n, ne, we, ce, ea, sw, s, se = _block_sums(w, j)
        vertical = abs((ne + ea + se) - (nw + we + sw))
        horizontal = abs((nw + n + ne) - (sw + s + se))
        rising = abs((nw + n + we) - (se + s + ea))
        falling = abs((ne + n + ea) - (sw + s + we))
        # Of equal gradients the first in this order; of equally near sides right, bottom, lower right, lower left.
        is_vertical = vertical >= max(horizontal, rising, falling)
        is_horizontal = horizontal >= max(rising, falling)
        is_rising = rising >= falling
        is_right = abs(ea - ce) <= abs(we - ce)
        is_bottom = abs(s - ce) <= abs(n - ce)
        is_lower_right = abs(se - ce) <= abs(nw - ce)
        is_lower_left = abs(sw - ce) <= abs(ne - ce)

        left, right, top, bottom, upper_left, lower_right, upper_right, lower_left, whole = _window_sums(w, 0, j)
        by_diagonal = lower_left if is_lower_left else upper_right
        by_diagonal = (lower_right if is_lower_right else upper_left) if is_rising else by_diagonal
        total = (bottom if is_bottom else top) if is_horizontal else by_diagonal
        total = (right if is_right else left) if is_vertical else total

        left, right, top, bottom, upper_left, lower_right, upper_right, lower_left, whole_squares = _window_sums(
            w, _SQUARES, j
        )
        by_diagonal = lower_left if is_lower_left else upper_right
        by_diagonal = (lower_right if is_lower_right else upper_left) if is_rising else by_diagonal
        squares = (bottom if is_bottom else top) if is_horizontal else by_diagonal
        squares = (right if is_right else left) if is_vertical else squares

        mean = total / 28.0
        variance = (squares - total * mean) / 27.0
        whole_mean = whole / 49.0
        whole_variance = (whole_squares - whole * whole_mean) / 48.0
        is_flat = whole_variance < flat_test * whole_mean * whole_mean * noise
        mean = whole_mean if is_flat else mean
        variance = whole_variance if is_flat else variance
        value = _weigh(w[_R3 + j + 3], mean, variance, noise, is_lee1980)
        line[j] = np.nan if np.isnan(whole) else value


@compiled(forceinline=True)
def _block_sums(w, j):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Sums of the nine 3×3 blocks, from north west to south east.

    ``w[_Rr + _Pn + j + x]`` is the sum of n pixels from window column x on, in window row r.
    """
    nw = w[_P3 + j] + w[_R1 + _P3 + j] + w[_R2 + _P3 + j]
    n = w[_P3 + j + 2] + w[_R1 + _P3 + j + 2] + w[_R2 + _P3 + j + 2]
    ne = w[_P3 + j + 4] + w[_R1 + _P3 + j + 4] + w[_R2 + _P3 + j + 4]
    we = w[_R2 + _P3 + j] + w[_R3 + _P3 + j] + w[_R4 + _P3 + j]
    ce = w[_R2 + _P3 + j + 2] + w[_R3 + _P3 + j + 2] + w[_R4 + _P3 + j + 2]
    ea = w[_R2 + _P3 + j + 4] + w[_R3 + _P3 + j + 4] + w[_R4 + _P3 + j + 4]
    sw = w[_R4 + _P3 + j] + w[_R5 + _P3 + j] + w[_R6 + _P3 + j]
    s = w[_R4 + _P3 + j + 2] + w[_R5 + _P3 + j + 2] + w[_R6 + _P3 + j + 2]
    se = w[_R4 + _P3 + j + 4] + w[_R5 + _P3 + j + 4] + w[_R6 + _P3 + j + 4]
    return nw, n, ne, we, ce, ea, sw, s, se


@compiled(forceinline=True)
def _window_sums(w, base, j):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Sums of the eight half windows of 28 pixels, centre line included, and of the whole window.

    ``base`` is 0 for sums of x and ``_SQUARES`` for sums of x².
    """
    i = base + j
    left = w[_P4 + i] + w[_R1 + _P4 + i] + w[_R2 + _P4 + i] + w[_R3 + _P4 + i]
    left += w[_R4 + _P4 + i] + w[_R5 + _P4 + i] + w[_R6 + _P4 + i]
    right = w[_P4 + i + 3] + w[_R1 + _P4 + i + 3] + w[_R2 + _P4 + i + 3] + w[_R3 + _P4 + i + 3]
    right += w[_R4 + _P4 + i + 3] + w[_R5 + _P4 + i + 3] + w[_R6 + _P4 + i + 3]
    above = w[_P7 + i] + w[_R1 + _P7 + i] + w[_R2 + _P7 + i]
    below = w[_R4 + _P7 + i] + w[_R5 + _P7 + i] + w[_R6 + _P7 + i]
    middle = w[_R3 + _P7 + i]
    upper_left = w[_P7 + i] + w[_R1 + _P6 + i] + w[_R2 + _P5 + i] + w[_R3 + _P4 + i]
    upper_left += w[_R4 + _P3 + i] + w[_R5 + _P2 + i] + w[_R6 + _P1 + i]
    lower_right = w[_P1 + i + 6] + w[_R1 + _P2 + i + 5] + w[_R2 + _P3 + i + 4] + w[_R3 + _P4 + i + 3]
    lower_right += w[_R4 + _P5 + i + 2] + w[_R5 + _P6 + i + 1] + w[_R6 + _P7 + i]
    upper_right = w[_P7 + i] + w[_R1 + _P6 + i + 1] + w[_R2 + _P5 + i + 2] + w[_R3 + _P4 + i + 3]
    upper_right += w[_R4 + _P3 + i + 4] + w[_R5 + _P2 + i + 5] + w[_R6 + _P1 + i + 6]
    lower_left = w[_P1 + i] + w[_R1 + _P2 + i] + w[_R2 + _P3 + i] + w[_R3 + _P4 + i]
    lower_left += w[_R4 + _P5 + i] + w[_R5 + _P6 + i] + w[_R6 + _P7 + i]
    whole = above + middle + below
    return left, right, above + middle, middle + below, upper_left, lower_right, upper_right, lower_left, whole


@compiled(forceinline=True)
def _weigh(pixel, mean, variance, noise, is_lee1980):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Between the pixel and the mean of its window, by how much of the variance is not speckle."""
    ground = max(0.0, (variance - mean * mean * noise) / (1.0 + noise))
    scale = ground + mean * mean * noise if is_lee1980 else variance
    return mean + (ground / scale if scale > 0.0 else 0.0) * (pixel - mean)


@compiled
def _filter_broken_window(source, row, col, noise, is_lee1980):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """A pixel whose window is not whole: all pixels with data that exist; fewer than two leave it as it is."""
    pixel = np.float64(source[row, col])
    if np.isnan(pixel):
        return pixel
    rows, cols = source.shape
    count = 0
    total = 0.0
    squares = 0.0
    for r in range(max(0, row - 3), min(rows, row + 4)):
        for c in range(max(0, col - 3), min(cols, col + 4)):
            value = np.float64(source[r, c])
            if not np.isnan(value):
                count += 1
                total += value
                squares += value * value
    if count < 2:
        return pixel
    mean = total / count
    return _weigh(pixel, mean, (squares - total * mean) / (count - 1), noise, is_lee1980)
