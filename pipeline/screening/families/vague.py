"""Vague words: quantities without a number, guesses, and words that name nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipeline.screening.context import SceneContext
from pipeline.screening.grammar import (
    DETERMINERS,
    FUNCTION_WORDS,
    begins_sentence,
    drop,
    replace,
    word_before,
    words_after,
    words_before,
)
from pipeline.screening.mentions import counted_noun
from pipeline.screening.names import is_name, is_titled
from pipeline.screening.numbers import write_number
from pipeline.screening.rules import Example, Fault, Passage, Rule
from pipeline.screening.vague_words import (
    ESTIMATE,
    ESTIMATE_CUES,
    ESTIMATE_FIRST,
    GUESS,
    GUESSED_ANSWER,
    HEDGE,
    HEDGE_CUES,
    HEDGE_FIRST,
    KIND,
    KIND_CUES,
    KIND_FIRST,
    NOT_GUESSED,
    QUANTITY,
    QUANTITY_CUES,
    QUANTITY_FIRST,
    matches,
)
from pipeline.screening.word_lists import closed_list

_MASS: Final = closed_list(
    """grass water vegetation land bareland farmland greenery sand snow soil people aircraft traffic farmland grassland
    woodland machinery equipment infrastructure"""
)
_ABSTRACT: Final = closed_list(
    """shapes sizes types kinds forms lengths heights widths densities textures styles degrees directions angles ways
    materials"""
)
_VERBS: Final = closed_list("""stands lies sits surrounds has looks runs leads stops grows connects passes is was""")
_NAMING: Final = closed_list("one this that same what which each another every any the first second new")
"""``one kind of hangar`` is a count of kinds; ``kind of round`` says nothing."""

_OPEN_QUESTIONS: Final = closed_list("what which why how where who when based given")
_ASKING: Final = frozenset(["how", "as"])
_SCATTERING: Final = closed_list("scattering scatterings bounce bounces reflection reflections looks look access of")
"""``multiple scattering`` is a term of radar."""
_TOO_FEW: Final = re.compile(r"(?<!a )few\Z|not|just|only|a (?:whole )?lot\Z|certain", re.IGNORECASE)
"""Near to none: without the word the sentence would say the opposite, or nothing."""
_SINGULAR: Final = closed_list("is was has lies stands leads runs makes covers surrounds")
_BEFORE_ESTIMATES: Final = closed_list(
    "of with has have contains includes shows there spans measures only for to at from"
)
_HIGH: Final = re.compile(r" (?:\d\d|ten|eleven|twelve|\w+teen|\w+ty|a hundred|a dozen)(?!\w)")
"""So many of something nothing stands around."""


def _quantities(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    text = passage.text
    for found in matches(QUANTITY, QUANTITY_FIRST, passage):
        start, end = found.span()
        if _is_no_quantity(text, found):
            continue
        known = _known_number(text, end, context)
        if known is not None:
            message = f"“{found[0]}” is vague: the boxes show {known}"
        else:
            message = f"“{found[0]}” is vague: name a number, or say how they are arranged"
        yield Fault(start, end, message, _named_or_dropped(text, start, end, known) if passage.is_mendable else None)


def _is_no_quantity(text: str, found: re.Match[str]) -> bool:
    """``how many``, ``the number of ships``, ``some 20`` (an estimate), ``multiple scattering``."""
    word, before = found[0].lower(), word_before(text, found.start())
    if _is_in_name(text, found):
        return True
    if word.startswith("number"):
        return before != "in"
    if word in ("many", "few", "so many", "too many"):
        return before in _ASKING
    if word == "some":
        return ESTIMATE.match(text, found.start()) is not None
    if word.startswith("lots"):
        return before in ("parking", "car", "building", "vacant")
    return (
        word == "multiple" and next((word.text for word in words_after(text, found.end(), most=1)), "") in _SCATTERING
    )


def _is_in_name(text: str, found: re.Match[str]) -> bool:
    """Whether a capital within a sentence tells that it is part of a name: ``off the Few Islands``."""
    start, end = found.span()
    is_capital = text[start].isupper() and not text[start:end].isupper()
    return is_capital and not begins_sentence(text, start) and is_name(text, start, end)


def _known_number(text: str, end: int, context: SceneContext) -> int | None:
    """How many there are of what follows, if all of it is meant and labelled."""
    counted = counted_noun(text, end, context.nouns) if context.nouns else None
    return context.count(counted[0].category) if counted is not None and not counted[1] else None


def _named_or_dropped(text: str, start: int, end: int, known: int | None) -> str | None:
    if known is not None:
        return replace(text, start, end, write_number(known, as_digits=False)) if known > 1 else None
    is_needed = _TOO_FEW.search(text, start, end) is not None
    return drop(text, start, end) if not is_needed and _may_stand_alone(text, start, end) else None


def _may_stand_alone(text: str, start: int, end: int) -> bool:
    """Whether a plural or a mass noun follows, which needs nothing before it."""
    if word_before(text, start) in ("the", "is", "was", "these", "those", "very", "not", "only", "just"):
        return False
    words = words_after(text, end, most=4)
    for _, (word, _, _) in zip(range(3), words, strict=False):
        if word in FUNCTION_WORDS or word in _VERBS or word in _ABSTRACT:
            return False
        if (word.endswith("s") and not word.endswith("ss")) or word in _MASS:
            following = next(words, None)
            return following is None or not (following.text in DETERMINERS or following.text in _SINGULAR)
    return False


def _hedges(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    text = passage.text
    if passage.field == "question" and passage.tokens[0].text in _OPEN_QUESTIONS:
        # What might something be, what does it suggest: the question asks for an inference.
        return
    for found in matches(HEDGE, HEDGE_FIRST, passage):
        if not _is_no_hedge(text, found):
            yield Fault(*found.span(), f"“{found[0]}”: say what is certain, or leave it out")


def _is_no_hedge(text: str, found: re.Match[str]) -> bool:
    """The month of May, the might of a river, ``as far as possible``, ``not possible``."""
    word, before = found[0].lower(), word_before(text, found.start())
    if _is_in_name(text, found):
        return True
    following = next(words_after(text, found.end(), most=1), None)
    if word == "may":
        return _is_month(text, found, following is not None and following.text not in ("and", "or", "of", "to"))
    if word == "might":
        return before in ("the", "of", "its", "full", "with")
    if word.startswith("seeming"):
        return False
    return word == "possible" and before in ("as", "not", "if", "whenever", "wherever", "where", "it", "made")


def _is_month(text: str, found: re.Match[str], has_verb: bool) -> bool:
    if found[0] == "May" and not begins_sentence(text, found.start()) and not is_titled(text):
        return True
    return not has_verb or text[found.end() : found.end() + 2].strip().isdigit()


def _estimates(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    text = passage.text
    for found in matches(ESTIMATE, ESTIMATE_FIRST, passage):
        if found[0].lower() not in ("around", "about", "close to") or _is_estimate(text, *found.span()):
            yield Fault(*found.span(), f"“{found[0]}” leaves the number open")


def _is_estimate(text: str, start: int, end: int) -> bool:
    """``there are around twenty ships``; the trees that are around two houses stand around them."""
    before = words_before(text, start)[-2:]
    is_high = _HIGH.match(text, end) is not None
    return not before or is_high or before[-1] in _BEFORE_ESTIMATES or before == ["there", "are"]


def _kinds(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    for found in matches(KIND, KIND_FIRST, passage):
        if word_before(passage.text, found.start()) not in _NAMING:
            yield Fault(*found.span(), f"“{found[0]}” names nothing: say what it is, or leave it out")


def _guesses(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    """``a road or river``: one of the two it is."""
    text = passage.text
    whole = GUESSED_ANSWER.fullmatch(text) if passage.field == "answer" else None
    if passage.words & NOT_GUESSED:
        return
    for found in [whole] if whole else GUESS.finditer(text):
        start, end = found.start("first"), found.end("last")
        yield Fault(start, end, f"“{text[start:end]}” leaves open which it is")


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        name="vague.quantity",
        severity="warning",
        find=_quantities,
        cues=QUANTITY_CUES,
        faulty=(
            Example("[Several] ball fields lie beside the river.", "Ball fields lie beside the river."),
            Example("A port with [several] ships.", "A port with three ships.", {"ship": 3}),
            Example("A town with [some] trees and [a few] houses.", "A town with trees and a few houses."),
            Example("There are [a lot of] planes.", "There are planes."),
            Example("[A large number of] houses.", "Houses."),
            Example("[Numerous] large buildings.", "Large buildings."),
            Example("[Many] of the roofs are flat."),
            Example("Buildings of [various] sizes."),
            Example("[Some] are parked."),
            Example("[Few] cars drive on the bridge."),
            Example("[Dozens of] tanks.", "Tanks."),
            Example("Are there [many] trees?", "Are there trees?"),
            Example("There are [a few] ships at the pier.", "There are ships at the pier."),
            Example("[A couple of] ships and [a handful of] boats.", "Ships and a handful of boats."),
            Example("A town with [a variety of] buildings.", "A town with buildings."),
            Example("[Many] ships are moored.", "Three ships are moored.", {"ship": 3}),
            Example("[A large number of] ships is moored."),
        ),
        clean=(
            Example("How many ships are visible in the image?"),
            Example("What is the number of ships?"),
            Example("Where are most ships positioned within the image?"),
            Example("A handsome building beside a sorting facility."),
            Example("As many as three ships."),
            Example("A multiple-lane road and a many-sided roof."),
            Example("Multiple scattering between the walls."),
            Example("What is the total number of ships?"),
            Example("A parking lot of the port."),
            Example("A ranch near Many Wells by the river."),
        ),
    ),
    Rule(
        name="vague.hedge",
        severity="warning",
        find=_hedges,
        cues=HEDGE_CUES,
        faulty=(
            Example("A road, [possibly] a river."),
            Example("The dark area [may] be water."),
            Example("This [appears to be] a harbor."),
            Example("It [seems to be] a school and [might] be closed."),
            Example("[May] be a ship."),
            Example("A structure [that looks like] a bridge, [likely] a pier."),
            Example("[It is speculated that] the building is a school."),
            Example("The brightness [suggests] a metal roof."),
            Example("A [possible] bridge and a [potential] road."),
            Example("The type of the ship [is unclear]."),
            Example("It is [difficult to determine] the number."),
            Example("It [could be] a pier."),
        ),
        clean=(
            Example("Acquired in May 2019."),
            Example("The flood of May reached the town."),
            Example("A mighty river."),
            Example("The bridge appears bright."),
            Example("A bridge could be seen in the bay."),
            Example("The might of the river."),
            Example("What is the most likely use of the large building?", answer="Storage."),
            Example("The pond looks like an egg."),
            Example("Ships can be seen in the bay."),
        ),
    ),
    Rule(
        name="vague.estimate",
        severity="info",
        find=_estimates,
        cues=ESTIMATE_CUES,
        faulty=(
            Example("[About] 20 tanks stand in rows."),
            Example("[Nearly] thirty cars."),
            Example("[Some] 20 ships."),
        ),
        clean=(
            Example("Trees around two houses."),
            Example("Houses around the pond."),
            Example("Roads that are roughly parallel."),
        ),
    ),
    Rule(
        name="vague.kind",
        severity="warning",
        find=_kinds,
        cues=KIND_CUES,
        faulty=(
            Example("[Some kind of] building."),
            Example("Roads, houses, [etc]."),
            Example("[Something] round."),
            Example("The field is [kind of] sparse."),
        ),
        clean=(
            Example("An airport with one kind of hangar."),
            Example("What kind of building is it?"),
            Example("One ship and the other ones."),
        ),
    ),
    Rule(
        name="vague.guess",
        severity="info",
        find=_guesses,
        cues=frozenset({"or"}),
        fields=("text", "answer"),
        faulty=(
            Example("A [road or river] crosses the fields."),
            Example("[Road or river].", question="What crosses the fields?"),
            Example("There is a [small lake or a pond] in the centre."),
        ),
        clean=(
            Example("Is there a road or river?", answer="Yes."),
            Example("A port without a crane or pier."),
            Example("A ship on the left or right side."),
            Example("No bridge or pier is visible."),
        ),
    ),
)
