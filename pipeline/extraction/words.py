"""Words of a text: in lower case, in the singular, and whether they can be nouns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

Sort = Literal["function", "adjective", "verb", "stop", "noun", "mark"]
"""``stop`` is a noun that names no object; a ``mark`` ends a phrase, as punctuation and figures do."""

LONGEST_WORD: Final = 30
"""Longer runs of letters, in code points, are no words."""

# A little more than the longest word, so that a longer run is seen to be none, and no cache keeps a megabyte.
_LETTERS: Final = rf"[^\W\d_]{{1,{LONGEST_WORD + 1}}}"
_TOKEN: Final = re.compile(rf"{_LETTERS}(?:[-'’]{_LETTERS}){{0,4}}|\d+|[^\w\s]")
_FOLDER: Final = Path(__file__).parent
_COMMENT: Final = "#"

_IRREGULAR: Final[Mapping[str, str]] = {
    "buses": "bus", "gases": "gas", "men": "man", "women": "woman", "people": "people", "geese": "goose",
    "wharves": "wharf", "leaves": "leaf", "halves": "half", "shelves": "shelf", "roofs": "roof", "rooves": "roof",
    "series": "series", "canvas": "canvas", "atlas": "atlas", "gas": "gas", "bus": "bus", "woods": "woods",
    "stairs": "stairs", "oases": "oasis", "axes": "axis", "aircrafts": "aircraft", "viruses": "virus",
    "campuses": "campus", "movies": "movie", "cottages": "cottage", "trestles": "trestle", "overpass": "overpass",
    "always": "always", "perhaps": "perhaps", "towards": "towards", "besides": "besides", "sports": "sports",
    "species": "species", "lens": "lens",
}  # fmt: skip
_PARTICIPLES: Final = ("ed", "ing")
_ADJECTIVE_ENDS: Final = (
    "al", "ous", "ive", "ful", "less", "able", "ible", "ic", "ish", "ern", "like", "ular", "ward", "iest", "ent",
    "ant", "ary",
)  # fmt: skip
_ABSTRACT_ENDS: Final = ("ness", "ity", "tion", "sion", "ment", "ance", "ence", "ism", "ency", "ancy", "ability")


def lines_of(file: str) -> Iterator[str]:
    """The lines of a word file of this package, without comments and empty ones."""
    for line in (_FOLDER / file).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith(_COMMENT):
            yield line.strip()


def _sections() -> Mapping[str, frozenset[str]]:
    sections: dict[str, set[str]] = {}
    words: set[str] = set()
    for line in lines_of("words.txt"):
        if line.startswith("["):
            words = sections.setdefault(line.strip("[]"), set())
        else:
            words.update(line.split())
    return {name: frozenset(listed) for name, listed in sections.items()}


def _inflected(verb: str) -> Iterator[str]:
    """``s`` and base forms; ``-ed`` and ``-ing`` are told by their ends, whatever the word."""
    yield verb
    yield f"{verb[:-1]}ies" if verb.endswith("y") and verb[-2:-1] not in "aeiou" else f"{verb}s"
    if verb.endswith(("s", "x", "ch", "sh", "o")):
        yield f"{verb}es"


_LISTED: Final = _sections()
FUNCTION_WORDS: Final = _LISTED["function"]
ADJECTIVES: Final = _LISTED["adjectives"]
VERBS: Final = frozenset(form for verb in _LISTED["verbs"] for form in _inflected(verb))
_NOUNS: Final = _LISTED["nouns"]
_STOP: Final = _LISTED["stop"]


def words_of(text: str) -> list[str]:
    """The words, figures and marks of ``text`` in lower case; ``high-rise`` is one word."""
    return _TOKEN.findall(text.lower())


@lru_cache(maxsize=65_536)
def singular(word: str) -> str:
    """The singular of a plural noun; other words stay: ``houses`` gives ``house``, ``grass`` stays."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is", "'s", "’s")):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    return word[:-1]


@lru_cache(maxsize=65_536)
def sort_of(word: str) -> Sort:
    """What a word can be; by the lists, then by its end, else a noun."""
    one = singular(word)
    if not word[0].isalpha() or len(word) > LONGEST_WORD or not word.isascii():
        return "mark"
    if word in FUNCTION_WORDS or len(word) < 3 or "'" in word or "’" in word:
        return "function"
    if one in _NOUNS:
        return "noun"
    if word in ADJECTIVES or "-" in word:
        return "adjective"
    if one in _STOP:
        return "stop"
    if word in VERBS:
        return "verb"
    return _sort_by_end(word, one)


def _sort_by_end(word: str, one: str) -> Sort:
    if word.endswith("ly"):
        return "function"
    if word.endswith(_PARTICIPLES):
        return "verb"
    if one.endswith(_ABSTRACT_ENDS):
        return "stop"
    return "adjective" if word.endswith(_ADJECTIVE_ENDS) else "noun"
