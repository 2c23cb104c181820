"""How a camera sees the canvas, from straight above or aslant: colours, sun and shadow, leaning roofs, some haze."""

from __future__ import annotations

import math

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from pipeline.simulation.geometry import shade
from pipeline.simulation.ground import SURFACES, Canvas, Ground
from pipeline.simulation.noise import Field, fractal, smooth
from pipeline.simulation.truth import PairTruth, Point, Sensing


def photograph(canvas: Canvas, sensing: Sensing, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The photograph of the canvas: uint8, shape (rows, cols, 3), on the grid of the ground."""
    shape, sun = canvas.shape, np.deg2rad(sensing.sun_azimuth_deg)
    toward = (-float(np.cos(sun)), float(np.sin(sun)))
    light = _relief(canvas, toward) * (1 + _texture(canvas, rng))
    climb_m = canvas.spacing_m * float(np.tan(np.deg2rad(sensing.sun_elevation_deg)))
    in_shadow = shade(canvas.camera_height_m, toward, climb_m)
    light *= np.where(in_shadow, np.float32(0.45), np.float32(1))
    picture = canvas.colour * light[..., None]
    # Large patches lean to yellow or blue: no meadow is of one green.
    lean = fractal(rng, shape, 1.8)[..., None] * np.array([0.035, 0.012, -0.03], np.float32)
    picture *= 1 + lean * _is_land(canvas)[..., None]
    picture += np.where(in_shadow[..., None], np.array([4, 8, 16], np.float32), 0)
    picture = _leaning(picture, canvas, sensing.roof_lean_px_per_m)
    picture = scipy.ndimage.gaussian_filter(picture, (0.55, 0.55, 0))
    picture += rng.standard_normal((*shape, 1), np.float32) * np.float32(2.2)
    haze = np.array([6, 9, 14], np.float32)
    exposed: NDArray[np.uint8] = np.clip(picture * np.float32(0.96) + haze, 0, 255).astype(np.uint8)
    return exposed


def lay_on(picture: NDArray[np.uint8], shape: tuple[int, int], margin: int, pair: PairTruth) -> NDArray[np.uint8]:
    """The photograph as it lies on the SAR grid: cut out of a wider one, displaced and turned as ``pair`` says.

    Whole pixels are copied as they are; else values are interpolated linearly.
    """
    rows, cols = shape
    if pair.rotation_deg == 0 and all(part == int(part) for part in pair.offset_px):
        top, left = (margin - int(part) for part in pair.offset_px)
        return np.ascontiguousarray(picture[top : top + rows, left : left + cols])
    back = _turn(-pair.rotation_deg)
    centre = np.array([rows, cols]) / 2 - 0.5
    start = centre - back @ (centre + np.array(pair.offset_px)) + margin
    bands = [
        scipy.ndimage.affine_transform(picture[..., band], back, start, (rows, cols), order=1, mode="nearest")
        for band in range(picture.shape[2])
    ]
    return np.stack(bands, axis=2)


def lies_at(place: Point, shape: tuple[int, int], pair: PairTruth) -> Point:
    """Where the optical image shows the ground of a place of the SAR image, (row, col)."""
    centre = np.array(shape) / 2
    row, col = _turn(pair.rotation_deg) @ (np.array(place) - centre) + centre + np.array(pair.offset_px)
    return float(row), float(col)


def _turn(rotation_deg: float) -> NDArray[np.float64]:
    """Of (row, col), clockwise on the screen."""
    angle = math.radians(rotation_deg)
    return np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])


def _leaning(picture: Field, canvas: Canvas, lean_px_per_m: Point) -> Field:
    """Tops displaced along the lean by their height, over facades a shade darker; the higher hides the lower."""
    reach = float(np.hypot(*lean_px_per_m))
    if reach == 0 or not canvas.camera_height_m.any():
        return picture
    leaning = picture.copy()
    step_m = 1 / max(reach, 1e-6)
    for level in np.arange(step_m / 2, float(canvas.camera_height_m.max()) + step_m, step_m):
        rows, cols = np.nonzero(canvas.camera_height_m >= level - step_m / 2)
        top = canvas.camera_height_m[rows, cols]
        is_top = top < level + step_m / 2
        height = np.where(is_top, top, np.float32(level))
        to_row = np.rint(rows + height * lean_px_per_m[0]).astype(np.intp)
        to_col = np.rint(cols + height * lean_px_per_m[1]).astype(np.intp)
        inside = (to_row >= 0) & (to_row < picture.shape[0]) & (to_col >= 0) & (to_col < picture.shape[1])
        shadeless = np.where(is_top, np.float32(1), np.float32(0.62))[:, None] * picture[rows, cols]
        leaning[to_row[inside], to_col[inside]] = shadeless[inside]
    return leaning


def _is_land(canvas: Canvas) -> Field:
    return (canvas.camera_classes > Ground.RIVER).astype(np.float32)


def _texture(canvas: Canvas, rng: np.random.Generator) -> Field:
    spread = np.zeros(len(Ground), np.float32)
    for ground, surface in SURFACES.items():
        spread[ground] = surface.colour_spread
    texture = 0.75 * smooth(rng, canvas.shape, 1.0) + 0.75 * fractal(rng, canvas.shape, 1.5)
    return np.clip(texture * spread[canvas.camera_classes], -0.6, 0.6)


def _relief(canvas: Canvas, toward_sun: tuple[float, float]) -> Field:
    height = scipy.ndimage.gaussian_filter(canvas.camera_height_m, 0.7)
    slope_down, slope_right = np.gradient(height, canvas.spacing_m)
    rise = -(slope_down * np.float32(toward_sun[0]) + slope_right * np.float32(toward_sun[1]))
    # Vertical walls have no slope to shade; only crowns, ridges and curved tops do.
    strength = np.where(canvas.camera_classes == Ground.FOREST, np.float32(0.75), np.float32(0.38))
    light: Field = 1 + strength * np.clip(rise, np.float32(-0.9), np.float32(0.9))
    return light
