"""Whether the numbers of a text are parts that add up: ``a large ship and two smaller ones``, ``two near the pier``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from pipeline.screening.grammar import words_after
from pipeline.screening.mentions import Mention
from pipeline.screening.numbers import find_numbers
from pipeline.screening.references import references_of
from pipeline.screening.rules import Passage
from pipeline.screening.word_lists import closed_list

_ALONE: Final = closed_list(
    """on in at near along to by beside off under others other more are is further around docked moored smaller larger
    ones one big small long short is lies lie outside inside behind anchored away farther beyond"""
)
"""After a number they say that it counts what was named before."""

_INDEFINITE: Final = closed_list("a an another")


def is_sum_of(passage: Passage, mentions: Sequence[Mention], number: int, labelled: tuple[str, ...]) -> bool:
    """Whether the mentions of one category, with what is added without a number or a noun, make ``number``."""
    told = [mention.lowest for mention in mentions if not mention.is_definite]
    if not told:
        return False
    least = sum(told)
    return least == number or (least < number <= least + _added(passage, tuple(mentions), labelled))


@lru_cache(maxsize=8)
def _added(passage: Passage, mentions: tuple[Mention, ...], labelled: tuple[str, ...]) -> int:
    """At most so many are named beside the mentions."""
    return sum(_without_noun(passage.text, mentions)) + _without_number(passage, mentions, labelled)


def _without_noun(text: str, mentions: Sequence[Mention]) -> Iterator[int]:
    taken = {mention.start for mention in mentions}
    for number in find_numbers(text):
        following = next(words_after(text, number.end, most=1), None)
        if number.start not in taken and (following is None or following.text in _ALONE):
            yield number.value


def _without_number(passage: Passage, mentions: Sequence[Mention], labelled: tuple[str, ...]) -> int:
    """``a ship``, ``another ship``, and ``a smaller one``."""
    category, nouns = mentions[0].noun.category, {mention.noun_start for mention in mentions}
    single = sum(
        reference.noun.category == category
        and reference.start not in nouns
        and passage.tokens[reference.phrase_index].text in _INDEFINITE
        for reference in references_of(passage, labelled)
    )
    words = [token.text for token in passage.tokens]
    ones = sum(
        word == "one" and bool(_INDEFINITE.intersection(words[max(0, at - 3) : at])) for at, word in enumerate(words)
    )
    return single + ones
