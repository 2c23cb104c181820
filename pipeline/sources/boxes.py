"""Fitting a box into its image, the same way for every reader."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from pipeline.records import ObjectBox
from pipeline.sources.reading import SourceReading

Rectangle = tuple[float, float, float, float]
"""(x_min, y_min, width, height) in pixels; a box edge is a pixel edge."""

_ROUNDING_PX: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Fitted:
    """A box inside its image."""

    box: Rectangle
    outside_px: float = 0.0
    """How far it stood out before it was clipped."""


def fit_box(box: Rectangle, size: tuple[int, int] | None, *, rounding_px: float = _ROUNDING_PX) -> Fitted | str:
    """Clip a box to an image of ``size`` (rows, cols; None clips nothing), or say why it cannot be a box.

    What stands out by up to ``rounding_px`` is the rounding of the file's numbers, and worth no line in a report.
    """
    x_min, y_min, width, height = box
    if not all(math.isfinite(value) for value in box):
        return "the box has a value that is not a number"
    if width <= 0 or height <= 0:
        return f"the box has no area: {width:g} × {height:g} px"
    if size is None:
        return Fitted(box)
    rows, cols = size
    left, top = max(x_min, 0.0), max(y_min, 0.0)
    right, bottom = min(x_min + width, float(cols)), min(y_min + height, float(rows))
    if right <= left or bottom <= top:
        return "the box lies outside its image"
    overhang = max(left - x_min, top - y_min, x_min + width - right, y_min + height - bottom)
    if overhang <= 0:
        return Fitted(box)
    return Fitted((left, top, right - left, bottom - top), overhang if overhang > rounding_px else 0.0)


def enclosing(points: Iterable[tuple[float, float]]) -> Rectangle:
    """The upright box around points ``(x, y)``; without points it has no area."""
    listed = list(points)
    if not listed:
        return 0.0, 0.0, 0.0, 0.0
    xs, ys = [x for x, _ in listed], [y for _, y in listed]
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


@dataclass(eq=False)
class SceneBoxes:
    """The boxes of one scene from one file, and which categories lost one on the way."""

    file: str
    """As the report names it."""
    size: tuple[int, int] | None
    """(rows, cols)"""
    reading: SourceReading
    rounding_px: float = _ROUNDING_PX
    kept: list[ObjectBox] = field(default_factory=list)
    _lost: set[str] = field(default_factory=set)
    _is_all_lost: bool = False

    def take(self, box_id: str, category: str, box: Rectangle | str, *, is_cut: bool = False) -> None:
        """Keep a box; one that cannot be (``box`` may be the reason itself) is refused, one that stands out noted."""
        fitted = box if isinstance(box, str) else fit_box(box, self.size, rounding_px=self.rounding_px)
        if isinstance(fitted, str):
            self.refuse(fitted, box_id, category)
            return
        if fitted.outside_px:
            self.reading.note(self.file, f"clipped to its image: {fitted.outside_px:.2f} px outside", box_id)
        self.kept.append(ObjectBox(box_id, category, *fitted.box, is_cut=is_cut or fitted.outside_px > 0))

    def refuse(self, reason: str, box_id: str | None = None, category: str | None = None) -> None:
        """Report what is no box; without a category it may have been of any."""
        self.reading.refuse(self.file, reason, box_id)
        if category is None:
            self._is_all_lost = True
        else:
            self._lost.add(category)

    def labelled(self, wanted: tuple[str, ...]) -> tuple[str, ...]:
        """Those of ``wanted`` for which the boxes are still all objects."""
        return () if self._is_all_lost else tuple(category for category in wanted if category not in self._lost)
