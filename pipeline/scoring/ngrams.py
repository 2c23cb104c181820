"""The n-grams of many sentences at once, as rows of whole numbers: BLEU and CIDEr both count from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

LONGEST: Final = 4
"""Words in the longest n-gram that counts."""


@dataclass(frozen=True, slots=True)
class GramRows:
    """The n-grams of one length: a row for each that a sentence has, sentence by sentence as they first appear.

    Sums over rows add in this order, which is that of the reference implementation: floating-point sums come out equal
    to the last bit.
    """

    sentence: NDArray[np.int64]
    """Index of the sentence."""
    gram: NDArray[np.int64]
    """Number of the n-gram; the same words have the same number in every sentence."""
    count: NDArray[np.int64]
    """How often the sentence has it."""
    kinds: int
    """Every ``gram`` is below this."""

    def split(self, sentence: int) -> tuple[GramRows, GramRows]:
        """The rows of the sentences before ``sentence``, and those from it on, which count from 0 again."""
        at = int(np.searchsorted(self.sentence, sentence))
        before = GramRows(self.sentence[:at], self.gram[:at], self.count[:at], self.kinds)
        return before, GramRows(self.sentence[at:] - sentence, self.gram[at:], self.count[at:], self.kinds)


@dataclass(frozen=True, slots=True)
class Shared:
    """Which n-grams a prediction shares with each of its references, reference by reference."""

    predicted: NDArray[np.int64]
    """Rows of the predictions' table, ascending within a reference."""
    referred: NDArray[np.int64]
    """Rows of the references' table that hold the same n-gram."""


def gram_rows(sentences: Sequence[Sequence[str]]) -> list[GramRows]:
    """Count the n-grams of 1 to ``LONGEST`` words in each sentence; an n-gram never reaches across sentences."""
    numbers: dict[str, int] = {}
    words = np.fromiter(
        (numbers.setdefault(word, len(numbers)) for word in chain.from_iterable(sentences)), dtype=np.int64
    )
    lengths = np.fromiter(map(len, sentences), dtype=np.int64, count=len(sentences))
    sentence = np.repeat(np.arange(len(sentences)), lengths)
    last = np.repeat(np.cumsum(lengths), lengths)
    at, gram = np.arange(len(words)), words
    rows = [_rows(sentence, gram)]
    for length in range(2, LONGEST + 1):
        is_whole = at + length <= last[at]
        at, shorter = at[is_whole], gram[is_whole]
        _, gram = np.unique(shorter * len(numbers) + words[at + length - 1], return_inverse=True)
        rows.append(_rows(sentence[at], gram))
    return rows


def _rows(sentence: NDArray[np.int64], gram: NDArray[np.int64]) -> GramRows:
    kinds = int(gram.max(initial=-1)) + 1
    keys, first, count = np.unique(sentence * kinds + gram, return_index=True, return_counts=True)
    order = np.argsort(first)
    keys = keys[order]
    return GramRows(keys // max(1, kinds), keys % max(1, kinds), count[order], kinds)


def shared(predictions: GramRows, references: GramRows, owner: NDArray[np.int64]) -> Shared:
    """Find the n-grams that each reference has in common with the prediction for the same image.

    Parameters
    ----------
    predictions, references : GramRows
        Of one length, with the same numbers for the same n-grams; the sentences of ``predictions`` are the images.
    owner : int64, shape (references,)
        The image of each reference.
    """
    if not (predictions.gram.size and references.gram.size):
        return Shared(np.empty(0, np.int64), np.empty(0, np.int64))
    predicted = predictions.sentence * predictions.kinds + predictions.gram
    order = np.argsort(predicted)
    referred = owner[references.sentence] * references.kinds + references.gram
    found = np.minimum(np.searchsorted(predicted, referred, sorter=order), len(order) - 1)
    rows = order[found]
    hits = np.flatnonzero(predicted[rows] == referred)
    rows = rows[hits]
    by_reference = np.lexsort((rows, references.sentence[hits]))
    return Shared(rows[by_reference], hits[by_reference])
