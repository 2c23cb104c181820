"""How a camera sees the canvas from straight above: colours, sun and shadow, a little haze."""

from __future__ import annotations

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from pipeline.simulation.ground import SURFACES, Canvas, Ground
from pipeline.simulation.noise import Field, fractal, smooth
from pipeline.simulation.radar import shade


def photograph(canvas: Canvas, sun_azimuth_deg: float, sun_elevation_deg: float = 48.0) -> NDArray[np.uint8]:
    """The aerial photograph of the canvas: uint8, shape (rows, cols, 3), same ground and grid as the SAR image."""
    rng, shape = canvas.rng, canvas.shape
    sun = np.deg2rad(sun_azimuth_deg)
    toward = (-float(np.cos(sun)), float(np.sin(sun)))
    light = _relief(canvas, toward) * (1 + _texture(canvas, rng))
    in_shadow = shade(canvas.height_m, toward, canvas.spacing_m * float(np.tan(np.deg2rad(sun_elevation_deg))))
    light *= np.where(in_shadow, np.float32(0.45), np.float32(1))
    picture = canvas.colour * light[..., None]
    # Large patches lean to yellow or blue: no meadow is of one green.
    lean = fractal(rng, shape, 1.8)[..., None] * np.array([0.035, 0.012, -0.03], np.float32)
    picture *= 1 + lean * _is_land(canvas)[..., None]
    picture += np.where(in_shadow[..., None], np.array([4, 8, 16], np.float32), 0)
    picture = scipy.ndimage.gaussian_filter(picture, (0.55, 0.55, 0))
    picture += rng.standard_normal((*shape, 1), np.float32) * np.float32(2.2)
    haze = np.array([6, 9, 14], np.float32)
    exposed: NDArray[np.uint8] = np.clip(picture * np.float32(0.96) + haze, 0, 255).astype(np.uint8)
    return exposed


def _is_land(canvas: Canvas) -> Field:
    return (canvas.classes > Ground.RIVER).astype(np.float32)


def _texture(canvas: Canvas, rng: np.random.Generator) -> Field:
    spread = np.zeros(len(Ground), np.float32)
    for ground, surface in SURFACES.items():
        spread[ground] = surface.colour_spread
    texture = 0.75 * smooth(rng, canvas.shape, 1.0) + 0.75 * fractal(rng, canvas.shape, 1.5)
    return np.clip(texture * spread[canvas.classes], -0.6, 0.6)


def _relief(canvas: Canvas, toward_sun: tuple[float, float]) -> Field:
    height = scipy.ndimage.gaussian_filter(canvas.height_m, 0.7)
    slope_down, slope_right = np.gradient(height, canvas.spacing_m)
    rise = -(slope_down * np.float32(toward_sun[0]) + slope_right * np.float32(toward_sun[1]))
    # Vertical walls have no slope to shade; only crowns, ridges and curved tops do.
    strength = np.where(canvas.classes == Ground.FOREST, np.float32(0.75), np.float32(0.38))
    light: Field = 1 + strength * np.clip(rise, np.float32(-0.9), np.float32(0.9))
    return light
