"""Where the pixels of an image lie, as its file says: by an affine, or by control points that an affine meets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Affine = tuple[float, float, float, float, float, float]

FARTHEST_PX: Final = 0.5
"""How far an affine may be from a control point for its pixels to be said to lie there."""


@dataclass(frozen=True, slots=True)
class Place:
    """The coordinate system and affine of an image; None where they are not known."""

    crs: str | None
    """WKT."""
    affine: Affine | None
    notes: tuple[str, ...] = ()


def place_of(dataset: Any) -> Place:
    """What a rasterio dataset says of where it lies."""
    affine = _transform_of(dataset)
    crs = dataset.crs.to_wkt() if dataset.crs else None
    if affine is not None:
        return Place(crs, affine)
    if not dataset.transform.is_identity:
        return Place(crs, None, ("its coordinates are no numbers, so it was taken without any",))
    points, system = dataset.gcps
    if not points or system is None:
        return Place(crs, None)
    pixels = np.array([(point.col, point.row) for point in points], dtype=float)
    return _by_control_points(pixels, np.array([(point.x, point.y) for point in points], dtype=float), system.to_wkt())


def shifted(affine: Affine | None, row: float, col: float) -> Affine | None:
    """The affine of the part of an image that begins at this row and column."""
    if affine is None:
        return None
    a, b, c, d, e, f = affine
    return a, b, a * col + b * row + c, d, e, d * col + e * row + f


def _transform_of(dataset: Any) -> Affine | None:
    a, b, c, d, e, f = (float(number) for number in dataset.transform[:6])
    is_known = not dataset.transform.is_identity and all(map(math.isfinite, (a, b, c, d, e, f)))
    return (a, b, c, d, e, f) if is_known else None


def _by_control_points(pixels: NDArray[np.float64], ground: NDArray[np.float64], crs: str) -> Place:
    affine = _fitted(pixels, ground)
    if affine is None:
        return Place(None, None, ("its control points lie on one line, so it was taken without coordinates",))
    farthest = _farthest_px(affine, pixels, ground)
    if farthest <= FARTHEST_PX:
        note = f"placed by {len(pixels)} control points, which its affine meets within {farthest:.2g} pixels"
        return Place(crs, affine, (note,))
    note = (
        f"no affine comes nearer than {farthest:.3g} pixels to its {len(pixels)} control points, so it was taken"
        " without coordinates; warp it to a map grid first (gdalwarp)"
    )
    return Place(None, None, (note,))


def _fitted(pixels: NDArray[np.float64], ground: NDArray[np.float64]) -> Affine | None:
    """By least squares; about the centre, since metres on the Earth are large numbers."""
    centre, origin = pixels.mean(axis=0), ground.mean(axis=0)
    solution, _, rank, _ = np.linalg.lstsq(pixels - centre, ground - origin, rcond=None)
    if rank < 2 or not np.isfinite(solution).all() or np.linalg.det(solution) == 0:
        return None
    (a, d), (b, e) = solution.tolist()
    c, f = (origin - centre @ solution).tolist()
    return a, b, c, d, e, f


def _farthest_px(affine: Affine, pixels: NDArray[np.float64], ground: NDArray[np.float64]) -> float:
    a, b, c, d, e, f = affine
    back = np.linalg.inv([[a, b], [d, e]])
    found = (ground - (c, f)) @ back.T
    return float(np.hypot(*(found - pixels).T).max())


def pixel_of(affine: Affine, x: Sequence[float], y: Sequence[float]) -> NDArray[np.float64]:
    """(col, row) of points on the ground, shape (points, 2)."""
    a, b, c, d, e, f = affine
    ground: NDArray[np.float64] = np.column_stack([x, y]) - (c, f)
    return np.asarray(ground @ np.linalg.inv([[a, b], [d, e]]).T)
