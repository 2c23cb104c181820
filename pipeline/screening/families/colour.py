"""Colour cannot be seen by radar: words for colours, and talk of colour."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal

from pipeline.screening.colour_words import COLOURS, HUES, MODIFIER_BEFORE, TONES, is_term
from pipeline.screening.context import SceneContext
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
from pipeline.screening.names import is_name, is_titled
from pipeline.screening.rules import Example, Fault, Passage, Rule
from pipeline.screening.word_lists import closed_list

Sort = Literal["hue", "tone", "talk"]

_SORTS: Final = ("hue", "tone", "talk")
"""A phrase of two sorts is of the first."""

_WORD: Final = re.compile(r"[^\W_]+")
_SPACES: Final = re.compile(r"[ \t]+")

_JOIN: Final = re.compile(r"\s*[,/&]\s*(?:(?:and|or)\s+)?|\s+(?:and|or)\s+|\s+", re.IGNORECASE)
_HYPHENATED_BEFORE: Final = re.compile(r"(?:\w{1,20}-){1,3}\Z")
_HYPHENATED_AFTER: Final = re.compile(r"(?:-\w{1,20}){1,3}")
_ENDS_IN_NOUN: Final = re.compile(r"(?:colou?rs?|colou?ration|hues?|tints?|ing|fully)\Z", re.IGNORECASE)
_PARTS: Final = closed_list("roof roofed walled topped capped striped painted clad tiled edged")
_LOOK_BACK: Final = 66
_ADJECTIVE_LIKE: Final = re.compile(r".*(?:ed|ish|al|ar|ous|ive|ful|y|ow|ing)\Z")
_ADJECTIVES: Final = closed_list(
    """large small big long short wide tall round square huge tiny dense bright dark flat old new high low thin thick
    deep steep open main straight smooth rough bare lush broad great neat clear soft hard wet vast smart modern"""
)
_INTENSIFIERS: Final = closed_list("""very quite so too more most less rather almost half partly mostly all painted""")


@dataclass(frozen=True, slots=True)
class _Phrase:
    """What names one colour: ``green``, ``dark green``, ``reddish brown``, ``cream-coloured``."""

    start: int
    end: int
    sort: Sort

    def joined_with(self, following: _Phrase) -> _Phrase:
        """One phrase of two neighbours: ``reddish brown``, ``cream coloured``."""
        return _Phrase(self.start, following.end, min(self.sort, following.sort, key=_SORTS.index))


@lru_cache(maxsize=2)
def phrases(text: str) -> tuple[_Phrase, ...]:
    """All colour phrases of ``text`` in their order, without names and terms that only sound like colours.

    The last texts are remembered, because each rule of the family asks for the same.
    """
    found: list[_Phrase] = []
    titled = is_titled(text)
    for core in _WORD.finditer(text):
        if core[0].lower() not in COLOURS or (found and core.start() < found[-1].end):
            continue
        start, end = _extent(text, core.start(), core.end())
        if is_term(text, start, end, core) or is_name(text, start, core, is_titled=titled):
            continue
        phrase = _Phrase(start, end, _sort_of(text[start:end]))
        if found and _SPACES.fullmatch(text, found[-1].end, start):
            phrase = found.pop().joined_with(phrase)
        found.append(phrase)
    return tuple(found)


def _extent(text: str, start: int, end: int) -> tuple[int, int]:
    """The span with hyphenated parts (``reddish-brown``, ``green-roofed``) and a modifier (``dark green``)."""
    before = _HYPHENATED_BEFORE.search(text[max(0, start - _LOOK_BACK) : start])
    start -= len(before[0]) if before else 0
    after = _HYPHENATED_AFTER.match(text, end)
    end = after.end() if after else end
    modifier = MODIFIER_BEFORE.search(text[max(0, start - _LOOK_BACK) : start])
    return start - (len(modifier[0]) if modifier else 0), end


def _sort_of(phrase: str) -> Sort:
    words = {found[0].lower() for found in _WORD.finditer(phrase)}
    if words & HUES:
        return "hue"
    return "tone" if words & TONES else "talk"


def _faults(sort: Sort, say: Callable[[str], str]) -> Callable[[Passage, SceneContext], Iterator[Fault]]:
    def find(passage: Passage, context: SceneContext) -> Iterator[Fault]:
        text = passage.text
        for run in _runs(text, phrases(text)):
            of_sort = [phrase for phrase in run if phrase.sort == sort]
            suggestion = _without(text, run) if of_sort and passage.is_mendable else None
            for phrase in of_sort:
                yield Fault(phrase.start, phrase.end, say(text[phrase.start : phrase.end]), suggestion)

    return find


def _runs(text: str, found: Sequence[_Phrase]) -> Iterator[list[_Phrase]]:
    """Phrases that belong to one noun, such as ``red and white`` or ``green colored``."""
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


def _without(text: str, run: Sequence[_Phrase]) -> str | None:
    """The text without the colours of one noun; None unless they stand right before it, as in ``a green bank``."""
    start, end = run[0].start, run[-1].end
    if any(_ENDS_IN_NOUN.search(text[phrase.start : phrase.end]) for phrase in run):
        return None
    following = [word.text for word in words_after(text, end, most=2)]
    if not following or following[0] in FUNCTION_WORDS or DETERMINERS & set(following[1:]):
        return None
    if following[0] in _PARTS and following[1:] and following[1] not in FUNCTION_WORDS:
        return None
    return drop(text, start, end) if _may_go_before(text, start) else None


def _may_go_before(text: str, start: int) -> bool:
    """Whether what stands before ``start`` still fits when the colour is gone."""
    last, before = word_before(text, start), words_before(text, start)
    if last in _INTENSIFIERS or last.endswith("ly"):
        return False
    if last in COPULAS:
        return before[-2:-1] in (["there"], ["here"])
    if last in DETERMINERS:
        # Of "a green and a red ship" there would remain "a green and a ship".
        return not COLOURS & set(before[-3:-1])
    mark = text[max(0, start - 9) : start].rstrip()[-1:]
    if (last in ("and", "or") and len(before) > 1) or mark == ",":
        named = before[-1:] if mark == "," else before[-2:-1]
        joined = named[0] if named else ""
        return bool(joined) and joined not in _ADJECTIVES and not _ADJECTIVE_LIKE.fullmatch(joined)
    return bool(last) or begins_sentence(text, start) or mark in ("(", '"', "“")


def _say_hue(phrase: str) -> str:
    return f"“{phrase}” cannot be seen by radar"


def _say_tone(phrase: str) -> str:
    return f"“{phrase}” is a colour to readers: say bright or dark if the radar image shows it, else leave it out"


def _say_talk(phrase: str) -> str:
    return f"“{phrase}”: radar shows no colour"


def _examples(*texts: str | tuple[str, str]) -> tuple[Example, ...]:
    return tuple(Example(text) if isinstance(text, str) else Example(*text) for text in texts)


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        name="colour.hue",
        severity="error",
        find=_faults("hue", _say_hue),
        faulty=_examples(
            ("A [green] river bank with ball fields.", "A river bank with ball fields."),
            ("There is an [orange] roof by the road.", "There is a roof by the road."),
            ("A [red] old house.", "An old house."),
            ("A [dark green] forest.", "A forest."),
            ("The [red] and [blue] containers stand in rows.", "The containers stand in rows."),
            ("Two [reddish-brown] fields by a [blue green] lake.", "Two fields by a blue green lake."),
            ("A [cream colored] roof.", "A roof."),
            ("A [blue-green] lake, a [silver] tank.", "A lake, a silver tank."),
            ("[Green] trees surround the pond.", "Trees surround the pond."),
            ("There are [yellowish] fields on both sides.", "There are fields on both sides."),
            ("[Red-roofed] houses.", "Houses."),
            "The field is [green].",
            "The roofs are [red] and the walls [brown].",
            "The [green] surrounds the lake.",
            "A patch of [green].",
            "The [red] roofed houses of the town.",
            "Water with [green color] lies beside the beach.",
            "[Green].",
        ),
        clean=_examples(
            "The Red Sea coast, Lake Orange and the Blue Mosque.",
            "The port lies on the Yellow River.",
            "Ships off Green Bay and in the Black Sea.",
            "The White House stands in the centre.",
            "Greenhouses beside an orange grove and olive groves.",
            "Navy ships lie at the pier.",
            "An evergreen forest and a brownfield site.",
            "A golf course with putting greens.",
            "The bridge follows the golden ratio.",
            "A near-infrared and an ultra-violet band.",
            "Surrounding greenery.",
        ),
    ),
    Rule(
        name="colour.tone",
        severity="warning",
        find=_faults("tone", _say_tone),
        faulty=_examples(
            ("A [white] ship leaves the port.", "A ship leaves the port."),
            ("The [grey] roofs of the town.", "The roofs of the town."),
            ("An area of [black] and [white] houses.", "An area of houses."),
            "The roofs are [white].",
        ),
        clean=_examples("The grey levels of the image.", "A grayscale image.", "A dark river between bright roofs."),
    ),
    Rule(
        name="colour.talk",
        severity="warning",
        find=_faults("talk", _say_talk),
        faulty=_examples(
            "What [color] are the roofs?",
            "What is the [colour] of the field?",
            ("A row of [colorful] houses.", "A row of houses."),
            ("The [brightly colored] containers.", "The containers."),
            ("A [multi-coloured] field.", "A field."),
        ),
        clean=_examples("A false-colour composite.", "A town in Colorado."),
    ),
)
