"""ROUGE-L: how much of the words of two sentences stands in the same order, as COCO's scorer weighs it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

_BETA: Final = 1.2
"""Recall counts so many times as much as precision."""


def rouge_l(prediction: str, references: Iterable[str]) -> float:
    """ROUGE-L of a prediction against at least one reference, 0 to 1.

    Words are what single blanks part: COCO's scorer takes two blanks in a row for a word without letters between them.
    The best precision and the best recall over all references are taken, be they of different ones.
    """
    words = prediction.split(" ")
    precision = recall = 0.0
    for reference in references:
        others = reference.split(" ")
        common = longest_common(words, others)
        precision = max(precision, common / float(len(words)))
        recall = max(recall, common / float(len(others)))
    if precision == 0 or recall == 0:
        return 0.0
    return ((1 + _BETA**2) * precision * recall) / (recall + _BETA**2 * precision)


def longest_common(first: Sequence[str], second: Sequence[str]) -> int:
    """Number of words in the longest common subsequence.

    The row of the usual table is kept as the bits of one number, one for each word of the shorter sentence, and one
    addition moves it on by a word of the longer.

    References
    ----------
    H. Hyyrö, "Bit-parallel LCS-length computation revisited", AWOCA 2004, 16–27.
    """
    if len(first) > len(second):
        first, second = second, first
    places: dict[str, int] = {}
    for index, word in enumerate(first):
        places[word] = places.get(word, 0) | 1 << index
    whole = (1 << len(first)) - 1
    row = whole
    for word in second:
        if at := places.get(word):
            kept = row & at
            row = ((row + kept) | (row - kept)) & whole
    return len(first) - row.bit_count()
