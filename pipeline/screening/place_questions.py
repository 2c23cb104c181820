"""Questions that ask for a place: where something is, and whether it is at some place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pipeline.records import Draft
from pipeline.screening.places import Place, find_places
from pipeline.screening.placing import placed_in
from pipeline.screening.polarity import is_yes_no_question
from pipeline.screening.references import Reference, references_of
from pipeline.screening.rules import Passage
from pipeline.screening.word_lists import closed_list

_READ_UP_TO: Final = 300

_WHERE: Final = re.compile(
    r"""\W*(?:where|(?:in|on|at|to|towards?|along)[ ](?:which|what)[ ](?:side|part|corner|half|area|region|edge|section)
    |(?:which|what)[ ](?:part|side|corner|half|area|region|portion|section)
    |(?:what[ ](?:is|are)|describe|give)[ ]the[ ](?:\w+[ ]){0,2}(?:position|location|placement)s?[ ]of)(?![\w])""",
    re.IGNORECASE | re.VERBOSE,
)
_ASKS: Final = closed_list(
    """where in on at to which what is are the of most majority all side part corner half area region edge section
    portion position location placement image scene picture frame describe give can could do does any a an main general
    relative approximate contains contain shows show has have you find see one we exact overall sar"""
)
_SEEN: Final = closed_list(
    """located positioned situated placed visible seen found present moored docked parked anchored concentrated
    distributed mostly mainly clustered lie lies appear appears be within in the image scene picture frame of this sar
    exist exists view radar situated there displayed shown identified detected relative to gathered"""
)
_EXISTENCE: Final = closed_list(
    """is are was were there any a an the can could you we one see find spot identify observe do does image scene
    picture contain contains show shows have include most of be some at least exist this located sar majority part half
    side and on in left right top bottom upper lower center centre middle corner"""
)


_WHAT: Final = re.compile(r"\W*(?:what|which)(?!\w)", re.IGNORECASE)
_WHAT_WORDS: Final = closed_list(
    """what which is are can be seen visible found located present there object objects structure structures category
    categories target targets thing things type types of kind the main appears appear lies shown situated you see
    feature features do does s"""
)


@dataclass(frozen=True, slots=True)
class AskedPlace:
    """The object whose place is asked for; of most of them, or of all."""

    reference: Reference
    is_most: bool


@dataclass(frozen=True, slots=True)
class AskedSide:
    """The object of which it is asked whether it is at a place."""

    reference: Reference
    place: Place
    is_most: bool


def asked_place(question: str, labelled: tuple[str, ...]) -> AskedPlace | None:
    """The object of ``labelled`` that ``question`` asks for the place of; None for any other question."""
    if len(question) > _READ_UP_TO or _WHERE.match(question) is None:
        return None
    return _asked_place(question, labelled)


@lru_cache(maxsize=256)
def _asked_place(question: str, labelled: tuple[str, ...]) -> AskedPlace | None:
    passage = Passage("question", question, Draft("question", question, "positioning", ""))
    for reference in references_of(passage, labelled)[:1]:
        noun = reference.noun
        before = {token.text for token in passage.tokens[: reference.phrase_index]}
        within = {token.text for token in passage.tokens[reference.phrase_index : reference.index]}
        after = {token.text for token in passage.tokens[reference.index + 1 :]}
        if before <= _ASKS and after <= _SEEN and within <= _ASKS | noun.qualifiers and not noun.is_narrower:
            return AskedPlace(reference, bool({"most", "majority"} & (before | within)))
    return None


def sided_question(draft: Draft, labelled: tuple[str, ...]) -> AskedSide | None:
    """The object and place of ``Is there a ship on the left side?``; None for any other question."""
    if len(draft.text) > _READ_UP_TO or not is_yes_no_question(draft.text):
        return None
    return _sided(draft.text, labelled)


@lru_cache(maxsize=256)
def _sided(question: str, labelled: tuple[str, ...]) -> AskedSide | None:
    passage = Passage("question", question, Draft("question", question, "positioning", ""))
    placed = placed_in(passage, labelled)
    if len(placed) != 1 or placed[0].reference.noun.is_narrower:
        return None
    reference, place = placed[0].reference, placed[0].place
    before = {token.text for token in passage.tokens[: reference.index]}
    behind = {token.text for token in passage.tokens if token.start >= max(place.end, reference.end)}
    if not before <= _EXISTENCE or not behind <= _SEEN:
        return None
    return AskedSide(reference, place, bool({"most", "majority"} & before))


def asked_what_is_at(question: str) -> Place | None:
    """The place of ``What is on the left side of the image?``; None for any other question."""
    return _what_is_at(question) if len(question) <= _READ_UP_TO and _WHAT.match(question) else None


@lru_cache(maxsize=256)
def _what_is_at(question: str) -> Place | None:
    places = list(find_places(question))
    if len(places) != 1:
        return None
    passage = Passage("question", question, Draft("question", question, "positioning", ""))
    words = {token.text for token in passage.tokens if token.end <= places[0].start or token.start >= places[0].end}
    return places[0] if words <= _WHAT_WORDS else None
