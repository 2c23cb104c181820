"""Whether two texts say the same in nearly the same words: drafters drop repetitions, rules tell of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from pipeline.vocabulary import SYNONYMS, plural

_WORD: Final = re.compile(r"[^\W_]+")
_EMPTY_WORDS: Final = frozenset(
    {
        *(
            "a",
            "an",
            "the",
            "is",
            "are",
            "was",
            "were",
            "be",
            "there",
            "any",
            "of",
            "in",
            "on",
            "at",
            "to",
            "and",
            "or",
        ),
        *(
            "or",
            "do",
            "does",
            "can",
            "you",
            "image",
            "scene",
            "picture",
            "visible",
            "seen",
            "present",
            "shown",
            "located",
        ),
        *("what", "which"),
    }
)
"""Words that say nothing of what a question asks for."""


def _folded() -> Mapping[str, str]:
    names = [(name, synonym) for name, synonyms in SYNONYMS.items() for synonym in synonyms if " " not in synonym]
    return {form: name for name, synonym in names for form in (synonym, plural(synonym))}


_FOLDED: Final = _folded()


@lru_cache(maxsize=4096)
def content_words(text: str) -> frozenset[str]:
    """The words of a text that carry its meaning: in lower case, synonyms and plurals folded."""
    words = (found[0].lower() for found in _WORD.finditer(text))
    return frozenset(_FOLDED.get(word, word) for word in words if word not in _EMPTY_WORDS)


def is_alike(one: str, other: str) -> bool:
    """Whether two questions ask the same, or two captions say the same, in the same content words."""
    return content_words(one) == content_words(other)
