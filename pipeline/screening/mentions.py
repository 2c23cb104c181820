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
from pipeline.screening.grammar import (
    FUNCTION_WORDS,
    Word,
    begins_sentence,
    is_head_before,
    word_before,
    words_after,
    words_before,
)
from pipeline.screening.numbers import Number, find_numbers
from pipeline.screening.word_lists import closed_list

_NUMBERED: Final = closed_list(
    """number no pier berth quay dock route road highway motorway gate terminal runway taxiway band lane zone area
    section block figure fig class level phase type mode version position point case stage step sentinel row column
    sector first last other another remaining further additional more each every accommodate
    accommodates accommodating fit fits per for like as even"""
)
"""Before a number they say that it is a name, or counts beside something else."""

_MAKERS: Final = closed_list("boeing airbus antonov ilyushin tupolev embraer cessna bombardier sukhoi mig learjet saab")
"""Before a number they make a type of it: ``a Boeing 747 aircraft``."""

_UNITS: Final = closed_list(
    """lane lanes storey storeys story stories floor floors way span spans deck decks track tracks m km cm mm meter
    meters metre metres kilometer kilometers kilometre kilometres mile miles foot feet ft nm degree degrees percent
    pixel pixels px engine engined engines hull hulls mast masts propeller propellers hectare hectares ha acre
    acres ton tons tonne tonnes hour hours minute minutes second seconds day days year years row rows group groups
    line lines pair pairs cluster clusters column columns side sides route routes pier piers time times third
    thirds half quarter quarters type types kind kinds level levels stage stages third"""
)
"""After a number they are what is counted, or make it a measure."""

_QUANTITIES: Final = closed_list("several numerous various multiple few couple")
_STOP: Final = frozenset(
    (*FUNCTION_WORDS, *_UNITS, *_QUANTITIES, "more", "fewer", "less", "longer", "additional", "further")
)
_OBJECTS: Final = closed_list("structures objects targets instances units")
"""After a noun they add nothing: ``bridge structures`` are bridges."""

_MODIFIER: Final = re.compile(
    r"(?:(?P<at_least>at least|at a minimum|minimum of|no fewer than|no less than|not less than|not fewer than)"
    r"|(?P<more>more than|over|greater than|larger than|higher than|above|exceeds?|exceeding|in excess of|upwards of)"
    r"|(?P<at_most>at most|up to|no more than|not more than|maximum of|not over)"
    r"|(?P<fewer>fewer than|less than|under|lower than|smaller than|below)"
    r"|(?P<about>about|around|approximately|roughly|nearly|almost|circa|some|close to))[ \t]+\Z",
    re.IGNORECASE,
)
_OR_MORE: Final = re.compile(r"[ ]or[ ](?:(?P<more>more)|(?P<fewer>fewer|less))(?!\w)", re.IGNORECASE)
_MULTIPLIED: Final = closed_list(
    "groups rows pairs lines columns clusters sets fleets formations batches convoys rafts stacks strings"
)
_ATTACHED: Final = closed_list("without devoid free empty lack lacks lacking absence")
_AND_OTHERS: Final = re.compile(r",|[ ]?/|[ ](?:and|or|plus)[ ]", re.IGNORECASE)
"""After a noun: more than its category is counted together."""
_MASS_NOUNS: Final = closed_list("gas sports goods seas overseas sales always ss us business express")
_EACH: Final = closed_list("each every per")
_RANGE: Final = re.compile(r"[ ]?(?:-|–|to|or)[ ]?", re.IGNORECASE)
_WHOLE: Final = closed_list("image images scene picture photo photograph view frame area sar radar")
_PART: Final = closed_list(
    """left right top bottom upper lower middle center centre corner side half part edge quadrant foreground
    background north south east west northern southern eastern western"""
)
_PLACING: Final = closed_list(
    """in on at near beside along next by between around behind outside inside within below above under off alongside
    close towards across from against leaving entering approaching facing heading"""
)
_NEUTRAL: Final = closed_list(
    "visible distinct separate individual different clearly total storage oil water cargo maritime marine"
)
_POINTING: Final = closed_list("the these those its their")
_BESIDE: Final = closed_list(
    """near beside between behind by alongside including around along under over opposite against past across among"""
)
"""Before a number they name some objects as the place of something else."""

