"""What a text claims of the number and the place of things, so that two texts of a scene can be held to each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pipeline.records import Draft, TextField
from pipeline.screening.claimed_parts import Part, part_of
from pipeline.screening.context import Noun, nouns_of
from pipeline.screening.grammar import is_head_before, word_before, words_after, words_before
from pipeline.screening.mentions import Mention, counted_phrase, find_mentions
from pipeline.screening.numbers import NUMBER_WORDS, find_numbers
from pipeline.screening.places import PLACE_WORDS, Place, find_places
from pipeline.screening.polarity import polarity
from pipeline.screening.word_lists import closed_list, ordered_list

_THINGS: Final = ordered_list(
    """ship boat aircraft helicopter car vehicle truck bus train tank bridge viaduct harbor building house church school
    tower hangar warehouse factory stadium court playground pool river lake pond island pier jetty breakwater dock crane
    road highway runway roundabout intersection junction airport forest beach dam chimney greenhouse container square
    field parking"""
)
"""Things that are told apart: a boat may be no ship, where another text has ships."""

NOUNS: Final = nouns_of(_THINGS)
_LONGEST: Final = 4_000
"""Longer texts, in code points, are not compared; each claim would be held to each of another text."""

_WHOLE_QUESTION: Final = (
    r"(?:\s+(?:that\s+(?:is|are)\s+)?(?:visible|present|seen|located|shown|found|depicted|there))*"
    r"(?:\s+(?:in|within)\s+(?:the|this)\s+(?:sar\s+|radar\s+|satellite\s+|whole\s+)?(?:image|scene|picture|view|frame))?\s*\?"
)
_IS_THERE: Final = re.compile(
    r"\s*(?:is|are)\s+there\s+(?:an?\s+|any\s+|some\s+)?(?P<thing>[a-z]+)(?P<whole>" + _WHOLE_QUESTION + r")?",
    re.IGNORECASE,
)
_IS_SEEN: Final = re.compile(
    r"\s*(?:(?:is|are)\s+(?:an?\s+|any\s+)?(?P<thing>[a-z]+)\s+(?:visible|present|shown)"
    r"|(?:can|do)\s+(?:you|we|one)\s+see\s+(?:an?\s+|any\s+)?(?P<seen>[a-z]+)"
    r"|does\s+(?:the|this)\s+(?:image|scene|picture)\s+(?:contain|show|include)\s+(?:an?\s+|any\s+)?(?P<shown>[a-z]+))"
    r"(?P<whole>" + _WHOLE_QUESTION + r")?",
    re.IGNORECASE,
)
_HOW_MANY: Final = re.compile(r"(?<!\w)(?:how\s+many|number\s+of|count\s+of)(?!\w)", re.IGNORECASE)
_WHERE: Final = re.compile(
    r"\s*(?:where\s+(?:is|lies)|what\s+is\s+the\s+(?:position|location)\s+of)\s+the\s+(?:single\s+|only\s+)?([a-z]+)"
    r"(?:\s+(?:located|positioned|situated|placed|visible|found))?" + _WHOLE_QUESTION,
    re.IGNORECASE,
)
_DENIED: Final = closed_list(
    "no not without neither nor never any absence lack lacks none if possible possibly may might"
)
_SINGLE: Final = closed_list("a an the one single only large small big long")
_WORD: Final = re.compile(r"[^\W_]+")
_DIGIT: Final = re.compile(r"\d")
_LINKS: Final = closed_list(
    """is lies stands sits located situated positioned placed visible can be seen moored docked parked which that was in
    at on near to the anchored appears found there present"""
)
"""What may stand between a thing and its place."""
_OPEN: Final = re.compile(r"[.!?;]")


@dataclass(frozen=True, slots=True)
class Claim:
    """So many of a thing there are: ``lowest`` to ``highest``, None being any number."""

    noun: Noun
    field: TextField
    start: int
    end: int
    words: str
    """As they are quoted."""
    lowest: int
    highest: int | None
    is_part: bool
    """Speaks of some of them only, so that there may be more."""
    is_definite: bool = False
    """``the three ships``: those that were named before."""
    part: Part | None = None
    """Of which they are said, where it is named: of the same part no two numbers are true."""

    def denies(self, other: Claim) -> bool:
        """Whether both cannot be true."""
        return _is_above(self, other) or _is_above(other, self)


def _is_above(more: Claim, fewer: Claim) -> bool:
    """Whether there are more than there may be; what is said of a part says nothing of the most elsewhere."""
    is_held = not fewer.is_part or (fewer.part is not None and fewer.part == more.part)
    return is_held and fewer.highest is not None and more.lowest > fewer.highest


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A single thing lies there."""

    noun: Noun
    field: TextField
    start: int
    end: int
    words: str
    place: Place

    def denies(self, other: Whereabouts) -> bool:
        """Whether the two lie in opposite halves."""
        pairs = ((self.place.x, other.place.x), (self.place.y, other.place.y))
        return any(one is not None and two is not None and one * two < 0 for one, two in pairs)


