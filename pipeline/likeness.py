"""Whether two texts say the same in nearly the same words: drafters drop repetitions, rules tell of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from pipeline.vocabulary import SYNONYMS, plural


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_WORD: Final = re.compile(r"[^\W_]+")

_EMPTY_WORDS: Final = _listed(
    """a an the this that these those it its they them there here is are was were be been being am has have had do
    does did can could may any some of in on at to and or by for as within inside into with from you we one us i
    see seen find found identify identified observe observed detect detected spot make out image images scene
    picture photo photograph view frame sar radar satellite visible visibly present presented shown show shows
    displayed depicted located situated positioned placed lie lies lying stand stands exist exists appear
    appears contain contains contained include includes type types kind kinds sort category categories class
    object objects please tell exactly total overall entire whole given which who captured featured"""
)
"""Words that say nothing of what a question asks for, or a caption tells."""

_PHRASES: Final = (
    (re.compile(r"\bhow many\b|\b(?:number|count|quantity|amount) of\b|\bcount (?:all |of )?(?=the\b)"), " howmany "),
    (
        re.compile(
            r"\bwhere(?:abouts)?\b|\b(?:position|location|placement) of\b"
            r"|\b(?:in|on|at) (?:what|which) (?:part|area|region|position|location|side|corner)s?(?: of)?\b"
        ),
        " where ",
    ),
    (re.compile(r"\bwhat(?:'s|’s)?\b|\bwhich\b"), " what "),
    (re.compile(r"\b(is|are|do|does|can|did|was|were|has)n(?:'|’)t\b"), r"\1 not "),
    (re.compile(r"\bcannot\b"), "can not"),
)
"""Ways to ask, each as one word."""
_ASKING: Final = re.compile(r"\W*(?:how|where|what|which|is|are|does|do|can|why|when|who)\b")
"""Begins a question also where its mark was left out."""

_ASKED: Final = frozenset({"howmany", "where", "what", "why", "when", "who"})
_WHETHER: Final = re.compile(r"\W*(?:is|are|was|were|do|does|did|can|could|has|have|will)\b")

_NUMBERS: Final = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_SAME: Final[Mapping[str, str]] = {
    **dict.fromkeys(("centre", "middle", "central"), "center"),
    **dict.fromkeys(("surrounding", "surrounded", "surrounds"), "surround"),
    **{word: str(value) for value, word in enumerate(_NUMBERS)},
    "upper": "top",
    "lower": "bottom",
    "colour": "color",
    "grey": "gray",
    "largest": "biggest",
    "large": "big",
    "neighbouring": "neighboring",
    "people": "person",
}
_DIRECTED: Final = _listed(
    """left right top bottom above below north south east west northern southern eastern western behind front over
    under between than before after larger smaller longer shorter bigger more fewer less closer nearer beside
    near next"""
)
"""Words by which the order of the things named matters: ``the ship left of the pier``."""


def _folded() -> Mapping[str, str]:
    names = [(name, synonym) for name, synonyms in SYNONYMS.items() for synonym in synonyms if " " not in synonym]
    return {form: name for name, synonym in names for form in (synonym, plural(synonym))}


_FOLDED: Final = _folded()


@lru_cache(maxsize=8192)
def content_words(text: str) -> frozenset[str]:
    """The words of a text that carry its meaning: in lower case, synonyms, plurals and numbers folded.

    Of a question, how it asks is one of them: ``how many``, ``where``, ``whether``.
    """
    return frozenset(_content(text))


def is_alike(one: str, other: str) -> bool:
    """Whether two questions ask the same, or two captions say the same, in the same content words.

    Where a word such as ``left`` or ``larger`` relates things, these must come in the same order.
    """
    words = content_words(one)
    if words != content_words(other):
        return False
    if not words:
        return one.split() == other.split()
    return words.isdisjoint(_DIRECTED) or _named(one) == _named(other)


def _named(text: str) -> tuple[str, ...]:
    """The things that a text names, in their order."""
    words = (word for word in _content(text) if word not in _DIRECTED and word not in _ASKED)
    return tuple(dict.fromkeys(words))


@lru_cache(maxsize=8192)
def _content(text: str) -> tuple[str, ...]:
    lowered = text.lower()
    is_question = lowered.rstrip().endswith("?") or _ASKING.match(lowered) is not None
    if is_question:
        for pattern, word in _PHRASES:
            lowered = pattern.sub(word, lowered)
    words = tuple(_root(found[0]) for found in _WORD.finditer(lowered))
    kept = tuple(word for word in words if word not in _EMPTY_WORDS)
    if is_question and _WHETHER.match(lowered) and _ASKED.isdisjoint(kept):
        return ("whether", *kept)
    # Beside "how many" and "where", "what" asks for nothing more: "what is the number of ships".
    return tuple(word for word in kept if word != "what") if {"howmany", "where"} & {*kept} else kept


def _root(word: str) -> str:
    if word in _FOLDED:
        return _FOLDED[word]
    if word in _SAME:
        return _SAME[word]
    if word in _EMPTY_WORDS or len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    single = word[:-2] if word.endswith(("xes", "ches", "shes", "sses")) else word[:-1]
    return _FOLDED.get(single, _SAME.get(single, single))
