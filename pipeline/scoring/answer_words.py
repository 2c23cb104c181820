"""The words of a short answer: without case, articles and punctuation, in the singular, numbers as figures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.extraction.words import LONGEST_WORD, singular

SEPARATORS: Final = frozenset({",", ";", "/", "&", "+", "and", "or", "\n"})
"""What stands between the members of a list."""

_TOKEN: Final = re.compile(
    r"(?P<number>(?:(?<![\w)\]])[-−])?(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|(?<!\d)\.\d+))"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*[²³]?)"
    r"|(?P<list>[,;/&+\n])"
    r"|(?P<sign>[^\s\w.:!?…\"'’‘“”`()\[\]{}*#_|\\\-−‐‑–—•·。，、！？])"
)
_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_ARTICLES: Final = frozenset({"a", "an", "the"})
_ONES: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SMALL: Final = {word: number for number, word in enumerate(_ONES)}
_ROUND: Final = {word: 10 * number for number, word in enumerate(_TENS, start=2)}
_SCALES: Final = {"hundred": 100, "dozen": 12}
_THOUSANDS: Final = {"thousand": 1_000, "million": 1_000_000}
_NUMBER_WORDS: Final = frozenset([*_SMALL, *_ROUND, *_SCALES, *_THOUSANDS])


def words_of(text: str, *, lists: bool = False) -> tuple[str, ...]:
    """The words, numbers and signs of an answer in the form in which answers are compared.

    ``"The 1,000 Ships."`` gives ``("1000", "ship")``, ``"twenty-one"`` gives ``("21",)``. Punctuation is left out; with
    ``lists`` what separates members of a list stays. An answer that is an article alone stays.
    """
    folded = unicodedata.normalize("NFC", text.translate(_FULL_WIDTH)).casefold()
    found = [
        (str(match.lastgroup), match.group())
        for match in _TOKEN.finditer(folded)
        if match.lastgroup != "list" or lists or match.group() in "/&+"
    ]
    told = [_figure(token) if group == "number" else token.replace("’", "'") for group, token in found]
    without = [word for word in told if word not in _ARTICLES]
    return tuple(_singular(word) for word in _with_figures(without or told))


def is_number(word: str) -> bool:
    """Whether a word of ``words_of`` is a number."""
    return word[-1:].isdecimal() and word[-1:].isascii()


def _singular(word: str) -> str:
    return singular(word) if len(word) <= LONGEST_WORD else word


def _figure(token: str) -> str:
    """A number without separators, leading and closing zeros: 1,000 and 1000, 2.0 and 2, 07 and 7 are each the same."""
    digits = token.replace(",", "").lstrip("-−")
    whole, _, part = digits.partition(".")
    whole, part = whole.lstrip("0") or "0", part.rstrip("0")
    sign = "-" if token[0] in "-−" and (whole, part) != ("0", "") else ""
    # Digits of other scripts are figures too.
    plain = "".join(str(unicodedata.decimal(digit)) for digit in f"{whole}{part}")
    return sign + plain[: len(whole)] + (f".{plain[len(whole) :]}" if part else "")


def _with_figures(words: Sequence[str]) -> Iterator[str]:
    """The words with each run of number words as one figure."""
    if _NUMBER_WORDS.isdisjoint(words):
        yield from words
        return
    place = 0
    while place < len(words):
        number, after = _number(words, place)
        if number is None:
            yield words[place]
            place += 1
        else:
            yield str(number)
            place = after


def _number(words: Sequence[str], place: int) -> tuple[int | None, int]:
    """The number that begins there in words, and where it ends: ``two thousand one hundred and five``."""
    group, after = _group(words, place)
    if group is None:
        return None, place
    total, last_scale = 0, max(_THOUSANDS.values()) + 1
    while group is not None and after < len(words) and _THOUSANDS.get(words[after], last_scale) < last_scale:
        last_scale = _THOUSANDS[words[after]]
        total, after = total + group * last_scale, after + 1
        group, end = _group(words, after + _is_and(words, after))
        if group is None or end == after:
            return total, after
        after = end
    return total + group, after


def _group(words: Sequence[str], place: int) -> tuple[int | None, int]:
    """A number below a thousand, or dozens; a scale that stands alone is one of it."""
    number, after = _below_hundred(words, place)
    word = words[after] if after < len(words) else ""
    if word in _THOUSANDS:
        return (1 if number is None else number), after
    if word not in _SCALES:
        return number, after
    number, after = (1 if number is None else number) * _SCALES[word], after + 1
    rest, end = _below_hundred(words, after + _is_and(words, after))
    return (number, after) if rest is None or word == "dozen" else (number + rest, end)


def _below_hundred(words: Sequence[str], place: int) -> tuple[int | None, int]:
    word = words[place] if place < len(words) else ""
    if word in _SMALL:
        return _SMALL[word], place + 1
    if word not in _ROUND:
        return None, place
    one = _SMALL.get(words[place + 1], 0) if place + 1 < len(words) else 0
    return (_ROUND[word] + one, place + 2) if 0 < one < 10 else (_ROUND[word], place + 1)


def _is_and(words: Sequence[str], place: int) -> bool:
    return place < len(words) and words[place] == "and"