@lru_cache(maxsize=4096)
def claims_of(draft: Draft) -> tuple[Claim, ...]:
    """What ``draft`` says of the number of things."""
    if len(draft.text) + len(draft.answer or "") > _LONGEST:
        return ()
    if draft.answer is not None:
        return tuple(_answered(draft.text, draft.answer))
    return tuple(_told(draft.text))


def _told(text: str) -> Iterator[Claim]:
    if not _has_number(text):
        return
    mentions = find_mentions(text, NOUNS)
    numbers = Counter(mention.noun.category for mention in mentions if mention.highest != 0)
    for mention in mentions:
        # Of two numbers of ships in a text each is that of some ships.
        is_part = (
            mention.is_part
            or _is_attached(text, mention)
            or (mention.highest != 0 and numbers[mention.noun.category] > 1)
        )
        yield Claim(
            mention.noun,
            "text",
            mention.start,
            mention.noun_end,
            text[mention.start : mention.noun_end],
            mention.lowest,
            mention.highest,
            is_part,
            mention.is_definite,
            part_of(text, text[mention.end : mention.noun_start], mention.noun_end) if mention.is_plain else None,
        )


@lru_cache(maxsize=4096)
def named_in(draft: Draft) -> tuple[Claim, ...]:
    """The things that a caption names as being there, in any number."""
    if draft.answer is not None or len(draft.text) > _LONGEST:
        return ()
    text = draft.text
    return tuple(
        Claim(noun, "text", start, end, text[start:end], 1, None, is_part=True)
        for noun, start, end in _nouns_in(text)
        if not _is_denied(text, start)
    )


def _has_number(text: str) -> bool:
    return not NUMBER_WORDS.isdisjoint(text.lower().split()) or _DIGIT.search(text) is not None


def _is_attached(text: str, mention: Mention) -> bool:
    """``a parking lot with no cars`` says nothing of the cars elsewhere."""
    return mention.highest == 0 and word_before(text, mention.start) in ("with", "of", "has", "having")


def _nouns_in(text: str) -> Iterator[tuple[Noun, int, int]]:
    """The things that ``text`` names, without those that only say what sort another is: ``car park``."""
    for found in _WORD.finditer(text):
        noun = NOUNS.get(found[0].lower())
        if noun is not None and text[found.end() : found.end() + 1] != "-":
            following = next((word.text for word in words_after(text, found.end(), most=1)), "")
            if noun.is_plural or is_head_before(following):
                yield noun, found.start(), found.end()


def _is_denied(text: str, start: int) -> bool:
    """Whether the sentence says before ``start`` that something is not there, or only perhaps."""
    sentence = _OPEN.split(text[max(0, start - 160) : start])[-1]
    return not _DENIED.isdisjoint(sentence.lower().split())


