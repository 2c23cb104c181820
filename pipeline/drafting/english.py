"""Whether a reply is English, by its letters and its commonest words: enough to tell a model that slipped."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_WORD: Final = re.compile(r"[^\W\d_]+")
_ENGLISH_WORDS: Final = """
    the an of and or is are on with to at by from there its it along between beside this that which how what
    where yes two three has have does each into across
"""
"""Without those that other languages have too, such as a, in, no and do."""
_OTHER_WORDS: Final = """
    der das und ist sind ein eine einem einen mit auf dem des im nicht wie viele sich zwei
    le la les une dans et est sur avec aux du il quelle combien deux
    el los las una del con por es cuantos qué cuál dos al que os da na em uma são há nas ao
    gli della dello nel sono di che quanti het een met zijn op er hoeveel twee
    og med på ett och är för til en av jest są nie ze oraz w
"""
"""German, French, Spanish, Portuguese, Italian, Dutch, Scandinavian, Polish; none is an English word."""
_ENGLISH: Final = frozenset(_ENGLISH_WORDS.split())
_OTHERS: Final = frozenset(_OTHER_WORDS.split())
_FOREIGN_LETTERS: Final = 0.4
"""Of all letters; names of places and things in another script stay below."""


def is_english(text: str) -> bool:
    """Whether ``text`` reads as English; a few words that could be of any language do."""
    words = [word.lower() for word in _WORD.findall(text)]
    letters = "".join(words)
    foreign = sum(not unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    if letters and foreign / len(letters) > _FOREIGN_LETTERS:
        return False
    english, others = sum(word in _ENGLISH for word in words), sum(word in _OTHERS for word in words)
    return others < 2 or english >= others
