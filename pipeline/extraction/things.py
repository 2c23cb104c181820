"""The objects and land covers that a text names: of closed groups, and open ones, nouns that no group knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from pipeline.extraction.groups import Groups, read_groups
from pipeline.extraction.words import ADJECTIVES, VERBS, singular, sort_of, words_of

CATEGORIES: Final[Groups] = read_groups("categories.txt")
LAND_COVERS: Final[Groups] = read_groups("land_covers.txt")
LAND_COVERS_ASKED: Final[Groups] = read_groups("land_covers.txt", is_asked=True)

_PARTS: Final = CATEGORIES.parts | LAND_COVERS_ASKED.parts
_LONGEST_OPEN: Final = 2
"""An open category is a noun, or two that follow one another."""

_BEFORE_NOUNS: Final = frozenset(("function", "adjective", "mark", "stop"))
_BE: Final = frozenset(("is", "are", "was", "were", "be", "been", "being"))
_BEFORE_VERBS: Final = frozenset(("here", "there", "where", "which", "that", "who", "they", "it", "can", "to", "will"))
_JOINTS: Final = frozenset(("and", "or"))
_ALWAYS_NOUNS: Final = frozenset(("building", "dwelling"))
_PARTICIPLES: Final = frozenset(name for name in CATEGORIES.group_of if name.endswith("ing")) - _ALWAYS_NOUNS
"""Names that are participles too: ``cars are parking``."""

_DOUBTFUL: Final = frozenset(name for name in CATEGORIES.group_of if name in VERBS) | _PARTICIPLES
"""Names that are verbs too: ``trees stand``, ``cars park``."""

_ADJECTIVAL: Final = frozenset(name for name in CATEGORIES.group_of if name in ADJECTIVES)
"""Names that are adjectives too: ``a square building``."""

_PLAIN: Final = frozenset(CATEGORIES.group_of) - _DOUBTFUL - _ADJECTIVAL


@dataclass(slots=True)
class Things:
    """What a text names, each once."""

    closed: set[str] = field(default_factory=set)
    open: set[str] = field(default_factory=set)
    modifiers: set[int] = field(default_factory=set)
    """Places of words that only describe: inside a name before its last (``water tank``), or as an adjective."""


def words_to_read(text: str) -> tuple[list[str], list[str]]:
    """The words of ``text`` as they stand, and in the singular, place by place.

    A word with hyphens is divided where a group's name has its parts: ``high-rise buildings``, ``oil-tank``.
    """
    words = words_of(text)
    if "-" in text:
        words = [part for word in words for part in _divided(word)]
    return words, [singular(word) for word in words]


def _divided(word: str) -> Sequence[str]:
    if "-" not in word:
        return (word,)
    parts = word.split("-")
    return parts if " ".join(map(singular, parts)) in _PARTS else (word,)


def find_things(words: Sequence[str], folded: Sequence[str]) -> Things:
    """The categories named in words that :func:`words_to_read` gives."""
    things, run, longest = Things(), list[str](), CATEGORIES.longest
    before, position = "mark", 0
    while position < len(folded):
        one = folded[position]
        found = CATEGORIES.at(folded, position) if one in longest else None
        if found is not None and found[1] > 1 and words[position] != one and folded[position + 1] != "of":
            # Of a compound the last word alone is plural: "cars park" names no car park.
            found = (CATEGORIES.group_of[one], 1) if one in CATEGORIES.group_of else None
        if found is not None and (found[1] > 1 or one in _PLAIN or _is_noun(words, folded, position, before)):
            # Nouns before a known one describe it: "steel bridge".
            run.clear()
            things.closed.add(found[0])
            things.modifiers.update(range(position, position + found[1] - 1))
            things.closed.update(_joined(folded, position, found[1]))
            position, before = position + found[1], "noun"
            continue
        sort = "adjective" if one in _ADJECTIVAL else "verb" if found is not None else sort_of(words[position])
        if found is not None:
            things.modifiers.add(position)
        if sort != "noun":
            _close(run, things)
        elif run or before in _BEFORE_NOUNS or words[position] != one:
            run.append(one)
        before, position = sort, position + 1
    _close(run, things)
    return things


def find_land_covers(folded: Sequence[str], modifiers: set[int], *, is_asked: bool = False) -> Iterator[str]:
    """The land covers named in ``folded``, none in a word that only describes a thing: no water in ``water tank``."""
    groups = LAND_COVERS_ASKED if is_asked else LAND_COVERS
    longest, position = groups.longest, 0
    while position < len(folded):
        found = groups.at(folded, position) if folded[position] in longest else None
        length = found[1] if found is not None else 1
        if found is not None and position + length - 1 not in modifiers:
            yield found[0]
        position += length


def _is_noun(words: Sequence[str], folded: Sequence[str], position: int, before: str) -> bool:
    """Whether a name of one word that can be a verb or an adjective too is a noun here."""
    name, last = folded[position], words[position - 1] if position else ""
    if name in _DOUBTFUL and (before in ("noun", "verb", "stop") or last in _BEFORE_VERBS):
        return False
    if name in _PARTICIPLES and last in _BE:
        return False
    if name in _ADJECTIVAL and words[position] == name and position + 1 < len(words):
        following = words[position + 1]
        is_described = sort_of(following) in ("noun", "adjective", "stop") or following in _ALWAYS_NOUNS
        return not is_described and folded[position + 1] not in CATEGORIES.longest
    return True


def _joined(folded: Sequence[str], position: int, length: int) -> Iterator[str]:
    """Of ``residential or industrial areas`` the residential area, which shares the last word."""
    if length == 2 and position >= 2 and folded[position - 1] in _JOINTS:
        group = CATEGORIES.group_of.get(f"{folded[position - 2]} {folded[position + 1]}")
        if group is not None:
            yield group


def _close(run: list[str], things: Things) -> None:
    if run:
        things.open.add(" ".join(run[-_LONGEST_OPEN:]))
        run.clear()
