"""Which category of a scene a noun phrase names, in singular or plural, by its name or by a synonym."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from pipeline.vocabulary import NARROWER, SYNONYMS, WIDER, plural


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_NO_THING: Final = _words(
    """a an and any anything are at be because between by for from if in is it more most no not of on one only or other
    others same side sides some something than that the their them there these this those to up visible what which with
    evidence sign signs indication indications object objects category categories class classes target targets type
    types kind kinds feature features difference differences pattern patterns image scene single different large small
    majority number zero two three four five six seven eight nine ten eleven twelve dozen pair pairs several many few
    multiple various numerous some both all every each"""
)
"""What has one of these words is no thing that could be a category."""

_NEUTRAL: Final = _words("visible distinct individual separate distinguishable identifiable maritime marine")
_OBJECT_NOUNS: Final = _words("structure structures instance instances")
"""Before and behind a thing they add nothing: ``bridge structures`` are bridges."""


@lru_cache(maxsize=4096)
def category_named(phrase: str, categories: tuple[str, ...]) -> str | None:
    """The category that a noun phrase names, in singular or plural: one of ``categories``, else a thing of its own.

    None where the phrase is no plain name (``evidence of flooding``, ``two ships``), or names some objects of a
    category only (``cargo ships``), which boxes do not tell from the rest.
    """
    forms = _forms_of(categories)
    words = _without_neutral(phrase.replace("-", " ").split())
    plain = " ".join(words)
    if plain in forms:
        return forms[plain] or None
    if not words or _NO_THING.intersection(words) or words[-1] in forms:
        return None
    known = _KNOWN_ANYWHERE.get(plain) or plain
    # A word for more than the scene's own category: a vehicle may be a car, where trucks are told apart.
    return None if known in categories else known


def _without_neutral(words: list[str]) -> list[str]:
    begin = next((index for index, word in enumerate(words) if word not in _NEUTRAL), len(words))
    end = len(words) - (len(words) - begin > 1 and words[-1] in _OBJECT_NOUNS)
    return words[begin:end]


@lru_cache(maxsize=256)
def _forms_of(categories: tuple[str, ...]) -> Mapping[str, str]:
    """``{phrase: category}``: the names, then synonyms, then head words.

    Names that two categories share, or that name some objects of one only (``ferry``), stand for no category: "".
    """
    forms: dict[str, str] = {}
    names = {category: category.replace("_", " ").replace("-", " ").lower() for category in categories}
    for category, name in names.items():
        forms |= dict.fromkeys(_numbers_of(name), category)
    for groups, is_whole in ((SYNONYMS, True), (NARROWER, False)):
        for category, name in names.items():
            for other in _other_names(name, groups):
                if WIDER.get(other, frozenset()).isdisjoint(names.values()):
                    for form in _numbers_of(other):
                        forms.setdefault(form, category if is_whole else "")
    heads = [name.rpartition(" ")[2] for name in names.values()]
    for category, head in zip(names, heads, strict=True):
        for form in _numbers_of(head):
            forms.setdefault(form, category if heads.count(head) == 1 else "")
    return forms


def _other_names(name: str, groups: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """What else things called ``name`` are called, whether it is a group's own name or one of its synonyms."""
    for group, synonyms in SYNONYMS.items():
        if name == group or name in synonyms:
            yield from groups.get(group, ())


def _numbers_of(name: str) -> tuple[str, ...]:
    """Singular, plural, and the plural that people write of ``aircraft``; none of nothing."""
    return (name, plural(name), f"{name}s") if name else ()


_KNOWN_ANYWHERE: Final = _forms_of(tuple(sorted(SYNONYMS)))
