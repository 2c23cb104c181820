"""What a radar image of this pixel spacing and extent cannot show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import hypot
from typing import Final

from pipeline.screening.context import SceneContext
from pipeline.screening.grammar import is_head_before, word_before, words_after
from pipeline.screening.optical import FINEST_M
from pipeline.screening.optical_words import PEOPLE
from pipeline.screening.rules import Example, Fault, Passage, Rule
from pipeline.screening.sizes import FINEST_LIMIT_M, SIZES, areas, lengths
from pipeline.screening.word_lists import closed_list
from pipeline.screening.wording import find_wordings

_TOLERANCE: Final = 1.1
"""Statements are round figures."""
_ELSEWHERE_BEFORE: Final = re.compile(
    r"(?:resolution|spacing|wavelength|altitude|elevation|swath|height|depth|distance|within|radius|speed|orbit)"
    r"(?:[ ](?:of|is|at|about|from|approximately|roughly))*[ ]\Z",
    re.IGNORECASE,
)
_ELSEWHERE_AFTER: Final = re.compile(
    r"[ -]?(?:resolution|spacing|wavelength|pixels?|swath|high|tall|deep|away|above|below|from|off|(?:to[ ]the[ ])?"
    r"(?:north|south|east|west)\w*|offshore|inland|ground|GSD|altitude|elevation|long-?wave)(?!\w)",
    re.IGNORECASE,
)


def _unresolved(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    spacing_m = context.gsd_m
    if spacing_m is None or spacing_m <= FINEST_LIMIT_M or SIZES.keys().isdisjoint(passage.words):
        return
    for token in passage.tokens:
        size = SIZES.get(token.text)
        if size is None or spacing_m <= size.coarsest_m or not _is_thing(passage.text, token.start, token.end):
            continue
        word = passage.text[token.start : token.end]
        message = f"“{word}”: about {size.length_m:g} m in size, too small to be made out at {spacing_m:g} m a pixel"
        yield Fault(token.start, token.end, message)


def _living(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    spacing_m = context.gsd_m
    if spacing_m is None or spacing_m <= FINEST_M:
        return
    for start, end in find_wordings(passage, PEOPLE):
        message = f"“{passage.text[start:end]}”: too small and soft to be made out at {spacing_m:g} m a pixel"
        yield Fault(start, end, message)


def _is_thing(text: str, start: int, end: int) -> bool:
    """Not ``car park``, ``house-lined``, ``multi-vehicle``."""
    if text[end : end + 1] == "-" or text[start - 1 : start] == "-":
        return False
    following = next((word.text for word in words_after(text, end, most=1)), "")
    if following in _SITES:
        return False
    if word_before(text, start) in ("a", "an", "one") and _PLURAL.search(following):
        # What follows is no noun but a verb: a bus waits.
        return True
    return is_head_before(following) or _PLURAL.search(text, start, end) is not None


_SITES: Final = closed_list(
    """park parks parking station stations stop stops depot depots wash lane lanes terminal terminals yard yards
    storage showroom dealer dealership dealerships factory factories farm farms plant plants works museum school club
    base bases graveyard boneyard assembly manufacturing manufacturer production repair service maintenance rental
    inspection sales test testing workshop workshops shelter shelters ramp ramps bay bays house houses port traffic"""
)
"""What is called by the things that are there, in the singular or not: ``a bus station``, ``a trucks depot``."""
_PLURAL: Final = re.compile(r"[^us]s\Z|buses\Z|[^s]es\Z", re.IGNORECASE)


def _too_long(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    extent = _extent(context)
    if extent is None or not passage.has_digit:
        return
    longest = hypot(*extent)
    for measure in lengths(passage.text):
        if measure.value > longest * _TOLERANCE and not _is_elsewhere(passage.text, measure.start, measure.end):
            yield Fault(measure.start, measure.end, f"longer than the scene, which is {_km(extent)} in extent")
    for measure in areas(passage.text):
        if measure.value > extent[0] * extent[1] * _TOLERANCE:
            yield Fault(measure.start, measure.end, f"larger than the scene, which is {_km(extent)} in extent")


def _too_fine(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    spacing_m = context.gsd_m
    if spacing_m is None or not passage.has_digit:
        return
    for measure in lengths(passage.text):
        if 0 < measure.value < spacing_m / 2 and not _is_elsewhere(passage.text, measure.start, measure.end):
            message = f"less than half a pixel of {spacing_m:g} m: it cannot be measured here"
            yield Fault(measure.start, measure.end, message)


def _is_elsewhere(text: str, start: int, end: int) -> bool:
    """Whether the length is no length in the scene: a resolution, a height, a distance to somewhere."""
    return (
        _ELSEWHERE_BEFORE.search(text[max(0, start - 48) : start]) is not None
        or _ELSEWHERE_AFTER.match(text, end) is not None
    )


def _extent(context: SceneContext) -> tuple[float, float] | None:
    """(height, width) of the scene in m."""
    if context.size is None or context.gsd_m is None:
        return None
    return context.size[0] * context.gsd_m, context.size[1] * context.gsd_m


def _km(extent: tuple[float, float]) -> str:
    height, width = extent
    if max(extent) < 1000:
        return f"{width:.0f} m × {height:.0f} m"
    return f"{width / 1000:.3g} km × {height / 1000:.3g} km"


_SHIP: Final = {"ship": 1}

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        name="physics.unresolved",
        severity="info",
        find=_unresolved,
        cues=frozenset(SIZES),
        faulty=(
            Example("[Cars] are parked by the road.", gsd_m=25),
            Example("How many [trucks] are on the pier?", answer="3", gsd_m=10),
            Example("A ship with [cranes] on deck.", gsd_m=25),
            Example("A [helicopter] stands on the apron.", gsd_m=20),
            Example("Tennis [courts] by the river.", gsd_m=25),
        ),
        clean=(
            Example("Cars are parked by the road.", gsd_m=0.5),
            Example("Cars are parked by the road."),
            Example("A car park by the river.", gsd_m=25),
            Example("Ships lie off the port.", gsd_m=25),
            Example("A bus station and a container terminal.", gsd_m=25),
        ),
    ),
    Rule(
        name="physics.living",
        severity="warning",
        find=_living,
        cues=PEOPLE.cues,
        faulty=(
            Example("How many [people] are on the pier?", answer="3", gsd_m=0.5),
            Example("[Sheep] graze on the dike.", gsd_m=10),
        ),
        clean=(
            Example("People stand on the pier.", gsd_m=0.25),
            Example("People stand on the pier."),
            Example("A pedestrian bridge.", gsd_m=10),
        ),
    ),
    Rule(
        name="physics.extent",
        severity="info",
        find=_too_long,
        faulty=(
            Example("A runway of [5 km].", boxes=_SHIP, size=(1000, 1000), gsd_m=1),
            Example("A [3,000 m] long quay.", boxes=_SHIP, size=(1000, 1000), gsd_m=1),
            Example("A lake of [40 hectares].", boxes=_SHIP, size=(500, 500), gsd_m=1),
            Example("A forest of [2 km²].", boxes=_SHIP, size=(1000, 1000), gsd_m=1),
        ),
        clean=(
            Example("A runway of 900 m.", boxes=_SHIP, size=(1000, 1000), gsd_m=1),
            Example("A port 5 km north of the town.", boxes=_SHIP, size=(1000, 1000), gsd_m=1),
            Example("A runway of 5 km.", boxes=_SHIP, size=(1000, 1000)),
            Example("A distance of 5 km from the coast.", boxes=_SHIP, size=(1000, 1000), gsd_m=1),
        ),
    ),
    Rule(
        name="physics.finer",
        severity="info",
        find=_too_fine,
        faulty=(Example("A path of [2 m] width.", gsd_m=10), Example("A [5-metre] wide road.", gsd_m=25)),
        clean=(
            Example("A path of 2 m width.", gsd_m=0.5),
            Example("An image of 3 m resolution.", gsd_m=10),
            Example("A wall 3 m high.", gsd_m=10),
        ),
    ),
)
