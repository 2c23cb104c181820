"""BLEU of one to four words against the closest of several references, as COCO's scorer counts it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.scoring.ngrams import LONGEST, GramRows, Shared

_TINY: Final = 1e-15
_SMALL: Final = 1e-9
"""COCO's scorer adds these to hits and trials, so that no n-gram at all is a very small share and not a fault."""

Bleu = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class BleuCounts:
    """What BLEU is made of, image by image; sums over any choice of images give that choice's BLEU."""

    matched: NDArray[np.int64]
    """Shape (images, 4): n-grams of the prediction that a reference has, each at most as often as one reference."""
    possible: NDArray[np.int64]
    """Shape (images, 4): n-grams of the prediction."""
    length: NDArray[np.int64]
    """Shape (images,): words of the prediction."""
    closest: NDArray[np.int64]
    """Shape (images,): words of the reference that is nearest in length, of equally near ones the shorter."""

    def corpus(self, images: NDArray[np.int64] | None = None) -> Bleu:
        """BLEU-1 to BLEU-4 over all images, or over those of these indices, which may repeat (a bootstrap's draw)."""
        at = slice(None) if images is None else images
        matched, possible = self.matched[at].sum(axis=0).tolist(), self.possible[at].sum(axis=0).tolist()
        return _bleu(matched, possible, int(self.length[at].sum()), int(self.closest[at].sum()))

    def each(self) -> NDArray[np.float64]:
        """BLEU-1 to BLEU-4 of each image alone, shape (images, 4)."""
        rows = zip(
            self.matched.tolist(), self.possible.tolist(), self.length.tolist(), self.closest.tolist(), strict=True
        )
        return np.array([_bleu(*row) for row in rows], dtype=np.float64).reshape(-1, LONGEST)


def bleu_counts(
    predictions: Sequence[Sequence[str]],
    references: Sequence[Sequence[Sequence[str]]],
    rows: Sequence[tuple[GramRows, GramRows]],
    common: Sequence[Shared],
) -> BleuCounts:
    """Count hits and lengths of each image.

    Parameters
    ----------
    predictions, references : sequences of words
        A prediction and at least one reference an image.
    rows, common
        For each length of n-gram, the rows of predictions and references, and what they share.
    """
    length = np.array([len(words) for words in predictions], dtype=np.int64)
    closest = [_closest(len(words), map(len, texts)) for words, texts in zip(predictions, references, strict=True)]
    matched = [_matched(*tables, both, len(predictions)) for tables, both in zip(rows, common, strict=True)]
    possible = [np.maximum(0, length - n) for n in range(LONGEST)]
    return BleuCounts(np.stack(matched, axis=1), np.stack(possible, axis=1), length, np.array(closest, dtype=np.int64))


def _closest(length: int, references: Iterable[int]) -> int:
    return min((abs(other - length), other) for other in references)[1]


def _matched(predicted: GramRows, referred: GramRows, common: Shared, images: int) -> NDArray[np.int64]:
    most = np.zeros(len(predicted.count), dtype=np.int64)
    np.maximum.at(most, common.predicted, referred.count[common.referred])
    hits = np.minimum(most, predicted.count)
    return np.bincount(predicted.sentence, weights=hits, minlength=images).astype(np.int64)


def _bleu(matched: Sequence[int], possible: Sequence[int], length: int, closest: int) -> Bleu:
    # Operation by operation as COCO's scorer does it, so that the figures agree to the last bit.
    bleus = []
    product = 1.0
    for n in range(LONGEST):
        product *= (float(matched[n]) + _TINY) / (float(possible[n]) + _SMALL)
        bleus.append(product ** (1.0 / (n + 1)))
    ratio = (length + _TINY) / (closest + _SMALL)
    if ratio < 1:
        bleus = [bleu * math.exp(1 - 1 / ratio) for bleu in bleus]
    return bleus[0], bleus[1], bleus[2], bleus[3]
