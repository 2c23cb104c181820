"""What covers wide ground: fields, forest, water, coasts, roads, streets; no object is boxed here."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.simulation.ground import SURFACES, Canvas, Colour, Ground, Mask, Pose, Window
from pipeline.simulation.noise import Field, fractal, smooth

_CROP_COLOURS: tuple[Colour, ...] = (
    (112, 128, 70), (150, 148, 88), (176, 162, 108), (92, 116, 62), (138, 134, 84), (124, 138, 92), (160, 140, 100),
)  # fmt: skip


def whole(canvas: Canvas) -> Window:
    """The canvas in metres from its centre, ``u`` to the north and ``v`` to the east."""
    return canvas.frame(canvas.shape[0] / 2, canvas.shape[1] / 2, 0)


def fields(canvas: Canvas, heading_deg: float, wide_m: float = 90, long_m: float = 190) -> None:
    """Cover everything with parcels in strips, each with a crop, a row direction and a moisture of its own."""
    rng = canvas.rng
    window = canvas.frame(canvas.shape[0] / 2, canvas.shape[1] / 2, heading_deg)
    reach = float(np.hypot(*canvas.size_m)) / 2 + long_m
    strip = np.searchsorted(_cuts(rng, reach, wide_m), window.v)
    offset = rng.uniform(0, long_m, strip.max() + 2).astype(np.float32)[strip]
    block = np.searchsorted(_cuts(rng, 2 * reach, long_m), window.u + offset)
    parcel = (strip * 97 + block) % 251
    ground = rng.choice([Ground.CROPS, Ground.CROPS, Ground.CROPS, Ground.MEADOW, Ground.SOIL], 251).astype(np.uint8)
    canvas.classes[:] = canvas.camera_classes[:] = ground[parcel]
    palette = np.array(_CROP_COLOURS, np.float32)[rng.integers(len(_CROP_COLOURS), size=251)]
    palette[ground == Ground.SOIL] = SURFACES[Ground.SOIL].colour
    palette += rng.normal(0, 6, (251, 1)).astype(np.float32)
    gain = rng.lognormal(0, 0.5, 251).astype(np.float32)
    rows = np.where(rng.random(251) < 0.5, 1.0, 0.0).astype(np.float32)[parcel]
    furrow = np.sin(window.v * np.float32(2 * np.pi / 4.6)) * rows * np.float32(0.045)
    canvas.colour[:] = palette[parcel] * (1 + furrow)[..., None]
    canvas.gain[:] = gain[parcel] * (1 + 2.5 * furrow)
    _edges(canvas, parcel)


def _cuts(rng: np.random.Generator, reach: float, step: float) -> NDArray[np.float32]:
    count = int(2 * reach / step) + 2
    return (-reach + np.cumsum(rng.uniform(0.45, 1.55, count)) * step).astype(np.float32)


def _edges(canvas: Canvas, parcel: NDArray[np.int64]) -> None:
    """Grassy margins between parcels."""
    edge = np.zeros(canvas.shape, bool)
    edge[1:] |= parcel[1:] != parcel[:-1]
    edge[:, 1:] |= parcel[:, 1:] != parcel[:, :-1]
    canvas.paint(whole(canvas), edge, Ground.MEADOW, colour=(116, 118, 78), gain=1.3)


def forest(canvas: Canvas, mask: Mask) -> None:
    """Trees on the masked ground: crowns of about 6 m, a closed canopy 9 to 17 m high."""
    crowns = np.clip(smooth(canvas.rng, canvas.shape, 1.9 / canvas.spacing_m), -2, 2)
    height = 11 + 0.55 * crowns + 0.8 * np.clip(fractal(canvas.rng, canvas.shape, 1.6), -2, 2)
    canvas.paint(whole(canvas), mask, Ground.FOREST, height_m=height.astype(np.float32))


def trees(canvas: Canvas, places: NDArray[np.float64], radius_m: float = 3.2) -> None:
    """Single trees at (row, col) places, wherever something grows."""
    for row, col in places:
        radius = radius_m * float(canvas.rng.uniform(0.7, 1.3))
        window = canvas.window(float(row), float(col), 0, radius)
        distance = np.hypot(window.u, window.v) / radius
        mask = distance < 1
        if mask.any() and canvas.is_on(window, mask, Ground.MEADOW, Ground.CROPS):
            dome = (2.0 + radius * 1.3 * np.sqrt(np.clip(1 - distance**2, 0, 1))).astype(np.float32)
            canvas.paint(window, mask, Ground.FOREST, height_m=dome, gain=float(canvas.rng.uniform(0.8, 2.0)))


def scattered(canvas: Canvas, count: int) -> NDArray[np.float64]:
    """Random (row, col) places."""
    return canvas.rng.uniform((0, 0), canvas.shape, (count, 2))


def water(canvas: Canvas, depth_m: Field, ground: Ground) -> Mask:
    """Water where ``depth_m`` (metres from the shore, outward positive) is positive: lighter where shallow, a bright
    rim of stones or reed along it. Returns the mask of the water."""
    wet: Mask = depth_m > 0
    rim = (depth_m <= 0) & (depth_m > -4.0)
    canvas.paint(whole(canvas), rim, Ground.SOIL, colour=(158, 146, 120), gain=3.2)
    canvas.paint(whole(canvas), wet, ground)
    shallow = np.exp(-np.clip(depth_m, 0, None) / 16)[..., None] * np.array([34, 36, 22], np.float32)
    canvas.colour[wet] += shallow[wet]
    return wet


def river(canvas: Canvas, row: float, col: float, heading_deg: float, width_m: float, bend_m: float) -> Field:
    """Metres inside a meandering river through a point (negative outside)."""
    window = canvas.frame(row, col, heading_deg)
    phase, length = canvas.rng.uniform(0, 2 * np.pi), canvas.rng.uniform(420, 640)
    wave = 2 * np.pi / length
    middle = bend_m * (np.sin(window.u * wave + phase) - np.sin(phase))
    slope = np.sqrt(1 + (bend_m * wave * np.cos(window.u * wave + phase)) ** 2)
    ragged = 2.2 * fractal(canvas.rng, canvas.shape, 1.7)
    inside: Field = (width_m / 2 - np.abs(window.v - middle) / slope + ragged).astype(np.float32)
    return inside


def coast(canvas: Canvas, heading_deg: float, at_m: float, ragged_m: float) -> Field:
    """Metres seaward of a coast whose land lies towards ``heading_deg``; ``at_m`` moves it from the centre."""
    window = canvas.frame(canvas.shape[0] / 2, canvas.shape[1] / 2, heading_deg)
    seaward: Field = (at_m - window.u + ragged_m * fractal(canvas.rng, canvas.shape, 2.1)).astype(np.float32)
    return seaward


def road(canvas: Canvas, row: float, col: float, heading_deg: float, width_m: float, length_m: float = 5000) -> None:
    """A straight road over land, with a centre line and verges; it stops at water."""
    window = canvas.frame(row, col, heading_deg)
    dry = ~np.isin(canvas.classes, (Ground.SEA, Ground.RIVER, Ground.ROOF, Ground.METAL))
    along = np.abs(window.u) < length_m / 2
    verge = dry & along & (np.abs(window.v) < width_m / 2 + 2.5)
    canvas.paint(window, verge, Ground.MEADOW, colour=(128, 124, 92), gain=1.2)
    deck = dry & along & (np.abs(window.v) < width_m / 2)
    canvas.paint(window, deck, Ground.ASPHALT, colour=(124, 122, 120))
    canvas.tint(window, deck & (np.abs(window.v) < 0.35) & (window.u % 10 < 6), (206, 204, 196))


def blob(canvas: Canvas, row: float, col: float, radius_m: float, ragged: float = 0.25) -> Mask:
    """An irregular patch around a point."""
    window = canvas.frame(row, col, 0)
    reach = np.hypot(window.u, window.v) / radius_m
    mask: Mask = reach + ragged * fractal(canvas.rng, canvas.shape, 1.9) < 1
    return mask


def slab(canvas: Canvas, pose: Pose, length_m: float, width_m: float, ground: Ground, colour: Colour) -> None:
    """A rectangle of one ground class."""
    window = canvas.window(pose.row, pose.col, pose.heading_deg, float(np.hypot(length_m, width_m)) / 2)
    mask = (np.abs(window.u) < length_m / 2) & (np.abs(window.v) < width_m / 2)
    canvas.paint(window, mask, ground, colour=colour)
