"""Finders of what only a camera shows: from tables of words to spans, with suggestions where words can be left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from pipeline.screening import optical_words, surface_words
from pipeline.screening.adjectives import runs_of, without_adjectives
from pipeline.screening.colour_phrases import colour_phrases
from pipeline.screening.colour_words import COLOURS, black_and_white_images
from pipeline.screening.context import SceneContext
from pipeline.screening.descriptions import answers_of, describes
from pipeline.screening.grammar import replace, words_after
from pipeline.screening.rules import Fault, Passage, Token
from pipeline.screening.surface_words import Look
from pipeline.screening.tone_words import TONES, find_tones
from pipeline.screening.word_lists import closed_list
from pipeline.screening.wording import Index, find_wordings, neighbour

Find = Callable[[Passage, SceneContext], Iterator[Fault]]

_ADJECTIVES: Final = closed_list(
    """sunny sunlit moonlit starry cloudy cloudless overcast foggy misty hazy smoky smoggy shiny shining shimmering
    gleaming glossy glistening glittering sparkling twinkling lustrous dazzling lush verdant withered wilted
    wilting leafy luxuriant exuberant parched blooming flowering blossoming snowy frosty snow-covered snow-capped
    snowcapped blurry blurred grainy monochrome shaded shady transparent translucent glassy glazed glass glass-fronted
    glass-clad glass-walled glass-roofed glass-covered glass-topped glass-sided glass-enclosed glass-faced lit
    well-lit illuminated rainy stormy foamy frothy painted autumnal wintry
    black-and-white crystal-clear"""
)
"""Found words that a sentence can lose where they stand before their noun."""

_LEFT_OUT: Final = (
    _ADJECTIVES
    | TONES
    | surface_words.CLEAR.adjectives
    | surface_words.PLANTS.adjectives
    | surface_words.REFLECTIVE.adjectives
)
_IMAGE: Final = {
    **dict.fromkeys(("photo", "photograph", "picture", "shot", "image", "snapshot"), "image"),
    **dict.fromkeys(("photos", "photographs", "pictures", "shots", "images", "snapshots"), "images"),
}
_EDGES: Final = closed_list(
    """boundary boundaries edge edges outline outlines border borders line lines contour contours transition transitions
    margin margins"""
)
_IN_WATER: Final = closed_list("in on")


class _Span(NamedTuple):
    start: int
    end: int


FINEST_M: Final = 0.3
"""At a finer pixel spacing people and animals leave a few pixels."""


def find_people(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    """People and animals; where the pixel spacing is known to be too coarse for them, physics tells so."""
    if context.gsd_m is None or context.gsd_m <= FINEST_M:
        yield from _faults(
            passage, find_wordings(passage, optical_words.PEOPLE), "“{}”: radar shows nothing so small and soft"
        )


def worded(index: Index, say: str, *, unless: frozenset[str] = frozenset()) -> Find:
    """Find the wordings of ``index``, in texts without the words of ``unless``; ``say`` has a place for the find."""

    def find(passage: Passage, context: SceneContext) -> Iterator[Fault]:
        if unless.isdisjoint(passage.words):
            yield from _faults(passage, find_wordings(passage, index), say)

    return find


def looking(look: Look, say: str) -> Find:
    """Find adjectives that tell a look only when they are said of some nouns."""

    def find(passage: Passage, context: SceneContext) -> Iterator[Fault]:
        yield from _faults(passage, _said(passage, look), say)

    return find


def both(first: Find, second: Find) -> Find:
    """What either finds, each place once."""

    def find(passage: Passage, context: SceneContext) -> Iterator[Fault]:
        end = 0
        for fault in sorted([*first(passage, context), *second(passage, context)], key=lambda fault: fault.start):
            if fault.start >= end:
                yield fault
                end = fault.end

    return find


def _said(passage: Passage, look: Look) -> Iterator[tuple[int, int]]:
    """The spans of the adjectives, neighbours in one: ``crystal clear``."""
    text, tokens = passage.text, passage.tokens
    start, last = -1, -1
    for place, token in enumerate(tokens):
        if token.text not in look.adjectives:
            continue
        if not _is_said(text, tokens, place, look) and not answers_of(passage, place, look.nouns, look.tails):
            continue
        if last >= 0 and (last != place - 1 or not neighbour(text, tokens, place, -1)):
            yield start, tokens[last].end
            last = -1
        start, last = _with_crystal(passage, place) if last < 0 else start, place
    if last >= 0:
        yield start, tokens[last].end


def _is_said(text: str, tokens: Sequence[Token], place: int, look: Look) -> bool:
    return tokens[place].text in look.always or describes(text, tokens, place, look.nouns, look.tails)


def _with_crystal(passage: Passage, place: int) -> int:
    """Where the adjective begins, of ``crystal clear`` with the first word."""
    is_crystal = neighbour(passage.text, passage.tokens, place, -1) == "crystal"
    return passage.tokens[place - 1 if is_crystal else place].start


def _faults(passage: Passage, spans: Iterable[tuple[int, int]], say: str) -> Iterator[Fault]:
    text = passage.text
    for run in runs_of(text, [_Span(*span) for span in spans]):
        may_drop = passage.is_mendable and all(_is_left_out(text[span.start : span.end]) for span in run)
        suggestion = without_adjectives(text, run[0].start, run[-1].end, _LEFT_OUT | COLOURS) if may_drop else None
        for span in run:
            yield Fault(span.start, span.end, say.format(text[span.start : span.end]), suggestion)


def _is_left_out(words: str) -> bool:
    written = words.lower()
    return written in _LEFT_OUT or written.replace(" ", "-") in _LEFT_OUT or _is_toned(written)


def _is_toned(written: str) -> bool:
    first, _, last = written.replace("-", " ").partition(" ")
    return first in TONES and last == "toned"


def find_photos(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    """A photo is an image, so that a suggestion can call it so."""
    text = passage.text
    for start, end in find_wordings(passage, optical_words.PHOTO):
        yield Fault(
            start, end, f"“{text[start:end]}”: the text is for a radar image", _called_image(passage, start, end)
        )


def _called_image(passage: Passage, start: int, end: int) -> str | None:
    words = passage.text[start:end].split()
    image = _IMAGE.get(words[-1].lower())
    if image is None or not passage.is_mendable:
        return None
    begin = start if words[0].lower() in ("optical", "rgb", "colour", "color") else end - len(words[-1])
    mended = replace(passage.text, begin, end, image)
    return mended if mended != passage.text else None


def find_water_look(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    """The clarity of water; that of an outline is another thing."""
    spans = (span for span in find_wordings(passage, optical_words.WATER_LOOK) if _is_of_water(passage.text, *span))
    yield from _faults(passage, spans, "“{}”: how clear or deep water is cannot be seen by radar")


def _is_of_water(text: str, start: int, end: int) -> bool:
    """``water clarity``, ``the clarity of the lake``."""
    if text[start:end].lower().startswith(("water", "turbid", "mu")):
        return True
    following = [word.text for word in words_after(text, end, most=4)]
    return following[:1] == ["of"] and not surface_words.CLEAR.nouns.isdisjoint(following[1:])


def find_quality(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    """How a photo came out: black-and-white, blurry; blurred edges of a field may well be seen in a radar image."""
    spans = [*find_wordings(passage, optical_words.QUALITY), *black_and_white_images(passage.text)]
    if optical_words.RADAR.isdisjoint(passage.words) and _EDGES.isdisjoint(passage.words):
        spans += find_wordings(passage, optical_words.BLURRED)
    yield from _faults(passage, sorted(spans), "“{}” tells of a photo, not of a radar image")


def find_markings(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    """Paint on roads and fields, and white lines where there is something paved; paint of a colour is the colour's."""
    text = passage.text
    spans = list(find_wordings(passage, optical_words.MARKINGS))
    if not optical_words.PAVED.isdisjoint(passage.words):
        spans += find_wordings(passage, optical_words.PAINTED_LINES)
    coloured = {place for phrase in colour_phrases(text) for place in range(phrase.start, phrase.end)}
    kept = (span for span in sorted(spans) if span[1] - 1 not in coloured and span[1] + 1 not in coloured)
    yield from _faults(passage, kept, "“{}” is paint, which radar cannot see")


