"""Tell a name (Red Sea, Green Bay, Bowling Green) from a word by its capital letters."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from pipeline.screening.grammar import FUNCTION_WORDS, begins_sentence, word_before, words_before
from pipeline.screening.word_lists import closed_list

_WORDS: Final = re.compile(r"[^\W\d_]+")
_NEXT: Final = re.compile(r"(?:['’]s)?[ -]([^\W\d_]+)")
_LAST: Final = re.compile(r"([^\W\d_]+)[ -]\Z")
_LAST_UP_TO: Final = 40
_TITLE_SHARE: Final = 0.7
_LOOKED_AT: Final = 2_000
"""Characters by which a text is judged to be in title case."""

_PLACES: Final = closed_list(
    """sea river bay forest house mountain mountains valley lake island islands square county street road avenue point
    hill hills creek city desert coast gate nile cross cliff cliffs harbour harbor mosque ferry rock springs horn ridge
    peak line zone airport canyon plains delta cape strait"""
)
"""In a text in title case, where capitals say nothing, a colour before one of these is still a name."""

_BEFORE_NAMES: Final = closed_list("lake mount river cape port fort mr mrs dr bowling saint st san")
_TOWNS: Final = ("city", "town", "county", "village", "port", "state", "province", "isle", "university")
_ARTICLES: Final = ("a", "an")


@lru_cache(maxsize=4)
def is_titled(text: str) -> bool:
    """Whether Most Words of the Text Have Capitals, so that capitals tell no names."""
    words = [word for word in _WORDS.findall(text[:_LOOKED_AT]) if word.lower() not in FUNCTION_WORDS]
    return bool(words) and sum(word[0].isupper() for word in words) >= _TITLE_SHARE * len(words)


def is_name(text: str, start: int, end: int, phrase_start: int | None = None) -> bool:
    """Whether the word from ``start`` to ``end``, in a phrase that begins at ``phrase_start``, is part of a name."""
    if not text[start].isupper():
        return False
    begin = start if phrase_start is None else phrase_start
    following = _NEXT.match(text, end)
    is_before_capital = following is not None and following[1][0].isupper()
    if is_titled(text):
        is_place = following is not None and is_before_capital and following[1].lower() in _PLACES
        before = word_before(text, begin)
        return (is_place and before not in _ARTICLES) or before in _BEFORE_NAMES
    if text[start:end].isupper() and end - start > 1:
        return False
    if is_before_capital or (following is not None and following[1] in _PLACES and not begins_sentence(text, begin)):
        return True
    return _ends_name(text, begin, following[1] if following is not None else "")


def _ends_name(text: str, start: int, following: str) -> bool:
    """Whether it ends one: ``Bowling Green``, ``the city of Orange``; ``Two Red ships`` only begin a sentence."""
    if words_before(text, start)[-2:-1] in ([town] for town in _TOWNS) and word_before(text, start) == "of":
        return True
    last = _LAST.search(text[max(0, start - _LAST_UP_TO) : start])
    if last is None or not last[1][0].isupper() or last[1].lower() in FUNCTION_WORDS:
        return False
    is_before_noun = following != "" and following.lower() not in FUNCTION_WORDS
    return not (is_before_noun and begins_sentence(text, start - len(last[0])))