_COUNTING: Final = closed_list(
    "there are is with of contains contain shows show has have holds and by includes include well just number"
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
    is_definite: bool = False
    """``the two ships``"""

    def allows(self, number: int) -> bool:
        """Whether ``number`` objects agree with the mention."""
        return self.lowest <= number and (self.highest is None or number <= self.highest)


def find_mentions(text: str, nouns: Mapping[str, Noun]) -> list[Mention]:
    """All mentions of numbers of ``nouns`` in ``text``."""
    return list(_mentions(text, nouns)) if nouns else []


def counted_noun(text: str, position: int, nouns: Mapping[str, Noun]) -> tuple[Noun, bool] | None:
    """The noun that is counted from ``position`` on (``how many|large ships are …``), and whether only part of them."""
    found = counted_phrase(text, position, nouns)
    return None if found is None else (found[0], found[3])


def counted_phrase(text: str, position: int, nouns: Mapping[str, Noun]) -> tuple[Noun, int, int, bool] | None:
    """As :func:`counted_noun`, with the span of the noun."""
    found = _noun_after(text, position, nouns, _MANY)
    if found is None or _AND_OTHERS.match(text, found.word.end):
        return None
    is_part = _is_part(text, found, position) or found.noun.is_narrower
    return found.noun, found.word.start, found.word.end, is_part


def _mentions(text: str, nouns: Mapping[str, Noun]) -> Iterator[Mention]:
    numbers = list(find_numbers(text))
    for index, number in enumerate(numbers):
        first = numbers[index - 1] if index and _RANGE.fullmatch(text, numbers[index - 1].end, number.start) else None
        begin = first.start if first else number.start
        found = None if _is_name(text, begin) else _noun_after(text, number.end, nouns, number)
        if found is not None and not _is_each(text, begin, found.word.end):
            yield _mention(text, first, number, found)


def _is_each(text: str, start: int, end: int) -> bool:
    """Whether so many belong to each of others: ``each with two ships``, ``two ships each``, ``rows of five tanks``."""
    before = words_before(text, start)[-3:]
    following = next(words_after(text, end, most=1), None)
    if not _EACH.isdisjoint(before) or (following is not None and following.text in _EACH):
        return True
    return before[-1:] == ["of"] and not _MULTIPLIED.isdisjoint(before[-2:-1])


def _is_name(text: str, start: int) -> bool:
    """Whether the number at ``start`` is a name's (``pier 3``), or counts beside something else (``another two``)."""
    before = word_before(text, start)
    return before in _NUMBERED or before in _MAKERS or text[max(0, start - 4) : start].lower().endswith("no. ")


def _noun_after(text: str, position: int, nouns: Mapping[str, Noun], number: Number) -> _Counted | None:
    """The noun of a labelled category that a number counts, its place, and the words between."""
    between: list[str] = []
    begin = _OR_MORE.match(text, position)
    words = list(words_after(text, begin.end() if begin else position))
    for index, word in enumerate(words):
        noun = nouns.get(word.text)
        following = words[index + 1].text if index + 1 < len(words) else ""
        if noun is not None and following in _OBJECTS and number.value != 1:
            return _Counted(noun, Word(following, word.start, words[index + 1].end), between)
        if noun is not None and _agrees(noun, number) and (not noun.is_singular or is_head_before(following)):
            is_loose = between and text[number.start : number.end].lower() in ("both", "twin")
            return None if is_loose else _Counted(noun, word, between)
        if word.text in _STOP or _is_plural_of_other(word.text):
            return None
        between.append(word.text)
    return None


def _is_plural_of_other(word: str) -> bool:
    """Whether another thing is counted: ``six roads surround buildings``; but ``two gas tanks``."""
    return word.endswith("s") and not word.endswith(("ss", "us", "is")) and word not in _MASS_NOUNS


def _agrees(noun: Noun, number: Number) -> bool:
    """Singular after one, plural after more; ``1 ships`` is a slip, but a count."""
    if number.value == 0:
        return True
    return noun.is_plural if number.value > 1 or (number.is_digits and not noun.is_singular) else noun.is_singular


def _mention(text: str, first: Number | None, number: Number, found: _Counted) -> Mention:
    noun, word = found.noun, found.word
    start = (first or number).start
    lowest, upper = loosened(text, (first or number).value, number, start)
    return Mention(
        noun=noun,
        noun_start=word.start,
        noun_end=word.end,
        start=start,
        end=number.end,
        lowest=lowest,
        highest=upper,
        is_digits=number.is_digits,
        is_plain=first is None and number.is_plain and lowest == upper and not noun.is_narrower,
        is_part=_is_part(text, found, start) or noun.is_narrower or _is_attached(text, start, number),
        is_definite=_is_definite(text, start, number.end),
    )


def _is_attached(text: str, start: int, number: Number) -> bool:
    """Whether ``without ships`` may be said of a part only, such as a pier, and not of the image."""
    if number.value or text[start : number.end].lower().split()[0] not in _ATTACHED:
        return False
    return _WHOLE.isdisjoint(words_before(text, start))


def loosened(text: str, lowest: int, number: Number, start: int) -> tuple[int, int | None]:
    """The lowest and highest number that are meant: what ``at least``, ``more than``, ``or fewer`` and ``about`` make
    of a number; about is within a fifth."""
    highest, behind = number.value, _OR_MORE.match(text, number.end)
    modifier = _MODIFIER.search(text[max(0, start - _LOOK_BACK) : start])
    if behind is not None:
        return (lowest, None) if behind["more"] else (0, highest)
    if modifier is None or _is_spatial(text, start, modifier[0]):
        return lowest, number.limit
    if modifier["about"]:
        margin = max(1, round(highest / 5))
        return max(0, lowest - margin), highest + margin
    if modifier["at_least"] or modifier["more"]:
        return lowest + (modifier["more"] is not None), None
    return 0, max(0, highest - (modifier["fewer"] is not None))


def _is_spatial(text: str, start: int, modifier: str) -> bool:
    """Whether ``over two bridges`` names a place, as after ``road``, and not a number, as after ``there are``."""
    if modifier.strip().lower() not in ("over", "under", "above", "below"):
        return False
    before = words_before(text, start - len(modifier))
    return bool(before) and before[-1] not in _COUNTING and not begins_sentence(text, start - len(modifier))


def _is_definite(text: str, start: int, end: int) -> bool:
    """``the two ships``, ``both ships``: those that were spoken of."""
    return word_before(text, start) in _POINTING or text[start:end].lower() == "both"


def _is_part(text: str, found: _Counted, start: int) -> bool:
    if _is_definite(text, start, start + len("both")):
        return True
    is_narrowed = any(word not in _NEUTRAL and word not in found.noun.qualifiers for word in found.between)
    return is_narrowed or word_before(text, start) in _BESIDE or _is_placed(text, found.word.end)


def _is_placed(text: str, position: int) -> bool:
    """Whether what follows narrows the place down (``on the left``), and not to the whole image (``in the scene``)."""
    following = [word.text for word in words_after(text, position, most=12)]
    begin = next((index for index, word in enumerate(following) if word in _PLACING), None)
    if begin is None:
        return False
    place = following[begin:]
    return bool(_PART & set(place)) or not _WHOLE & set(place)
