"""The ground of a scene before anything looks at it: classes, heights, colours and what stands on them.

A canvas is painted from the ground up; the radar (:mod:`.radar`) and the camera (:mod:`.optics`) then see the same
canvas, each in its own way. Directions are degrees clockwise from north; north is up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.simulation.noise import Field
from pipeline.simulation.truth import BOTH, Box, Change, ObjectTruth, Seen, swept

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
    """How a class looks to a radar in X band and to a camera."""

    sigma0_db: float
    """Mean backscatter in VV at an incidence of 40°."""
    shape: float
    """Of the gamma texture: the smaller, the spikier. Texture times speckle of L looks is K-distributed."""
    grain_m: float
    """Correlation length of the texture (1/e)."""
    cross_db: float
    """Cross-polarised (HV, VH) over VV."""
    hh_db: float
    """HH over VV."""
    coherence: float
    """Between the complex HH and VV: near 1 where one mechanism rules."""
    colour: Colour
    colour_spread: float


SURFACES: Final[Mapping[Ground, Surface]] = {
    Ground.SEA: Surface(-20.0, 12.0, 2.4, -16.0, -2.5, 0.90, (38, 62, 74), 0.05),
    Ground.RIVER: Surface(-24.0, 40.0, 4.5, -14.0, -1.5, 0.90, (66, 78, 70), 0.04),
    Ground.MEADOW: Surface(-13.5, 14.0, 2.4, -9.5, -0.5, 0.70, (108, 119, 77), 0.12),
    Ground.CROPS: Surface(-11.5, 16.0, 2.4, -8.5, -0.5, 0.60, (134, 138, 84), 0.08),
    Ground.FOREST: Surface(-8.5, 4.0, 2.4, -6.0, 0.0, 0.35, (50, 72, 42), 0.22),
    Ground.SOIL: Surface(-15.5, 12.0, 4.5, -12.0, -1.0, 0.80, (150, 128, 100), 0.09),
    Ground.ASPHALT: Surface(-21.0, 14.0, 2.4, -12.0, -2.0, 0.85, (112, 112, 112), 0.05),
    Ground.BUILT_UP: Surface(-13.0, 2.5, 1.6, -8.0, 0.5, 0.55, (142, 136, 126), 0.10),
    Ground.ROOF: Surface(-12.5, 1.2, 1.6, -8.0, 0.5, 0.55, (150, 118, 100), 0.07),
    Ground.METAL: Surface(-4.0, 0.8, 1.6, -9.0, 1.0, 0.50, (178, 178, 176), 0.05),
}
"""Orders of magnitude as handbooks give them for X band; tuned by eye, not fitted to any sensor."""


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
    """The painted ground. All arrays are (rows, cols); heights are metres over the ground or water.

    The radar and the camera came at different times, so each has its own classes and heights; what is painted while
    only one of them sees (:meth:`seen_by`) is not there for the other.
    """

    shape: tuple[int, int]
    spacing_m: float
    toward_radar: tuple[float, float]
    """Pixels (rows, cols) by which a metre of height moves a return towards the radar."""
    look_azimuth_deg: float
    rng: np.random.Generator
    moving_share: float = 0.0
    """Share of the ships that the two dates show differently."""
    classes: NDArray[np.uint8] = field(init=False)
    height_m: Field = field(init=False)
    camera_classes: NDArray[np.uint8] = field(init=False)
    camera_height_m: Field = field(init=False)
    gain: Field = field(init=False)
    """Backscatter relative to the class's mean."""
    wall: Field = field(init=False)
    """Strength of walls that rise here: 0 none, 1 a rough wall, more for a smooth one that faces the radar."""
    colour: Field = field(init=False)
    """(rows, cols, 3), 0 to 255"""
    scatterers: list[Scatterer] = field(default_factory=list)
    objects: list[ObjectTruth] = field(default_factory=list)
    watching: tuple[Seen, ...] = BOTH

    def __post_init__(self) -> None:
        self.classes, self.camera_classes = (np.full(self.shape, Ground.MEADOW, np.uint8) for _ in BOTH)
        self.height_m, self.camera_height_m = (np.zeros(self.shape, np.float32) for _ in BOTH)
        self.gain = np.ones(self.shape, np.float32)
        self.wall = np.zeros(self.shape, np.float32)
        self.colour = np.empty((*self.shape, 3), np.float32)
        self.colour[:] = SURFACES[Ground.MEADOW].colour

    @property
    def size_m(self) -> tuple[float, float]:
        return self.shape[0] * self.spacing_m, self.shape[1] * self.spacing_m

    @contextmanager
    def seen_by(self, *sensors: Seen) -> Iterator[None]:
        """What is painted within is there for these sensors only."""
        before, self.watching = self.watching, sensors
        try:
            yield
        finally:
            self.watching = before

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
        wall: float | Field = 0.0,
    ) -> None:
        """Cover the masked pixels of a window."""
        at = window.rows, window.cols
        height = height_m[mask] if isinstance(height_m, np.ndarray) else height_m
        rising = wall[mask] if isinstance(wall, np.ndarray) else wall
        if "sar" in self.watching:
            self.classes[at][mask], self.height_m[at][mask] = ground, height
            self.gain[at][mask], self.wall[at][mask] = gain, rising
        if "optical" in self.watching:
            self.camera_classes[at][mask], self.camera_height_m[at][mask] = ground, height
            self.colour[at][mask] = SURFACES[ground].colour if colour is None else colour

    def tint(self, window: Window, mask: Mask, colour: Colour) -> None:
        """Change only what the camera sees."""
        if "optical" in self.watching:
            self.colour[window.rows, window.cols][mask] = colour

    def scatter(self, pose: Pose, u: float, v: float, power: float, height_m: float = 0.0) -> None:
        """Put a point target at (u, v) metres in the frame of ``pose``, laid over by its height, if on the canvas."""
        row, col = self.at(pose.row, pose.col, pose.heading_deg, u, v)
        row, col = row + height_m * self.toward_radar[0], col + height_m * self.toward_radar[1]
        if "sar" in self.watching and 0 <= row < self.shape[0] and 0 <= col < self.shape[1]:
            self.scatterers.append(Scatterer(row, col, power))

    def at(self, row: float, col: float, heading_deg: float, u: float, v: float) -> tuple[float, float]:
        """Where (u, v) metres of the frame at a point lie, in pixels (row, col)."""
        heading = np.deg2rad(heading_deg)
        down = -u * np.cos(heading) + v * np.sin(heading)
        east = u * np.sin(heading) + v * np.cos(heading)
        return row + float(down) / self.spacing_m, col + float(east) / self.spacing_m

    def add_object(
        self,
        category: str,
        pose: Pose,
        size_m: tuple[float, float, float],
        footprint: tuple[Window, Mask],
        *,
        boxed_height_m: float | None = None,
        moved_to: Pose | None = None,
    ) -> None:
        """Keep what stands at ``pose``: (length, width, height) metres, seen by the sensors that watch.

        The camera sees it at ``moved_to`` where that is given. Its box is drawn around the footprint together with
        the footprint as layover moves its top, ``boxed_height_m`` above it (its height where nothing is said).
        """
        length_m, width_m, height_m = size_m
        is_in_sar, then = "sar" in self.watching, pose if moved_to is None else moved_to
        is_in_optical = "optical" in self.watching or moved_to is not None
        corners = tuple(
            self.at(pose.row, pose.col, pose.heading_deg, u * length_m / 2, v * width_m / 2)
            for u, v in ((1, -1), (1, 1), (-1, 1), (-1, -1))
        )
        layover, shadow = (tuple(height_m * step for step in way) for way in (self.toward_radar, self.into_shadow))
        motion_m = float(np.hypot(then.row - pose.row, then.col - pose.col)) * self.spacing_m
        found = ObjectTruth(
            category=category,
            heading_deg=round(pose.heading_deg % 360, 3),
            length_m=length_m,
            width_m=width_m,
            height_m=height_m,
            footprint=corners,
            sar_at=(pose.row, pose.col) if is_in_sar else None,
            optical_at=(then.row, then.col) if is_in_optical else None,
            box=self._box(*footprint, height_m if boxed_height_m is None else boxed_height_m) if is_in_sar else None,
            layover=swept(corners, (layover[0], layover[1])) if is_in_sar else (),
            shadow=swept(corners, (shadow[0], shadow[1])) if is_in_sar else (),
            change=_change(is_in_sar, is_in_optical, moved_to is not None),
            motion_m=round(motion_m, 2) if is_in_sar and is_in_optical else 0.0,
        )
        if footprint[1].any():
            self.objects.append(found)

    def _box(self, window: Window, mask: Mask, height_m: float) -> Box | None:
        rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        if not rows.size:
            return None
        down, right = (height_m * step for step in self.toward_radar)
        top = window.rows.start + int(rows[0]) + min(0.0, down)
        bottom = window.rows.start + int(rows[-1]) + 1 + max(0.0, down)
        left = window.cols.start + int(cols[0]) + min(0.0, right)
        far = window.cols.start + int(cols[-1]) + 1 + max(0.0, right)
        top, left, bottom, far = (
            float(edge) for edge in (np.floor(top), np.floor(left), np.ceil(bottom), np.ceil(far))
        )
        return left, top, far - left, bottom - top

    @property
    def into_shadow(self) -> tuple[float, float]:
        """Pixels (rows, cols) of ground that a metre of height hides from the radar: away from it, by
        tan(incidence)."""
        cot_px = max(float(np.hypot(*self.toward_radar)), 1e-9)
        tan_over_cot = 1 / (cot_px * self.spacing_m) ** 2
        return -self.toward_radar[0] * tan_over_cot, -self.toward_radar[1] * tan_over_cot

    def is_on(self, window: Window, mask: Mask, *grounds: Ground) -> bool:
        """Whether all masked pixels are of the given classes, at both dates."""
        at = window.rows, window.cols
        return bool(
            np.isin(self.classes[at][mask], grounds).all() and np.isin(self.camera_classes[at][mask], grounds).all()
        )


def _change(is_in_sar: bool, is_in_optical: bool, has_moved: bool) -> Change:
    if is_in_sar and is_in_optical:
        return "moved" if has_moved else "none"
    return "sar_only" if is_in_sar else "optical_only"
