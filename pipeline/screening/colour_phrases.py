"""Find what names one colour in a text: ``green``, ``dark green``, ``reddish brown``, ``cream-coloured``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from pipeline.screening.colour_words import (
    COLOURFUL_TONES,
    COLOURS,
    HUES,
    MODIFIERS,
    TONE_WORDS,
    TONES,
    black_and_white_images,
    is_term,
)
from pipeline.screening.names import is_name

Sort = Literal["hue", "tone", "talk"]

_SORTS: Final = ("hue", "tone", "talk")
"""A phrase of two sorts is of the first."""

_WORD: Final = re.compile(r"[^\W_]+")
_SPACES: Final = re.compile(r"[ \t]+")
_HYPHENATED_BEFORE: Final = re.compile(r"(?:\w{1,20}-){1,3}\Z")
_HYPHENATED_AFTER: Final = re.compile(r"(?:-\w{1,20}){1,3}")
_LAST: Final = re.compile(r"\w+\Z")
_LONGEST: Final = 24
"""In letters; no word that tells which green it is has more."""
_LOOK_BACK: Final = 66


@dataclass(frozen=True, slots=True)
class ColourPhrase:
    """A half-open span in code points, and what sort of colour it names."""

    start: int
    end: int
    sort: Sort

    def joined_with(self, following: ColourPhrase) -> ColourPhrase:
        """One phrase of two neighbours: ``reddish brown``, ``cream coloured``."""
        start = min(self.start, following.start)
        return ColourPhrase(start, following.end, min(self.sort, following.sort, key=_SORTS.index))


@lru_cache(maxsize=4)
def colour_phrases(text: str) -> tuple[ColourPhrase, ...]:
    """All colour phrases of ``text`` in their order, without names and terms that only sound like colours.

    The last texts are remembered, because several rules ask for the same.
    """
    found: list[ColourPhrase] = []
    images = {place for begin, end in black_and_white_images(text) for place in (begin, end - len("white"))}
    for core in _WORD.finditer(text):
        if core[0].lower() not in COLOURS or (found and core.start() < found[-1].end):
            continue
        start, end = _extent(text, core)
        if is_term(text, start, end, core) or is_name(text, core.start(), core.end(), start):
            continue
        if core.start() in images:
            continue
        phrase = ColourPhrase(start, end, _sort_of(text[start:end]))
        if found and (start < found[-1].end or _SPACES.fullmatch(text, found[-1].end, start)):
            phrase = found.pop().joined_with(phrase)
        found.append(phrase)
    return tuple(found)


def _extent(text: str, core: re.Match[str]) -> tuple[int, int]:
    """The span with hyphenated parts (``reddish-brown``, ``green-roofed``) and a modifier (``dark green``)."""
    start, end = core.span()
    if text[start - 1 : start] == "-":
        before = _HYPHENATED_BEFORE.search(text[max(0, start - _LOOK_BACK) : start])
        start -= len(before[0]) if before else 0
    after = _HYPHENATED_AFTER.match(text, end)
    end = after.end() if after else end
    return _with_modifier(text, start, core[0].lower()), end


def _with_modifier(text: str, start: int, colour: str) -> int:
    """Where the word begins that tells which green it is, else ``start``."""
    head = text[max(0, start - _LOOK_BACK) : start]
    words = head.rstrip(" \t-")
    found = _LAST.search(words[-_LONGEST:]) if len(words) < len(head) else None
    if found is None:
        return start
    word = found[0].lower()
    is_modifier = word in MODIFIERS or (colour in TONE_WORDS and word in COLOURFUL_TONES)
    return start - len(head) + len(words) - len(found[0]) if is_modifier else start


def _sort_of(phrase: str) -> Sort:
    words = {found[0].lower() for found in _WORD.finditer(phrase)}
    if words & HUES:
        return "hue"
    return "tone" if words & TONES else "talk"
