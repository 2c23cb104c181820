"""What the ground returns on average: K-distributed land and sea, by polarisation and incidence.

The power of a pixel is a class's mean times a gamma texture of mean 1 that is correlated over some metres; the
processor's speckle (:mod:`.radar`) makes K-distributed clutter of it (K. D. Ward, R. J. A. Tough, S. Watts, "Sea
Clutter", 2nd ed., 2013, chapter 4). The figures are orders of magnitude, not a fitted model such as
CMOD5 or Ulaby and Dobson's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import scipy.special
from numpy.typing import NDArray

from pipeline.simulation.ground import SURFACES, Canvas, Ground
from pipeline.simulation.noise import Field, fractal, smooth, streaks, waves
from pipeline.simulation.truth import Sensing

_REFERENCE_INCIDENCE_DEG: Final = 40.0
_LOBES: Final = 2.0
"""Power of cos(incidence) by which land falls off."""
_DRIFT: Final = 0.14
"""Spread, in nepers of power, of slow changes over soil and plants: moisture, growth."""
_BINS, _WIDEST = 2048, 4.2
"""Of the table that turns Gaussian into gamma: entries, and the standard deviations it covers either side."""


@dataclass(frozen=True, slots=True)
class SeaState:
    """The sea by Douglas's number: mean in VV at 40°, fall with incidence, shape of the texture, swell's depth."""

    sigma0_db: float
    fall_db_per_deg: float
    shape: float
    swell_depth: float
    streak_depth: float


SEA_STATES: Final[tuple[SeaState, ...]] = (
    SeaState(-30.0, 0.50, 30.0, 0.02, 0.02),
    SeaState(-26.0, 0.45, 24.0, 0.12, 0.08),
    SeaState(-22.5, 0.40, 18.0, 0.26, 0.12),
    SeaState(-20.0, 0.35, 12.0, 0.40, 0.15),
    SeaState(-18.0, 0.30, 8.0, 0.50, 0.17),
    SeaState(-16.5, 0.28, 6.0, 0.58, 0.19),
    SeaState(-15.5, 0.25, 4.5, 0.65, 0.21),
)


def texture(canvas: Canvas, sensing: Sensing, rng: np.random.Generator) -> Field:
    """Relative power around 1: the gamma texture of each class, slow drift over soil, waves and streaks at sea."""
    grains = sorted({SURFACES[Ground(number)].grain_m for number in np.unique(canvas.classes)})
    fields = {grain: smooth(rng, canvas.shape, grain / canvas.spacing_m / 2) for grain in grains}
    own = np.array([SURFACES[ground].grain_m for ground in Ground], np.float32)[canvas.classes]
    gaussian = fields[grains[0]]
    for grain in grains[1:]:
        gaussian = np.where(own == np.float32(grain), fields[grain], gaussian)
    place = np.clip((gaussian + np.float32(_WIDEST)) * np.float32(_BINS / 2 / _WIDEST), 0, _BINS - 1).astype(np.intp)
    place += canvas.classes.astype(np.intp) * _BINS
    relative: Field = _gamma_table(_shapes(sensing)).reshape(-1)[place]
    relative *= _slow(canvas, sensing, rng)
    return relative


def _shapes(sensing: Sensing) -> tuple[float, ...]:
    return tuple(
        SEA_STATES[sensing.sea_state].shape if ground == Ground.SEA else SURFACES[ground].shape for ground in Ground
    )


def _slow(canvas: Canvas, sensing: Sensing, rng: np.random.Generator) -> Field:
    """What varies over tens of metres, with a mean of 1."""
    drift = fractal(rng, canvas.shape)
    grows = (Ground.MEADOW, Ground.CROPS, Ground.FOREST, Ground.SOIL, Ground.BUILT_UP)
    depth = np.array([_DRIFT if ground in grows else 0.0 for ground in Ground], np.float32)[canvas.classes]
    slow: Field = np.exp(depth * drift - depth**2 / 2)
    if (canvas.classes == Ground.SEA).any():
        at_sea = _sea(canvas, sensing, rng) * np.exp(np.float32(0.06) * drift - np.float32(0.0018))
        slow = np.where(canvas.classes == Ground.SEA, at_sea, slow)
    return slow


def _sea(canvas: Canvas, sensing: Sensing, rng: np.random.Generator) -> Field:
    """Swell, strongest where it runs along the look direction (tilt modulation), and streaks along the wind."""
    state = SEA_STATES[sensing.sea_state]
    off = math.radians(sensing.swell_to_deg - sensing.look_azimuth_deg)
    swell_depth = np.float32(state.swell_depth * (0.3 + 0.7 * math.cos(off) ** 2))
    length_px = max(sensing.swell_length_m / canvas.spacing_m, 3.0)
    swell = waves(rng, canvas.shape, sensing.swell_to_deg, length_px)
    wind = streaks(rng, canvas.shape, sensing.wind_to_deg, 160 / canvas.spacing_m, 22 / canvas.spacing_m)
    depth = np.float32(state.streak_depth)
    field: Field = np.exp(swell_depth * swell + depth * wind - (swell_depth**2 + depth**2) / 2)
    return field


def mean_powers(sensing: Sensing, polarisation: str) -> NDArray[np.float32]:
    """Mean backscatter (linear) of each class of :class:`Ground` at the scene's incidence."""
    return np.array([10 ** (_mean_db(ground, sensing, polarisation) / 10) for ground in Ground], np.float32)


def _mean_db(ground: Ground, sensing: Sensing, polarisation: str) -> float:
    surface, state = SURFACES[ground], SEA_STATES[sensing.sea_state]
    if ground == Ground.SEA:
        level = state.sigma0_db - state.fall_db_per_deg * (sensing.incidence_deg - _REFERENCE_INCIDENCE_DEG)
    else:
        cosines = math.cos(math.radians(sensing.incidence_deg)) / math.cos(math.radians(_REFERENCE_INCIDENCE_DEG))
        level = surface.sigma0_db + 10 * _LOBES * math.log10(cosines)
    over_vv = {"VV": 0.0, "HH": surface.hh_db, "HV": surface.cross_db, "VH": surface.cross_db}
    return level + over_vv[polarisation]


POINT_AMPLITUDES: Final[Mapping[str, complex]] = {
    "VV": 1.0 + 0j,
    "HH": -(10 ** (1.5 / 20)) + 0j,
    "HV": 10 ** (-13 / 20) * 1j,
    "VH": 10 ** (-13 / 20) * 1j,
}
"""Of a point target, against VV: two reflections turn the sign between HH and VV; the cross channels are equal."""


@lru_cache(maxsize=16)
def _gamma_table(shapes: tuple[float, ...]) -> Field:
    """Gamma variates of mean 1 by the standard normal ones of the same rank, a row for each shape."""
    deviations = (np.arange(_BINS) + 0.5) * 2 * _WIDEST / _BINS - _WIDEST
    ranks = scipy.special.ndtr(deviations)
    rows = [scipy.special.gammaincinv(shape, ranks) / shape for shape in shapes]
    weights = np.exp(-(deviations**2) / 2)
    # The table ends somewhere: without this a spiky class would lose some of its mean.
    return np.array([row * weights.sum() / (row * weights).sum() for row in rows], np.float32)
