"""Do two images show the same ground? Hashes propose, thumbnails confirm; footprints where there are coordinates.

Two images of the same ground are copies of one another, perhaps at another size, contrast or compression. A tile that
overlaps another but is shifted is found by its coordinates only (:func:`overlap_share`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.figures import cell_means, duplicate_hash
from pipeline.imaging.footprint import overlap_share as overlap_share

THUMBNAIL_SIDE: Final = 32
MOST_BITS: Final = 10
"""Copies differ in fewer bits of their hashes than this; of two unrelated images' 64 bits about 32 differ."""
LEAST_STRUCTURE: Final = 4.0
"""Grey levels. Below it thumbnails hold speckle and swell, which look alike everywhere."""
LEAST_CORRELATION: Final = 0.9
"""Of the whole thumbnails."""
LEAST_DETAIL_CORRELATION: Final = 0.6
"""Of what is left of them without their surroundings: two coasts that run alike differ in this."""
_ROWS_AT_ONCE: Final = 64
_COLS_AT_ONCE: Final = 1 << 13
_PAIRS_AT_ONCE: Final = 1 << 12


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What of an image is compared with others."""

    duplicate_hash: str
    """64-bit difference hash, 16 hex digits: copies differ in few bits."""
    thumbnail: str
    """32 × 32 means, uint8, row by row, 2,048 hex digits."""
    structure: float
    """Grey levels by which neighbouring cells of the thumbnail differ together from its trend: how much it tells one
    place from another. Open sea and flat ground have next to none."""


def fingerprint(image: NDArray[np.uint8], valid: NDArray[np.bool_]) -> Fingerprint:
    """What of an image is compared with others.

    Parameters
    ----------
    image : uint8, shape (rows, cols)
        The processed image.
    valid : bool, shape (rows, cols)
        Pixels without data take the mean of the others, so that equal borders make no equal ground.
    """
    filled = image
    if not valid.all():
        mean = round(float(image[valid].mean())) if valid.any() else 0
        filled = np.where(valid, image, np.uint8(mean))
    means = np.floor(cell_means(filled, THUMBNAIL_SIDE, THUMBNAIL_SIDE) + 0.5).astype(np.uint8)
    return Fingerprint(duplicate_hash(filled), means.tobytes().hex(), _structure(means))


def candidate_pairs(
    hashes: NDArray[np.uint64], others: NDArray[np.uint64], most_bits: int = MOST_BITS
) -> NDArray[np.int64]:
    """Pairs whose hashes differ in at most ``most_bits`` bits.

    Parameters
    ----------
    hashes : uint64, shape (n,)
    others : uint64, shape (m,)
        The same array for pairs within one set, each of which then comes once, the smaller index first.

    Returns
    -------
    int64, shape (pairs, 2)
        Indices into ``hashes`` and ``others``, in ascending order.

    Notes
    -----
    Memory is that of the result. Leave images below :data:`LEAST_STRUCTURE` out before: their hashes are noise or all
    alike, and a thousand images of open sea would be half a million pairs.
    """
    is_one_set = others is hashes
    found = [np.empty((0, 2), np.int64)]
    for top in range(0, len(hashes), _ROWS_AT_ONCE):
        rows = hashes[top : top + _ROWS_AT_ONCE, None]
        for left in range(top if is_one_set else 0, len(others), _COLS_AT_ONCE):
            near = np.bitwise_count(rows ^ others[None, left : left + _COLS_AT_ONCE]) <= most_bits
            if near.any():
                found.append(np.argwhere(near) + np.array([top, left]))
    pairs = np.concatenate(found)
    if is_one_set:
        pairs = pairs[pairs[:, 0] < pairs[:, 1]]
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def is_same_ground(thumbnail_a: str, thumbnail_b: str, structure_a: float, structure_b: float) -> bool:
    """Whether two images show the same ground, by their thumbnails and structure as in :class:`Fingerprint`."""
    both = confirmed_pairs(np.array([[0, 0]]), [thumbnail_a], [thumbnail_b], [structure_a], [structure_b])
    return bool(both[0])


def confirmed_pairs(
    pairs: NDArray[np.integer],
    thumbnails_a: Sequence[str],
    thumbnails_b: Sequence[str],
    structures_a: Sequence[float] | NDArray[np.floating],
    structures_b: Sequence[float] | NDArray[np.floating],
) -> NDArray[np.bool_]:
    """Which of the candidates show the same ground.

    Parameters
    ----------
    pairs : integers, shape (n, 2)
        Indices into the first and into the second thumbnails and structures.

    Returns
    -------
    bool, shape (n,)
        Whether both have structure, and the thumbnails correlate, as wholes and in their detail. False where a
        thumbnail is missing (an empty text).
    """
    confirmed = np.zeros(len(pairs), np.bool_)
    first, second = np.asarray(pairs[:, 0], np.intp), np.asarray(pairs[:, 1], np.intp)
    structures = np.minimum(np.asarray(structures_a, float)[first], np.asarray(structures_b, float)[second])
    chosen = np.flatnonzero(structures >= LEAST_STRUCTURE)
    for start in range(0, len(chosen), _PAIRS_AT_ONCE):
        part = chosen[start : start + _PAIRS_AT_ONCE]
        a, b = _decoded(thumbnails_a, first[part]), _decoded(thumbnails_b, second[part])
        whole = _correlations(_without_trend(a), _without_trend(b))
        detail = _correlations(_detail(a), _detail(b))
        confirmed[part] = (whole >= LEAST_CORRELATION) & (detail >= LEAST_DETAIL_CORRELATION)
    return confirmed


def _decoded(thumbnails: Sequence[str], indices: NDArray[np.intp]) -> NDArray[np.float32]:
    """float32, shape (n, 32, 32); what is no thumbnail is flat, and so correlates with nothing."""
    size = THUMBNAIL_SIDE * THUMBNAIL_SIDE
    texts = (thumbnails[index] for index in indices.tolist())
    joined = b"".join(bytes.fromhex(text) if len(text) == 2 * size else bytes(size) for text in texts)
    cells = np.frombuffer(joined, np.uint8).reshape(-1, THUMBNAIL_SIDE, THUMBNAIL_SIDE)
    return cells.astype(np.float32)


def _structure(means: NDArray[np.uint8]) -> float:
    """Square root of the covariance of neighbouring cells about the trend: speckle has none, however strong."""
    cells = _without_trend(means[None].astype(np.float32))[0]
    across = float(np.mean(cells[:, :-1] * cells[:, 1:]))
    down = float(np.mean(cells[:-1] * cells[1:]))
    return round(math.sqrt(max(0.0, min(across, down))), 3)


def _without_trend(cells: NDArray[np.float32]) -> NDArray[np.float32]:
    """Without the plane through it: brightness that falls off across the swath is in every image of a sensor."""
    steps = np.arange(THUMBNAIL_SIDE, dtype=np.float32) - (THUMBNAIL_SIDE - 1) / 2
    scale = np.float32(1 / (THUMBNAIL_SIDE * float(np.sum(steps * steps))))
    slope_down = np.einsum("nij,i->n", cells, steps) * scale
    slope_right = np.einsum("nij,j->n", cells, steps) * scale
    level = cells.mean(axis=(1, 2))
    plane = level[:, None, None] + slope_down[:, None, None] * steps[:, None] + slope_right[:, None, None] * steps
    return np.asarray(cells - plane, np.float32)


def _detail(cells: NDArray[np.float32]) -> NDArray[np.float32]:
    """What each cell has beyond the mean of the 3 × 3 around it."""
    padded = np.pad(cells, ((0, 0), (1, 1), (1, 1)), mode="edge")
    rows = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    return np.asarray(cells - (rows[:, :, :-2] + rows[:, :, 1:-1] + rows[:, :, 2:]) / 9, np.float32)


def _correlations(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    product = np.einsum("nij,nij->n", a, b)
    power = np.einsum("nij,nij->n", a, a) * np.einsum("nij,nij->n", b, b)
    return np.asarray(np.divide(product, np.sqrt(power), out=np.zeros_like(product), where=power > 1e-6), np.float32)
