"""Where a text says how many objects of a labelled category there are.

``Two large white ships lie at the pier`` is a mention of two ships. No mentions: ``two-lane bridge``, ``one of the
ships``, ``two rows of ships``, ``pier 3``, ``two harbor cranes``, ``three car parks``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from pipeline.screening.context import Noun
from pipeline.screening.grammar import FUNCTION_WORDS, Word, word_before, words_after
from pipeline.screening.numbers import Number, find_numbers
from pipeline.screening.word_lists import closed_list

_NUMBERED: Final = closed_list(
    """number no pier berth quay dock route road highway motorway gate terminal runway taxiway band lane zone area
    section block figure fig class level phase type mode version position point case stage step sentinel row column
    sector first last other another remaining further additional more each every"""
)
"""Before a number they say that it is a name, or counts beside something else."""

_UNITS: Final = closed_list(
    """lane lanes storey storeys story stories floor floors way span spans deck decks track tracks m km cm mm meter
    meters metre metres kilometer kilometers kilometre kilometres mile miles foot feet ft nm degree degrees percent
    pixel pixels px hectare hectares ha acre acres ton tons tonne tonnes hour hours minute minutes second seconds
    day days year years row rows group groups line lines pair pairs cluster clusters column columns side sides route
    routes pier piers time times third thirds half quarter quarters type types kind kinds level levels stage stages
    third"""
)
"""After a number they are what is counted, or make it a measure."""

_STOP: Final = frozenset((*FUNCTION_WORDS, *_UNITS, "more", "fewer", "less", "longer", "additional", "further"))
_NOT_PARTICIPLES: Final = closed_list("parking docking landing loading building shipping mooring washing bed")
_OBJECTS: Final = closed_list("structures objects targets instances units")
"""After a noun they add nothing: ``bridge structures`` are bridges."""

_VERBS: Final = closed_list(
    """sail sails lie lies stand stands leave leaves cross crosses moor moors dock docks park parks appear appears"""
)
_MODIFIER: Final = re.compile(
    r"(?:(?P<at_least>at least|more than|over|no fewer than|no less than|not less than)"
    r"|(?P<at_most>at most|up to|fewer than|less than|under|no more than|not more than)"
    r"|(?P<about>about|around|approximately|roughly|nearly|almost|circa|some))[ \t]+\Z",
    re.IGNORECASE,
)
_RANGE: Final = re.compile(r"[ ]?(?:-|–|to|or)[ ]?", re.IGNORECASE)
_WHOLE: Final = closed_list("image images scene picture photo photograph view frame area sar radar")
_PART: Final = closed_list(
    """left right top bottom upper lower middle center centre corner side half part edge quadrant foreground background
    north south east west northern southern eastern western"""
)
_PLACING: Final = closed_list(
    """in on at near beside along next by between around behind outside inside within below above under off alongside
    close towards across from against leaving entering approaching facing heading"""
)
_NEUTRAL: Final = closed_list(
    "visible distinct separate individual different clearly total storage oil water cargo maritime marine"
)
_LOOK_BACK: Final = 24
_MANY: Final = Number(2, 0, 0, is_digits=False)
"""Stands for any number where one is asked for."""


class _Counted(NamedTuple):
    """What a number counts: the noun, where it stands, and the words before it."""

    noun: Noun
    word: Word
    between: list[str]


@dataclass(frozen=True, slots=True)
class Mention:
    """``lowest`` to ``highest`` objects of a category are named; the span is that of the number's words."""

    noun: Noun
    noun_start: int
    noun_end: int
    start: int
    end: int
    lowest: int
    highest: int | None
    """None: no upper limit, as in ``at least two``."""
    is_digits: bool
    is_plain: bool
    """A single number, not a range or an estimate."""
    is_part: bool
    """Speaks of some of the objects only: ``two ships on the left``, ``two large ships``, ``the two ships``."""

    def allows(self, number: int) -> bool:
        """Whether ``number`` objects agree with the mention."""
        return self.lowest <= number and (self.highest is None or number <= self.highest)


def find_mentions(text: str, nouns: Mapping[str, Noun]) -> list[Mention]:
    """All mentions of numbers of ``nouns`` in ``text``."""
    return list(_mentions(text, nouns)) if nouns else []


