"""Colour cannot be seen by radar: words for colours, and talk of colour."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from pipeline.screening.adjectives import runs_of, without_adjectives
from pipeline.screening.colour_phrases import ColourPhrase, Sort, colour_phrases
from pipeline.screening.colour_words import COLOURS, HUES, TALK, TONES
from pipeline.screening.context import SceneContext
from pipeline.screening.rules import Example, Fault, Passage, Rule

_ENDS_IN_NOUN: Final = re.compile(
    r"(?:colou?rs?|colou?rations?|hues?|tints?|(?<!-)tones?|shades?|ing|fully)\Z", re.IGNORECASE
)


def _faults(sort: Sort, say: Callable[[str], str]) -> Callable[[Passage, SceneContext], Iterator[Fault]]:
    def find(passage: Passage, context: SceneContext) -> Iterator[Fault]:
        text = passage.text
        for run in runs_of(text, colour_phrases(text)):
            of_sort = [phrase for phrase in run if phrase.sort == sort]
            suggestion = _without(text, run) if of_sort and passage.is_mendable else None
            for phrase in of_sort:
                yield Fault(phrase.start, phrase.end, say(text[phrase.start : phrase.end]), suggestion)

    return find


def _without(text: str, run: Sequence[ColourPhrase]) -> str | None:
    """The text without the colours of one noun; None unless they stand right before it, as in ``a green bank``."""
    if any(_ENDS_IN_NOUN.search(text[phrase.start : phrase.end]) for phrase in run):
        return None
    return without_adjectives(text, run[0].start, run[-1].end, COLOURS)


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
        cues=HUES,
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
        cues=TONES,
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
        cues=TALK,
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
