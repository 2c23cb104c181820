"""Question types: what a question asks for, as a few normalised words, so that they can be counted.

The normalisation, which EXTRACTOR_VERSION names (words in the singular and lower case throughout):

1. What comes before the question word is dropped (``Please tell me``, ``In this image,``).
2. ``how`` keeps the word of measure behind it (``how many``, ``how large``); with a participle it is ``how arranged``,
   else ``how``.
3. ``what`` and ``which`` keep the noun they ask for, without articles and adjectives: ``what shape are the pools`` and
   ``what is the round shape of the pools`` are both ``what shape``. ``type`` (also ``kind``, ``sort``) keeps what it is
   of: ``what type of area``. Nouns of one group are one: ``which vessel`` is ``which ship``. Without a noun it is
   ``what is`` or ``what does``.
4. ``where``, ``when``, ``why`` and ``who`` keep the verb: ``where is``.
5. Questions for yes or no keep their verb: ``is there``, ``is``, ``does``, ``can``, ``has``.
6. Requests keep theirs: ``count``, ``describe``, ``name``, ``identify``, ``list``. All else is ``other``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from pipeline.extraction.things import CATEGORIES, words_to_read
from pipeline.extraction.words import ADJECTIVES, FUNCTION_WORDS, sort_of

READ_UP_TO: Final = 800
"""Of a longer question so many code points are read."""

_AUXILIARIES: Final[Mapping[str, str]] = {
    "is": "is", "are": "is", "was": "is", "were": "is", "does": "does", "do": "does", "did": "does", "can": "can",
    "could": "can", "has": "has", "have": "has", "had": "has", "will": "will", "would": "will", "should": "should",
    "may": "can", "might": "can",
}  # fmt: skip
_WH: Final = frozenset(("what", "which", "where", "when", "why", "who", "whose", "how"))
_REQUESTS: Final = frozenset(("count", "describe", "name", "identify", "list", "explain", "state", "tell", "give"))
_KEPT_WITH_OF: Final = frozenset(("type", "category", "class"))
_SAME_NOUN: Final[Mapping[str, str]] = {"kind": "type", "sort": "type", "color": "colour", "cover type": "land cover"}
_ARTICLES: Final = frozenset(("the", "a", "an", "this", "that", "these", "those", "its", "their", "any", "most"))
_IRREGULAR_PARTICIPLES: Final = frozenset(("laid", "built", "spread", "grown", "split"))
_NOUN_AS_ASKED: Final = frozenset(("shape", "direction", "pattern", "use", "land", "cover"))
"""Nouns behind ``what`` that elsewhere are verbs, or name no object."""


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_SHAPE: Final = _words(
    """circular rectangular round oval square triangular elliptical curved straight geometry geometric"""
)
_DIRECTION: Final = _words(
    """direction orientation orient oriented orientated face facing heading head flow flowing run running point
    pointing azimuth angle"""
)
_PATTERN: Final = _words(
    """pattern arranged arrangement layout distributed distribution organized organised organization aligned alignment
    spacing spaced laid grid"""
)
_LAND_COVER: Final = (
    "land cover", "landcover", "ground cover", "land surface", "surface cover", "cover type", "type of land",
    "type of terrain", "type of vegetation",
)  # fmt: skip


@lru_cache(maxsize=4_096)
def question_form(question: str) -> str:
    """The question type of ``question``, by the rules above."""
    words, folded = words_to_read(question[:READ_UP_TO])
    start = next((index for index, word in enumerate(words) if word in _WH), None)
    opening = next((index for index, word in enumerate(words) if word in _AUXILIARIES or word in _REQUESTS), None)
    if start is not None and (opening is None or start < opening or _is_polite(words, opening)):
        return _wh_form(words[start:], folded[start:])
    if opening is None:
        return "other"
    verb = _AUXILIARIES.get(words[opening], words[opening])
    is_there = verb == "is" and words[opening + 1 : opening + 2] == ["there"]
    return "is there" if is_there else verb


def _is_polite(words: Sequence[str], opening: int) -> bool:
    """``Can you tell me what …``, ``Identify what …``."""
    return words[opening] in _REQUESTS or words[opening + 1 : opening + 2] == ["you"]


def _wh_form(words: Sequence[str], folded: Sequence[str]) -> str:
    asked = words[0]
    if asked == "how":
        return _how_form(words)
    if asked not in ("what", "which", "whose"):
        verb = next((_AUXILIARIES[word] for word in words[1:3] if word in _AUXILIARIES), "")
        return f"{asked} {verb}".rstrip()
    auxiliary = _AUXILIARIES.get(words[1], "") if len(words) > 1 else ""
    noun = _asked_noun(words, folded, 2 if auxiliary else 1)
    if noun and auxiliary in ("", "is"):
        return f"{asked} {noun}"
    verb = auxiliary or next((_AUXILIARIES[word] for word in words[1:4] if word in _AUXILIARIES), "")
    return f"{asked} {verb}".rstrip()


def _how_form(words: Sequence[str]) -> str:
    following = words[1] if len(words) > 1 else ""
    if following and following not in _AUXILIARIES:
        return f"how {following}"
    done = next((word for word in words[2:] if word in _IRREGULAR_PARTICIPLES or _is_participle(word)), "")
    return f"how {done}".rstrip()


def _is_participle(word: str) -> bool:
    return word.endswith("ed") and sort_of(word) == "verb"


def _asked_noun(words: Sequence[str], folded: Sequence[str], position: int) -> str:
    """The noun behind ``what``: ``type of area``, ``shape``, ``ship``; empty if there is none."""
    noun, position = _noun_at(words, folded, position)
    if noun in _KEPT_WITH_OF and words[position : position + 1] == ["of"]:
        of, _ = _noun_at(words, folded, position + 1)
        return f"{noun} of {of}" if of else noun
    return noun


def _noun_at(words: Sequence[str], folded: Sequence[str], position: int) -> tuple[str, int]:
    """The noun that begins at ``position`` or behind articles and adjectives, and the place behind it."""
    noun: list[str] = []
    while position < len(words):
        word = words[position]
        group = CATEGORIES.at(folded, position)
        if group is not None and not _is_adjective_before(words, position, group[1]):
            noun, position = [group[0]], position + group[1]
            continue
        if not _is_part_of_noun(word, folded[position]):
            if noun or not (word in _ARTICLES or word in ADJECTIVES or sort_of(word) == "adjective"):
                break
        else:
            noun.append(folded[position])
        position += 1
    named = " ".join(noun[-2:])
    return _SAME_NOUN.get(named, named), position


def _is_adjective_before(words: Sequence[str], position: int, length: int) -> bool:
    following = words[position + 1] if position + 1 < len(words) else ""
    return length == 1 and words[position] in ADJECTIVES and following not in FUNCTION_WORDS


def _is_part_of_noun(word: str, folded: str) -> bool:
    return folded in _NOUN_AS_ASKED or (word not in ADJECTIVES and sort_of(word) in ("noun", "stop"))


@lru_cache(maxsize=4_096)
def general_type_of(question: str) -> str:
    """What a general question is about; what is none of the others takes reasoning."""
    _, folded = words_to_read(question[:READ_UP_TO])
    words, joined = set(folded), f" {' '.join(folded)} "
    if any(f" {phrase} " in joined for phrase in _LAND_COVER):
        return "land_cover"
    form = question_form(question)
    if form in ("what shape", "which shape", "how shaped", "what geometry") or "shape" in words or "shaped" in words:
        return "shape"
    if form.endswith((" direction", " orientation")) or words & _DIRECTION:
        return "direction"
    if words & _PATTERN:
        return "pattern"
    return "shape" if form == "is" and words & _SHAPE else "reasoning"
