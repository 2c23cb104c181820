"""Where the boxes of a scene lie: the thirds and halves by which positions are told.

With the box's centre (cx, cy) in an image W × H, ``dx = (cx − W/2)/W`` and ``dy = (cy − H/2)/H``, so that both run
from −1/2 (left, top) to 1/2 (right, bottom).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pipeline.programs.program import Side
from pipeline.records import ObjectBox

THIRD: Final = 1 / 6
"""Half the width of the middle third, in parts of the image."""

SHIFT_PX: Final = 3.0
"""An answer that flips when a box moves by this much is fragile."""

_STEPS: Final = (-SHIFT_PX, 0.0, SHIFT_PX)
_MOVES: Final = tuple((x, y) for x in _STEPS for y in _STEPS if (x, y) != (0.0, 0.0))


@dataclass(frozen=True)
class Placement:
    """A box and where its centre lies, in parts of the image."""

    box: ObjectBox
    size: tuple[int, int]
    """(rows, cols)"""
    shift_px: tuple[float, float] = (0.0, 0.0)
    """(x, y)"""

    @cached_property
    def offset(self) -> tuple[float, float]:
        """``(dx, dy)``"""
        (rows, cols), (x, y), (shift_x, shift_y) = self.size, self.box.centre, self.shift_px
        return (x + shift_x - cols / 2) / cols, (y + shift_y - rows / 2) / rows

    @cached_property
    def position(self) -> str | None:
        """left, right, top, bottom or center; None where both offsets are equal outside the centre."""
        dx, dy = self.offset
        if max(abs(dx), abs(dy)) < THIRD:
            return "center"
        if abs(dx) == abs(dy):
            return None
        if abs(dx) > abs(dy):
            return "left" if dx < 0 else "right"
        return "top" if dy < 0 else "bottom"

    def nearness(self, side: Side) -> str:
        """``on`` the outer third, ``off`` it on the other half, or ``between`` them, where opinions differ."""
        depth = self._depth(side)
        if depth > THIRD:
            return "on"
        return "off" if depth <= 0 else "between"

    def _depth(self, side: Side) -> float:
        """How far the centre lies towards ``side``, in parts of the image; negative on the other half."""
        dx, dy = self.offset
        return {"left": -dx, "right": dx, "top": -dy, "bottom": dy}[side]

    @cached_property
    def is_cut(self) -> bool:
        """Whether the image's edge touches the box or has cut it, so that the object may go on outside."""
        rows, cols = self.size
        box = self.box
        far_x, far_y = box.x_min + box.width, box.y_min + box.height
        return box.is_cut or box.x_min <= 0 or box.y_min <= 0 or far_x >= cols or far_y >= rows

    @cached_property
    def moved(self) -> tuple[Placement, ...]:
        """The box moved by 3 px in each of eight directions."""
        return tuple(Placement(self.box, self.size, move) for move in _MOVES)


class Layout:
    """The boxes of one scene, by category, in a fixed order; and the shares of its land cover, where they are known."""

    def __init__(
        self, placements: Iterable[Placement], size: tuple[int, int], land_cover: Mapping[str, float] | None = None
    ) -> None:
        self.size = size
        self.land_cover: Mapping[str, float] = land_cover or {}
        self.placements = tuple(placements)
        self.by_category: dict[str, list[Placement]] = {}
        for placement in self.placements:
            self.by_category.setdefault(placement.box.category, []).append(placement)

    @classmethod
    def of(
        cls, boxes: Sequence[ObjectBox], size: tuple[int, int], land_cover: Mapping[str, float] | None = None
    ) -> Layout:
        """Place ``boxes`` in an image of ``size`` (rows, cols) of which ``land_cover`` is ``{class: share}``."""
        return cls((Placement(box, size) for box in boxes), size, land_cover)

    def __getitem__(self, category: str | None) -> list[Placement]:
        return self.by_category.get(category or "", [])

    @property
    def categories(self) -> list[str]:
        """Those with a box, alphabetical."""
        return sorted(self.by_category)

    @cached_property
    def has_cut(self) -> bool:
        """Whether the image's edge cuts any box."""
        return any(placement.is_cut for placement in self.placements)

    @cached_property
    def without_cut(self) -> Layout:
        """The same scene without the boxes that the image's edge cuts."""
        return Layout((placement for placement in self.placements if not placement.is_cut), self.size, self.land_cover)
