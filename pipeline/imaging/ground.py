"""Where a scene lies: longitude and latitude of its corners, pixel spacing, and the tags of a GeoTIFF."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import rasterio
from rasterio._err import CPLE_BaseError
from rasterio.crs import CRS
from rasterio.errors import RasterioError
from rasterio.io import MemoryFile
from rasterio.warp import transform as transform_points

from pipeline.imaging.placing import Affine
from pipeline.imaging.tiff import Tags

_WGS84_RADIUS_M: Final = 6378137.0
_WGS84_ECCENTRICITY_SQUARED: Final = 0.00669437999014
_MOST_MAP_DISTORTION: Final = 0.01
"""Up to here a projection's own metres are given (UTM: 0.1 %); beyond (Mercator) metres on the ellipsoid."""
_GEO_TAGS: Final = (33550, 33922, 34264, 34735, 34736, 34737)

LonLat = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known of a scene's place; all None where it has no coordinates."""

    reference: Mapping[str, Any] | None = None
    """``{"crs", "affine"}``."""
    corners: tuple[LonLat, ...] | None = None
    """Upper left, upper right, lower right, lower left outer corner."""
    centre: LonLat | None = None
    spacing_m: tuple[float, float] | None = None
    """(row, col)"""


def locate(crs: str | None, affine: Affine | None, shape: tuple[int, int]) -> Ground:
    """The place of an image of ``shape`` (rows, cols); unknown where a part is missing or makes no sense on Earth."""
    if crs is None or affine is None:
        return Ground()
    system = CRS.from_wkt(crs)
    rows, cols = shape
    corners = [(0.0, 0.0), (float(cols), 0.0), (float(cols), float(rows)), (0.0, float(rows))]
    x, y = cols / 2, rows / 2
    around = [(x, y), (x - 0.5, y), (x + 0.5, y), (x, y - 0.5), (x, y + 0.5)]
    points = _to_lon_lat(system, affine, corners + around)
    code = system.to_epsg()
    reference = {"crs": f"EPSG:{code}" if code else crs, "affine": list(affine)}
    if points is None:
        return Ground(reference)
    _, west, east, north, south = points[4:]
    on_ellipsoid = (_distance_m(north, south), _distance_m(west, east))
    spacing = _spacing_m(system, affine, on_ellipsoid)
    return Ground(reference, tuple(points[:4]), points[4], spacing)


def geo_tags(crs: str | None, affine: Affine | None) -> Tags | None:
    """The GeoTIFF tags that carry a CRS and an affine, as GDAL writes them; None without an affine."""
    if affine is None:
        return None
    profile = {"driver": "GTiff", "width": 1, "height": 1, "count": 1, "dtype": "uint8"}
    with MemoryFile() as memory:
        with memory.open(**profile, crs=crs, transform=rasterio.Affine(*affine)) as dataset:
            dataset.write(np.zeros((1, 1, 1), dtype=np.uint8))
        return _tags_of(bytes(memory.getbuffer()))


def _to_lon_lat(system: CRS, affine: Affine, pixels: Sequence[tuple[float, float]]) -> list[LonLat] | None:
    a, b, c, d, e, f = affine
    xs = [a * col + b * row + c for col, row in pixels]
    ys = [d * col + e * row + f for col, row in pixels]
    try:
        lon, lat = transform_points(system, CRS.from_epsg(4326), xs, ys)[:2]
    except (RasterioError, CPLE_BaseError, ValueError):
        return None  # A local grid, which has no place on Earth.
    if not all(math.isfinite(value) for value in (*lon, *lat)):
        return None
    return [(float(x), float(y)) for x, y in zip(lon, lat, strict=True)]


def _spacing_m(system: CRS, affine: Affine, on_ellipsoid: tuple[float, float]) -> tuple[float, float] | None:
    if min(on_ellipsoid) <= 0:
        return None
    if not system.is_projected:
        return on_ellipsoid
    a, b, _, d, e, _ = affine
    unit_m = float(system.linear_units_factor[1])
    nominal = (math.hypot(b, e) * unit_m, math.hypot(a, d) * unit_m)
    is_true = all(abs(n / m - 1) <= _MOST_MAP_DISTORTION for n, m in zip(nominal, on_ellipsoid, strict=True))
    return nominal if is_true else on_ellipsoid


def _distance_m(first: LonLat, second: LonLat) -> float:
    """Between two points a pixel apart: the ellipsoid is flat at that distance."""
    latitude = math.radians((first[1] + second[1]) / 2)
    curvature = 1 - _WGS84_ECCENTRICITY_SQUARED * math.sin(latitude) ** 2
    east_radius = _WGS84_RADIUS_M / math.sqrt(curvature)
    north_radius = east_radius * (1 - _WGS84_ECCENTRICITY_SQUARED) / curvature
    turn = (second[0] - first[0] + 180) % 360 - 180
    east = math.radians(turn) * east_radius * math.cos(latitude)
    return math.hypot(east, math.radians(second[1] - first[1]) * north_radius)


def _tags_of(content: bytes) -> Tags:
    """The geographic tags of a small little-endian classic TIFF."""
    (start,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, start)
    tags: dict[int, tuple[int, Any]] = {}
    for number in range(count):
        at = start + 2 + 12 * number
        tag, kind, length = struct.unpack_from("<HHI", content, at)
        if tag not in _GEO_TAGS:
            continue
        size = {2: 1, 3: 2, 12: 8}[kind] * length
        value_at = at + 8 if size <= 4 else struct.unpack_from("<I", content, at + 8)[0]
        raw = content[value_at : value_at + size]
        tags[tag] = (kind, raw if kind == 2 else struct.unpack(f"<{length}{'H' if kind == 3 else 'd'}", raw))
    return tags
