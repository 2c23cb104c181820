"""Compass words of a text, which say nothing where the frame is not north-up; names of places are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipeline.screening.word_lists import closed_list

_POINT: Final = r"(?:north|south|east|west)"
_COMPASS: Final = re.compile(
    rf"(?<![\w-])(?:{_POINT}(?:[ -]{_POINT})?(?:east|west)?(?:ern(?:most)?|erly|wards?|bound)?)(?![\w])"
    rf"(?:[ -](?:to[ -])?{_POINT}(?:east|west)?(?:ern|erly|wards?)?(?![\w]))?",
    re.IGNORECASE,
)
_NEXT_WORD: Final = re.compile(r"[ -]([^\W\d_]+)")
_LAST_WORD: Final = re.compile(r"([^\W\d_]+)[ -]\Z")
_NAMED: Final = closed_list(
    """korea america africa asia carolina dakota virginia china sea pole ireland wales london australia yorkshire
    pacific atlantic rhine westphalia holland zealand macedonia sudan arrow up end side bank indies"""
)
"""After a compass word with a capital, or in any case for the first ones, they are names."""

_SOFT: Final = closed_list("end side bank up pole sea")
_BEFORE: Final = closed_list("middle far near true magnetic mid")


def compass_words(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the compass words in ``text``."""
    for found in _COMPASS.finditer(text):
        if not _is_name(text, found):
            yield found.span()


def _is_name(text: str, found: re.Match[str]) -> bool:
    following, before = (
        _NEXT_WORD.match(text, found.end()),
        _LAST_WORD.search(text[max(0, found.start() - 24) : found.start()]),
    )
    word = following[1] if following else ""
    if before is not None and before[1].lower() in _BEFORE and (found[0][0].isupper() or before[1].lower() == "true"):
        return True
    if word.lower() in _NAMED and (found[0][0].isupper() or word.lower() not in _SOFT):
        return True
    return found[0][0].isupper() and not found[0].isupper() and word[:1].isupper()
