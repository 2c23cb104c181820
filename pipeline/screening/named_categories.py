"""The categories that a short answer names, and the same answer with others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.screening.context import SceneContext, nouns_of
from pipeline.screening.references import gap
from pipeline.screening.rules import Passage
from pipeline.screening.word_lists import closed_list
from pipeline.vocabulary import SYNONYMS, plural

_READ_UP_TO: Final = 300
_NEGATED: Final = frozenset({"no", "not", "without", "nor"})
_AFTER: Final = closed_list(
    """and or is are was were with in on at near of the visible present located which that also beside structure
    category structures objects object categories but"""
)
"""Before anything else a noun is part of a compound."""


@dataclass(frozen=True, slots=True)
class Named:
    """A word for a category in an answer."""

    category: str
    start: int
    end: int
    is_plural: bool


def named_in(passage: Passage, context: SceneContext) -> tuple[Named, ...]:
    """The categories that the answer names: the scene's, and those of the vocabulary, under any of their names.

    Nothing of a long answer, which is a text rather than a choice, nor of one that denies something.
    """
    if len(passage.text) > _READ_UP_TO or _NEGATED & passage.words:
        return ()
    known = {*context.labelled, *(box.category for box in context.boxes or ())}
    nouns = nouns_of((*sorted(known), *(name for name in SYNONYMS if not known.intersection(SYNONYMS[name]))))
    found = []
    for index, token in enumerate(passage.tokens):
        noun = nouns.get(token.text)
        if noun is not None and not _is_part_of_compound(passage, index):
            found.append(Named(noun.category, token.start, token.end, not noun.is_singular))
    return tuple(found)


def _is_part_of_compound(passage: Passage, index: int) -> bool:
    """``ship dock``: what follows is what is named."""
    if gap(passage.text, passage.tokens, index) not in (" ", "-"):
        return False
    return passage.tokens[index + 1].text not in _AFTER


def with_category(text: str, named: tuple[Named, ...], category: str) -> str | None:
    """An answer that is one name with another one instead."""
    if len(named) != 1 or not _is_only(text, named):
        return None
    [only] = named
    article_before = re.match(r"\W*(?:an?|the) ", text[: only.start], re.IGNORECASE)
    if article_before is not None:
        return None
    name = plural(category) if only.is_plural else category
    return text[: only.start] + _like(text[only.start : only.end], name) + text[only.end :]


def with_categories(text: str, named: tuple[Named, ...], categories: Sequence[str]) -> str | None:
    """An answer that is a list of names with ``categories`` instead, in its style."""
    if not named or not _is_only(text, named):
        return None
    are_plural = all(each.is_plural for each in named)
    names = [category.replace("_", " ") for category in categories]
    names = [plural(name) for name in names] if are_plural else names
    first, last = named[0], named[-1]
    has_and = " and " in text[first.end : last.start]
    listed = ", ".join(names[:-1]) + f" and {names[-1]}" if has_and and len(names) > 1 else ", ".join(names)
    written = text[: first.start] + _like(text[first.start : first.end], listed) + text[last.end :]
    return written if written != text else None


def _is_only(text: str, named: tuple[Named, ...]) -> bool:
    """Whether nothing but the names stands there, and what joins them."""
    rest, position = [], 0
    for each in named:
        rest.append(text[position : each.start])
        position = each.end
    return all(not part.strip(" .,;/&\n") or part.strip(" ,") == "and" for part in [*rest, text[position:]])


def _like(model: str, words: str) -> str:
    if model.isupper() and len(model) > 1:
        return words.upper()
    return words[:1].upper() + words[1:] if model[:1].isupper() else words
