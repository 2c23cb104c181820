"""The compiled loops of the refined Lee filter; :mod:`pipeline.imaging.refined_lee` says what they compute.

How it is laid out. The image is walked in tiles, copied into a buffer with NaN wherever there is no data. For each row
of a tile the columns of its seven window rows are summed from the top (1 to 7 pixels) and from the bottom (1 to 6)
into lines; every half window is then four or seven of those sums, one from each column. All eight are summed and the
right one selected without a branch, once for x and once for x². Loops read and write separate arrays, at distances
known when they are compiled: otherwise LLVM sees possible overlaps and does not vectorise.

What keeps it exact. Nothing is a running difference, so a bright target leaves no residue behind it. Blocks are
compared as sums, so that equal blocks of whole numbers are equal. Sums are in the type of the tile, float32 being twice
as fast as float64; where the choice of a side hangs on less than float32 tells, its row is compared anew in float64.
The pixel's own share is never got as one minus another number. A pixel for which all that is not enough is done anew
in float64: where the window is not whole, where squares would leave float32's range, and where the flat test is too
close to call.
"""

# All in one file, since numba keeps machine code by the file of the outermost function: one that is inlined from
# elsewhere could change unnoticed. Kernels are typed when they are compiled, from what they are called with.
# mypy: disable-error-code="no-untyped-def"
# ruff: noqa: ANN001, ANN201, ANN202

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.imaging.compiled import compiled

HALO: Final = 3
"""Rows and columns that a window reaches beyond its pixel."""
TILE_ROWS: Final = 64
TILE: Final = 256
"""Columns a tile."""
ROW: Final = TILE + 16
"""One row of a tile's buffer: its columns, the halo on both sides, and what fills the vectors."""
_T1, _T2, _T3, _T4, _T5, _T6, _T7 = (length * ROW for length in range(7))
_B1, _B2, _B3, _B4, _B5, _B6 = (length * ROW for length in range(7, 13))
"""Where the sums of 1 to 7 pixels of a column from the top of the window, and of 1 to 6 from its bottom, lie."""

RIGHT, LEFT, BOTTOM, TOP, LOWER_RIGHT, UPPER_LEFT, LOWER_LEFT, UPPER_RIGHT = range(8)
_Y, _X = np.mgrid[0:7, 0:7]
_HALVES: Final = np.stack([_X >= 3, _X <= 3, _Y >= 3, _Y <= 3, _X + _Y >= 6, _X + _Y <= 6, _Y >= _X, _Y <= _X])
"""The eight half windows of 28 pixels in the order above, centre line included, shape (8, 7, 7)."""
_WHOLE: Final = np.ones((7, 7), dtype=np.bool_)
_LEAST_SQUARES: Final = 1e-30
_MOST_SQUARES: Final = 1e36
_TOO_CLOSE: Final = 4e-6
"""Four times the relative error of 49 float32 added in pairs."""
_DOUBT: Final = 1e-6
"""Two gradients from blocks in float32 are off by 14 half units of the last digit of their sum at most: 8.4e-7."""


