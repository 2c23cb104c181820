"""How a side-looking radar sees the canvas: layover, shadow, walls, speckle, point targets, noise floor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.simulation.ground import SURFACES, Canvas, Ground
from pipeline.simulation.noise import Field, fractal, smooth, speckle, waves

NOISE_FLOOR_DB = -25.5
_WALL_POWER = 0.5
_CORNER_POWER = 5.0


def backscatter(canvas: Canvas, looks: float) -> Field:
    """The SAR image of the canvas.

    Parameters
    ----------
    canvas : the ground, its look direction and what stands on it
    looks : of the gamma speckle

    Returns
    -------
    float32, shape (rows, cols)
        Linear power (sigma nought) in ground geometry. Heights are laid over towards the radar and shade the ground
        behind; point targets carry no speckle, as one strong scatterer in a cell has none.
    """
    rng = canvas.rng
    # A metre of height moves a return by cot(incidence) metres, and the ray climbs as much over each metre of ground.
    climb_m = float(np.hypot(*canvas.toward_radar)) * canvas.spacing_m**2
    lit = _lit(canvas, climb_m)
    power = _reflectivity(canvas, rng) * _facing(canvas)
    image = _laid_over(canvas, power * lit) + _walls(canvas, lit > 0.5, rng)
    image += np.float32(10 ** (NOISE_FLOOR_DB / 10))
    image *= speckle(rng, canvas.shape, looks)
    _add_points(image, canvas)
    return image


def _reflectivity(canvas: Canvas, rng: np.random.Generator) -> Field:
    mean = np.zeros(len(Ground), np.float32)
    spread = np.zeros(len(Ground), np.float32)
    for ground, surface in SURFACES.items():
        mean[ground], spread[ground] = 10 ** (surface.sigma0_db / 10), surface.spread
    shape = canvas.shape
    texture = 0.6 * smooth(rng, shape, 1.3) + 0.5 * smooth(rng, shape, 4.0) + 0.6 * fractal(rng, shape)
    if (canvas.classes == Ground.SEA).any():
        swell = waves(rng, shape, canvas.look_azimuth_deg + 25, 14 / canvas.spacing_m)
        sea = 0.9 * swell + 1.1 * fractal(rng, shape, 1.9) + 0.3 * texture
        texture = np.where(canvas.classes == Ground.SEA, sea, texture)
    widths = spread[canvas.classes]
    # A log-normal texture of mean 1, so that each class keeps its backscatter.
    power: Field = mean[canvas.classes] * canvas.gain * np.exp(widths * texture - widths**2 / 2)
    return power


def _facing(canvas: Canvas) -> Field:
    """Gentle slopes towards the radar return more; walls have their own way (:func:`_walls`)."""
    down, right = _unit(canvas.toward_radar)
    slope_down, slope_right = np.gradient(canvas.height_m, canvas.spacing_m)
    rise = -(slope_down * np.float32(down) + slope_right * np.float32(right))
    facing: Field = np.exp(np.clip(rise, -1.0, 1.0) * np.float32(0.7))
    return np.where(canvas.classes == Ground.FOREST, facing, np.float32(1))


def _lit(canvas: Canvas, climb_m: float) -> Field:
    """Share of the beam that reaches a pixel: walls stop it, crowns of trees let some through."""
    is_tree, toward = canvas.classes == Ground.FOREST, _unit(canvas.toward_radar)
    behind_trees = shade(np.where(is_tree, canvas.height_m * 0.8, 0).astype(np.float32), toward, climb_m)
    behind_walls = shade(np.where(is_tree, np.float32(0), canvas.height_m), toward, climb_m)
    lit: Field = np.where(behind_trees, np.where(is_tree, np.float32(0.75), np.float32(0.22)), np.float32(1))
    lit[behind_walls] = 0.02
    return lit


def shade(height_m: Field, toward: tuple[float, float], metres_per_px: float) -> NDArray[np.bool_]:
    """Pixels hidden from a source that lies in direction ``toward`` (rows, cols) and rises ``metres_per_px``."""
    shaded = np.zeros(height_m.shape, bool)
    reach = int(np.ceil(float(height_m.max()) / metres_per_px))
    rows, cols = height_m.shape
    for step in range(1, min(reach, max(rows, cols) - 1) + 1):
        down, right = round(toward[0] * step), round(toward[1] * step)
        here = (slice(max(0, -down), rows - max(0, down)), slice(max(0, -right), cols - max(0, right)))
        there = (slice(max(0, down), rows + min(0, down)), slice(max(0, right), cols + min(0, right)))
        np.logical_or(
            shaded[here], height_m[there] > height_m[here] + np.float32(step * metres_per_px), out=shaded[here]
        )
    return shaded


def _laid_over(canvas: Canvas, power: Field) -> Field:
    """Every return at its place, moved by its height; what falls together adds up, what is left empty is shadow."""
    # Ground just outside the canvas is laid over into it: a mirror image of the border stands for it.
    reach = int(np.ceil(float(canvas.height_m.max()) * float(np.hypot(*canvas.toward_radar)))) + 1
    height, wide = (np.pad(field, reach, mode="reflect") for field in (canvas.height_m, power))
    raised = np.flatnonzero(height)
    flat = wide.reshape(-1)
    moved = flat[raised]
    flat[raised] = 0
    image = _deposit(wide, canvas.toward_radar, raised, height.reshape(-1)[raised], moved)
    return image[reach:-reach, reach:-reach]


def _walls(canvas: Canvas, lit: NDArray[np.bool_], rng: np.random.Generator) -> Field:
    """Walls that face the radar: spread over their layover, with a bright line at the foot (double bounce)."""
    down, right = (round(step) for step in np.multiply(_unit(canvas.toward_radar), 1.42))
    in_front = np.roll(canvas.height_m, (-down, -right), axis=(0, 1))
    rise = canvas.height_m - in_front
    foot = np.flatnonzero((rise > 1.5) & (canvas.wall > 0) & lit)
    strength = canvas.wall.reshape(-1)[foot] * np.exp(rng.standard_normal(foot.size, np.float32) * np.float32(0.6))
    top = canvas.height_m.reshape(-1)[foot]
    step_m = 1 / max(float(np.hypot(*canvas.toward_radar)), 1e-6)
    levels = np.arange(int(np.ceil(float(top.max(initial=0.0)) / step_m)), dtype=np.float32) * np.float32(step_m)
    storey, wall = np.nonzero(levels[:, None] < top)
    corner = strength * np.square(np.minimum(strength, 2.0)) * np.minimum(top, 12) / 16 * _CORNER_POWER
    return _deposit(
        np.zeros(canvas.shape, np.float32),
        canvas.toward_radar,
        np.concatenate([foot[wall], foot]),
        np.concatenate([levels[storey], np.zeros(foot.size, np.float32)]),
        np.concatenate([strength[wall] * np.float32(_WALL_POWER), corner]),
    )


def _deposit(
    image: Field, toward_radar: tuple[float, float], source: NDArray[np.intp], height_m: Field, power: Field
) -> Field:
    """``image`` with the power of the ``source`` pixels added where their height moves them, shared by four pixels:
    rounding to whole ones would leave regular gaps."""
    rows, cols = image.shape
    row = source // cols + height_m * toward_radar[0]
    col = source % cols + height_m * toward_radar[1]
    top, left = np.floor(row).astype(np.intp), np.floor(col).astype(np.intp)
    down, right = row - top, col - left
    total = np.zeros(rows * cols)
    for add_row, add_col, share in (
        (0, 0, (1 - down) * (1 - right)), (0, 1, (1 - down) * right), (1, 0, down * (1 - right)), (1, 1, down * right),
    ):  # fmt: skip
        to_row, to_col = top + add_row, left + add_col
        inside = (to_row >= 0) & (to_row < rows) & (to_col >= 0) & (to_col < cols)
        total += np.bincount((to_row * cols + to_col)[inside], (power * share)[inside], rows * cols)
    return image + total.reshape(rows, cols).astype(np.float32)


def _add_points(image: Field, canvas: Canvas) -> None:
    response, half = _point_response(canvas.look_azimuth_deg)
    rows, cols = image.shape
    for row, col, power in canvas.scatterers:
        top, left = int(row) - half, int(col) - half
        inner = (
            slice(max(0, -top), min(2 * half + 1, rows - top)),
            slice(max(0, -left), min(2 * half + 1, cols - left)),
        )
        image[max(0, top) : top + 2 * half + 1, max(0, left) : left + 2 * half + 1] += (
            np.float32(power) * response[inner]
        )


def _point_response(look_azimuth_deg: float, half: int = 24) -> tuple[Field, int]:
    """Power of the two-dimensional sinc of a processor with light weighting: a cross along range and azimuth."""
    look = np.deg2rad(look_azimuth_deg)
    down, right = np.mgrid[-half : half + 1, -half : half + 1].astype(np.float32)
    along = right * np.sin(look) - down * np.cos(look)
    across = right * np.cos(look) + down * np.sin(look)
    taper = 1 / (1 + (np.hypot(down, right) / 9) ** 2)
    response = (np.sinc(along / 1.25) * np.sinc(across / 1.25)) ** 2 * taper
    return response.astype(np.float32), half


def _unit(vector: tuple[float, float]) -> tuple[float, float]:
    length = max(float(np.hypot(*vector)), 1e-9)
    return vector[0] / length, vector[1] / length
