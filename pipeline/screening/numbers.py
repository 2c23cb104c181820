"""Numbers in English text: found, understood and written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
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
    **dict.fromkeys(("a single", "a lone", "a solitary", "a sole", "one single", "one lone", "only one"), 1),
    **dict.fromkeys(("the only", "the sole", "single", "lone", "solitary", "sole"), 1),
    **dict.fromkeys(("a pair of", "one pair of", "a twosome of", "both", "twin"), 2),
    **dict.fromkeys(("a trio of", "a threesome of"), 3),
    "a quartet of": 4,
    "half a dozen": 6,
    "half-a-dozen": 6,
    "a half dozen": 6,
    "a half-dozen": 6,
    "half a dozen of": 6,
    "a dozen": 12,
    "a dozen of": 12,
    "a hundred": 100,
    "no": 0,
}
_LOOSE: Final[Mapping[str, tuple[int, int | None]]] = {
    "a couple of": (2, 4),
    "dozens of": (13, None),
    "scores of": (21, None),
    "hundreds of": (101, None),
    "thousands of": (1001, None),
}
"""What they may mean at least and at most; that they are vague is another family's business."""

_NONE: Final = (
    "without any", "without an", "without a", "without", "devoid of any", "devoid of", "free of any", "free of",
    "empty of", "lack of any", "lack of", "lacks any", "lacking any", "lacking", "absence of any", "absence of",
    "not any", "aren't any", "aren’t any", "isn't any", "isn’t any", "there is not a", "there isn't a",
    "there isn’t a", "no sign of any", "no signs of any", "no sign of", "no signs of", "no evidence of any",
    "no evidence of", "none of the",
)  # fmt: skip
_FACTORS: Final = {"pairs of": 2, "couples of": 2, "trios of": 3, "dozen": 12, "hundred": 100, "thousand": 1000}


def _any_of(phrases: Iterable[str]) -> str:
    return "|".join(sorted(phrases, key=len, reverse=True)).replace(" ", "[ ]")


_NUMBER: Final = re.compile(
    rf"""(?<![\w.,:/\#%$€×'’-])
    (?:(?P<none>{_any_of(_NONE)})
    |(?P<loose>{_any_of(_LOOSE)})
    |(?P<phrase>{_any_of(_PHRASES)})
    |(?:(?P<tens>{"|".join(_TENS)})(?:[ -](?P<unit>{_UNITS}))?
    |(?P<word>{_any_of(_SMALL)})
    |(?P<digits>\d{{1,3}}(?:,\d{{3}})+|\d{{1,6}}))
    (?:[ ](?P<factor>{_any_of(_FACTORS)})(?:[ ](?:and[ ])?(?P<rest>{_any_of((*_TENS, *_SMALL))}))?)?)
    (?![\w%°×/'’]|[.,:-]\d|-[a-z])""",
    re.IGNORECASE | re.VERBOSE,
)

_FIRST_WORDS: Final = frozenset(
    re.split(r"[ '’-]", phrase)[0] for phrase in (*_TENS, *_SMALL, *_PHRASES, *_LOOSE, *_NONE)
)
"""One of these, or a digit, begins each number."""
_WORD: Final = re.compile(r"[^\W_]+")
_KEPT_UP_TO: Final = 4_000
"""No cache should keep a megabyte."""

NUMBER_WORDS: Final = frozenset(
    word for phrase in (*_WORDS, *_PHRASES, *_LOOSE, *_NONE) for word in re.split(r"[ '’-]", phrase)
) - {"a", "an", "of", "the", "is", "there", "any", "t", "one"} | {"one", "not", "only"}
"""Of which a text has one, or digits, if it names a number."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text; ``start`` and ``end`` are its span in code points."""

    value: int
    start: int
    end: int
    is_digits: bool
    is_plain: bool = True
    """Another number may stand in its place; not so with ``without``, ``a couple of`` or ``both``."""
    highest: int | None = -1
    """None: no upper limit; −1: ``value`` itself."""

    @property
    def limit(self) -> int | None:
        """At most so many are meant; None: no upper limit."""
        return self.value if self.highest == -1 else self.highest


def find_numbers(text: str) -> Iterator[Number]:
    """Whole numbers of ``text`` as digits or words, ``a pair of``, ``no`` and ``without`` among them; not parts of
    other figures. Those of the last texts are remembered, because several rules ask for the same."""
    return iter(_kept_numbers(text)) if len(text) <= _KEPT_UP_TO else _numbers(text)


@lru_cache(maxsize=16)
def _kept_numbers(text: str) -> tuple[Number, ...]:
    return tuple(_numbers(text))


def _numbers(text: str) -> Iterator[Number]:
    end = 0
    for word in _WORD.finditer(text):
        # The pattern is long, and slow where it is tried at each character.
        written = word[0]
        if (written.lower() not in _FIRST_WORDS and not written[0].isdigit()) or word.start() < end:
            continue
        found = _NUMBER.match(text, word.start())
        if found is None:
            continue
        start, end = found.span()
        if found["none"] is not None:
            yield Number(0, start, end, is_digits=False, is_plain=False)
        elif found["loose"] is not None:
            lowest, highest = _LOOSE[found["loose"].lower()]
            yield Number(lowest, start, end, is_digits=False, is_plain=False, highest=highest)
        else:
            is_plain = found[0].lower() not in ("both", "twin", "the only", "the sole")
            yield Number(_value(found), start, end, is_digits=found["digits"] is not None, is_plain=is_plain)


def _value(found: re.Match[str]) -> int:
    if found["phrase"] is not None:
        return _PHRASES[found["phrase"].lower()]
    value = _plain_value(found)
    if found["factor"] is not None:
        value *= _FACTORS[found["factor"].lower()]
    return value + (_WORDS[found["rest"].lower()] if found["rest"] is not None else 0)


def _plain_value(found: re.Match[str]) -> int:
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
