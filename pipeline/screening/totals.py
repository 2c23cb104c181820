"""Numbers that stand behind what they count: ``the number of ships is three``, ``Is the number of ships above 3?``"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from pipeline.screening.context import Noun
from pipeline.screening.mentions import Mention, counted_phrase, loosened
from pipeline.screening.numbers import Number, find_numbers

_NUMBER_OF: Final = re.compile(
    r"(?<!\w)(?:(?:number|count|total)[ ]of|(?:number|count)[ ]for)(?:[ ]all)?(?:[ ]the)?(?!\w)", re.IGNORECASE
)
_SAID: Final = re.compile(
    r"(?:[ ,]|(?:visible|present|seen|located|shown|in|on|within|the|this|sar|image|scene|picture|here|is|are|was|were"
    r"|equals?|to|exactly|totals?|reaches|of|at|least|most|no|not|more|greater|larger|higher|above|over|exceeds?|fewer|less|smaller"
    r"|lower|below|under|than|equal|precisely|about|around|approximately)(?!\w)|[:=])+",
    re.IGNORECASE,
)
_STATED: Final = re.compile(
    r"(?<!\w)(?:is|are|was|were|equals?|totals?|reaches|exceeds?|than|equal|above|below|over|under|least|most|exactly)(?!\w)|[:=]",
    re.IGNORECASE,
)
_WITHIN: Final = 80


def find_totals(text: str, nouns: Mapping[str, Noun]) -> Iterator[Mention]:
    """Mentions in which the number follows its noun."""
    for found in _NUMBER_OF.finditer(text):
        counted = counted_phrase(text, found.end(), nouns)
        if counted is None:
            continue
        noun, noun_start, noun_end, is_part = counted
        number = _number_after(text, noun_end)
        if number is not None:
            lowest, highest = loosened(text, number.value, number, number.start)
            yield Mention(noun, noun_start, noun_end, number.start, number.end, lowest, highest, number.is_digits,
                          is_plain=lowest == highest, is_part=is_part)  # fmt: skip


def _number_after(text: str, position: int) -> Number | None:
    for number in find_numbers(text[position : position + _WITHIN]):
        between = text[position : position + number.start]
        if number.is_plain and _SAID.fullmatch(between) and _STATED.search(between):
            return Number(number.value, position + number.start, position + number.end, number.is_digits)
        return None
    return None
