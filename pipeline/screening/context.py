"""What screening knows of the scene beside the text: its size, its boxes, and what was annotated exhaustively."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipeline.records import Draft, ObjectBox
from pipeline.screening.once import once
from pipeline.vocabulary import NARROWER, SYNONYMS, WIDER, plural


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

    @once
    def nouns(self) -> Mapping[str, Noun]:
        """The words that name a labelled category; empty where the boxes are unknown."""
        return {} if self.boxes is None else nouns_of(self.labelled)

    def count(self, category: str) -> int:
        """How many boxes of ``category`` there are."""
        return self._counts[category]

    @once
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
    is_narrower: bool = False
    """Names some objects of the category only, as ``ferry`` does of ships."""
    qualifiers: frozenset[str] = frozenset()
    """Words that the category's own names have before the head: ``swimming`` of pools, ``storage`` of tanks."""


@lru_cache(maxsize=256)
def nouns_of(categories: tuple[str, ...]) -> Mapping[str, Noun]:
    """The head words of the categories and of their synonyms, singular and plural, in lower case.

    Of ``storage tank`` the head is ``tank``. A word that names one category is no synonym for another, and a head that
    two categories share (``large vehicle``, ``small vehicle``) names neither.
    """
    heads: dict[str, tuple[str, bool]] = {}
    own = Counter(_head(category) for category in categories)
    for category in categories:
        heads[_head(category)] = (category, False)
    for is_narrower, groups in ((False, SYNONYMS), (True, NARROWER)):
        for category in categories:
            for other in _other_names(category, groups):
                if WIDER.get(other, frozenset()).isdisjoint(own):
                    heads.setdefault(_head(other), (category, is_narrower))
    nouns: dict[str, Noun] = {}
    for head, (category, is_narrower) in heads.items():
        if own[head] < 2:
            _add(nouns, category, head, is_narrower)
    return nouns


def _qualifiers(category: str, head: str) -> frozenset[str]:
    names = [category.replace("_", " ").replace("-", " ").lower(), *_other_names(category, SYNONYMS)]
    return frozenset(word for name in names if _head(name) == head for word in name.split()[:-1])


def _other_names(category: str, groups: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Those of the groups that ``category``, under whatever name, belongs to."""
    name = category.replace("_", " ").replace("-", " ").lower()
    for group, synonyms in SYNONYMS.items():
        if name == group or name in synonyms:
            yield from groups.get(group, ())


def _add(nouns: dict[str, Noun], category: str, head: str, is_narrower: bool) -> None:
    many, qualifiers = plural(head), _qualifiers(category, head)
    nouns[head] = Noun(category, head, many, True, many == head, is_narrower, qualifiers)
    for form in (many, f"{head}s"):
        nouns.setdefault(form, Noun(category, head, many, False, True, is_narrower, qualifiers))


def _head(name: str) -> str:
    words = name.replace("_", " ").replace("-", " ").lower().split()
    return words[-1] if words else ""
