"""Which words of a text are misspelt, and what was meant.

A word is misspelt if no dictionary has it, it is built of no known words, and a known word is one slip away. A rare
word that resembles no other is left alone: rather a slip is missed than an expert's word called wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Final

from pipeline.screening.grammar import FUNCTION_WORDS
from pipeline.screening.spelling_words import RIGHT, SLIPS, SUBJECTS, TECHNICAL
from pipeline.screening.word_lists import ordered_list

if TYPE_CHECKING:
    from spellchecker import SpellChecker

SHORTEST: Final = 4
"""In letters; nearly every shorter string is an abbreviation."""
LONGEST: Final = 24
_COMMON: Final = 200
"""Uses of a word in the dictionary's texts from which on it is one that people mean."""
_CLEARLY: Final = 12
"""So many times commoner than the next, a word is what was meant."""
_COMPARED_FROM: Final = 5
"""Letters from which on a word two slips away is still recognised."""

_LIKELY: Final = SUBJECTS | FUNCTION_WORDS | {"some", "two", "three", "four", "five"}
"""Of several words that a slip may stand for, one of these is likeliest."""

_BRITISH: Final = (
    ("our", "or"),
    ("tre", "ter"),
    ("is", "iz"),
    ("ys", "yz"),
    ("ll", "l"),
    ("ogue", "og"),
    ("ence", "ense"),
    ("ae", "e"),
    ("oe", "e"),
    ("grey", "gray"),
)
_PREFIXES: Final = ordered_list(
    """anti auto bi co counter cross de down electro eco fore geo hydro hyper infra inter intra macro mega micro mid
    mini mono multi non off out over photo poly post pre pseudo quasi radio re semi sub super supra tele tri ultra un
    under uni up"""
)
_ENDINGS: Final = ordered_list("s es ing ly ness like shaped wise ward wards able")


@dataclass(frozen=True, slots=True)
class Misspelling:
    """What a misspelt word may stand for, the likeliest first, and whether that one is surely meant."""

    meant: tuple[str, ...]
    is_sure: bool


@lru_cache(maxsize=1)
def _checker() -> SpellChecker:
    # Imported where a text is first looked at: the dictionary takes a quarter of a second and 30 MB.
    from spellchecker import SpellChecker

    return SpellChecker(language="en", distance=1)


@lru_cache(maxsize=1)
def _uses() -> Mapping[str, int]:
    """How often each word of the dictionary is used."""
    return _checker().word_frequency.dictionary


def unknown_words(words: frozenset[str]) -> Iterator[str]:
    """Those of ``words``, in lower case, that neither the dictionary nor our own lists have, and common slips."""
    if len(_met) > _MET_UP_TO:
        _met.clear()
    uses = _uses()
    for word in words - _met:
        if word in SLIPS or (
            word not in uses and SHORTEST <= len(word) <= LONGEST and word.isalpha() and word not in RIGHT
        ):
            yield word
        else:
            _met.add(word)


_met: Final[set[str]] = set()
"""Right words that texts had, since the whole dictionary is too large for a processor's cache."""
_MET_UP_TO: Final = 20_000


@lru_cache(maxsize=8192)
def is_known(word: str) -> bool:
    """Whether ``word``, in lower case, is English: in a dictionary, a British spelling, or built of known parts."""
    return is_listed(word) or _is_british(word) or _is_derived(word) or _is_compound(word)


def is_listed(word: str) -> bool:
    """Whether the dictionary or our own lists have ``word``."""
    return word in RIGHT or word in _uses()


@lru_cache(maxsize=8192)
def misspelling(word: str) -> Misspelling | None:
    """What ``word``, in lower case, may stand for; None if it is right, or like no other word."""
    if word in SLIPS:
        return Misspelling((SLIPS[word],), is_sure=True)
    if not word.isascii() or is_listed(word) or _is_british(word) or _is_derived(word):
        return None
    near = _near(word)
    is_sure = _is_clear(word, near)
    if _is_compound(word):
        near = [other for other in near if _slipped_part(word, other)]
    elif not near or near[0] not in _LIKELY:
        farther = list(_spaced(word)) or list(_twice_slipped(word))
        near, is_sure = [*farther, *near], (len(farther) == 1 if not near else is_sure and not farther)
    return Misspelling(tuple(near[:3]), is_sure) if near else None


def _near(word: str) -> list[str]:
    """Known words one slip away (a letter too many, too few, wrong, or two swapped), the likeliest first."""
    uses = _uses()
    found = {
        other
        for other in _checker().edit_distance_1(word)
        if (uses.get(other, 0) >= _COMMON or other in SUBJECTS or other in TECHNICAL) and "'" not in other
    }
    return sorted(found, key=lambda other: (-_likelihood(word, other), other))


