"""CIDEr-D: n-grams weighed by how few images have them, as COCO's scorer computes what it calls CIDEr."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.scoring.ngrams import GramRows, Shared

_SIGMA: Final = 6.0
"""Standard deviation, in words, of the bell by which a prediction of another length than the reference loses."""


def cider(
    rows: Sequence[tuple[GramRows, GramRows]],
    common: Sequence[Shared],
    owner: NDArray[np.int64],
    images: int,
) -> NDArray[np.float64]:
    """CIDEr of each image, 0 to 10; the corpus's is their mean.

    Parameters
    ----------
    rows, common
        For each length of n-gram, the rows of predictions and references, and what they share.
    owner : int64, shape (references,)
        The image of each reference, ascending; each image has one at least.
    images : int
        An n-gram that all of them have in a reference weighs nothing, so one image alone scores 0.

    Notes
    -----
    Sums, powers and logarithms are taken in the order and in the way of COCO's scorer (by NumPy's scalars, whose powers
    and those of its arrays differ in the last bit), so that the figures agree to the last bit. The length that it
    compares is the number of bigrams.
    """
    ours, theirs = (
        _sums(table.sentence, table.count, size) for table, size in zip(rows[1], (images, len(owner)), strict=True)
    )
    penalty = _penalty(ours[owner] - theirs)
    total = np.zeros(images)
    # The four lengths are averaged an image at a time, from the shortest on.
    for (predicted, referred), both in zip(rows, common, strict=True):
        similar = _similar(predicted, referred, both, owner, images) * penalty
        total += _sums(owner, similar, images)
    references = np.bincount(owner, minlength=images)
    return total / len(rows) / references * 10.0


def _similar(
    predicted: GramRows, referred: GramRows, common: Shared, owner: NDArray[np.int64], images: int
) -> NDArray[np.float64]:
    """Of each reference, the clipped cosine between it and its prediction over n-grams of one length."""
    rarity = _rarity(referred, owner, images)
    ours, theirs = predicted.count * rarity[predicted.gram], referred.count * rarity[referred.gram]
    norms = _norms(ours, predicted.sentence, images)[owner] * _norms(theirs, referred.sentence, len(owner))
    weights = theirs[common.referred]
    products = np.minimum(ours[common.predicted], weights) * weights
    sums = _sums(referred.sentence[common.referred], products, len(owner))
    return np.divide(sums, norms, out=sums, where=norms != 0)


def _rarity(referred: GramRows, owner: NDArray[np.int64], images: int) -> NDArray[np.float64]:
    """By the number of the n-gram: logarithm of the images over those that have it in a reference (or one)."""
    kinds = max(1, referred.kinds)
    having = _distinct(owner[referred.sentence] * kinds + referred.gram) % kinds
    frequency = np.maximum(1, np.bincount(having, minlength=referred.kinds))
    return _log(np.float64(images)) - _each_once(_log, frequency.astype(np.float64))


def _norms(weights: NDArray[np.float64], sentence: NDArray[np.int64], sentences: int) -> NDArray[np.float64]:
    squares = _each_once(lambda weight: pow(weight, 2), weights)
    return np.sqrt(_sums(sentence, squares, sentences))


def _penalty(difference: NDArray[np.float64]) -> NDArray[np.float64]:
    return _each_once(lambda delta: np.e ** (-(float(delta) ** 2) / (2 * _SIGMA**2)), difference)


def _log(number: np.float64) -> float:
    return float(np.log(number))


def _sums(index: NDArray[np.int64], values: NDArray[Any], length: int) -> NDArray[np.float64]:
    """Add up ``values`` by ``index``, one after the other from the first on."""
    # Without any value NumPy counts in whole numbers.
    return np.bincount(index, weights=values, minlength=length).astype(np.float64)


def _each_once(function: Callable[[np.float64], float], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """``function`` of each value, called with a scalar and once for equal ones."""
    different = _distinct(values)
    results = np.array([function(value) for value in different], dtype=np.float64)
    return results[np.searchsorted(different, values)]


def _distinct(values: NDArray[Any]) -> NDArray[Any]:
    # On millions of values this is ten times as fast as numpy.unique.
    ordered = np.sort(values)
    is_first = np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]
    distinct: NDArray[Any] = ordered[is_first]
    return distinct
