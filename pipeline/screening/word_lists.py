"""Closed lists of words, written as plain text because they are read and added to by people."""

from __future__ import annotations


def ordered_list(words: str) -> tuple[str, ...]:
    """The words of ``words``, which white space divides, in their order."""
    return tuple(words.split())


def closed_list(words: str) -> frozenset[str]:
    """The words of ``words``, which white space divides."""
    return frozenset(ordered_list(words))