@compiled
def filter_rows(source, valid, result, first, last, shares, noise, flat_test, buffers):
    """Filter the rows from ``first`` up to ``last`` of ``source`` into ``result``; whether a value was negative.

    ``valid`` may be empty; ``buffers`` are those of :mod:`pipeline.imaging.refined_lee`, and ``shares`` are the four
    coefficients that :func:`pipeline.imaging.refined_lee.own_shares` gives.
    """
    cols = source.shape[1]
    tile, lines, totals, squares, whole, whole_squares, sides, line, triples, blocks, exact = buffers
    options = np.array([shares[0], shares[1], shares[2], shares[3], noise, flat_test]).astype(tile.dtype)
    is_negative = False
    for top in range(first, last, TILE_ROWS):
        for left in range(0, cols, TILE):
            has_negative, are_whole = _load_tile(source, valid, top, left, tile)
            is_negative |= has_negative
            doubt = 0.0 if are_whole or tile.itemsize == 8 else _DOUBT
            width = min(TILE, cols - left)
            for newest in range(min(TILE_ROWS, last - top) + 4):
                _sum_blocks(tile[newest * ROW : (newest + 3) * ROW], triples, blocks[newest % 5])
                row = newest - 4
                if row < 0:
                    continue
                window = tile[row * ROW : (row + 7) * ROW]
                if _choose_sides(blocks[row % 5], blocks[(row + 2) % 5], blocks[newest % 5], doubt, sides) > 0:
                    _choose_exactly(window, exact[3], exact[:3], sides)
                _sum_columns(window, lines)
                _sum_halves(lines, sides, totals)
                if flat_test > 0.0:
                    _sum_whole(lines, whole)
                _sum_squared_columns(window, lines)
                _sum_halves(lines, sides, squares)
                if flat_test > 0.0:
                    _sum_whole(lines, whole_squares)
                    _widen_flat(whole, whole_squares, options[5] * options[4], totals, squares)
                _weigh(totals, squares, window, options[0], options[1], options[2], options[3], line)
                begin, end, others = _mark(totals, squares, sides, line)
                if begin < end:
                    _filter_broken(window, begin, end, sides, shares, exact, line)
                if others > 0:
                    _filter_alone(window, width, sides, shares, noise, flat_test, line)
                _store(line, source[top + row, left : left + width], result[top + row, left : left + width])
    return is_negative


@compiled
def _load_tile(source, valid, top, left, tile):
    """A tile with its halo; NaN beyond the image and where there is no data.

    Returns whether a value was negative; and whether all were whole numbers up to 65535, of which float32 adds 49
    without a rounding.
    """
    rows, cols = source.shape
    begin = max(0, HALO - left)
    end = min(ROW, cols - left + HALO)
    is_negative = False
    are_whole = True
    for number in range(TILE_ROWS + 2 * HALO):
        target = tile[number * ROW : (number + 1) * ROW]
        row = top - HALO + number
        if not 0 <= row < rows:
            target[:] = np.nan
            continue
        target[:begin] = np.nan
        target[end:] = np.nan
        inside = target[begin:end]
        values = source[row, left - HALO + begin : left - HALO + end]
        for j in range(end - begin):
            value = values[j]
            inside[j] = value if abs(value) < np.float32(np.inf) else np.float32(np.nan)
        if valid.size > 0:
            has_data = valid[row, left - HALO + begin : left - HALO + end]
            for j in range(end - begin):
                inside[j] = inside[j] if has_data[j] else np.float32(np.nan)
        for j in range(end - begin):
            value = values[j]
            is_negative |= inside[j] < 0
            are_whole &= (value == np.floor(value)) & (value <= np.float32(65535.0))
    return is_negative, are_whole


@compiled
def _sum_blocks(rows, triples, blocks):
    """Sums of the 3×3 pixels from each column of three rows on, in the type of the results."""
    number = blocks.dtype.type
    for j in range(ROW):
        triples[j] = number(rows[j]) + number(rows[j + ROW]) + number(rows[j + 2 * ROW])
    for j in range(ROW - 2):
        blocks[j] = triples[j] + triples[j + 1] + triples[j + 2]


@compiled
def _choose_exactly(window, triples, blocks, sides):
    """As :func:`_choose_sides` in float64, whatever the type of the window."""
    for row in range(3):
        _sum_blocks(window[2 * row * ROW : (2 * row + 3) * ROW], triples, blocks[row])
    _choose_sides(blocks[0], blocks[1], blocks[2], 0.0, sides)


