"""The ground of a scene before anything looks at it: classes, heights, colours and what stands on them.

A canvas is painted from the ground up; the radar (:mod:`.radar`) and the camera (:mod:`.optics`) then see the same
canvas, each in its own way. Directions are degrees clockwise from north; north is up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.records import ObjectBox
from pipeline.simulation.noise import Field

Mask = NDArray[np.bool_]
Colour = tuple[float, float, float]


class Ground(IntEnum):
    """The class of a pixel of ground, or of what covers it."""

    SEA = 0
    RIVER = 1
    MEADOW = 2
    CROPS = 3
    FOREST = 4
    SOIL = 5
    ASPHALT = 6
    BUILT_UP = 7
    ROOF = 8
    METAL = 9


@dataclass(frozen=True, slots=True)
class Surface:
    """How a class looks: mean backscatter, spread of its texture (in nepers of power), and mean colour."""

    sigma0_db: float
    spread: float
    colour: Colour
    colour_spread: float


SURFACES: Final[Mapping[Ground, Surface]] = {
    Ground.SEA: Surface(-21.0, 0.30, (38, 62, 74), 0.05),
    Ground.RIVER: Surface(-23.5, 0.15, (66, 78, 70), 0.04),
    Ground.MEADOW: Surface(-13.0, 0.22, (108, 119, 77), 0.12),
    Ground.CROPS: Surface(-11.5, 0.18, (134, 138, 84), 0.08),
    Ground.FOREST: Surface(-8.0, 0.35, (50, 72, 42), 0.22),
    Ground.SOIL: Surface(-15.5, 0.25, (150, 128, 100), 0.09),
    Ground.ASPHALT: Surface(-20.5, 0.15, (112, 112, 112), 0.05),
    Ground.BUILT_UP: Surface(-12.0, 0.55, (142, 136, 126), 0.10),
    Ground.ROOF: Surface(-10.5, 0.45, (150, 118, 100), 0.07),
    Ground.METAL: Surface(-3.5, 0.90, (178, 178, 176), 0.05),
}


class Scatterer(NamedTuple):
    """A point-like target: place in pixels, and the power at its peak."""

    row: float
    col: float
    power: float


@dataclass(frozen=True, slots=True)
class Pose:
    """Where an object stands, and which way it points (degrees clockwise from north)."""

    row: float
    col: float
    heading_deg: float


class Window(NamedTuple):
    """A rectangle of the canvas with a frame of its own: metres along ``u`` (forward) and ``v`` (to the right)."""

    rows: slice
    cols: slice
    u: Field
    v: Field


@dataclass(eq=False)
class Canvas:
    """The painted ground. All arrays are (rows, cols); heights are metres over the ground or water."""

    shape: tuple[int, int]
    spacing_m: float
    toward_radar: tuple[float, float]
    """Pixels (rows, cols) by which a metre of height moves a return towards the radar."""
    look_azimuth_deg: float
    rng: np.random.Generator
    classes: NDArray[np.uint8] = field(init=False)
    height_m: Field = field(init=False)
    gain: Field = field(init=False)
    """Backscatter relative to the class's mean."""
    wall: Field = field(init=False)
    """Strength of walls that rise here: 0 none, 1 a rough wall, more for a smooth one that faces the radar."""
    colour: Field = field(init=False)
    """(rows, cols, 3), 0 to 255"""
    scatterers: list[Scatterer] = field(default_factory=list)
    boxes: list[ObjectBox] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    """What the optical image shows and the SAR image does not, in words."""

    def __post_init__(self) -> None:
        self.classes = np.full(self.shape, Ground.MEADOW, np.uint8)
        self.height_m = np.zeros(self.shape, np.float32)
        self.gain = np.ones(self.shape, np.float32)
        self.wall = np.zeros(self.shape, np.float32)
        self.colour = np.empty((*self.shape, 3), np.float32)
        self.colour[:] = SURFACES[Ground.MEADOW].colour

    @property
    def size_m(self) -> tuple[float, float]:
        return self.shape[0] * self.spacing_m, self.shape[1] * self.spacing_m

    def frame(self, row: float, col: float, heading_deg: float) -> Window:
        """The whole canvas, in metres from a point along a heading."""
        return self._window(row, col, heading_deg, 0, self.shape[0], 0, self.shape[1])

    def window(self, row: float, col: float, heading_deg: float, reach_m: float) -> Window:
        """The part of the canvas within ``reach_m`` of a point; may be empty near the border."""
        reach = reach_m / self.spacing_m + 1
        top, bottom = max(0, int(row - reach)), min(self.shape[0], int(row + reach) + 1)
        left, right = max(0, int(col - reach)), min(self.shape[1], int(col + reach) + 1)
        return self._window(row, col, heading_deg, top, max(top, bottom), left, max(left, right))

    def _window(
        self, row: float, col: float, heading_deg: float, top: int, bottom: int, left: int, right: int
    ) -> Window:
        heading = np.deg2rad(heading_deg)
        down = ((np.arange(top, bottom, dtype=np.float32) + 0.5 - row) * self.spacing_m)[:, None]
        east = ((np.arange(left, right, dtype=np.float32) + 0.5 - col) * self.spacing_m)[None, :]
        sin, cos = np.float32(np.sin(heading)), np.float32(np.cos(heading))
        return Window(slice(top, bottom), slice(left, right), east * sin - down * cos, east * cos + down * sin)

    def paint(
        self,
        window: Window,
        mask: Mask,
        ground: Ground,
        *,
        colour: Colour | None = None,
        height_m: float | Field = 0.0,
        gain: float = 1.0,
        wall: float = 0.0,
    ) -> None:
        """Cover the masked pixels of a window."""
        self.classes[window.rows, window.cols][mask] = ground
        self.colour[window.rows, window.cols][mask] = SURFACES[ground].colour if colour is None else colour
        self.height_m[window.rows, window.cols][mask] = height_m if np.isscalar(height_m) else height_m[mask]  # type: ignore[index]
        self.gain[window.rows, window.cols][mask] = gain
        self.wall[window.rows, window.cols][mask] = wall

    def tint(self, window: Window, mask: Mask, colour: Colour) -> None:
        """Change only what the camera sees."""
        self.colour[window.rows, window.cols][mask] = colour

    def scatter(
        self, window: Window, heading_deg: float, row: float, col: float, u: float, v: float, power: float
    ) -> None:
        """Put a point target at (u, v) metres of a frame, if that is on the canvas."""
        at_row, at_col = self.at(row, col, heading_deg, u, v)
        if 0 <= at_row < self.shape[0] and 0 <= at_col < self.shape[1]:
            self.scatterers.append(Scatterer(at_row, at_col, power))

    def at(self, row: float, col: float, heading_deg: float, u: float, v: float) -> tuple[float, float]:
        """Where (u, v) metres of the frame at a point lie, in pixels (row, col)."""
        heading = np.deg2rad(heading_deg)
        down = -u * np.cos(heading) + v * np.sin(heading)
        east = u * np.sin(heading) + v * np.cos(heading)
        return row + float(down) / self.spacing_m, col + float(east) / self.spacing_m

    def add_box(self, category: str, window: Window, mask: Mask, height_m: float = 0.0) -> None:
        """Box an object: its footprint, together with the footprint as layover moves its top towards the radar."""
        rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        if not rows.size:
            return
        down, right = (height_m * step for step in self.toward_radar)
        top = window.rows.start + int(rows[0]) + min(0.0, down)
        bottom = window.rows.start + int(rows[-1]) + 1 + max(0.0, down)
        left = window.cols.start + int(cols[0]) + min(0.0, right)
        far = window.cols.start + int(cols[-1]) + 1 + max(0.0, right)
        top, left = max(0.0, np.floor(top)), max(0.0, np.floor(left))
        bottom, far = min(float(self.shape[0]), np.ceil(bottom)), min(float(self.shape[1]), np.ceil(far))
        box_id = str(len(self.boxes) + 1)
        self.boxes.append(ObjectBox(box_id, category, float(left), float(top), float(far - left), float(bottom - top)))

    def is_on(self, window: Window, mask: Mask, *grounds: Ground) -> bool:
        """Whether all masked pixels are of the given classes."""
        return bool(np.isin(self.classes[window.rows, window.cols][mask], grounds).all())
