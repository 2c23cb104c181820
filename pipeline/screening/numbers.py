"""Numbers in English text: found, understood and written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pipeline.screening.word_lists import ordered_list

_SMALL: Final = ordered_list(
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen"""
)
_TENS: Final = ordered_list("twenty thirty forty fifty sixty seventy eighty ninety")
_UNITS: Final = "|".join(_SMALL[1:10])
_WORDS: Final = {word: value for value, word in enumerate(_SMALL)} | {
    word: 10 * value for value, word in enumerate(_TENS, start=2)
}
_PHRASES: Final = {
    "a single": 1,
    "a lone": 1,
    "a solitary": 1,
    "one single": 1,
    "only one": 1,
    "a pair of": 2,
    "half a dozen": 6,
    "a dozen": 12,
    "two dozen": 24,
    "no": 0,
}

_NUMBER: Final = re.compile(
    rf"""(?<![\w.,:/\#%$€×'’-])
    (?:(?P<phrase>{"|".join(sorted(_PHRASES, key=len, reverse=True)).replace(" ", "[ ]")})
    |(?P<tens>{"|".join(_TENS)})(?:[ -](?P<unit>{_UNITS}))?
    |(?P<word>{"|".join(sorted(_SMALL, key=len, reverse=True))})
    |(?P<digits>\d{{1,3}}(?:,\d{{3}})+|\d{{1,6}}))
    (?![\w%°×/'’]|[.,:-]\d|-[a-z])""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text; ``start`` and ``end`` are its span in code points."""

    value: int
    start: int
    end: int
    is_digits: bool


def find_numbers(text: str) -> Iterator[Number]:
    """Whole numbers of ``text`` as digits or words, ``a pair of`` and ``no`` among them; not parts of other figures."""
    for found in _NUMBER.finditer(text):
        yield Number(_value(found), found.start(), found.end(), found["digits"] is not None)


def _value(found: re.Match[str]) -> int:
    if found["phrase"] is not None:
        return _PHRASES[found["phrase"].lower()]
    if found["digits"] is not None:
        return int(found["digits"].replace(",", ""))
    if found["word"] is not None:
        return _WORDS[found["word"].lower()]
    return _WORDS[found["tens"].lower()] + (_WORDS[found["unit"].lower()] if found["unit"] else 0)


def write_number(value: int, *, as_digits: bool) -> str:
    """``value`` in the style of the number that it replaces; words up to ninety-nine."""
    if as_digits or value > 99:
        return str(value)
    if value == 0:
        return "no"
    if value < 20:
        return _SMALL[value]
    tens, unit = divmod(value, 10)
    return _TENS[tens - 2] + (f"-{_SMALL[unit]}" if unit else "")
