"""Which place in the frame belongs to which object of a text.

``A ship lies on the left``, ``at the top, two ships are moored``, ``the left side shows a bridge``. A place behind an
object is the object's if only words that link stand between; one before it, if it begins its clause.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pipeline.screening.grammar import DETERMINERS, FUNCTION_WORDS
from pipeline.screening.places import PLACE_WORDS, Place, find_places
from pipeline.screening.references import Reference, gap, references_of
from pipeline.screening.rules import Passage, Token
from pipeline.screening.word_lists import closed_list

_LINKS: Final = closed_list(
    """is are was were be been being can could lies lie lying sits sit sitting stands stand standing located situated
    positioned placed visible seen found observed identified detected spotted present moored docked parked anchored
    berthed floating sailing resting clustered concentrated distributed scattered arranged gathered grouped lined spread
    appears appear appearing shown depicted which that also mostly mainly primarily clearly just only both all together
    alone close near side by dominates dominate occupies occupy occupying fills covers covering runs run running passes
    pass crosses cross crossing spans span spanning extends extend extending stretches stretch stretching aligned
    exists exist stationed there in on at along beside alongside off next to the a an of has have moving cruising
    concentrates stays remains remain tied up
    structure structures object objects target targets facility facilities cluster
    pier piers dock docks quay quays wharf shore coast berth jetty terminal shoreline coastline bank runway apron road
    street river water waters sea harbor harbour port basin lake canal bay waterway river's long small large parallel
    vertically horizontally diagonally densely closely neatly sparsely isolated separately exactly directly slightly
    still now further sails travels traveling travelling travel sail cruises cruise moves move each other
    rests steams steaming line lines row rows group groups pairs formation order"""
)
"""Between an object and its place they leave the place to the object."""

_MOTION: Final = closed_list(
    """extend extends extending stretch stretches stretching run runs running sailing moving heads heading moves sails
    turns leading leads pointing facing cruising travels traveling travelling travel sail cruises cruise move"""
)

_INTRODUCE: Final = closed_list(
    """there is are was were lies lie lying stands stand sits sit we you one can could be seen see find observe found
    observed identified located situated positioned visible has have having contains contain containing shows show
    showing features feature featuring includes include including holds depicts displays reveals presents exhibits
    dominated occupied filled covered by with exists exist appears appear moored docked parked anchored a an the its two
    three four five six seven eight nine ten eleven twelve single pair of no any several many some multiple numerous
    various few also clearly only just another at least about more than"""
)
"""Between a place at the beginning of a clause and the object that is there."""

_GROUPS: Final = closed_list(
    """row rows line lines group groups cluster clusters pair number series fleet majority most dozens hundreds array
    collection convoy batch handful lot lots bunch couple trio some all one each many several"""
)
"""Of which the objects are all: ``a row of tanks at the top``."""

_CLAUSE_BEGINS: Final = closed_list(
    "and while whereas but with where does do is are that which additionally also meanwhile can"
)
_NEAR: Final = 14
"""Tokens that are looked at on one side."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An object of a text with the place that it is said to have."""

    reference: Reference
    place: Place


def placed_in(passage: Passage, labelled: tuple[str, ...]) -> tuple[Placed, ...]:
    """The objects of ``labelled`` in the passage that are given a place in the frame."""
    if PLACE_WORDS.isdisjoint(passage.words):
        return ()
    return _bound(passage, labelled)


@lru_cache(maxsize=8)
def _bound(passage: Passage, labelled: tuple[str, ...]) -> tuple[Placed, ...]:
    references = references_of(passage, labelled)
    return tuple(_bind(passage, references)) if references else ()


def _bind(passage: Passage, references: tuple[Reference, ...]) -> Iterator[Placed]:
    """The places from left to right, each with the object before it or else after it."""
    text, tokens = passage.text, passage.tokens
    starts = {token.start: index for index, token in enumerate(tokens)}
    ends = {token.end: index for index, token in enumerate(tokens)}
    by_index = {reference.index: reference for reference in references}
    before: dict[int, Placed] = {}
    after: list[Placed] = []
    for place in find_places(text):
        first, last = starts.get(place.start), ends.get(place.end)
        if first is None or last is None:
            continue
        earlier, is_loose = _object_before(text, tokens, first, by_index, place)
        later = _object_after(text, tokens, first, last, by_index) if earlier is None or is_loose else None
        if later is not None:
            after.append(Placed(later, place))
        elif earlier is not None:
            before.setdefault(earlier.index, Placed(earlier, place))
    yield from before.values()
    # What has a place behind it does not belong to the place before it.
    yield from (placed for placed in after if placed.reference.index not in before)


def _object_before(
    text: str, tokens: Sequence[Token], first: int, by_index: dict[int, Reference], place: Place
) -> tuple[Reference | None, bool]:
    """The object right before the place, and whether only a comma joins them."""
    has_comma = False
    for links, index in enumerate(range(first - 1, max(-1, first - 1 - _NEAR), -1)):
        between = gap(text, tokens, index)
        if between.strip(" ,"):
            return None, False
        has_comma = has_comma or "," in between
        reference = by_index.get(index)
        if reference is not None and _is_subject(tokens, reference, place):
            return reference, has_comma and links == 0
        if tokens[index].text not in _LINKS or (place.preposition == "to" and tokens[index].text in _MOTION):
            return None, False
    return None, False


def _is_subject(tokens: Sequence[Token], reference: Reference, place: Place) -> bool:
    """Whether the place is the object's: not in ``the road to the bridge on the left``, nor, of a middle, in ``a lot
    with cars in the middle``."""
    before = tokens[reference.phrase_index - 1].text if reference.phrase_index > 0 else ""
    if place.x == place.y == 0 and not place.is_of_image and before in ("with", "by"):
        return False
    if before == "of" and reference.phrase_index > 1:
        return tokens[reference.phrase_index - 2].text in _GROUPS
    return before not in ("of", "from", "to", "for", "than", "between")


def _object_after(
    text: str, tokens: Sequence[Token], first: int, last: int, by_index: dict[int, Reference]
) -> Reference | None:
    """The object that comes first after a place which begins its clause: ``on the left there are two ships``."""
    if not _begins_clause(text, tokens, first):
        return None
    unknown = 0
    for index in range(last + 1, min(len(tokens), last + 1 + _NEAR)):
        between, word = gap(text, tokens, index - 1).strip(), tokens[index].text
        if between not in ("", ",", ":", "-") or (between == "," and index > last + 1 and not unknown):
            return None
        if index in by_index:
            return by_index[index]
        if word == "and" and unknown and index + 1 < len(tokens) and tokens[index + 1].text not in DETERMINERS:
            continue
        if word in FUNCTION_WORDS or word in _INTRODUCE:
            if word not in _INTRODUCE or unknown:
                return None
            continue
        unknown += 1
        if unknown > 4:
            return None
    return None


def _begins_clause(text: str, tokens: Sequence[Token], first: int) -> bool:
    if first == 0 or gap(text, tokens, first - 1).strip():
        return True
    return tokens[first - 1].text in _CLAUSE_BEGINS
