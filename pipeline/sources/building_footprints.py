"""Building footprints on the ground (GeoJSON) as object boxes of one georeferenced tile."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pipeline.imaging.storage import is_storage_failure
from pipeline.records import ObjectBox
from pipeline.sources.boxes import Rectangle, SceneBoxes, enclosing
from pipeline.sources.image_header import Affine, ImageHeader
from pipeline.sources.reading import SourceReading

BUILDING: Final = "building"
_LARGEST_BYTES: Final = 64 << 20
_CODE: Final = re.compile(r"EPSG:+(\d+)$")
_RINGS: Final[Mapping[str, int]] = {"Polygon": 1, "MultiPolygon": 2}
"""Lists around the rings of a geometry."""

Footprints = tuple[tuple[ObjectBox, ...], tuple[str, ...]]


def read_footprints(file: Path, shown_as: str, tile: ImageHeader | None, reading: SourceReading) -> Footprints:
    """The boxes around the footprints of a tile, in its pixels, and ``("building",)`` if they are all of them.

    Parameters
    ----------
    file : GeoJSON in the tile's own coordinate system
    tile : of the SAR image; without its affine nothing can be placed
    reading : takes what could not be, by ``shown_as`` and the building's id
    """
    boxes = SceneBoxes(shown_as, None if tile is None else tile.size, reading)
    if tile is None or tile.affine is None:
        boxes.refuse("its tile has no coordinates, so that no footprint can be placed on it")
        return (), ()
    collection = _collection(file)
    if isinstance(collection, str):
        boxes.refuse(collection)
        return (), ()
    code = _epsg(collection)
    if code is not None and tile.epsg is not None and code != tile.epsg:
        boxes.refuse(f"its coordinates are in EPSG:{code}, those of the tile in EPSG:{tile.epsg}")
        return (), ()
    seen: set[str] = set()
    for position, feature in enumerate(collection["features"]):
        box_id = _box_id(feature, position)
        reason = "this building id is given twice; the first holds" if box_id in seen else None
        seen.add(box_id)
        boxes.take(box_id, BUILDING, reason or _box(feature, tile.affine))
    return tuple(boxes.kept), boxes.labelled((BUILDING,))


def _collection(file: Path) -> dict[str, Any] | str:
    try:
        if file.stat().st_size > _LARGEST_BYTES:
            return "the file is over 64 MiB, as no tile's footprints are"
        content = json.loads(file.read_bytes())
    except OSError as error:
        if is_storage_failure(error):
            raise
        return f"the file cannot be read: {error.strerror}"
    except (ValueError, RecursionError) as error:
        return f"this is not GeoJSON that can be read: {error}"
    if not isinstance(content, dict) or not isinstance(content.get("features"), list):
        return "this is not a GeoJSON FeatureCollection"
    return content


def _epsg(collection: Mapping[str, Any]) -> int | None:
    crs = collection.get("crs")
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    found = _CODE.search(name) if isinstance(name, str) else None
    return int(found[1]) if found else None


def _box_id(feature: object, position: int) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    stated = properties.get("TileBuildingId") if isinstance(properties, dict) else None
    is_usable = isinstance(stated, int | str) and not isinstance(stated, bool) and str(stated)
    return str(stated) if is_usable else f"#{position}"


def _box(feature: object, affine: Affine) -> Rectangle | str:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or not isinstance(kind, str) or kind not in _RINGS:
        return "it has no polygon"
    try:
        points = list(_points(geometry.get("coordinates"), _RINGS[kind]))
    except (TypeError, ValueError, IndexError):
        return "its polygon is not made of coordinates"
    return enclosing(_to_pixels(points, affine))


def _points(rings: Any, depth: int) -> Iterator[tuple[float, float]]:
    for part in rings:
        if depth:
            yield from _points(part, depth - 1)
        else:
            x, y = float(part[0]), float(part[1])
            if not (math.isfinite(x) and math.isfinite(y)):
                raise ValueError
            yield x, y


def _to_pixels(points: list[tuple[float, float]], affine: Affine) -> Iterator[tuple[float, float]]:
    """The inverse of the affine: (x, y) on the ground to (column, row) of pixel corners."""
    a, b, c, d, e, f = affine
    determinant = a * e - b * d
    for x, y in points:
        east, north = x - c, y - f
        yield (e * east - b * north) / determinant, (a * north - d * east) / determinant
