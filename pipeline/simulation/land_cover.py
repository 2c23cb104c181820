"""Land cover of the simulated ground, numbered as OpenEarthMap numbers it (Xia et al., 2023)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.simulation.ground import Ground

LAND_COVER: Final = (
    "unknown",
    "bareland",
    "rangeland",
    "developed space",
    "road",
    "tree",
    "water",
    "agriculture land",
    "building",
)
"""Names of the classes 0 to 8."""

_OF_GROUND: Final = {
    Ground.SEA: 6,
    Ground.RIVER: 6,
    Ground.MEADOW: 2,
    Ground.CROPS: 7,
    Ground.FOREST: 5,
    Ground.SOIL: 1,
    Ground.ASPHALT: 4,
    Ground.BUILT_UP: 3,
    Ground.ROOF: 8,
    Ground.METAL: 3,
}
"""Ships, tanks, cars and aircraft are metal; OpenEarthMap has no class for them and counts most as developed space."""


def land_cover(classes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Numbers 0 to 8 for an array of :class:`Ground`; 0, unknown, never occurs."""
    numbers = np.array([_OF_GROUND[ground] for ground in Ground], np.uint8)
    return numbers[classes]


def land_cover_shares(classes: NDArray[np.uint8]) -> dict[str, float]:
    """Share of the pixels by name of the class; they add up to 1."""
    counts = np.bincount(land_cover(classes).reshape(-1), minlength=len(LAND_COVER))
    return {name: float(count / classes.size) for name, count in zip(LAND_COVER, counts, strict=True)}