@compiled
def _choose_sides(upper, middle, lower, doubt, sides):
    """Which half window each pixel takes, from the sums of its nine blocks; NaN where a window is not whole.

    Returns how many choices hang on less than ``doubt`` of the sum of all.
    """
    number = upper.dtype.type
    doubtful = np.int32(0)
    for j in range(TILE):
        nw, n, ne = upper[j], upper[j + 2], upper[j + 4]
        we, ce, ea = middle[j], middle[j + 2], middle[j + 4]
        sw, s, se = lower[j], lower[j + 2], lower[j + 4]
        across, down, falls, rises = ea - we, s - n, se - nw, sw - ne
        # Differences of the three blocks on each side of an edge, opposite blocks taken together.
        vertical = abs(across + (falls - rises))
        horizontal = abs(down + (falls + rises))
        rising = abs((across + down) + falls)
        falling = abs((across - down) - rises)
        # Of equal gradients the first of vertical, rising, horizontal, falling wins, so the last is looked at first.
        side, first, second = np.float32(LOWER_LEFT), sw, ne
        is_more = horizontal >= falling
        side = np.float32(BOTTOM) if is_more else side
        first, second = (s, n) if is_more else (first, second)
        largest, next_largest = max(horizontal, falling), min(horizontal, falling)
        is_more = rising >= largest
        side = np.float32(LOWER_RIGHT) if is_more else side
        first, second = (se, nw) if is_more else (first, second)
        largest, next_largest = max(rising, largest), max(next_largest, min(rising, largest))
        is_more = vertical >= largest
        side = np.float32(RIGHT) if is_more else side
        first, second = (ea, we) if is_more else (first, second)
        largest, next_largest = max(vertical, largest), max(next_largest, min(vertical, largest))
        # Equally near: the first, as stated. Each second side has the number after its first.
        nearer, farther = abs(first - ce), abs(second - ce)
        side = side if nearer <= farther else side + np.float32(1.0)
        # The nine blocks cover the window: a pixel without data makes their sum NaN, one that is too large inf.
        every = ((nw + n) + (ne + we)) + ((ea + sw) + (s + se)) + ce
        sides[j] = side if every == every else np.float32(np.nan)
        least = number(doubt) * every
        is_certain = (largest - next_largest >= least) & (abs(farther - nearer) >= least)
        doubtful += np.int32((every == every) & (not is_certain))
    return doubtful


@compiled
def _sum_columns(x, lines):
    for j in range(ROW):
        a, b, c, d = x[j], x[j + ROW], x[j + 2 * ROW], x[j + 3 * ROW]
        e, f, g = x[j + 4 * ROW], x[j + 5 * ROW], x[j + 6 * ROW]
        _store_column(a, b, c, d, e, f, g, lines, j)


@compiled
def _sum_squared_columns(x, lines):
    for j in range(ROW):
        a, b, c, d = x[j], x[j + ROW], x[j + 2 * ROW], x[j + 3 * ROW]
        e, f, g = x[j + 4 * ROW], x[j + 5 * ROW], x[j + 6 * ROW]
        _store_column(a * a, b * b, c * c, d * d, e * e, f * f, g * g, lines, j)


@compiled(forceinline=True)
def _store_column(a, b, c, d, e, f, g, lines, j):
    ab, gf = a + b, g + f
    abc, gfe = ab + c, gf + e
    abcd, gfed = abc + d, gfe + d
    abcde, gfedc = abcd + e, gfed + c
    abcdef = abcde + f
    lines[_T1 + j], lines[_T2 + j], lines[_T3 + j], lines[_T4 + j] = a, ab, abc, abcd
    lines[_T5 + j], lines[_T6 + j], lines[_T7 + j] = abcde, abcdef, abcdef + g
    lines[_B1 + j], lines[_B2 + j], lines[_B3 + j], lines[_B4 + j] = g, gf, gfe, gfed
    lines[_B5 + j], lines[_B6 + j] = gfedc, gfedc + b


