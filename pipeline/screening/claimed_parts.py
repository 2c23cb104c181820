"""Which part of a scene a number is said of, so that two numbers of the same part can be held to each other."""

from __future__ import annotations

import re
from typing import Final

from pipeline.likeness import content_words
from pipeline.screening.word_lists import closed_list

Part = tuple[frozenset[str], str, frozenset[str]]
"""What sort of them, the preposition, and the words of the place: ``(large), at, (jetty)``."""

_RESTING: Final = closed_list(
    """is are was were lie lies lying stand stands standing sit sits located situated positioned placed visible seen
    can be moored docked berthed parked anchored there present shown that which"""
)
"""Verbs that say no more than that they are there."""
_PREPOSITIONS: Final = closed_list("at on in along beside alongside near by off inside outside behind")
_WORD: Final = re.compile(r"[ ]([^\W\d_]+)")
_PLACE: Final = re.compile(r"[ ](?:the|its)((?:[ -][^\W\d_]+){1,7})(?=[ ]?(?:[,.;:?!]|\Z))", re.IGNORECASE)
_LONGEST: Final = 6
_SEVERAL: Final = re.compile(r"(?:[^su]s|one|another|other)\Z")


def part_of(text: str, between: str, end: int) -> Part | None:
    """The part that things are said to be in from ``end`` on: ``two ships|are moored at the jetty.``

    ``between`` are the words between the number and its noun. None where the place is not named so that it must be the
    same in another text: ``at a jetty``, ``at the jetties``, ``at the jetty that …``.
    """
    for _ in range(_LONGEST):
        found = _WORD.match(text, end)
        if found is None:
            return None
        word, end = found[1].lower(), found.end()
        if word in _PREPOSITIONS:
            place = _PLACE.match(text, end)
            words = content_words(place[1]) if place else frozenset()
            is_one = place is not None and _SEVERAL.search(place[1].rpartition(" ")[2].lower()) is None
            return (content_words(between), word, words) if words and is_one else None
        if word not in _RESTING:
            return None
    return None
