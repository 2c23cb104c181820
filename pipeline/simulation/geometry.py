"""Where returns fall in a side-looking radar's image: layover, shadow, walls and their double bounce.

In ground range a return from a height h appears h / tan(incidence) nearer to the radar than the ground under it, and
what stands h high hides h · tan(incidence) of the ground behind it (U. Soergel (ed.), "Radar Remote Sensing of Urban
Areas", 2010, chapter 1).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.simulation.ground import Canvas, Ground, Mask
from pipeline.simulation.noise import Field

_WALL_POWER: Final = 0.16
_CORNER_POWER: Final = 5.0
_LEAST_HEIGHT_M: Final = 1.5
"""Of what counts as standing up: lower things lay over by about a pixel."""


def lit(canvas: Canvas) -> tuple[Field, Mask]:
    """Share of the beam that reaches each pixel of ground, and where it is in the shadow of something solid.

    Walls stop the beam, crowns of trees let some of it through.
    """
    climb_m = float(np.hypot(*canvas.toward_radar)) * canvas.spacing_m**2
    is_tree, toward = canvas.classes == Ground.FOREST, _unit(canvas.toward_radar)
    share = np.ones(canvas.shape, np.float32)
    if is_tree.any():
        crowns = np.where(is_tree, canvas.height_m * np.float32(0.8), np.float32(0))
        behind_trees = shade(crowns, toward, climb_m)
        share[behind_trees] = np.where(is_tree[behind_trees], np.float32(0.75), np.float32(0.22))
    solid = np.where(is_tree, np.float32(0), canvas.height_m)
    behind_walls = shade(solid, toward, climb_m)
    share[behind_walls] = 0.015
    return share, behind_walls


def shade(height_m: Field, toward: tuple[float, float], metres_per_px: float) -> Mask:
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


def laid_over(canvas: Canvas, power: Field) -> Field:
    """Every return at its place, moved by its height; what falls together adds up, what is left empty is shadow."""
    # Ground just outside the canvas is laid over into it: a mirror image of the border stands for it.
    reach = int(np.ceil(float(canvas.height_m.max()) * float(np.hypot(*canvas.toward_radar)))) + 1
    reach = min(reach, min(canvas.shape) - 1)
    height, wide = (np.pad(field, reach, mode="reflect") for field in (canvas.height_m, power))
    raised = np.flatnonzero(height)
    flat = wide.reshape(-1)
    returned = flat[raised]
    flat[raised] = 0
    image = _deposit(wide, canvas.toward_radar, raised, height.reshape(-1)[raised], returned)
    return image[reach:-reach, reach:-reach]


def walls(canvas: Canvas, is_lit: Mask, rng: np.random.Generator) -> Field:
    """Power of walls that face the radar: spread over their layover, with a bright line at the foot, where wall and
    ground make a corner (double bounce)."""
    foot, rise_m = _feet(canvas, is_lit)
    strength = canvas.wall.reshape(-1)[foot] * np.exp(rng.standard_normal(foot.size, np.float32) * np.float32(0.9))
    storey, wall, levels = _storeys(canvas, rise_m)
    corner = strength * np.square(np.minimum(strength, 2.0)) * np.minimum(rise_m, 12) / 16 * _CORNER_POWER
    return _deposit(
        np.zeros(canvas.shape, np.float32),
        canvas.toward_radar,
        np.concatenate([foot[wall], foot]),
        np.concatenate([levels[storey], np.zeros(foot.size, np.float32)]),
        np.concatenate([strength[wall] * np.float32(_WALL_POWER), corner]),
    )


def layover_mask(canvas: Canvas) -> Mask:
    """Pixels on which returns of solid things at least 1.5 m high fall: of their tops and of walls that face the
    radar."""
    is_high = (canvas.classes != Ground.FOREST) & (canvas.height_m >= _LEAST_HEIGHT_M)
    tops = np.flatnonzero(is_high)
    foot, rise_m = _feet(canvas, np.ones(canvas.shape, bool))
    storey, wall, levels = _storeys(canvas, rise_m)
    source = np.concatenate([tops, foot[wall]])
    height = np.concatenate([canvas.height_m.reshape(-1)[tops], levels[storey]])
    ones = np.ones(source.size, np.float32)
    returned = _deposit(np.zeros(canvas.shape, np.float32), canvas.toward_radar, source, height, ones)
    covered: Mask = returned > 0.2
    return covered


def _feet(canvas: Canvas, is_lit: Mask) -> tuple[NDArray[np.intp], Field]:
    """Pixels where a wall rises on the side of the radar, as flat indices, and by how much."""
    down, right = (round(step) for step in np.multiply(_unit(canvas.toward_radar), 1.42))
    rise = canvas.height_m - _neighbour(canvas.height_m, down, right)
    foot = np.flatnonzero((rise > _LEAST_HEIGHT_M) & (canvas.wall > 0) & is_lit)
    return foot, canvas.height_m.reshape(-1)[foot]


def _neighbour(field: Field, down: int, right: int) -> Field:
    """The value so many pixels further; the border's beyond it."""
    rows = np.clip(np.arange(field.shape[0]) + down, 0, field.shape[0] - 1)
    cols = np.clip(np.arange(field.shape[1]) + right, 0, field.shape[1] - 1)
    return field[np.ix_(rows, cols)]


def _storeys(canvas: Canvas, top_m: Field) -> tuple[NDArray[np.intp], NDArray[np.intp], Field]:
    """Heights up each wall, a pixel of layover apart: index of the height, index of the wall, the heights."""
    step_m = 1 / max(float(np.hypot(*canvas.toward_radar)), 1e-6)
    levels = np.arange(int(np.ceil(float(top_m.max(initial=0.0)) / step_m)), dtype=np.float32) * np.float32(step_m)
    storey, wall = np.nonzero(levels[:, None] < top_m)
    return storey, wall, levels


def _deposit(
    image: Field, toward_radar: tuple[float, float], source: NDArray[np.intp], height_m: Field, power: Field
) -> Field:
    """``image`` with the power of the ``source`` pixels added where their height moves them, shared by four pixels:
    rounding to whole ones would leave regular gaps."""
    rows, cols = image.shape
    row = source // cols + height_m * np.float32(toward_radar[0])
    col = source % cols + height_m * np.float32(toward_radar[1])
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


def facing(canvas: Canvas) -> Field:
    """Gentle slopes of crowns towards the radar return more; walls have their own way (:func:`walls`)."""
    down, right = _unit(canvas.toward_radar)
    slope_down, slope_right = np.gradient(canvas.height_m, canvas.spacing_m)
    rise = -(slope_down * np.float32(down) + slope_right * np.float32(right))
    gain: Field = np.exp(np.clip(rise, -1.0, 1.0) * np.float32(0.4))
    return np.where(canvas.classes == Ground.FOREST, gain, np.float32(1))


def _unit(vector: tuple[float, float]) -> tuple[float, float]:
    length = max(float(np.hypot(*vector)), 1e-9)
    return vector[0] / length, vector[1] / length