@compiled
def _sum_halves(w, sides, sums):
    """The sum of the half window that each pixel takes."""
    for j in range(TILE):
        side = sides[j]
        middle, upper, lower = w[_T7 + j + 3], w[_T4 + j + 3], w[_B4 + j + 3]
        left = (w[_T7 + j] + w[_T7 + j + 1]) + (w[_T7 + j + 2] + middle)
        right = (middle + w[_T7 + j + 4]) + (w[_T7 + j + 5] + w[_T7 + j + 6])
        top = ((w[_T4 + j] + w[_T4 + j + 1]) + (w[_T4 + j + 2] + upper)) + (
            (w[_T4 + j + 4] + w[_T4 + j + 5]) + w[_T4 + j + 6]
        )
        bottom = ((w[_B4 + j] + w[_B4 + j + 1]) + (w[_B4 + j + 2] + lower)) + (
            (w[_B4 + j + 4] + w[_B4 + j + 5]) + w[_B4 + j + 6]
        )
        upper_left = ((w[_T7 + j] + w[_T6 + j + 1]) + (w[_T5 + j + 2] + upper)) + (
            (w[_T3 + j + 4] + w[_T2 + j + 5]) + w[_T1 + j + 6]
        )
        upper_right = ((w[_T1 + j] + w[_T2 + j + 1]) + (w[_T3 + j + 2] + upper)) + (
            (w[_T5 + j + 4] + w[_T6 + j + 5]) + w[_T7 + j + 6]
        )
        lower_left = ((w[_T7 + j] + w[_B6 + j + 1]) + (w[_B5 + j + 2] + lower)) + (
            (w[_B3 + j + 4] + w[_B2 + j + 5]) + w[_B1 + j + 6]
        )
        lower_right = ((w[_B1 + j] + w[_B2 + j + 1]) + (w[_B3 + j + 2] + lower)) + (
            (w[_B5 + j + 4] + w[_B6 + j + 5]) + w[_T7 + j + 6]
        )
        chosen = right if side == RIGHT else left
        chosen = bottom if side == BOTTOM else chosen
        chosen = top if side == TOP else chosen
        chosen = lower_right if side == LOWER_RIGHT else chosen
        chosen = upper_left if side == UPPER_LEFT else chosen
        chosen = lower_left if side == LOWER_LEFT else chosen
        sums[j] = upper_right if side == UPPER_RIGHT else chosen


@compiled
def _sum_whole(w, sums):
    for j in range(TILE):
        left = (w[_T7 + j] + w[_T7 + j + 1]) + (w[_T7 + j + 2] + w[_T7 + j + 3])
        sums[j] = left + ((w[_T7 + j + 4] + w[_T7 + j + 5]) + w[_T7 + j + 6])


@compiled
def _widen_flat(whole, whole_squares, limit, totals, squares):
    """Where the whole window is flat its moments take the place of the half window's; NaN where it is too close.

    They are scaled to 28 pixels, so that what follows need not know.
    """
    number = totals.dtype.type
    too_close, of_28 = number(_TOO_CLOSE), number(28.0)
    for j in range(TILE):
        mean = whole[j] / number(49.0)
        variance = (whole_squares[j] - whole[j] * mean) / number(48.0)
        excess = variance - limit * mean * mean
        is_flat = excess < number(0.0)
        total = of_28 * mean
        total = total if is_flat else totals[j]
        # 27 v + total · mean is what gives v back.
        of_whole = number(27.0) * variance + of_28 * mean * mean
        chosen = of_whole if is_flat else squares[j]
        totals[j] = total
        squares[j] = number(np.nan) if abs(excess) < too_close * (mean * mean + variance) else chosen


@compiled
def _weigh(totals, squares, window, a, b, c, d, line):
    """Between the mean of the window and the pixel, by how much of the variance is not speckle."""
    number = totals.dtype.type
    for j in range(TILE):
        mean = totals[j] / number(28.0)
        variance = (squares[j] - totals[j] * mean) * number(1 / 27)
        pixel = window[j + 3 * ROW + 3]
        line[j] = _between(pixel, mean, variance, a, b, c, d)


