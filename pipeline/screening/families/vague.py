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
)
from pipeline.screening.mentions import counted_noun
from pipeline.screening.numbers import write_number
from pipeline.screening.rules import Example, Fault, Passage, Rule
from pipeline.screening.word_lists import closed_list

_SIZE: Final = "(?:(?:very )?(?:large|small|great|huge|vast|good|certain|significant|considerable|limited) )?"
_QUANTITY: Final = re.compile(
    rf"""(?<![\w-])(?:several|(?:quite\ )?a\ few|few|many|some(?!\ (?:kind|sort|type)s?\ of)|numerous|various|multiple
    |countless|(?:an?\ )?{_SIZE.replace(" ", "[ ]")}numbers?\ of|a\ couple\ of|(?:a\ )?(?:lots?|bunch|handful)\ of
    |plenty\ of|a\ (?:wide\ |large\ |great\ )?variety\ of|(?:dozens|tens|scores|hundreds|thousands)\ of
    |a\ (?:great|good)\ deal\ of|an?\ {_SIZE.replace(" ", "[ ]")}amount\ of)(?![\w-])""",
    re.IGNORECASE | re.VERBOSE,
)
_HEDGE: Final = re.compile(
    r"""(?<![\w-])(?:possibly|probably|perhaps|maybe|presumably|apparently|seemingly|supposedly|potentially|likely
    |unlikely|might|may|seem(?:s|ed)?(?:\ to\ be|\ to)?|appear(?:s|ed|ing)?\ to(?:\ be)?|(?:looks?|looking)\ like
    |could\ (?:be|have\ been|represent|indicate|correspond|include|contain)|speculated|suspected|presumed|assumed
    |believed|possible(?!\ to(?!\ be)))(?![\w-])""",
    re.IGNORECASE | re.VERBOSE,
)
_ESTIMATE: Final = re.compile(
    r"""(?<![\w-])(?:about|around|approximately|roughly|nearly|almost|circa)(?=[ ]+(?:\d|(?:two|three|four|five|six
    |seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|a[ ]dozen|a[ ]hundred)(?!\w)))""",
    re.IGNORECASE | re.VERBOSE,
)
_KIND: Final = re.compile(
    r"""(?<![\w-])(?:some\ (?:kind|sort|type)s?\ of|(?:a\ )?(?:kind|sort)\ of|something|somewhere|stuff|things?|etc
    |and\ so\ on|and\ so\ forth|among\ others)(?![\w-])""",
    re.IGNORECASE | re.VERBOSE,
)
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

_ASKING: Final = frozenset(["how", "as", "so", "too"])


def _quantities(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    text = passage.text
    for found in _QUANTITY.finditer(text):
        start, end = found.span()
        if word_before(text, start) in _ASKING or _is_the_number_of(text, found):
            continue
        known = _known_number(text, end, context)
        if known is not None:
            message = f"“{found[0]}” is vague: the boxes show {known}"
        else:
            message = f"“{found[0]}” is vague: name a number, or say how they are arranged"
        yield Fault(start, end, message, _named_or_dropped(text, start, end, known) if passage.is_mendable else None)


def _is_the_number_of(text: str, found: re.Match[str]) -> bool:
    """``the number of ships`` asks for a number; only ``a number of`` is vague."""
    return found[0].lower().startswith("number") and word_before(text, found.start()) != "in"


def _known_number(text: str, end: int, context: SceneContext) -> int | None:
    """How many there are of what follows, if all of it is meant and labelled."""
    counted = counted_noun(text, end, context.nouns)
    return context.count(counted[0].category) if counted is not None and not counted[1] else None


def _named_or_dropped(text: str, start: int, end: int, known: int | None) -> str | None:
    if known is not None:
        return replace(text, start, end, write_number(known, as_digits=False)) if known > 1 else None
    # "Few" is nearly none: without it the sentence would say the opposite.
    is_few = text[start:end].lower() == "few"
    return drop(text, start, end) if not is_few and _may_stand_alone(text, start, end) else None


def _may_stand_alone(text: str, start: int, end: int) -> bool:
    """Whether a plural or a mass noun follows, which needs nothing before it."""
    if word_before(text, start) in ("the", "is", "was", "these", "those", "very", "not"):
        return False
    words = [word.text for word in words_after(text, end, most=4)]
    for index, word in enumerate(words[:3]):
        if word in FUNCTION_WORDS or word in _VERBS or word in _ABSTRACT:
            return False
        if (word.endswith("s") and not word.endswith("ss")) or word in _MASS:
            return not DETERMINERS & set(words[index + 1 : index + 2])
    return False


def _hedges(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    text = passage.text
    for found in _HEDGE.finditer(text):
        if not _is_no_hedge(text, found):
            yield Fault(*found.span(), f"“{found[0]}”: say what is certain, or leave it out")


def _is_no_hedge(text: str, found: re.Match[str]) -> bool:
    """The month of May, the might of a river, ``as far as possible``, ``not possible``."""
    word, before = found[0].lower(), word_before(text, found.start())
    following = next(words_after(text, found.end(), most=1), None)
    if word == "may":
        return _is_month(text, found, following is not None and following.text not in ("and", "or", "of", "to"))
    if word == "might":
        return before in ("the", "of", "its", "full")
    return word == "possible" and before in ("as", "not", "if", "whenever")


def _is_month(text: str, found: re.Match[str], has_verb: bool) -> bool:
    if found[0] == "May" and not begins_sentence(text, found.start()):
        return True
    return not has_verb or text[found.end() : found.end() + 2].strip().isdigit()


def _estimates(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    for found in _ESTIMATE.finditer(passage.text):
        yield Fault(*found.span(), f"“{found[0]}” leaves the number open")


def _kinds(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    for found in _KIND.finditer(passage.text):
        if word_before(passage.text, found.start()) not in _NAMING:
            yield Fault(*found.span(), f"“{found[0]}” names nothing: say what it is, or leave it out")


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        name="vague.quantity",
        severity="warning",
        find=_quantities,
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
        ),
        clean=(
            Example("How many ships are visible in the image?"),
            Example("What is the number of ships?"),
            Example("Where are most ships positioned within the image?"),
            Example("A handsome building beside a sorting facility."),
        ),
    ),
    Rule(
        name="vague.hedge",
        severity="warning",
        find=_hedges,
        faulty=(
            Example("A road, [possibly] a river."),
            Example("The dark area [may] be water."),
            Example("This [appears to be] a harbor."),
            Example("It [seems to be] a school and [might] be closed."),
            Example("[May] be a ship."),
            Example("A structure that [looks like] a bridge, [likely] a pier."),
        ),
        clean=(
            Example("Acquired in May 2019."),
            Example("The flood of May reached the town."),
            Example("A mighty river."),
            Example("The bridge appears bright."),
            Example("Ships can be seen in the bay."),
        ),
    ),
    Rule(
        name="vague.estimate",
        severity="info",
        find=_estimates,
        faulty=(Example("[About] 20 tanks stand in rows."), Example("[Nearly] thirty cars.")),
        clean=(Example("Houses around the pond."), Example("Roads that are roughly parallel.")),
    ),
    Rule(
        name="vague.kind",
        severity="warning",
        find=_kinds,
        faulty=(
            Example("[Some kind of] building."),
            Example("Roads, houses, [etc]."),
            Example("[Something] round."),
            Example("The field is [kind of] sparse."),
        ),
        clean=(Example("An airport with one kind of hangar."),),
    ),
)
