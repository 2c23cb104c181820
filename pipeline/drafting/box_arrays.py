"""The boxes of many scenes as arrays, and where they lie: what :mod:`pipeline.programs.layout` says, of all at once.

A test compares the two on random scenes; both do the same arithmetic in the same order, so that they agree to the bit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.programs.derivation import written_corners
from pipeline.programs.layout import SHIFT_PX, THIRD
from pipeline.records import ObjectBox
from pipeline.vocabulary import POSITIONS

OFF, BETWEEN, ON = 0, 1, 2
"""How near to a side a box is; see :meth:`pipeline.programs.layout.Placement.nearness`."""

NOWHERE: Final = len(POSITIONS)
"""As a position: both offsets are equal outside the centre."""

_LEFT, _RIGHT, _TOP, _BOTTOM, _CENTER = (POSITIONS.index(name) for name in ("left", "right", "top", "bottom", "center"))
_CELLS_AT_ONCE: Final = 100_000
"""Scenes times categories."""

_STEPS: Final = (-SHIFT_PX, 0.0, SHIFT_PX)

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class BoxedScene:
    """A scene as drafting from boxes needs it."""

    name: str
    """Unique in its data set: with the boxes it tells scenes apart, so that one seed does not draw the same in each."""
    size: tuple[int, int]
    """(rows, cols)"""
    boxes: Sequence[ObjectBox] = ()
    labelled: tuple[str, ...] = ()
    """Categories annotated exhaustively; only of these is anything said to be absent."""
    land_cover: Mapping[str, float] = field(default_factory=dict)
    """``{class: share of the area}``, where it is known."""


def parts_of(scenes: Sequence[BoxedScene], known: Collection[str]) -> Iterator[Sequence[BoxedScene]]:
    """The scenes in parts, so that tables of scenes by categories stay small however many categories there are."""
    found = {box.category for scene in scenes for box in scene.boxes}
    categories = len(found.union(known, *(scene.labelled for scene in scenes)))
    at_once = max(1, _CELLS_AT_ONCE // max(1, categories))
    for start in range(0, len(scenes), at_once):
        yield scenes[start : start + at_once]


class BoxArrays:
    """Scenes with all their boxes in a row; an array of boxes has shape (boxes,), one of sides (boxes, 4).

    ``names`` are the categories that anything can be asked about, alphabetical; their places are the codes in
    ``category``. ``known`` adds to those that the scenes themselves have.
    """

    def __init__(self, scenes: Sequence[BoxedScene], known: Iterable[str] = ()) -> None:
        self.scenes = scenes
        self.boxes = [box for scene in scenes for box in scene.boxes]
        self.known = frozenset(known)
        found = {box.category for box in self.boxes}
        self.names = sorted(found.union(self.known, *(scene.labelled for scene in scenes)))
        code_of = {name: code for code, name in enumerate(self.names)}
        self.scene: Codes = np.repeat(np.arange(len(scenes)), [len(scene.boxes) for scene in scenes])
        self.category: Codes = np.array([code_of[box.category] for box in self.boxes], dtype=np.int64)
        corners = [(box.x_min, box.y_min, box.width, box.height) for box in self.boxes]
        self.corners: Floats = np.array(corners, dtype=np.float64).reshape(-1, 4)
        self.size: Codes = np.array([scene.size for scene in scenes], dtype=np.int64).reshape(-1, 2)
        self.labelled: Flags = np.zeros((len(scenes), len(self.names)), dtype=np.bool_)
        for number, scene in enumerate(scenes):
            self.labelled[number, [code_of[name] for name in scene.labelled]] = True

    @property
    def shape(self) -> tuple[int, int]:
        """(scenes, categories)"""
        return len(self.scenes), len(self.names)

    @cached_property
    def first_box(self) -> Codes:
        """Shape (scenes,): where the boxes of a scene begin."""
        lengths = [len(scene.boxes) for scene in self.scenes]
        return np.cumsum([0, *lengths[:-1]]) if lengths else np.zeros(0, dtype=np.int64)

    @cached_property
    def name_numbers(self) -> Codes:
        """A number for each of ``names`` that no other name and no other scene changes, unlike its code."""
        return np.array(
            [int.from_bytes(sha256(name.encode("utf-8", "replace")).digest()[:7], "little") for name in self.names],
            dtype=np.int64,
        )

    @cached_property
    def is_cut(self) -> Flags:
        """Whether the image's edge touches the box or has cut it."""
        x, y, width, height = self.corners.T
        rows, cols = self.size[self.scene].T
        said = np.array([box.is_cut for box in self.boxes], dtype=np.bool_)
        is_cut: Flags = said | (x <= 0) | (y <= 0) | (x + width >= cols) | (y + height >= rows)
        return is_cut

    @cached_property
    def nearness(self) -> Codes:
        """OFF, BETWEEN or ON for left, right, top, bottom."""
        return self._nearness(0.0)

    @cached_property
    def is_steady(self) -> Flags:
        """Whether the nearness to each side stays as it is when the box moves by 3 px."""
        moved = [self._nearness(step) == self.nearness for step in _STEPS if step]
        is_steady: Flags = moved[0] & moved[1]
        return is_steady

    @cached_property
    def position(self) -> Codes:
        """The place in POSITIONS, or NOWHERE."""
        return self._position(0.0, 0.0)

    @cached_property
    def moved_positions(self) -> Codes:
        """Shape (9, boxes): the position where the box is moved by up to 3 px in each direction."""
        return np.stack([self._position(x, y) for x in _STEPS for y in _STEPS])

    def _offsets(self, shift_x: float, shift_y: float) -> tuple[Floats, Floats]:
        x, y, width, height = self.corners.T
        rows, cols = self.size[self.scene].T
        return (x + width / 2 + shift_x - cols / 2) / cols, (y + height / 2 + shift_y - rows / 2) / rows

    def _nearness(self, shift: float) -> Codes:
        dx, dy = self._offsets(shift, shift)
        depth = np.stack([-dx, dx, -dy, dy], axis=1)
        return np.where(depth > THIRD, ON, np.where(depth <= 0, OFF, BETWEEN))

    def _position(self, shift_x: float, shift_y: float) -> Codes:
        dx, dy = self._offsets(shift_x, shift_y)
        across, along = np.abs(dx), np.abs(dy)
        found = np.where(dx < 0, _LEFT, _RIGHT)
        found = np.where(across < along, np.where(dy < 0, _TOP, _BOTTOM), found)
        found = np.where(across == along, NOWHERE, found)
        return np.where(np.maximum(across, along) < THIRD, _CENTER, found)

    @cached_property
    def written(self) -> list[str]:
        """The corners of each box as a question says them."""
        return [written_corners(box) for box in self.boxes]

    @cached_property
    def twins(self) -> tuple[Flags, Flags, Flags]:
        """Of each box: whether an earlier one, any other one, and one of another category has the same corners.

        As they are written, to a tenth of a pixel: what a question can tell apart.
        """
        groups: dict[tuple[int, str], list[int]] = {}
        for box, key in enumerate(zip(self.scene.tolist(), self.written, strict=True)):
            groups.setdefault(key, []).append(box)
        repeated, shared, rivalled = (np.zeros(len(self.boxes), dtype=np.bool_) for _ in range(3))
        for members in groups.values():
            if len(members) > 1:
                repeated[members[1:]] = True
                shared[members] = True
                rivalled[members] = len({self.boxes[member].category for member in members}) > 1
        return repeated, shared, rivalled

    @cached_property
    def has_area(self) -> Flags:
        return (self.corners[:, 2] > 0) & (self.corners[:, 3] > 0)

    def tally(self, chosen: Flags) -> Codes:
        """Shape (scenes, categories): how many of the ``chosen`` boxes there are."""
        scenes, names = self.shape
        places = (self.scene * names + self.category)[chosen]
        return np.bincount(places, minlength=scenes * names).reshape(scenes, names)

    def tally_sides(self, chosen: Flags) -> Codes:
        """Shape (scenes, categories, 4): the same for ``chosen`` of shape (boxes, 4)."""
        return np.stack([self.tally(chosen[:, side]) for side in range(4)], axis=-1)
