"""Train or test, fixed at import: by ground cell for georeferenced scenes, by duplicate group for others.

The ground is cut into cells of about 1 km that are the same for every data set, sensor and projection: bands of
latitude 1 km high on a sphere of 6,371.0088 km, each cut from the prime meridian eastwards and westwards into
columns that are 1 km wide at the band's middle. A cell belongs to one side for one seed, whatever is imported later.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from pipeline.vocabulary import SPLITS

GroundCell = tuple[int, int]
"""(band, column)"""

TRAIN_SHARE: Final = 0.7
_KM_PER_DEGREE: Final = math.pi / 180 * 6371.0088


def ground_cell(lon_deg: float, lat_deg: float) -> GroundCell:
    """The cell of a point (WGS 84 degrees; longitudes are taken modulo 360).

    Raises
    ------
    ValueError
        If a coordinate is not finite, or the latitude is beyond a pole.
    """
    _check(lon_deg, lat_deg)
    band = math.floor(lat_deg * _KM_PER_DEGREE)
    return band, math.floor(((lon_deg + 180) % 360 - 180) * _km_per_degree_east(band))


def ground_cells(corners: Sequence[tuple[float, float]]) -> Iterator[GroundCell]:
    """The cells that a scene touches.

    Parameters
    ----------
    corners : (lon_deg, lat_deg) of the scene's outer corners, in order around it
        A convex shape; it may cross the antimeridian, not contain a pole.

    Yields
    ------
    (band, column), southern bands first
        One by one, since a whole satellite frame has tens of thousands. Cells that the scene only meets along its
        northern or eastern edge are not its own.
    """
    for lon_deg, lat_deg in corners:
        _check(lon_deg, lat_deg)
    shape = _unwrapped(corners)
    south, north = min(lat for _, lat in shape), max(lat for _, lat in shape)
    first = math.floor(south * _KM_PER_DEGREE)
    for band in range(first, max(first, math.ceil(north * _KM_PER_DEGREE) - 1) + 1):
        part = _between(shape, band / _KM_PER_DEGREE, (band + 1) / _KM_PER_DEGREE)
        if part:
            longitudes = [lon for lon, _ in part]
            yield from ((band, column) for column in _columns(band, min(longitudes), max(longitudes)))


def assign_split(
    seed: int, cells: Iterable[GroundCell] = (), group: str | None = None, published: str | None = None
) -> str:
    """The split of a scene: ``train``, ``test``, ``held_out``, or the published one as it is.

    Parameters
    ----------
    seed : of the data set; another seed is another division
    cells : that the scene touches; none if it is not georeferenced
        A scene that touches cells of both sides is held out: its ground would be in both.
    group : what all duplicates of the scene have in common, such as a perceptual hash; used where there are no cells
    published : the split of the source, which is kept

    Raises
    ------
    ValueError
        If ``published`` is no split, or there is nothing to decide by.
    """
    if published is not None:
        if published not in SPLITS:
            raise ValueError(f"{published!r} is no split; splits are {', '.join(SPLITS)}")
        return published
    sides: set[str] = set()
    for band, column in cells:
        sides.add(_side(f"{seed}:cell:{band}:{column}"))
        if len(sides) == 2:
            return "held_out"
    if sides:
        return sides.pop()
    if group is None:
        raise ValueError("a scene without ground cells needs its duplicate group to be given a split")
    return _side(f"{seed}:group:{group}")


def _side(key: str) -> str:
    share = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") / 2**64
    return "train" if share < TRAIN_SHARE else "test"


def _check(lon_deg: float, lat_deg: float) -> None:
    if not (math.isfinite(lon_deg) and math.isfinite(lat_deg) and abs(lat_deg) <= 90):
        what = f"({lon_deg}, {lat_deg}) is no place on the ground in degrees of longitude and latitude"
        raise ValueError(f"{what}; mend the coordinates in the file, or remove them")


def _km_per_degree_east(band: int) -> float:
    middle_deg = min(abs(band + 0.5) / _KM_PER_DEGREE, 90.0)
    return _KM_PER_DEGREE * math.cos(math.radians(middle_deg))


def _unwrapped(corners: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The corners with continuous longitudes: a scene across the antimeridian goes on beyond 180°."""
    start = (corners[0][0] + 180) % 360 - 180
    return [(start + (lon - start + 180) % 360 - 180, lat) for lon, lat in corners]


def _between(shape: list[tuple[float, float]], south: float, north: float) -> list[tuple[float, float]]:
    """The part of a convex shape between two latitudes (Sutherland–Hodgman)."""
    return _clip(_clip(shape, south, 1), north, -1)


def _clip(shape: list[tuple[float, float]], limit: float, sign: int) -> list[tuple[float, float]]:
    kept: list[tuple[float, float]] = []
    for (lon0, lat0), (lon1, lat1) in zip(shape, shape[1:] + shape[:1], strict=True):
        inside0, inside1 = (lat0 - limit) * sign >= 0, (lat1 - limit) * sign >= 0
        if inside0:
            kept.append((lon0, lat0))
        if inside0 != inside1:
            kept.append((lon0 + (lon1 - lon0) * (limit - lat0) / (lat1 - lat0), limit))
    return kept


def _columns(band: int, west: float, east: float) -> Iterator[int]:
    scale = _km_per_degree_east(band)
    pieces = [(west, east)] if west >= -180 and east <= 180 else _wrapped(west, east)
    for low, high in pieces:
        first = math.floor(low * scale)
        yield from range(first, max(first, math.ceil(high * scale) - 1) + 1)


def _wrapped(west: float, east: float) -> list[tuple[float, float]]:
    if east > 180:
        return [(west, 180.0), (-180.0, east - 360)] if west < 180 else [(west - 360, east - 360)]
    return [(west + 360, 180.0), (-180.0, east)] if east > -180 else [(west + 360, east + 360)]
