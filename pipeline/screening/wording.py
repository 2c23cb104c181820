"""Words that a rule looks for, with the neighbours beside which they say something else.

A rule's words are a table of :class:`Wording`, which reads as what it finds; :func:`find_wordings` looks them up
word by word, so that the time grows with the length of the text and not with the number of words that are looked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.screening.names import is_name
from pipeline.screening.rules import Passage, Token
from pipeline.screening.word_lists import closed_list

_GAP: Final = " -\t\n'’"
_GAP_UP_TO: Final = 3
_NONE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Wording:
    """Words that say one thing; ``time_of_day`` stands for three words in a row."""

    words: frozenset[str]
    before: frozenset[str] | None = None
    """If given, one of these must stand right before, and belongs to the span."""
    after: frozenset[str] | None = None
    """If given, one of these must follow, and belongs to the span."""
    unless_before: frozenset[str] = _NONE
    """Here and in ``unless_after`` two words in a row may be told: ``day_and``."""
    unless_after: frozenset[str] = _NONE
    takes: frozenset[str] = _NONE
    """Words right before that belong to the span where they stand there."""


def wording(
    words: str,
    *,
    before: str = "",
    after: str = "",
    unless_before: str = "",
    unless_after: str = "",
    takes: str = "",
) -> Wording:
    """A :class:`Wording` from words that white space divides."""
    return Wording(
        closed_list(words),
        closed_list(before) or None,
        closed_list(after) or None,
        closed_list(unless_before),
        closed_list(unless_after),
        closed_list(takes),
    )


class Index:
    """The wordings of a rule by their last word."""

    def __init__(self, wordings: Iterable[Wording]) -> None:
        found: dict[str, list[tuple[tuple[str, ...], Wording]]] = defaultdict(list)
        for wording_ in wordings:
            for entry in sorted(wording_.words):
                *earlier, last = entry.split("_")
                found[last].append((tuple(earlier), wording_))
        self.by_last_word: Final[Mapping[str, Sequence[tuple[tuple[str, ...], Wording]]]] = dict(found)

    @property
    def cues(self) -> frozenset[str]:
        """The words of which a text must have one for anything to be found."""
        return frozenset(self.by_last_word)


def find_wordings(passage: Passage, index: Index) -> Iterator[tuple[int, int]]:
    """The half-open spans, in code points, of what ``index`` finds, in their order and without overlaps."""
    tokens, end = passage.tokens, 0
    for place, token in enumerate(tokens):
        for earlier, found in index.by_last_word.get(token.text, ()):
            span = _span(passage.text, tokens, place, earlier, found)
            if span is not None and span[0] >= end and not is_name(passage.text, token.start, token.end, span[0]):
                end = span[1]
                yield span
                break


def _span(
    text: str, tokens: Sequence[Token], place: int, earlier: tuple[str, ...], found: Wording
) -> tuple[int, int] | None:
    first = place - len(earlier)
    if first < 0 or any(neighbour(text, tokens, place - n, -1) != word for n, word in enumerate(reversed(earlier))):
        return None
    last_word, next_word = neighbour(text, tokens, first, -1), neighbour(text, tokens, place, 1)
    if _is_among(found.unless_before, text, tokens, first, -1) or _is_among(found.unless_after, text, tokens, place, 1):
        return None
    if (found.before is not None and last_word not in found.before) or (
        found.after is not None and next_word not in found.after
    ):
        return None
    start = first - 1 if found.before is not None or last_word in found.takes else first
    return tokens[start].start, tokens[place + 1 if found.after is not None else place].end


def _is_among(words: frozenset[str], text: str, tokens: Sequence[Token], place: int, step: int) -> bool:
    """Whether the next word, or the next two, are one of ``words``."""
    nearest = neighbour(text, tokens, place, step)
    if not words or not nearest:
        return False
    farther = neighbour(text, tokens, place + step, step)
    return nearest in words or (f"{farther}_{nearest}" if step < 0 else f"{nearest}_{farther}") in words


def neighbour(text: str, tokens: Sequence[Token], place: int, step: int) -> str:
    """The word that stands ``step`` words from ``place`` with nothing but blanks, a hyphen or an apostrophe between."""
    other = place + step
    if not 0 <= other < len(tokens):
        return ""
    first, second = (tokens[place], tokens[other]) if step > 0 else (tokens[other], tokens[place])
    gap = text[first.end : second.start]
    return tokens[other].text if len(gap) <= _GAP_UP_TO and not gap.strip(_GAP) else ""
