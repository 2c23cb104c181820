"""The upright box around an outline as COCO writes it: polygons, or run lengths, as a list or packed in a string.

An outline is folded into its bounds while it is read and never built: a file of 500 MB is mostly outlines.

References
----------
COCO's mask interface (``maskApi.c``: ``rleFrString``, ``rleToBbox``), which defines the packed string: run lengths in
column-major order, beginning with background; six bits a letter (ASCII 48 on), of which one says that more follow,
signed, and from the fourth on the difference to the run two before.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from typing import Any

from pipeline.sources.boxes import Rectangle

MOST_RUNS = 1 << 22
"""A mask of 4096² of which every second pixel is set has twice as many; no object has."""


def unpack_runs(packed: str) -> list[int]:
    """The run lengths of a packed string.

    Raises
    ------
    ValueError
        If it has another letter than the 64, or ends within a number.
    """
    runs: list[int] = []
    number = shift = 0
    for letter in packed:
        bits = ord(letter) - 48
        if not 0 <= bits < 64 or shift > 60:
            raise ValueError("the packed run lengths have a letter that is none of theirs")
        number |= (bits & 0x1F) << shift
        shift += 5
        if bits & 0x20:
            continue
        if bits & 0x10:
            number -= 1 << shift
        runs.append(number + runs[-2] if len(runs) > 2 else number)
        number = shift = 0
    if shift:
        raise ValueError("the packed run lengths end within a number")
    return runs


def run_bounds(runs: Sequence[int], size: tuple[int, int]) -> Rectangle:
    """The box around the foreground of run lengths over a mask of ``size`` (rows, cols).

    Raises
    ------
    ValueError
        If the runs are negative or do not add up to the mask's size, or there is no foreground.
    """
    rows, cols = size
    left, top, right, bottom = cols, rows, -1, -1
    start = 0
    for number, run in enumerate(runs):
        if run < 0:
            raise ValueError("a run length is negative")
        end = start + run
        if number % 2 and run:
            first, last = start // rows, (end - 1) // rows
            left, right = min(left, first), max(right, last)
            # A run over two columns touches the foot of the one and the head of the other.
            top = min(top, start % rows if first == last else 0)
            bottom = max(bottom, (end - 1) % rows if first == last else rows - 1)
        start = end
    if start != rows * cols:
        raise ValueError(f"the run lengths add up to {start} pixels, not to {rows} × {cols}")
    if right < 0:
        raise ValueError("the outline has no pixel")
    return float(left), float(top), float(right - left + 1), float(bottom - top + 1)


class Outline:
    """Takes the parse events of one ``segmentation`` and keeps its bounds, or the run lengths they follow from."""

    def __init__(self) -> None:
        self._low = [math.inf, math.inf]
        self._high = [-math.inf, -math.inf]
        self._axis = 0
        self._depth = 0
        self._key: str | None = None
        self._runs: array[int] | str | None = None
        self._size: list[Any] = []
        self._is_broken = False

    def take(self, event: str, value: Any) -> None:
        """One event of the parser's; see ijson's ``basic_parse``."""
        if event == "number":
            self._number(value)
        elif event in ("start_array", "start_map"):
            self._open(event == "start_map")
        elif event in ("end_array", "end_map"):
            self._close()
        elif event == "map_key":
            self._key = value
        elif event == "string" and self._key == "counts":
            self._runs = value
        elif event != "null":
            self._is_broken = True

    def box(self) -> Rectangle | None:
        """The box around it, or None where the outline is empty or says nothing that holds together."""
        if self._is_broken:
            return None
        if self._runs is None:
            return self._around_points()
        try:
            rows, cols = self._size
            if not (isinstance(rows, int) and isinstance(cols, int) and 0 < rows < 1 << 24 and 0 < cols < 1 << 24):
                return None
            return run_bounds(unpack_runs(self._runs) if isinstance(self._runs, str) else self._runs, (rows, cols))
        except ValueError:
            return None

    def _around_points(self) -> Rectangle | None:
        width, height = self._high[0] - self._low[0], self._high[1] - self._low[1]
        if not (0 < width < math.inf and 0 < height < math.inf):
            return None
        return self._low[0], self._low[1], width, height

    def _open(self, is_map: bool) -> None:
        self._depth += 1
        self._axis = 0
        # An array in place of a number is what NaN was turned into.
        self._is_broken |= self._depth > 2 or (is_map and self._depth > 1)
        if self._key == "counts" and not is_map:
            self._runs = array("q")

    def _close(self) -> None:
        self._depth -= 1
        self._is_broken |= self._axis == 1  # An x without its y.
        self._axis = 0

    def _number(self, value: float) -> None:
        if self._key is None:
            axis = self._axis
            if value < self._low[axis]:
                self._low[axis] = value
            if value > self._high[axis]:
                self._high[axis] = value
            self._axis = 1 - axis
        elif self._key == "size" and len(self._size) < 3:
            self._size.append(value)
        elif isinstance(self._runs, array) and self._key == "counts":
            if not isinstance(value, int) or not 0 <= value < 1 << 48 or len(self._runs) >= MOST_RUNS:
                self._is_broken = True
            else:
                self._runs.append(value)
