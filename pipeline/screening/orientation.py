"""Whether the top of a frame is north, from where its corners lie."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

_NORTH_WITHIN_DEG: Final = 2.0
_NOT_NORTH_BEYOND_DEG: Final = 20.0


def is_north_up(corners_lon_lat: Sequence[Sequence[float]] | None) -> bool | None:
    """Whether north is at the top and east at the right; None where it is not known.

    Parameters
    ----------
    corners_lon_lat
        Longitude and latitude in degrees of the top left, top right, bottom right and bottom left corner.

    Returns
    -------
    bool or None
        True where both are off by 2° at most, as scenes in map projections are; False beyond 20°, where what is north
        of something may lie beside it. Between the two neither is sure: None, as without corners.
    """
    if corners_lon_lat is None or len(corners_lon_lat) != 4:
        return None
    top_left, top_right, bottom_right, bottom_left = corners_lon_lat
    off_deg = max(
        _between_deg(_bearing_deg(_middle(bottom_left, bottom_right), _middle(top_left, top_right)), 0.0),
        _between_deg(_bearing_deg(_middle(top_left, bottom_left), _middle(top_right, bottom_right)), 90.0),
    )
    if off_deg <= _NORTH_WITHIN_DEG:
        return True
    return False if off_deg > _NOT_NORTH_BEYOND_DEG else None


def _middle(one: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    # The shorter way round, so that a scene across the 180th meridian is as wide as it is.
    return one[0] + _eastward(one[0], other[0]) / 2, (one[1] + other[1]) / 2


def _bearing_deg(start: Sequence[float], end: Sequence[float]) -> float:
    shrink = math.cos(math.radians((start[1] + end[1]) / 2))
    return math.degrees(math.atan2(_eastward(start[0], end[0]) * shrink, end[1] - start[1]))


def _eastward(start: float, end: float) -> float:
    return (end - start + 180) % 360 - 180


def _between_deg(one: float, other: float) -> float:
    return abs((one - other + 180) % 360 - 180)
