"""Tone words of who describes a photo (dark trees, pale sand), told from those of who describes a radar image."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.screening.colour_phrases import colour_phrases
from pipeline.screening.colour_words import COLOURS
from pipeline.screening.descriptions import VERBS
from pipeline.screening.names import is_name
from pipeline.screening.optical_words import RADAR
from pipeline.screening.rules import Passage, Token
from pipeline.screening.word_lists import closed_list
from pipeline.screening.wording import neighbour

_OF_PHOTOS: Final = closed_list(
    """pale paler palest gloomy gloomier shadowy vivid dusky sombre somber dull drab drak radiant luminous muted
    faded sunlit tonal"""
)
"""Never said of radar images."""

_OF_BOTH: Final = closed_list(
    """dark darker darkest darkish darkened bright brighter brightest dim dimmer lightish toned tone tones"""
)
_LIGHT: Final = closed_list("light lighter lightest")
TONES: Final = _OF_PHOTOS | _OF_BOTH | _LIGHT

READS_RADAR: Final = RADAR | closed_list(
    """reflection reflections reflecting return returns intensity intensities amplitude roughness brightness reflector
    reflectors trihedral trihedrals"""
)
"""In a text with one of these, dark and bright are weak and strong returns."""

_PICTURE_WORDS: Final = closed_list(
    """area areas region regions patch patches zone zones spot spots point points dot dots line lines streak streaks
    pixel pixels target targets return returns echo echoes scatterer scatterers scattering backscatter reflection
    reflections reflector reflectors signature signatures response responses feature features object objects structure
    structures edge edges outline outlines contour contours cluster clusters background speckle speckles texture
    textures band bands strip strips stripe stripes mass blob blobs blotch blotches bloom signal signals cross crosses
    ring rings glint arc arcs part parts segment segments section sections clutter network networks array arrays"""
)
"""What a radar image shows before one knows what it is: saying that it is bright or dark is what an expert does."""

_SHAPES: Final = closed_list(
    """linear point like shaped small smaller large larger big tiny irregular irregularly regular homogeneous uniform
    rectangular square circular round oval elliptical curved straight narrow wide long thin thick isolated discrete
    elongated and or smooth rough textured speckled scattered strong weak compact dark bright darker brighter single
    parallel triangular l u t shaped spot dot low high reflective distinct continuous dense very geometric vertical
    horizontal diagonal cross tone toned water featureless flat calm blank
    double bounce point"""
)
_BODIES: Final = ("body", "bodies")
_LIGHT_NOUNS: Final = closed_list(
    """roof roofs roofed rooftop rooftops sand sands soil soils ground surface surfaces water waters road roads path
    paths paving pavement concrete gravel walls wall tiles field fields land terrain beach patches hue trail trails
    plots
    shade tan tone toned tones houses buildings building stripe stripes rock rocks"""
)
_IDIOMS_AFTER: Final = closed_list("lights light matter fibre fiber ages")
_WIDE_ENOUGH: Final = 5


def find_tones(passage: Passage) -> Iterator[tuple[int, int]]:
    """The half-open spans of tone words that an optical drafter would use; those of a colour are the colour's."""
    reads_radar = not READS_RADAR.isdisjoint(passage.words)
    tokens, text = passage.tokens, passage.text
    end = 0
    for place, token in enumerate(tokens):
        if token.text not in TONES or token.start < end or (reads_radar and token.text not in _OF_PHOTOS):
            continue
        first = _with_strength(text, tokens, place)
        if first is None or _is_of_the_picture(text, tokens, place) or _is_of_a_colour(text, token):
            continue
        if not is_name(text, token.start, token.end):
            end = _end(text, tokens, place)
            yield tokens[first].start, end


def _end(text: str, tokens: Sequence[Token], place: int) -> int:
    """With ``toned``, of ``dark-toned``."""
    is_toned = neighbour(text, tokens, place, 1) in ("toned", "tone")
    return tokens[place + 1].end if is_toned else tokens[place].end


def _with_strength(text: str, tokens: Sequence[Token], place: int) -> int | None:
    """Where the words begin that say the tone of ``tokens[place]``; None if it says none."""
    word, following = tokens[place].text, neighbour(text, tokens, place, 1)
    if word in ("toned", "tone", "tones", "tonal") or following in _IDIOMS_AFTER:
        return None
    if word in _LIGHT:
        return place if following in _LIGHT_NOUNS or _is_said_of_a_surface(text, tokens, place) else None
    if neighbour(text, tokens, place, -1) in ("after", "before") or _is_in_the_dark(text, tokens, place):
        return None
    return place


def _is_in_the_dark(text: str, tokens: Sequence[Token], place: int) -> bool:
    return neighbour(text, tokens, place, -1) == "the" and neighbour(text, tokens, place - 1, -1) == "in"


def _is_said_of_a_surface(text: str, tokens: Sequence[Token], place: int) -> bool:
    """``the roofs are light``; ``the traffic is light`` says something else."""
    if tokens[place].text == "light" and neighbour(text, tokens, place, 1) not in ("", "and", "in", "or"):
        return False
    if neighbour(text, tokens, place, 1) == "and" and neighbour(text, tokens, place + 1, 1) in ("dark", "bright"):
        return True
    is_said = place >= 2 and tokens[place - 1].text in VERBS
    return is_said and tokens[place - 2].text in _LIGHT_NOUNS


def _is_of_the_picture(text: str, tokens: Sequence[Token], place: int) -> bool:
    """``a bright linear feature``, ``dark areas``, ``appears as a bright point``."""
    if tokens[place].text in _OF_PHOTOS:
        return False
    for ahead in range(place + 1, min(place + 1 + _WIDE_ENOUGH, len(tokens))):
        if text[tokens[ahead - 1].end : tokens[ahead].start].strip(" -\t\n,"):
            return False
        if tokens[ahead].text in _PICTURE_WORDS or (
            tokens[ahead].text in _BODIES and tokens[ahead - 1].text == "water"
        ):
            return True
        if tokens[ahead].text not in _SHAPES:
            return False
    return False


def _is_of_a_colour(text: str, token: Token) -> bool:
    """``dark green``, ``light-coloured``, ``dark and light green``: whoever reads of the colour reads of this too."""
    if any(phrase.start <= token.start < phrase.end for phrase in colour_phrases(text)):
        return True
    head = text[token.end : token.end + _LOOK_AHEAD].lower().replace("-", " ").split()
    is_joined = head[0:1] == ["in"] or (len(head) > 2 and head[0] in ("and", "or", "to") and head[1] in TONES)
    return is_joined and any(word.strip(".,;") in COLOURS - _TONE for word in head[1:3])


_LOOK_AHEAD: Final = 40
_TONE: Final = closed_list("tone tones toned shade shades")
