"""Tell a name (Red Sea, Green Bay, Bowling Green) from a word by its capital letters."""

from __future__ import annotations

import re
from typing import Final

from pipeline.screening.grammar import FUNCTION_WORDS, begins_sentence, word_before
from pipeline.screening.word_lists import closed_list

_WORDS: Final = re.compile(r"[^\W\d_]+")
_NEXT: Final = re.compile(r"[ -]([^\W\d_]+)")
_TITLE_SHARE: Final = 0.7
_LOOKED_AT: Final = 2_000
"""Characters by which a text is judged to be in title case."""

_PLACES: Final = closed_list(
    """sea river bay forest house mountain mountains valley lake island islands square county street road avenue point
    hill hills creek city desert coast gate nile cross cliff cliffs harbour harbor mosque ferry rock springs"""
)
"""In a text in title case, where capitals say nothing, a colour before one of these is still a name."""

_BEFORE_NAMES: Final = closed_list("lake mount river cape port fort mr mrs dr bowling")


def is_titled(text: str) -> bool:
    """Whether Most Words of the Text Have Capitals, so that capitals tell no names."""
    words = [word for word in _WORDS.findall(text[:_LOOKED_AT]) if word.lower() not in FUNCTION_WORDS]
    return bool(words) and sum(word[0].isupper() for word in words) >= _TITLE_SHARE * len(words)


def is_name(text: str, start: int, word: re.Match[str], *, is_titled: bool) -> bool:
    """Whether ``word``, in a phrase that begins at ``start``, is part of a proper name."""
    if not word[0][0].isupper() or (word[0].isupper() and len(word[0]) > 1):
        return False
    following = _NEXT.match(text, word.end())
    is_before_capital = following is not None and following[1][0].isupper()
    if is_titled:
        is_place = following is not None and is_before_capital and following[1].lower() in _PLACES
        return is_place or word_before(text, start) in _BEFORE_NAMES
    return is_before_capital or not begins_sentence(text, start)