def _answered(question: str, answer: str) -> Iterator[Claim]:
    yield from _counted(question, answer)
    asked = _IS_THERE.match(question) or _IS_SEEN.match(question)
    said = polarity(answer)
    if asked is None or said is None:
        return
    groups = asked.groupdict()
    noun = NOUNS.get((groups.get("thing") or groups.get("seen") or groups.get("shown") or "").lower())
    is_yes, start, end = said
    is_whole = asked["whole"] is not None
    following = next((word.text for word in words_after(question, asked.end(), most=1)), "")
    if noun is None or (not is_whole and (not is_yes or not is_head_before(following))):
        return
    words = f"{question.strip()} {answer[start:end]}"
    yield Claim(noun, "answer", start, end, words, int(is_yes), None if is_yes else 0, is_part=not is_whole)


def _counted(question: str, answer: str) -> Iterator[Claim]:
    asked = _HOW_MANY.search(question)
    found = counted_phrase(question, asked.end(), NOUNS) if asked else None
    numbers = list(find_numbers(answer))
    if (
        asked is None
        or found is None
        or len(numbers) != 1
        or (find_mentions(answer, NOUNS) and len(answer.split()) > 12)
    ):
        return
    noun, noun_start, noun_end, is_part = found
    number = numbers[0]
    part = part_of(question, question[asked.end() : noun_start], noun_end) if number.is_plain else None
    words = f"{question.strip()} {answer[number.start : number.end]}"
    value = number.value
    yield Claim(noun, "answer", number.start, number.end, words, value, value, is_part, part=part)


@lru_cache(maxsize=4096)
def whereabouts_of(draft: Draft) -> tuple[Whereabouts, ...]:
    """Where ``draft`` says that single things lie; only of things that it names once."""
    if len(draft.text) + len(draft.answer or "") > _LONGEST:
        return ()
    if draft.answer is None:
        return tuple(_placed(draft.text))
    asked = _WHERE.match(draft.text)
    noun = NOUNS.get(asked[1].lower()) if asked else None
    place = next(iter(_places_in_answer(draft.answer)), None)
    if noun is None or place is None or not noun.is_singular:
        return ()
    words = f"{draft.text.strip()} {draft.answer[place.start : place.end]}"
    return (Whereabouts(noun, "answer", place.start, place.end, words, place),)


def _places_in_answer(answer: str) -> list[Place]:
    """The only place of an answer such as ``top left``, which has neither article nor preposition."""
    begun = "in the "
    bare = answer.strip(" .\n\t").lower().removeprefix("in the ").removeprefix("at the ").removeprefix("on the ")
    places = list(find_places(f"{begun}{bare} of the image")) if len(bare) < 40 else []
    start = answer.lower().find(bare) if bare else -1
    if len(places) != 1 or start < 0 or places[0].start != 0:
        return []
    only = places[0]
    return [Place(start, start + len(bare), only.x, only.y, only.is_compass, start, start + len(bare))]


def _placed(text: str) -> Iterator[Whereabouts]:
    if PLACE_WORDS.isdisjoint(_WORD.findall(text.lower())):
        return
    places = list(find_places(text))
    named = list(_nouns_in(text)) if places else []
    for place in places:
        before = [other for other in named if other[2] <= place.start]
        if not before:
            continue
        noun, start, end = before[-1]
        is_only = sum(other[0].category == noun.category for other in named) == 1
        between = text[end : place.start]
        if not is_only or not noun.is_singular or _OPEN.search(between) or len(between) > 40 or "," in between:
            continue
        is_single = word_before(text, start) in _SINGLE and "other" not in words_before(text, start)[-2:]
        is_direct = all(word in _LINKS for word in between.lower().split())
        if is_single and is_direct and not _is_denied(text, start):
            yield Whereabouts(noun, "text", start, place.end, text[start : place.end], place)
