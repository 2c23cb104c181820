"""Closed groups of names for one thing: which name stands for which group, and the longest name at a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pipeline.extraction.words import lines_of, singular

_ONLY_ASKED: Final = "*"


@dataclass(frozen=True)
class Groups:
    """Every name, in the singular and without hyphens, and the group that it stands for."""

    group_of: Mapping[str, str]

    @cached_property
    def longest(self) -> Mapping[str, int]:
        """``{first word: number of words of the longest name that begins with it}``"""
        longest: dict[str, int] = {}
        for name in self.group_of:
            words = name.split()
            longest[words[0]] = max(longest.get(words[0], 0), len(words))
        return longest

    @cached_property
    def parts(self) -> frozenset[str]:
        """Two or more words that follow one another in a name: ``high rise``, of which ``high-rise`` is written."""
        return frozenset(
            " ".join(words[start:end])
            for words in map(str.split, self.group_of)
            for start in range(len(words))
            for end in range(start + 2, len(words) + 1)
        )

    def at(self, words: Sequence[str], position: int) -> tuple[str, int] | None:
        """The group of the longest name that begins at ``position`` of words in the singular, and its length."""
        length = min(self.longest.get(words[position], 0), len(words) - position)
        while length:
            name = words[position] if length == 1 else " ".join(words[position : position + length])
            group = self.group_of.get(name)
            if group is not None:
                return group, length
            length -= 1
        return None


def read_groups(file: str, *, is_asked: bool = False) -> Groups:
    """The groups of a word file; with ``is_asked`` those names too that count only where they were asked for.

    Raises
    ------
    ValueError
        If a name stands for two groups: which.
    """
    group_of: dict[str, str] = {}
    for line in lines_of(file):
        canonical, _, synonyms = line.partition(":")
        for name in map(str.strip, (canonical, *synonyms.split(","))):
            plain = " ".join(map(singular, name.rstrip(_ONLY_ASKED).split()))
            if not plain or (name.endswith(_ONLY_ASKED) and not is_asked):
                continue
            if group_of.setdefault(plain, canonical) != canonical:
                raise ValueError(f"{file}: {plain!r} stands for {group_of[plain]!r} and for {canonical!r}")
    return Groups(group_of)
