"""Two numbers held against each other: ``more ships than bridges``, ``as many cars as tanks``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pipeline.screening.context import Noun
from pipeline.screening.word_lists import closed_list

_COMPARED: Final = re.compile(
    r"(?<![\w-])(?P<how>more|fewer|less)[ ](?P<one>[^\W\d_]+)[ ]"
    r"(?:(?:in|on|visible|present|are|shown|seen|located)[ ](?:the[ ]\w+[ ])?)?"
    r"than[ ](?P<other>[^\W\d_]+)(?![\w-])",
    re.IGNORECASE,
)
_NARROWED: Final = closed_list("on in at near beside by along around moored parked docked with of to under over")
_NEXT: Final = re.compile(r"[ ]([^\W\d_]+)(?:[ ]the[ ]([^\W\d_]+))?")
_WHOLE: Final = closed_list("image scene picture frame view")


@dataclass(frozen=True, slots=True)
class Comparison:
    """That there is more, or less, of one than of the other."""

    one: Noun
    other: Noun
    is_more: bool
    start: int
    end: int

    def holds(self, one: int, other: int) -> bool:
        """Whether these numbers agree with it."""
        return one > other if self.is_more else one < other


def compared_in(text: str, nouns: Mapping[str, Noun]) -> Comparison | None:
    """The first comparison of two categories in ``text``; none where a place narrows one of them down."""
    for found in _COMPARED.finditer(text):
        one, other = nouns.get(found["one"].lower()), nouns.get(found["other"].lower())
        if one is None or other is None or one.category == other.category or one.is_narrower or other.is_narrower:
            continue
        following = _NEXT.match(text, found.end())
        if following is not None and following[1].lower() in _NARROWED and (following[2] or "").lower() not in _WHOLE:
            continue
        return Comparison(one, other, found["how"].lower() == "more", *found.span())
    return None