def _likelihood(word: str, other: str) -> float:
    likelihood = float(max(_uses().get(other, 0), _COMMON))
    if other in _LIKELY:
        likelihood *= 100
    if sorted(word) == sorted(other):
        likelihood *= 20
    if word[0] != other[0]:
        likelihood /= 50
    if word[-1] == other[-1]:
        likelihood *= 3
    return likelihood


def _is_clear(word: str, near: list[str]) -> bool:
    """Whether the first of ``near`` is surely what was meant."""
    if not near or (near[0] not in _LIKELY and (len(near) > 1 or len(word) <= _COMPARED_FROM)):
        return False
    if len(word) <= _COMPARED_FROM and sorted(word) != sorted(near[0]):
        return all(other[0] != word[0] for other in near[1:])
    return len(near) == 1 or _likelihood(word, near[0]) >= _CLEARLY * _likelihood(word, near[1])


def _is_british(word: str) -> bool:
    uses = _uses()
    return any(
        british in word and any(variant in uses for variant in _replaced(word, british, american))
        for british, american in _BRITISH
    )


def _replaced(word: str, part: str, by: str) -> Iterator[str]:
    place = word.find(part, 1)
    while place > 0:
        yield word[:place] + by + word[place + len(part) :]
        place = word.find(part, place + 1)


def _is_derived(word: str) -> bool:
    """Whether a known word with a usual prefix or ending: ``multistorey``, ``vegetations``, ``netlike``."""
    prefixed = (word[len(prefix) :] for prefix in _PREFIXES if word.startswith(prefix))
    ended = (word[: -len(ending)] for ending in _ENDINGS if word.endswith(ending))
    return any(len(rest) > SHORTEST and _is_usual(rest) for rest in prefixed) or any(
        len(rest) >= SHORTEST and _is_stem(rest, word) for rest in ended
    )


def _is_usual(word: str) -> bool:
    return word in TECHNICAL or _uses().get(word, 0) >= _COMMON


def _is_stem(rest: str, word: str) -> bool:
    if rest in FUNCTION_WORDS or not _is_usual(rest):
        return False
    # Of "densly" the dictionary knows the right form.
    return not (word.endswith("ly") and f"{rest}ely" in _uses())


def _parts(word: str) -> Iterator[tuple[str, str]]:
    for place in range(3, len(word) - 2):
        yield word[:place], word[place:]


def _is_compound(word: str) -> bool:
    """Whether two usual words stand together: ``workboat``, ``footballfield``."""
    return any(
        _is_usual(first) and _is_usual(last) and not {first, last} & FUNCTION_WORDS and len(word) >= 7
        for first, last in _parts(word)
    )


def _slipped_part(word: str, other: str) -> bool:
    """Whether ``other`` is the compound that was meant: of ``seewall``, ``seawall``."""
    parts = {part for pair in _parts(word) if all(map(_is_usual, pair)) for part in pair if len(part) >= SHORTEST}
    return not word.startswith(other) and any(other.endswith(part) for part in parts if word.endswith(part))


def _spaced(word: str) -> Iterator[str]:
    """Two words between which a space is missing: ``inthe``, ``isnext``."""
    for place in range(2, len(word) - 1):
        first, last = word[:place], word[place:]
        if (first in FUNCTION_WORDS and last in _LIKELY) or (last in FUNCTION_WORDS and first in SUBJECTS):
            yield f"{first} {last}"


def _twice_slipped(word: str) -> Iterable[str]:
    """Words that scenes are about, two slips away, as ``occupies`` is from ``ocuppies``."""
    if len(word) < _COMPARED_FROM:
        return []
    alike = _anagrams().get("".join(sorted(word)), [])
    return [*alike, *(subject for subject in _by_first_letter().get(word[0], []) if _are_two_apart(word, subject))]


@lru_cache(maxsize=1)
def _anagrams() -> Mapping[str, list[str]]:
    return _grouped(lambda subject: "".join(sorted(subject)))


@lru_cache(maxsize=1)
def _by_first_letter() -> Mapping[str, list[str]]:
    return _grouped(lambda subject: subject[0])


def _grouped(key: Callable[[str], str]) -> Mapping[str, list[str]]:
    return {of: list(subjects) for of, subjects in groupby(sorted(SUBJECTS, key=lambda word: (key(word), word)), key)}


def _are_two_apart(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 2 or len(other) < _COMPARED_FROM or len({*one} ^ {*other}) > 4:
        return False
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        before, row = row, [place] + [0] * len(other)
        for index, wanted in enumerate(other, start=1):
            row[index] = min(before[index] + 1, row[index - 1] + 1, before[index - 1] + (letter != wanted))
        if min(row) > 2:
            return False
    return row[-1] <= 2
