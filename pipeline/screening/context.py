"""What screening knows of the scene beside the text: its size, its boxes, and what was annotated exhaustively."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from pipeline.records import Draft, ObjectBox
from pipeline.vocabulary import SYNONYMS, plural


@dataclass(frozen=True)
class SceneContext:
    """The scene that a text is about; what is None or empty is unknown, and rules about it are silent."""

    size: tuple[int, int] | None = None
    """(rows, cols)"""
    gsd_m: float | None = None
    boxes: tuple[ObjectBox, ...] | None = None
    labelled: tuple[str, ...] = ()
    is_north_up: bool | None = None
    """Whether the top of the frame is north; None where nobody knows."""
    others: tuple[Draft, ...] = ()
    """The scene's texts in the order in which they were written, for what two of them say against each other. The
    draft that is screened may be among them."""

    @property
    def nouns(self) -> Mapping[str, Noun]:
        """The words that name a labelled category; empty where the boxes are unknown."""
        return {} if self.boxes is None else nouns_of(self.labelled)

    def count(self, category: str) -> int:
        """How many boxes of ``category`` there are."""
        return self._counts[category]

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(box.category for box in self.boxes or ())


@dataclass(frozen=True, slots=True)
class Noun:
    """A word for objects of a category."""

    category: str
    singular: str
    plural: str
    is_singular: bool
    is_plural: bool
    """Both are true of ``aircraft``."""


@lru_cache(maxsize=256)
def nouns_of(categories: tuple[str, ...]) -> Mapping[str, Noun]:
    """The head words of the categories and of their synonyms, singular and plural, in lower case.

    Of ``storage tank`` the head is ``tank``. A word that names one category is no synonym for another.
    """
    heads: dict[str, str] = {}
    for category in categories:
        heads[_head(category)] = category
    for category in categories:
        for synonym in SYNONYMS.get(category, ()):
            heads.setdefault(_head(synonym), category)
    nouns: dict[str, Noun] = {}
    for head, category in heads.items():
        many = plural(head)
        nouns[head] = Noun(category, head, many, is_singular=True, is_plural=many == head)
        nouns.setdefault(many, Noun(category, head, many, is_singular=False, is_plural=True))
        if many == head:
            nouns.setdefault(head + "s", Noun(category, head, many, is_singular=False, is_plural=True))
    return nouns


def _head(name: str) -> str:
    words = name.replace("_", " ").replace("-", " ").lower().split()
    return words[-1] if words else ""
