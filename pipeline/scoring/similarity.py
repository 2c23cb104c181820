"""How alike all vectors of a set are: mean and variance of the cosine over all pairs, without forming the pairs.

With unit vectors u, their mean m, c = u - m and a = m·c, the cosine of a pair is |m|² + aᵢ + aₜ + cᵢ·cₜ; so the sums
over all pairs follow from Σ|c|², Σa² and the matrix Σccᵀ. The cost is n·d² and the memory d², however many pairs there
are. As all is taken about the mean, vectors that are nearly the same lose no digits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

BLOCK: Final = 4096
_FEW: Final = 8_000_000_000
"""Up to so many products all is float64; above, those of a block are float32 and their sums float64."""


_SMALL: Final = 1e-200
"""Squared lengths below this, or above its inverse, are not trusted."""


class SimilarityError(ValueError):
    """Vectors that cannot be compared: which, and what to do."""


@dataclass(frozen=True, slots=True)
class Similarity:
    """Of the cosines of all pairs i > t. The paper's σ² is the population variance; its table's figures look like σ."""

    mean: float | None
    """None where there is no pair."""
    variance: float | None
    std: float | None
    pairs: int
    left_out: int
    """Zero vectors, which have no direction."""

    def as_json(self) -> dict[str, float | int | None]:
        """What the command prints; null is not defined."""
        return {
            "mean": self.mean,
            "variance": self.variance,
            "std": self.std,
            "pairs": self.pairs,
            "left_out": self.left_out,
        }


def similarity_of(vectors: NDArray[np.floating]) -> Similarity:
    """Compute the similarity of a set of vectors.

    Parameters
    ----------
    vectors : real numbers, shape (n, d)
        Of any length; may be a memory map, of which a block of 4096 rows is held at a time.

    Raises
    ------
    SimilarityError
        If it is no such array, or a vector holds NaN or infinity (the first is named, counted from 0).
    """
    if vectors.ndim != 2 or vectors.dtype.kind not in "fiu":
        raise SimilarityError(f"an array (vectors, numbers) is needed, not {vectors.dtype} of shape {vectors.shape}")
    total, used = np.zeros(vectors.shape[1]), 0
    for units in _units(vectors):
        total += units.sum(axis=0)
        used += len(units)
    left_out, pairs = len(vectors) - used, used * (used - 1) // 2
    if not pairs:
        return Similarity(None, None, None, pairs, left_out)
    mean, variance = _moments(vectors, total / used, used)
    return Similarity(mean, variance, math.sqrt(variance), pairs, left_out)


def similarity_by_pairs(vectors: NDArray[np.floating]) -> Similarity:
    """The same by its definition, pair by pair: for few vectors, to check the closed form against."""
    units = np.concatenate([np.zeros((0, vectors.shape[1])), *_units(vectors)])
    upper = np.triu_indices(len(units), 1)
    cosines = (units @ units.T)[upper]
    left_out = len(vectors) - len(units)
    if not len(cosines):
        return Similarity(None, None, None, 0, left_out)
    mean, variance = float(cosines.mean()), float(cosines.var())
    return Similarity(mean, variance, math.sqrt(variance), len(cosines), left_out)


def _moments(vectors: NDArray[np.floating], middle: NDArray[np.float64], used: int) -> tuple[float, float]:
    """Mean and population variance of the cosines, about the mean vector."""
    width = vectors.shape[1]
    exact = used * width * width <= _FEW
    outer, rest = np.zeros((width, width)), np.zeros(width)
    spread = along = own = 0.0
    for units in _units(vectors):
        apart = units - middle
        ahead = apart @ middle
        lengths = _squares(apart)
        rest += apart.sum(axis=0)
        spread += float(lengths.sum())
        along += float(ahead @ ahead)
        # |u|² - |m|², which cancels if it is computed so.
        own += float(((2 * ahead + lengths) ** 2).sum())
        block = apart if exact else apart.astype(np.float32)
        outer += block.T @ block
    pairs = used * (used - 1) / 2
    below = spread / (2 * pairs)
    squares = (2 * used * along + float((outer * outer).sum()) - own) / 2
    # What the sum of so many vectors lost in its last digits.
    middle = middle + rest / used
    return float(middle @ middle) - below, max(0.0, squares / pairs - below * below)


def _units(vectors: NDArray[np.floating]) -> Iterator[NDArray[np.float64]]:
    """The vectors that have a direction, block by block, each of length 1."""
    for start in range(0, len(vectors), BLOCK):
        block = np.asarray(vectors[start : start + BLOCK], np.float64)
        squares = _squares(block)
        if not ((squares > _SMALL) & (squares < 1 / _SMALL)).all():
            block = _scaled(block, start)
            squares = _squares(block)
        yield block / np.sqrt(squares)[:, None]


def _scaled(block: NDArray[np.float64], start: int) -> NDArray[np.float64]:
    """The vectors that are not zero, each with 1 as its largest number, so that squares neither overflow nor vanish."""
    largest = np.abs(block).max(axis=1, initial=0.0)
    if not np.isfinite(largest).all():
        bad = start + int(np.nonzero(~np.isfinite(largest))[0][0])
        raise SimilarityError(f"vector {bad} holds NaN or infinity; leave it out or mend it")
    scaled: NDArray[np.float64] = block[largest > 0] / largest[largest > 0, None]
    return scaled


def _squares(block: NDArray[np.float64]) -> NDArray[np.float64]:
    squares: NDArray[np.float64] = np.einsum("ij,ij->i", block, block)
    return squares