def find_writing(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    """What is written; a pier in the shape of the letter T is not."""
    spans = list(find_wordings(passage, optical_words.WRITING))
    if optical_words.SHAPES.isdisjoint(passage.words):
        spans += find_wordings(passage, optical_words.LETTERS)
    yield from _faults(passage, sorted(spans), "“{}”: radar cannot read what is written")


def find_mirrored(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    """What the water mirrors; to be told from what reflects the pulses."""
    if not (optical_words.RADAR | _PULSES).isdisjoint(passage.words):
        return
    text, tokens = passage.text, passage.tokens
    for place, token in enumerate(tokens):
        if token.text in optical_words.MIRRORED and _is_mirrored(text, passage, place):
            yield Fault(token.start, token.end, f"“{token.text}”: what water mirrors is not seen by radar")


_PULSES: Final = closed_list("signal signals pulse pulses energy")
_MIRROR_WORDS: Final = closed_list("water lake river sea pond pool surface")
_SURROUNDINGS: Final = closed_list("sky clouds trees surroundings surrounding environment light moon sun sunlight")


def _is_mirrored(text: str, passage: Passage, place: int) -> bool:
    """``reflected in the water``, ``reflects the surrounding environment``."""
    following: list[str] = []
    for ahead in range(place, min(place + 7, len(passage.tokens) - 1)):
        word = neighbour(text, passage.tokens, ahead, 1)
        if not word:
            break
        following.append(word)
    if following[:1] and following[0] in _IN_WATER:
        return not _MIRROR_WORDS.isdisjoint(following[1:4])
    if following[:1] == ["of"] and "in" in following:
        return not _MIRROR_WORDS.isdisjoint(following[following.index("in") + 1 :])
    return following[:1] in (["the"], ["of"], ["nearby"]) and not _SURROUNDINGS.isdisjoint(following[1:3])


def find_tone(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    """Tone words; see :mod:`pipeline.screening.tone_words` for what an expert says of a radar image."""
    yield from _faults(passage, find_tones(passage), "“{}” is how it looks to the eye: say what the radar image shows")
