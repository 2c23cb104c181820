"""How much ground two footprints share, where there are coordinates."""

from __future__ import annotations

import math
from collections.abc import Sequence

Corners = Sequence[tuple[float, float]]
"""(lon_deg, lat_deg), in order around a convex shape, either way."""
_Points = list[tuple[float, float]]


def overlap_share(corners_a: Corners, corners_b: Corners) -> float:
    """The share of the smaller footprint that the larger one covers too: 0 apart, 1 inside.

    Edges are straight in longitude and latitude, which is true to a pixel for scenes of some kilometres away from the
    poles. A footprint may lie across the antimeridian. One without area shares nothing.

    Raises
    ------
    ValueError
        If a footprint has fewer than three corners, or a coordinate is not finite.
    """
    a, b = _plane(corners_a, corners_a[0]), _plane(corners_b, corners_a[0])
    smaller = min(_area(a), _area(b))
    if smaller <= 0:
        return 0.0
    return min(1.0, max(0.0, _area(_clipped(a, b)) / smaller))


def _plane(corners: Corners, origin: tuple[float, float]) -> _Points:
    """Corners counterclockwise on a plane around ``origin``, on which areas compare; the near side of ±180° counts."""
    if len(corners) < 3 or not all(math.isfinite(value) for corner in corners for value in corner):
        raise ValueError(f"a footprint has three or more corners in finite degrees, not {list(corners)}")
    narrowing = math.cos(math.radians(origin[1]))
    points = [(_turned(lon - origin[0]) * narrowing, lat - origin[1]) for lon, lat in corners]
    return points if _signed_area(points) >= 0 else points[::-1]


def _turned(degrees: float) -> float:
    return (degrees + 180) % 360 - 180


def _clipped(points: _Points, window: _Points) -> _Points:
    """The part of a convex shape inside another (Sutherland and Hodgman, 1974)."""
    for index in range(len(window)):
        start, end = window[index - 1], window[index]
        inside = points
        sides = [_side(start, end, point) for point in inside]
        points = []
        for place, point in enumerate(inside):
            before, here = sides[place - 1], sides[place]
            if (before < 0) != (here < 0):
                share = before / (before - here)
                last = inside[place - 1]
                points.append((last[0] + share * (point[0] - last[0]), last[1] + share * (point[1] - last[1])))
            if here >= 0:
                points.append(point)
    return points


def _side(start: tuple[float, float], end: tuple[float, float], point: tuple[float, float]) -> float:
    """Positive left of the line, that is inside a counterclockwise shape."""
    return (end[0] - start[0]) * (point[1] - start[1]) - (end[1] - start[1]) * (point[0] - start[0])


def _signed_area(points: _Points) -> float:
    return (
        sum(
            points[index - 1][0] * points[index][1] - points[index][0] * points[index - 1][1]
            for index in range(len(points))
        )
        / 2
    )


def _area(points: _Points) -> float:
    return abs(_signed_area(points))
