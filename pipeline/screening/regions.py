"""Questions about an area of the image, ``[x_min, y_min, width, height]``, and the box that is meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pipeline.records import ObjectBox

_NUMBER: Final = r"(-?\d{1,9}(?:\.\d{1,9})?)"
_AREA: Final = re.compile(rf"[\[(]\s?{_NUMBER},? ?{_NUMBER},? ?{_NUMBER},? ?{_NUMBER}\s?[\])]")
_ASKS: Final = re.compile(r"\b(?:object|category|class|target|what)\b", re.IGNORECASE)
_PIXEL: Final = 1.0
_MOSTLY: Final = 0.9


def box_in_region(question: str, boxes: Sequence[ObjectBox]) -> ObjectBox | None:
    """The box whose corners the question gives, to a pixel or to nine tenths of the area that both cover.

    None where there is none, or where boxes of several categories fit.
    """
    found = _AREA.search(question) if "[" in question or "(" in question else None
    if found is None or not _ASKS.search(question):
        return None
    x_min, y_min, width, height = (float(number) for number in found.groups())
    asked = ObjectBox("", "", x_min, y_min, width, height)
    fitting = [box for box in boxes if _is_same(asked, box)]
    return fitting[0] if len({box.category for box in fitting}) == 1 else None


def asks_of_region(question: str) -> bool:
    """Whether the question names an area by its numbers."""
    return ("[" in question or "(" in question) and _AREA.search(question) is not None


def _is_same(one: ObjectBox, other: ObjectBox) -> bool:
    corners = zip(_corners(one), _corners(other), strict=True)
    return all(abs(first - second) <= _PIXEL for first, second in corners) or _overlap(one, other) > _MOSTLY


def _corners(box: ObjectBox) -> tuple[float, float, float, float]:
    return box.x_min, box.y_min, box.x_min + box.width, box.y_min + box.height


def _overlap(one: ObjectBox, other: ObjectBox) -> float:
    """What both cover, in parts of what either covers."""
    left, top, right, bottom = _corners(one)
    other_left, other_top, other_right, other_bottom = _corners(other)
    width = min(right, other_right) - max(left, other_left)
    height = min(bottom, other_bottom) - max(top, other_top)
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / (one.width * one.height + other.width * other.height - both)
