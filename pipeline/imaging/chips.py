"""How a scene that is too large to be reviewed as one is cut into chips, and its boxes with it.

Pure arithmetic: the application uses it too, so nothing heavy is imported here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pipeline.imaging.prepared import Chips, ChipWindow
from pipeline.records import ObjectBox

LEAST_SHARE: Final = 0.5
"""A box is kept in a chip that holds at least this share of its area."""
_ROUNDING_PX: Final = 1e-6
"""Sums of decimals overshoot an edge by this much; that cuts no box."""


def chip_windows(rows: int, cols: int, chips: Chips) -> tuple[ChipWindow, ...]:
    """The windows of a scene's chips, row by row; none where the scene stays whole.

    All chips of a scene are of one size, at most ``side_px``, and evenly spread; neighbours overlap by at least
    ``overlap_px``.

    Raises
    ------
    ValueError
        If chips of this size cannot overlap by so much.
    """
    if rows * cols <= chips.largest_whole_px:
        return ()
    if not 0 <= chips.overlap_px < chips.side_px:
        raise ValueError(f"chips of {chips.side_px} pixels cannot overlap by {chips.overlap_px}")
    height, tops = _spread(rows, chips)
    width, lefts = _spread(cols, chips)
    return tuple(ChipWindow(top, left, height, width, rows, cols) for top in tops for left in lefts)


def _spread(length: int, chips: Chips) -> tuple[int, list[int]]:
    """The side of the chips along one axis, and where they begin."""
    if length <= chips.side_px:
        return length, [0]
    count = -(-(length - chips.overlap_px) // (chips.side_px - chips.overlap_px))
    room = length - chips.side_px
    return chips.side_px, [number * room // (count - 1) for number in range(count)]


def boxes_in_chip(boxes: Sequence[ObjectBox], window: ChipWindow) -> tuple[tuple[ObjectBox, ...], tuple[str, ...]]:
    """The boxes of a scene as a chip of it shows them.

    Parameters
    ----------
    boxes
        In pixels of the whole scene.
    window
        Where the chip lies in it.

    Returns
    -------
    kept : tuple of ObjectBox
        Those with at least half of their area inside, in pixels of the chip, clipped to it (``is_cut`` where that took
        something away); their ids stay.
    unboxed : tuple of str
        Categories, sorted, of which an object reaches into the chip but has no box there: in this chip they are not
        exhaustively annotated.
    """
    kept: list[ObjectBox] = []
    unboxed: set[str] = set()
    for box in boxes:
        inside = _clipped(box, window)
        if inside is None:
            continue
        if inside.width * inside.height >= LEAST_SHARE * box.width * box.height:
            kept.append(inside)
        else:
            unboxed.add(box.category)
    return tuple(kept), tuple(sorted(unboxed))


def _clipped(box: ObjectBox, window: ChipWindow) -> ObjectBox | None:
    """In pixels of the chip; None where the box does not reach into it."""
    x_min, y_min = box.x_min - window.col, box.y_min - window.row
    x_max, y_max = x_min + box.width, y_min + box.height
    left, top = max(x_min, 0.0), max(y_min, 0.0)
    right, bottom = min(x_max, float(window.cols)), min(y_max, float(window.rows))
    if right - left <= _ROUNDING_PX or bottom - top <= _ROUNDING_PX:
        return None
    overhang = max(left - x_min, top - y_min, x_max - right, y_max - bottom)
    if overhang <= _ROUNDING_PX:
        return replace(box, x_min=left, y_min=top)
    return replace(box, x_min=left, y_min=top, width=right - left, height=bottom - top, is_cut=True)
