"""Words for colours, and the terms in which they name no colour."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pipeline.screening.grammar import word_before, words_after
from pipeline.screening.word_lists import closed_list

TONES: Final = closed_list(
    """white whites whiter whitest whitish black blacks blacker blackest blackish grey greys greyer greyest greyish
    gray grays grayer grayest grayish"""
)
"""Without hue: on a radar image they may mean bright and dark."""

HUES: Final = closed_list(
    """red reds redder reddest reddish reddened green greens greener greenest greenish blue blues bluer bluest bluish
    blueish yellow yellows yellower yellowish yellowed yellowing orange orangish brown browns browner brownish
    purple purplish pink pinkish violet beige turquoise teal cyan magenta maroon crimson scarlet khaki tan golden
    gold silver silvery olive cream azure indigo lavender jade emerald aqua ochre sepia burgundy mauve lilac amber
    vermilion cerulean aquamarine"""
)

TALK: Final = closed_list(
    """colour colours coloured colourful colourfully colouring colouration colourless multicoloured discoloured
    color colors colored colorful colorfully coloring coloration colorless multicolored discolored
    hue hues tint tints tinted"""
)
"""Talk of colour without naming one."""

COLOURS: Final = HUES | TONES | TALK

MODIFIER_BEFORE: Final = re.compile(
    r"""(?<!\w)(?:dark|light|darker|lighter|pale|deep|navy|lime|sky|brick|grass|blood
    |brightly|vividly|darkly|lightly|differently|variously)[ \t-]+\Z""",
    re.IGNORECASE | re.VERBOSE,
)
"""Belongs to the colour: of ``dark green trees``, ``dark trees`` would claim something else."""

_TREES: Final = closed_list(
    """grove groves orchard orchards tree trees plantation plantations farm farms garden gardens oil press mill"""
)
_METAL: Final = closed_list(
    """rule rules ratio section mine mines mining gate medal coast age hour triangle standard birch rush"""
)
_GREY: Final = closed_list("level levels scale scales value values tone tones")

_TERMS_AFTER: Final[Mapping[str, frozenset[str]]] = {
    "orange": _TREES,
    "olive": _TREES,
    "lavender": frozenset({*_TREES, "field", "fields", "rows"}),
    "gold": _METAL,
    "golden": _METAL,
    "silver": _METAL,
    "amber": closed_list("alert"),
    "jade": closed_list("mine mines"),
    "grey": _GREY,
    "gray": _GREY,
    "green": closed_list("space spaces belt belts energy infrastructure"),
    "brown": closed_list("coal"),
    "red": closed_list("edge tide cross"),
    "white": closed_list("noise paper"),
    "black": closed_list("box hole ice"),
    "blue": closed_list("whale whales"),
    "color": closed_list("composite composites infrared"),
    "colour": closed_list("composite composites infrared"),
}
_TERMS_BEFORE: Final[Mapping[str, frozenset[str]]] = {
    "green": closed_list("putting bowling village golf"),
    "greens": closed_list("putting bowling village golf and"),
    "cream": closed_list("ice"),
    "color": closed_list("false pseudo"),
    "colour": closed_list("false pseudo"),
}
_TERM_COMPOUND: Final = re.compile(
    r"""(?:ultra|infra|near-infra)-\w+|red-edge|blue-collar|green-?houses?|(?:false|pseudo)-colou?r\w*|non-colou?r\w*
    |colou?r-(?:composite|infrared)|(?:orange|olive)-(?:grove|tree|orchard)s?|gr[ae]y-(?:level|scale|value|tone)s?""",
    re.IGNORECASE | re.VERBOSE,
)


def is_term(text: str, start: int, end: int, core: re.Match[str]) -> bool:
    """Whether the colour of ``core``, within the phrase from ``start`` to ``end``, is part of a term for something."""
    if _TERM_COMPOUND.fullmatch(text, start, end):
        return True
    word = core[0].lower()
    if word == "tan" and text[end : end + 1] == "(":
        return True
    following = next((found.text for found in words_after(text, end, most=1)), "")
    if following in _TERMS_AFTER.get(word, ()):
        return True
    return word_before(text, start) in _TERMS_BEFORE.get(word, ())
