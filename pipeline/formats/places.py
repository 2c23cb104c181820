"""Where on Earth scenes lie, as far as they say so: by their corners, or by coordinates in the name of their place."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pipeline.formats.entries import Entry

CELLS_PER_DEGREE: Final = 2
"""Scenes of half a degree are counted as one place: on a map of the world they are one point."""
_NAMED: Final = re.compile(r"^(.*?)\s*\((-?\d{1,2}(?:\.\d{1,20})?), ?(-?\d{1,3}(?:\.\d{1,20})?)\)$", re.DOTALL)
"""``New York (40.7128, -74.006)``: latitude and longitude, as one source writes them into the names of its files."""

LatLon = tuple[float, float]


def centre_of(entry: Entry) -> LatLon | None:
    """(latitude, longitude) in degrees of the middle of a scene, or None where nothing says it."""
    ground = entry.get("ground")
    corners = ground.get("lonlat_corners") if isinstance(ground, Mapping) else None
    found = _middle(corners) if isinstance(corners, Sequence) and not isinstance(corners, str) else None
    return found or _coordinates(place_of(entry) or "")


def place_of(entry: Entry) -> str | None:
    """What its place is called, in full."""
    metadata = entry.get("metadata")
    place = metadata.get("place") if isinstance(metadata, Mapping) else None
    return str(place) if place else None


def name_of(place: str) -> str:
    """The place without its coordinates, on one line and not too long for a map."""
    named = _NAMED.match(place[:1000])
    plain = " ".join((named[1] if named else place[:1000]).split())
    return plain if len(plain) <= 40 else f"{plain[:39]}…"


def cell_of(centre: LatLon) -> tuple[int, int]:
    """The cell of half a degree that a place lies in: (row, column), counted from 90° south and 180° west."""
    latitude, longitude = centre
    row = math.floor((latitude + 90) * CELLS_PER_DEGREE)
    column = math.floor((longitude + 180) * CELLS_PER_DEGREE)
    return min(row, 180 * CELLS_PER_DEGREE - 1), column % (360 * CELLS_PER_DEGREE)


def middle_of(cell: tuple[int, int]) -> LatLon:
    """(latitude, longitude) of the middle of a cell."""
    row, column = cell
    return (row + 0.5) / CELLS_PER_DEGREE - 90, (column + 0.5) / CELLS_PER_DEGREE - 180


def _middle(corners: Sequence[Any]) -> LatLon | None:
    try:
        points = [(float(corner[1]), float(corner[0])) for corner in corners]
    except (TypeError, ValueError, IndexError, KeyError):
        return None
    if not points:
        return None
    first = points[0][1]
    # Across the 180th meridian the mean of 179 and -179 would lie in Africa.
    longitudes = [first + (longitude - first + 180) % 360 - 180 for _, longitude in points]
    latitude = sum(latitude for latitude, _ in points) / len(points)
    return _on_earth(latitude, (sum(longitudes) / len(points) + 180) % 360 - 180)


def _coordinates(place: str) -> LatLon | None:
    named = _NAMED.match(place[:1000])
    return _on_earth(float(named[2]), float(named[3])) if named else None


def _on_earth(latitude: float, longitude: float) -> LatLon | None:
    is_there = -90 <= latitude <= 90 and -180 <= longitude <= 180  # False of NaN too
    return (latitude, longitude) if is_there else None
