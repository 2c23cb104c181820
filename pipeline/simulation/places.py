"""The three simulated places, and where on the ground their scenes lie.

The places are invented; their coordinates are real ground in real UTM zones, so that all that handles coordinates is
tried. Each scene is centred in a ground cell of its own, as :mod:`pipeline.sources.splits` cuts the ground.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

Affine = tuple[float, float, float, float, float, float]
"""(a, b, c, d, e, f): easting = a·col + b·row + c, northing = d·col + e·row + f, of outer pixel corners."""

_KM_PER_DEGREE: Final = math.pi / 180 * 6371.0088


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how the scenes of one place were taken."""

    name: str
    title: str
    lon_deg: float
    lat_deg: float
    zone: int
    """UTM zone, northern hemisphere"""
    spacing_m: float
    look_azimuth_deg: float
    incidence_deg: float
    sun_azimuth_deg: float
    sar_acquired_at: str
    optical_acquired_at: str

    @property
    def crs(self) -> str:
        return f"EPSG:{32600 + self.zone}"


PLACES: Final[Mapping[str, Place]] = {
    place.name: place
    for place in (
        Place("nordhaven", "Nordhaven, a harbour city (simulated)", 4.1, 52.2, 31, 0.75, 82.0, 42.0, 152.0,
              "2025-05-14T05:42:10Z", "2025-05-17T10:21:00Z"),
        Place("weitfeld", "Weitfeld, an airfield on a plain (simulated)", 15.6, 47.9, 33, 0.8, 278.0, 38.0, 165.0,
              "2025-07-02T16:31:44Z", "2025-07-02T09:58:00Z"),
        Place("chandra", "Chandra, a river delta (simulated)", 105.4, 10.2, 48, 1.0, 98.0, 46.0, 128.0,
              "2025-01-23T22:47:05Z", "2025-02-11T03:12:00Z"),
    )
}  # fmt: skip


def scene_centre(place: Place, number: int) -> tuple[float, float]:
    """(lon_deg, lat_deg) of the middle of the ground cell that scene ``number`` of a place is given: every other cell
    of an 8 × 8 board, so that no two scenes with other numbers modulo 64 are neighbours."""
    down, right = divmod(number % 64, 8)
    band = math.floor(place.lat_deg * _KM_PER_DEGREE) + 2 * down
    lat_deg = (band + 0.5) / _KM_PER_DEGREE
    km_per_degree_east = _KM_PER_DEGREE * math.cos(math.radians(lat_deg))
    column = math.floor(place.lon_deg * km_per_degree_east) + 2 * right
    return (column + 0.5) / km_per_degree_east, lat_deg


def scene_transform(place: Place, number: int, shape: tuple[int, int]) -> Affine:
    """The affine of a north-up scene of ``shape`` (rows, cols) around its centre, in metres of the place's UTM zone."""
    east, north = to_utm(*scene_centre(place, number), place.zone)
    left = round(east - shape[1] / 2 * place.spacing_m, 1)
    top = round(north + shape[0] / 2 * place.spacing_m, 1)
    return place.spacing_m, 0.0, left, 0.0, -place.spacing_m, top


def to_utm(lon_deg: float, lat_deg: float, zone: int) -> tuple[float, float]:
    """Easting and northing (metres, WGS 84, northern hemisphere) of a point in a UTM zone.

    Krüger's series to the third order (1912), good to a millimetre within the zone.
    """
    n = 1 / (2 * 298.257223563 - 1)
    radius = 6378137.0 / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    alpha = (n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16, 13 * n**2 / 48 - 3 * n**3 / 5, 61 * n**3 / 240)
    squeeze = 2 * math.sqrt(n) / (1 + n)
    sin_lat = math.sin(math.radians(lat_deg))
    conformal = math.sinh(math.atanh(sin_lat) - squeeze * math.atanh(squeeze * sin_lat))
    east = math.radians(lon_deg - (zone * 6 - 183))
    xi, eta = math.atan2(conformal, math.cos(east)), math.atanh(math.sin(east) / math.hypot(1, conformal))
    x = eta + sum(a * math.cos(2 * j * xi) * math.sinh(2 * j * eta) for j, a in enumerate(alpha, 1))
    y = xi + sum(a * math.sin(2 * j * xi) * math.cosh(2 * j * eta) for j, a in enumerate(alpha, 1))
    return 500_000 + 0.9996 * radius * x, 0.9996 * radius * y