@compiled(forceinline=True)
def _between(pixel, mean, variance, a, b, c, d):
    squared = mean * mean
    numerator = a * variance + b * squared
    denominator = c * variance + d * squared
    # Ground is there where the share of the mean is under one; elsewhere, and where nothing varies, all is speckle.
    is_ground = numerator < denominator
    share = numerator / denominator
    return pixel + share * (mean - pixel) if is_ground else mean


@compiled
def _mark(totals, squares, sides, line):
    """Put NaN where a pixel is to be done anew. From where to where windows are not whole, and how many others."""
    number = totals.dtype.type
    least, most = number(_LEAST_SQUARES), number(_MOST_SQUARES)
    first, last, others = np.int32(TILE), np.int32(0), np.int32(0)
    for j in range(TILE):
        is_whole = sides[j] >= np.float32(0.0)
        is_fine = ((squares[j] >= least) & (squares[j] <= most)) | (totals[j] == number(0.0))
        line[j] = line[j] if is_whole & is_fine else np.float32(np.nan)
        first = min(first, np.int32(TILE) if is_whole else np.int32(j))
        last = max(last, np.int32(0) if is_whole else np.int32(j + 1))
        others += np.int32(is_whole & (not is_fine))
    return first, last, others


@compiled
def _filter_broken(window, first, last, sides, shares, columns, line):
    """In float64, of all pixels with data that exist, where a window is not whole; fewer than two change nothing."""
    counts, totals, squares = columns[0], columns[1], columns[2]
    for j in range(first, last + 6):
        counts[j], totals[j], squares[j] = _column(window, j)
    a, b, c, d = shares
    for j in range(first, last):
        pixel = np.float64(window[j + 3 * ROW + 3])
        count, total, squared = 0.0, 0.0, 0.0
        for x in range(7):
            count += counts[j + x]
            total += totals[j + x]
            squared += squares[j + x]
        mean, variance = _moments(count, total, squared)
        value = pixel if count < 2.0 else _between(pixel, mean, variance, a, b, c, d)
        # A pixel without data is NaN itself, and a whole window is not this function's business.
        line[j] = line[j] if sides[j] >= np.float32(0.0) else np.float32(value if pixel == pixel else np.nan)


@compiled
def _filter_alone(window, width, sides, shares, noise, flat_test, line):
    """The other marked pixels, whose windows are whole, one by one and in float64."""
    a, b, c, d = shares
    for j in range(width):
        if np.isnan(line[j]) and sides[j] >= np.float32(0.0):
            mean, variance = _moments_of(window[j:], _WHOLE)
            if not variance < flat_test * mean * mean * noise:
                mean, variance = _moments_of(window[j:], _HALVES[int(sides[j])])
            line[j] = _between(np.float64(window[j + 3 * ROW + 3]), mean, variance, a, b, c, d)


@compiled(forceinline=True)
def _column(window, j):
    """Count, sum and sum of squares of the pixels with data of one column, in float64."""
    count, total, squares = 0.0, 0.0, 0.0
    for y in range(7):
        value = np.float64(window[j + y * ROW])
        has_data = value == value
        value = value if has_data else np.float64(0.0)
        count += 1.0 if has_data else 0.0
        total += value
        squares += value * value
    return count, total, squares


@compiled(forceinline=True)
def _moments(count, total, squares):
    mean = total / max(count, 1.0)
    return mean, (squares - total * mean) / max(count - 1.0, 1.0)


@compiled
def _moments_of(window, part):
    """Mean and variance of a part of a whole window."""
    count, total, squares = 0.0, 0.0, 0.0
    for y in range(7):
        for x in range(7):
            if part[y, x]:
                value = np.float64(window[y * ROW + x])
                count += 1.0
                total += value
                squares += value * value
    return _moments(count, total, squares)


@compiled
def _store(line, source, target):
    """Pixels without data, NaN until here, as they were."""
    for j in range(target.size):
        value = line[j]
        target[j] = value if value == value else source[j]