def counted_noun(text: str, position: int, nouns: Mapping[str, Noun]) -> tuple[Noun, bool] | None:
    """The noun that is counted from ``position`` on (``how many|large ships are …``), and whether only part of them."""
    found = _noun_after(text, position, nouns, _MANY)
    return None if found is None else (found.noun, _is_part(text, found.word, position, found.between))


def _mentions(text: str, nouns: Mapping[str, Noun]) -> Iterator[Mention]:
    numbers = list(find_numbers(text))
    for index, number in enumerate(numbers):
        first = numbers[index - 1] if index and _RANGE.fullmatch(text, numbers[index - 1].end, number.start) else None
        begin = first.start if first else number.start
        found = None if _is_name(text, begin) else _noun_after(text, number.end, nouns, number)
        if found is not None:
            yield _mention(text, first, number, found)


def _is_name(text: str, start: int) -> bool:
    """Whether the number at ``start`` is a name's (``pier 3``), or counts beside something else (``another two``)."""
    return word_before(text, start) in _NUMBERED or text[max(0, start - 4) : start].lower().endswith("no. ")


def _noun_after(text: str, position: int, nouns: Mapping[str, Noun], number: Number) -> _Counted | None:
    """The noun of a labelled category that a number counts, its place, and the words between."""
    between: list[str] = []
    words = list(words_after(text, position))
    for index, word in enumerate(words):
        noun = nouns.get(word.text)
        following = words[index + 1].text if index + 1 < len(words) else ""
        if noun is not None and following in _OBJECTS and number.value != 1:
            return _Counted(noun, Word(following, word.start, words[index + 1].end), between)
        if noun is not None and _agrees(noun, number) and _is_head(noun, following):
            return _Counted(noun, word, between)
        if word.text in _STOP:
            return None
        between.append(word.text)
    return None


def _agrees(noun: Noun, number: Number) -> bool:
    """Singular after one, plural after more; ``1 ships`` is a slip, but a count."""
    if number.value == 0:
        return True
    return noun.is_plural if number.value > 1 or (number.is_digits and not noun.is_singular) else noun.is_singular


def _is_head(noun: Noun, following: str) -> bool:
    """Whether nothing follows that makes ``noun`` a part of another one, as in ``car park`` or ``aircraft hangar``."""
    if not noun.is_singular or not following or following in FUNCTION_WORDS or following in _VERBS:
        return True
    return following.endswith(("ed", "ing")) and following not in _NOT_PARTICIPLES


def _mention(text: str, first: Number | None, number: Number, found: _Counted) -> Mention:
    noun, word, between = found
    lowest, highest = (first or number).value, number.value
    start = (first or number).start
    upper: int | None = highest
    modifier = _MODIFIER.search(text[max(0, start - _LOOK_BACK) : start])
    if modifier is not None:
        lowest, upper = _loosened(modifier, lowest, highest)
    return Mention(
        noun=noun,
        noun_start=word.start,
        noun_end=word.end,
        start=start,
        end=number.end,
        lowest=lowest,
        highest=upper,
        is_digits=number.is_digits,
        is_plain=first is None and modifier is None,
        is_part=_is_part(text, word, start, between),
    )


def _loosened(modifier: re.Match[str], lowest: int, highest: int) -> tuple[int, int | None]:
    """What ``at least``, ``at most`` and ``about`` make of a number; about is within a fifth."""
    if modifier["at_least"]:
        return lowest, None
    if modifier["at_most"]:
        return 0, highest
    margin = max(1, round(highest / 5))
    return max(0, lowest - margin), highest + margin


def _is_part(text: str, noun: Word, start: int, between: list[str]) -> bool:
    if word_before(text, start) in ("the", "these", "those", "its", "their"):
        return True
    if any(word not in _NEUTRAL for word in between):
        return True
    return _is_placed(text, noun.end)


def _is_placed(text: str, position: int) -> bool:
    """Whether what follows narrows the place down (``on the left``), and not to the whole image (``in the scene``)."""
    following = [word.text for word in words_after(text, position, most=12)]
    begin = next((index for index, word in enumerate(following) if word in _PLACING), None)
    if begin is None:
        return False
    place = following[begin:]
    return bool(_PART & set(place)) or not _WHOLE & set(place)
