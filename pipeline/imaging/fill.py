"""Zeros that are no measurement: the undeclared fill around a turned or cut scene."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

LEAST_SHARE: Final = 0.01
"""Less than this does not reach the percentiles of the stretch."""
_STRIP_ROWS: Final = 512


class Marks:
    """Some pixels of an image, a bit a pixel, so that those of a large image fit into memory."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape = shape
        self._bits = np.zeros((shape[0], -(-shape[1] // 8)), dtype=np.uint8)

    def mark(self, first: int, is_marked: NDArray[np.bool_]) -> None:
        """Set the rows from ``first`` on, shape (rows, cols)."""
        self._bits[first : first + len(is_marked)] = np.packbits(is_marked, axis=1)

    def cut(self, row: int, col: int, rows: int, cols: int) -> NDArray[np.bool_]:
        """The rectangle of this size from there on."""
        first = col // 8
        packed = self._bits[row : row + rows, first : -(-(col + cols) // 8)]
        return np.unpackbits(packed, axis=1)[:, col - 8 * first : col - 8 * first + cols].astype(bool)

    @property
    def share(self) -> float:
        """Of the image that is marked."""
        marked = sum(int(np.bitwise_count(row).sum()) for row in self._bits)
        return marked / max(1, self.shape[0] * self.shape[1])


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
    zeros = Marks((values.shape[0], values.shape[1]))
    zeros.mark(0, valid & (values == 0))
    fill = fill_of(zeros)
    return None if fill is None else fill.cut(0, 0, *fill.shape)


def fill_of(zeros: Marks) -> Marks | None:
    """As :func:`undeclared_fill`, of an image whose valid zeros are marked.

    It is walked in strips: regions are found in each, those that meet at a seam are joined, and a second walk keeps
    those that are joined with the border.
    """
    if zeros.share < LEAST_SHARE:
        return None
    seams = _Seams()
    for _, strip in _strips(zeros):
        seams.add(ndimage.label(strip)[0])
    is_fill = seams.joined_with_border()
    fill = Marks(zeros.shape)
    for number, (first, strip) in enumerate(_strips(zeros)):
        regions, count = ndimage.label(strip)
        is_kept = np.zeros(count + 1, dtype=bool)
        is_kept[seams.outer[number]] = is_fill[number]
        fill.mark(first, is_kept[regions])
    return fill if fill.share >= LEAST_SHARE else None


def _strips(zeros: Marks) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    rows, cols = zeros.shape
    for first in range(0, rows, _STRIP_ROWS):
        yield first, zeros.cut(first, 0, min(_STRIP_ROWS, rows - first), cols)


class _Seams:
    """Which regions of neighbouring strips are one. Only those at a strip's rim are kept: the others are inside."""

    def __init__(self) -> None:
        self.outer: list[NDArray[np.int64]] = []
        """Of each strip the regions at its rim, by their numbers in the strip, rising."""
        self._starts = [0]
        self._pairs: list[NDArray[np.int64]] = []
        self._border: list[NDArray[np.int64]] = []
        self._last: NDArray[np.int64] | None = None

    def add(self, regions: NDArray[Any]) -> None:
        """The next strip: its regions numbered from 1, 0 where there is none."""
        top, bottom, sides = (edge.astype(np.int64) for edge in (regions[0], regions[-1], regions[:, [0, -1]]))
        outer = np.unique(np.concatenate([top, bottom, sides.ravel()]))
        outer = outer[outer > 0]
        top, bottom, sides = (self._numbered(edge, outer) for edge in (top, bottom, sides))
        self._border.append(sides[sides >= 0])
        if self._last is None:
            self._border.append(top[top >= 0])
        else:
            meet = (self._last >= 0) & (top >= 0)
            self._pairs.append(np.unique(np.stack([self._last[meet], top[meet]]), axis=1))
        self._last = bottom
        self.outer.append(outer)
        self._starts.append(self._starts[-1] + len(outer))

    def _numbered(self, edge: NDArray[np.int64], outer: NDArray[np.int64]) -> NDArray[np.int64]:
        """Numbers within a strip as numbers among all that are kept; -1 where there is no region."""
        return np.where(edge > 0, np.searchsorted(outer, edge) + self._starts[-1], -1)

    def joined_with_border(self) -> list[NDArray[np.bool_]]:
        """Of each strip's outer regions whether they hang together with the border of the image."""
        count = self._starts[-1]
        last = np.empty(0, dtype=np.int64) if self._last is None else self._last
        border = np.concatenate([*self._border, last[last >= 0]])
        first, second = np.concatenate([np.empty((2, 0), dtype=np.int64), *self._pairs], axis=1)
        graph = coo_array((np.ones(len(first), dtype=np.int8), (first, second)), shape=(count, count))
        _, groups = connected_components(graph, directed=False)
        is_fill = np.isin(groups, groups[border])
        return [is_fill[start:end] for start, end in itertools.pairwise(self._starts)]
