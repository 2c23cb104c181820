"""Short answers, read: abstentions, yes and no, numbers, sides of the image, and lists of what was seen.

What only repeats the question, or says nothing ("in the image", "the object is"), is left out, unless nothing else is
there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

from pipeline.scoring.answer_words import SEPARATORS, is_number, words_of

Words = tuple[str, ...]

SYNONYMS_VERSION: Final = 1
NEGATIONS: Final = frozenset(
    {"no", "not", "none", "without", "nothing", "neither", "never", "isn't", "aren't", "don't"}
)
SIDES: Final = frozenset({"left", "right", "top", "bottom", "center"})

_SAYING_NOTHING: Final = """
it is this that these those there be are was were in on at of to with image picture photo scene sar visible seen shown
show present exist appear located situated positioned found object category type kind answer side part portion area
region corner half section hand shape shaped pattern direction mostly mainly primarily predominantly exactly total
approximately about around roughly ~ i we can see would be has have which some probably likely clearly class edge its as
"""
_GIVING_NO_ANSWER: Final = """
don't know|do not know|not know|not sure|unsure|uncertain|unclear|unknown|not clear|no idea|sorry|n / a
cannot tell|can't tell|cannot say|can't say|cannot see|can't see|cannot be seen|cannot answer|can't answer|unable to
cannot determine|can't determine|cannot be determined|can't be determined|cannot identify|undetermined|not determinable
hard to tell|hard to say|difficult to|impossible to|not possible to
"""
_FILLERS: Final = frozenset(_SAYING_NOTHING.split())
_ABSTENTIONS: Final = tuple(tuple(said.split()) for said in _GIVING_NO_ANSWER.replace("\n", "|").split("|") if said)


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer as it is compared."""

    all_words: Words
    """Each synonym in one form, separators kept."""
    members: tuple[Words, ...]
    """Of the list that the answer is, or its one member; without what says nothing."""

    @property
    def words(self) -> Words:
        """Of all members."""
        return tuple(word for member in self.members for word in member)

    @property
    def text(self) -> str:
        """For people."""
        return ", ".join(" ".join(member) for member in self.members)


def read(answer: str, question: str = "", kept: Iterable[str] = ()) -> Reading:
    """Read an answer to a question; words that are ``kept`` are never left out as repeating it."""
    words = one_form(words_of(answer, lists=True))
    asked = set(one_form(words_of(question)))
    # A question that offers a choice holds its answers.
    repeated = frozenset() if "or" in asked else asked - set(kept) - SIDES - NEGATIONS
    while words and words[0] in SEPARATORS:
        words = words[1:]
    return Reading(words, tuple(dict.fromkeys(_told(member, repeated) for member in _split(words))))


def one_form(words: Sequence[str]) -> Words:
    """The words with each synonym, the longest first, in the form that is compared."""
    listed, longest = _synonyms()
    told: list[str] = []
    place = 0
    while place < len(words):
        for length in range(min(longest, len(words) - place), 0, -1):
            form = listed.get(tuple(words[place : place + length]))
            if form is not None:
                told.extend(form)
                place += length
                break
        else:
            told.append(words[place])
            place += 1
    return tuple(told)


def abstains(words: Words) -> bool:
    """Whether an answer says that there is none."""
    return any(
        words[place : place + len(said)] == said for said in _ABSTENTIONS for place in range(len(words) - len(said) + 1)
    )


def numbers_in(words: Words) -> list[str]:
    """The numbers of an answer, in its order."""
    return [word for word in words if is_number(word)]


def is_negated(words: Iterable[str]) -> bool:
    """Whether anything is denied."""
    return not NEGATIONS.isdisjoint(words)


def _split(words: Words) -> list[Words]:
    members: list[list[str]] = [[]]
    for word in words:
        if word in SEPARATORS:
            members.append([])
        else:
            members[-1].append(word)
    return [tuple(member) for member in members if member]


def _told(member: Words, repeated: AbstractSet[str]) -> Words:
    """A member without what says nothing and what repeats the question; never without all of its words."""
    meant = tuple(word for word in member if word not in _FILLERS)
    return tuple(word for word in meant if word not in repeated) or meant or member


@lru_cache(maxsize=1)
def _synonyms() -> tuple[Mapping[Words, Words], int]:
    """What each name is compared as, and the number of words of the longest."""
    listed: dict[Words, Words] = {}
    text = (files("pipeline.scoring.judges") / f"synonyms.{SYNONYMS_VERSION}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            form, _, names = line.partition(":")
            for name in names.split(","):
                listed[words_of(name)] = words_of(form)
    return listed, max(map(len, listed))
