"""Words for colours, and the terms in which they name no colour."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from pipeline.screening.grammar import word_before, words_after, words_before
from pipeline.screening.word_lists import closed_list

TONES: Final = closed_list(
    """white whites whiter whitest whitish whitewashed whitened whie black blacks blacker blackest blackish blackened
    balck grey greys greyer greyest greyish greyed gray grays grayer grayest grayish grrey ebony charcoal"""
)
"""Without hue: on a radar image they may mean bright and dark."""

HUES: Final = closed_list(
    """red reds redder reddest reddish reddened reddening green greens greener greenest greenish grren grenn blue blues
    bluer bluest bluish blueish yellow yellows yellower yellowish yellowy yellowed yellowing orange orangish orangey
    brown browns browner brownish browned browning purple purples purplish pink pinks pinkish violet beige turquoise
    teal cyan magenta maroon crimson scarlet khaki tan golden gold silver silvery olive cream creamy azure indigo
    lavender jade emerald aqua ochre ocher sepia burgundy mauve lilac amber vermilion vermillion cerulean aquamarine
    ivory terracotta mustard tawny taupe ecru buff russet auburn carmine sapphire ultramarine fuchsia cobalt rust
    rusty lime navy"""
)

TALK: Final = closed_list(
    """colour colours coloured colourful colourfully colouring colourings colouration colourless multicolour
    multicoloured varicoloured bicoloured discoloured discolouration color colors colored colorful colorfully coloring
    colorings coloration colorless multicolor multicolored varicolored bicolor bicolored discolored discoloration hue
    hues hued tint tints tinted tinge tinged shade shades tone toned tones pastel pigment pigments pigmentation"""
)
"""Talk of colour without naming one."""

COLOURS: Final = HUES | TONES | TALK

_SHADES: Final = closed_list(
    """navy lime sky brick blood royal baby powder cobalt midnight electric wine cherry lemon mustard chocolate
    chestnut pearl milky creamy snow pure jet pitch emerald mint moss sage bottle olive rust rusty rose salmon coral
    charcoal slate ash copper bronze hot earthy mid medium off"""
)
_STRENGTHS: Final = closed_list(
    """dark light darker lighter pale paler deep deeper bright brighter dull faded vivid rich soft muted intense warm
    vibrant brilliant brightly vividly darkly lightly richly vibrantly differently variously similarly uniformly
    nattier dusty dirty"""
)
MODIFIERS: Final = _SHADES | _STRENGTHS
"""Belongs to the colour: of ``dark green trees``, ``dark trees`` would claim something else."""

_ONLY_IN_COMPANY: Final = closed_list("lime navy rust cobalt")
"""Ships, kilns and mines have these names: they are colours only beside another, or of paint."""

_PAINTED: Final = closed_list(
    """roof roofs rooftop rooftops awning awnings tarpaulin tarpaulins container containers paint wall walls facade
    facades tile tiles roofed tiled colour coloured color colored"""
)
TONE_WORDS: Final = closed_list("tone toned tones")
COLOURFUL_TONES: Final = closed_list(
    """two three dual multi earth earthy warm cool neutral pastel natural colour color green red blue yellow brown
    orange golden reddish greenish brownish yellowish bluish"""
)
_SHADE_WORDS: Final[Mapping[str, frozenset[str]]] = {
    "shade": closed_list("what which"),
    "shades": closed_list("different various varying many several multiple contrasting what"),
}
"""After these words a shade is no shadow."""

_TREES: Final = closed_list(
    """grove groves orchard orchards tree trees plantation plantations farm farms garden gardens oil press presses mill
    mills estate estates harvest crop crops cultivation fruit fruits juice blossom blossoms grower growers branch"""
)
_METAL: Final = closed_list(
    """rule rules ratio section mine mines mining gate medal coast age hour triangle standard birch birches rush fir
    maple eagle jubilee deposit deposits bars smelter refinery"""
)
_GREY: Final = closed_list(
    """level levels scale scales scaled value values tone tones water literature seal seals area"""
)
_DISPLAY: Final = closed_list(
    """composite composites composition infrared scale scales map maps mapping bar bars table tables ramp space
    coding"""
)

_TERMS_AFTER: Final[Mapping[str, frozenset[str]]] = {
    "orange": _TREES,
    "olive": frozenset({*_TREES, "field", "fields"}),
    "lavender": frozenset({*_TREES, "field", "fields", "rows"}),
    "mustard": frozenset({*_TREES, "field", "fields", "seed", "plants"}),
    "gold": _METAL,
    "golden": _METAL,
    "silver": _METAL,
    "amber": closed_list("alert light lights"),
    "jade": closed_list("mine mines"),
    "emerald": closed_list("mine mines"),
    "sapphire": closed_list("mine mines"),
    "ivory": closed_list("trade tower coast"),
    "charcoal": closed_list("kiln kilns production burner burners"),
    "cream": closed_list("factory"),
    "grey": _GREY,
    "gray": _GREY,
    "green": closed_list(
        """space spaces belt belts belted energy infrastructure corridor corridors wedge wedges lung lungs hydrogen
        power revolution"""
    ),
    "brown": closed_list("coal bear bears"),
    "red": closed_list("edge tide tides cross crescent light lights tape"),
    "white": closed_list("noise paper goods elephant caps capped"),
    "black": closed_list("box boxes hole holes ice carbon body market"),
    "blue": closed_list("whale whales carbon economy"),
    "pink": closed_list("noise"),
    "color": _DISPLAY,
    "colour": _DISPLAY,
}
_TERMS_BEFORE: Final[Mapping[str, frozenset[str]]] = {
    "green": closed_list("putting bowling village golf"),
    "greens": closed_list("putting bowling village golf"),
    "cream": closed_list("ice"),
    "color": closed_list("false pseudo"),
    "colour": closed_list("false pseudo"),
    "white": closed_list("egg"),
    "shades": closed_list("tree"),
    "shade": closed_list("tree"),
}
_TERM_COMPOUND: Final = re.compile(
    r"""(?:ultra|infra|near-infra)-\w+|red-edge|(?:blue|white|pink)-collar|green-?houses?|ice-cream|white-caps?|green-belts?
    |(?:false|pseudo)-colou?r\w*|non-colou?r\w*|colou?r-(?:composite|infrared|mapped)|black-(?:box|body)
    |(?:orange|olive|lavender)-(?:grove|tree|orchard|growing)s?|gr[ae]y-(?:level|scale|value|tone)s?|gr[ae]yscale""",
    re.IGNORECASE | re.VERBOSE,
)
_TRUE_COLOUR: Final = closed_list("true natural real actual")
_BLACK_AND_WHITE: Final = re.compile(r"(?<!\w)black(?:[ ]and[ ]|-and-|[ ]?[&/][ ]?)white(?!\w)", re.IGNORECASE)
_IMAGE_AFTER: Final = re.compile(
    r"[ -](?:\w{1,20}[ -]){0,2}(?:photo|image|picture|view|shot|rendering)\w{0,12}", re.IGNORECASE
)
_IMAGE_BEFORE: Final = re.compile(
    r"(?:\bin|(?:image|photo|photograph|picture|view)s?(?:[ ](?:is|are|was|were|appears?|looks?))?)[ ]\Z", re.IGNORECASE
)
_ENDS: Final = re.compile(r"\s*(?:[.,;!?)]|\Z)|\s(?:with|and|of|showing|from)\b", re.IGNORECASE)
_GOLF: Final = re.compile(r"\b(?:golf|fairways?|bunkers?|putting|tee|tees)\b", re.IGNORECASE)
_TREE_LISTS: Final = ("orange", "olive", "lavender")
_LINK: Final = re.compile(r"\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+", re.IGNORECASE)
_LISTED: Final = re.compile(r"([^\W\d_]+)")


def is_term(text: str, start: int, end: int, core: re.Match[str]) -> bool:
    """Whether the colour of ``core``, within the phrase from ``start`` to ``end``, is part of a term for something."""
    word = core[0].lower()
    if _TERM_COMPOUND.fullmatch(text, start, end) or (word == "tan" and text[end : end + 1] == "("):
        return True
    following = next((found.text for found in words_after(text, end, most=1)), "")
    before = word_before(text, start)
    if following in _TERMS_AFTER.get(word, ()):
        return following not in _DISPLAY or not _TRUE_COLOUR & {before, *text[start:end].lower().split("-")}
    if before in _TERMS_BEFORE.get(word, ()):
        return True
    return _is_no_colour_alone(text, start, end, word, following) or _is_of_trees_or_golf(text, start, end, word)


def black_and_white_images(text: str) -> Iterator[tuple[int, int]]:
    """Where an image is called black and white, which is no colour of what it shows."""
    for found in _BLACK_AND_WHITE.finditer(text):
        is_told_before = _IMAGE_BEFORE.search(text[max(0, found.start() - 30) : found.start()]) is not None
        if _IMAGE_AFTER.match(text, found.end()) or (is_told_before and _ENDS.match(text, found.end())):
            yield found.span()


def _is_no_colour_alone(text: str, start: int, end: int, word: str, following: str) -> bool:
    """Words that say a colour only in some company: ``a navy roof``, ``two-tone``, ``in different shades``."""
    phrase = text[start:end].lower()
    if word in _ONLY_IN_COMPANY:
        is_compound = any(colour in phrase.replace("-", " ").split() for colour in COLOURS - {word})
        return not is_compound and following not in _PAINTED and following not in HUES | TONES
    if word in TONE_WORDS:
        parts = set(re.split(r"[ \t-]+", phrase)) | {word_before(text, start)}
        return not parts & COLOURFUL_TONES
    if word in _SHADE_WORDS:
        return word_before(text, start) not in _SHADE_WORDS[word]
    return False


def _is_of_trees_or_golf(text: str, start: int, end: int, word: str) -> bool:
    """``orange and lemon trees``; the greens of a golf course."""
    if word in _TREE_LISTS:
        return _lists_trees(text, end, word)
    if word not in ("greens", "green") or _GOLF.search(text, max(0, start - 200), end + 200) is None:
        return False
    return word == "greens" or _is_noun(text, start, end)


def _lists_trees(text: str, end: int, word: str) -> bool:
    for _ in range(3):
        link = _LINK.match(text, end)
        named = _LISTED.match(text, link.end()) if link is not None else None
        if named is None or named[1].lower() in COLOURS - set(_TREE_LISTS):
            return False
        end = named.end()
        following = next((found.text for found in words_after(text, end, most=1)), "")
        if following in _TERMS_AFTER[word]:
            return True
    return False


def _is_noun(text: str, start: int, end: int) -> bool:
    """``a green`` before a mark or a word that is no noun."""
    following = next((found.text for found in words_after(text, end, most=1)), "")
    last = words_before(text, start)[-1:]
    return last != [] and last[0] in ("a", "the", "each", "every", "th", "of") and following in _AFTER_NOUN


_AFTER_NOUN: Final = closed_list("and or with in on at by near of is lies sits beside surrounded") | {""}
