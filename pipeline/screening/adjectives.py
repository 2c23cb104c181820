"""Leave out adjectives that claim what nobody can see, where the sentence stays whole without them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, Protocol, TypeVar

from pipeline.screening.grammar import (
    COPULAS,
    DETERMINERS,
    FUNCTION_WORDS,
    begins_sentence,
    drop,
    word_before,
    words_after,
    words_before,
)
from pipeline.screening.word_lists import closed_list

_JOIN: Final = re.compile(r"\s*[,/&]\s*(?:(?:and|or)\s+)?|\s+(?:and|or)\s+|\s+", re.IGNORECASE)
_PARTS: Final = closed_list("roof roofs roofed walled topped capped striped painted clad tiled edged")
_ADJECTIVE_LIKE: Final = re.compile(r".*(?:ed|ish|al|ar|ous|ive|ful|y|ow|ing)\Z")
_ADJECTIVES: Final = closed_list(
    """large small big long short wide tall round square huge tiny dense bright dark flat old new high low thin thick
    deep steep open main straight smooth rough bare lush broad great neat clear soft hard wet dry vast smart modern
    shallow blurry pale turbid white black gray grey green red blue brown orange silver gold"""
)
_INTENSIFIERS: Final = closed_list(
    """very quite so too more most less rather almost half partly mostly all painted looking coloured colored"""
)
_VERBS: Final = closed_list(
    """surrounds surround stretches covers cover lies lie extends runs dominates fills borders frames contrasts fades
    appears stands sits grows spreads"""
)
"""After a colour that is a noun: ``the green stretches along the river``."""
_NO_NOUNS: Final = closed_list("ones colored coloured colors colours toned tone tones looking")
_LINKS: Final = ("and", "or")


class Spanned(Protocol):
    """What stands from ``start`` to ``end`` in a text."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


SpannedT = TypeVar("SpannedT", bound=Spanned)


def runs_of(text: str, found: Sequence[SpannedT]) -> Iterator[list[SpannedT]]:
    """Adjectives that belong to one noun, such as ``red and white`` or ``clear, shallow``, from all in their order."""
    if not found:
        return
    run = [found[0]]
    for last, phrase in pairwise(found):
        if _JOIN.fullmatch(text, last.end, phrase.start):
            run.append(phrase)
        else:
            yield run
            run = [phrase]
    yield run


def without_adjectives(text: str, start: int, end: int, alike: frozenset[str]) -> str | None:
    """The text without the adjectives from ``start`` to ``end``; None unless they stand right before their noun.

    ``alike`` are the words of their sort: of ``a green and a red ship`` there would remain ``a green and a ship``.
    """
    following = [word.text for word in words_after(text, end, most=4)]
    if not following or following[0] in FUNCTION_WORDS or DETERMINERS & set(following[1:2]):
        return None
    if following[0] in _VERBS or following[0] in _NO_NOUNS or _tells_apart(text, start, following):
        return None
    if following[0] in _PARTS and following[1:] and following[1] not in FUNCTION_WORDS:
        return None
    return drop(text, start, end) if _may_go_before(text, start, alike) else None


def is_adjective(word: str) -> bool:
    """Whether ``word``, in lower case, looks like an adjective; some nouns do too."""
    return word in _ADJECTIVES or _ADJECTIVE_LIKE.fullmatch(word) is not None


def _tells_apart(text: str, start: int, following: list[str]) -> bool:
    """Whether the adjective tells one from the other: ``red houses and grey houses``."""
    noun, before = following[0].removesuffix("s"), [word.removesuffix("s") for word in words_before(text, start)]
    if before[-1:] and before[-1] in _LINKS and before[-2:-1] == [noun]:
        return True
    is_linked = following[1:2] != [] and following[1] in _LINKS
    return is_linked and noun in (word.removesuffix("s") for word in following[2:])


def _may_go_before(text: str, start: int, alike: frozenset[str]) -> bool:
    """Whether what stands before ``start`` still fits when the adjective is gone."""
    last, before = word_before(text, start), words_before(text, start)
    if last in _INTENSIFIERS or last.endswith("ly"):
        return False
    if last in COPULAS:
        return before[-2:-1] in (["there"], ["here"])
    if last in DETERMINERS:
        return not alike & set(before[-3:-1])
    mark = text[max(0, start - 9) : start].rstrip()[-1:]
    if (last in _LINKS and len(before) > 1) or mark == ",":
        named = before[-1:] if mark == "," else before[-2:-1]
        joined = named[0] if named else ""
        return bool(joined) and not is_adjective(joined)
    return bool(last) or begins_sentence(text, start) or mark in ("(", '"', "“")
