"""Numbers of objects in one field of a draft, each with what the boxes say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipeline.screening.asking import placed_boxes
from pipeline.screening.context import SceneContext, nouns_of
from pipeline.screening.mentions import Mention, find_mentions
from pipeline.screening.numbers import NUMBER_WORDS
from pipeline.screening.places import PLACE_WORDS, Place
from pipeline.screening.placing import placed_in
from pipeline.screening.rules import Passage
from pipeline.screening.totals import find_totals


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many boxes there are at a place, by what nobody would doubt."""

    lowest: int
    highest: int
    is_opposed: bool = False
    """All boxes lie in the half opposite to the place: that it is the wrong one is said by another family."""

    @property
    def number(self) -> int | None:
        return self.lowest if self.lowest == self.highest else None

    @property
    def span(self) -> str:
        """``at most 3``, ``2 to 4``."""
        return f"{self.lowest} to {self.highest}" if self.lowest else f"at most {self.highest}"

    def contradicts(self, lowest: int, highest: int | None) -> bool:
        """Whether no number from ``lowest`` to ``highest`` may be right."""
        return lowest > self.highest or (highest is not None and highest < self.lowest)


def mentions_in(passage: Passage, context: SceneContext) -> tuple[Mention, ...]:
    """All mentions of numbers of labelled objects in the passage."""
    nouns = context.nouns
    if not nouns or nouns.keys().isdisjoint(passage.words) or not _has_number(passage):
        return ()
    return _mentions(passage.text, context.labelled)


def _has_number(passage: Passage) -> bool:
    return not NUMBER_WORDS.isdisjoint(passage.words) or passage.has_digit


@lru_cache(maxsize=8)
def _mentions(text: str, labelled: tuple[str, ...]) -> tuple[Mention, ...]:
    nouns = nouns_of(labelled)
    return (*find_mentions(text, nouns), *find_totals(text, nouns))


def bounds_at(passage: Passage, noun_start: int, category: str, context: SceneContext) -> Bounds | None:
    """How many boxes lie where the text places the noun at ``noun_start``; None where it gives it no place."""
    if context.size is None or context.boxes is None or PLACE_WORDS.isdisjoint(passage.words):
        return None
    place = _places_by_noun(passage, context.labelled).get(noun_start)
    if place is None or (place.is_compass and context.is_north_up is not True):
        return None
    return _bounds(place, category, context)


@lru_cache(maxsize=8)
def _places_by_noun(passage: Passage, labelled: tuple[str, ...]) -> Mapping[int, Place]:
    return {each.reference.start: each.place for each in placed_in(passage, labelled)}


def _bounds(place: Place, category: str, context: SceneContext) -> Bounds:
    boxes = placed_boxes(context.boxes or (), context.size or (1, 1)).layout[category]
    inside, outside = sum(place.holds(box) for box in boxes), sum(place.excludes(box) for box in boxes)
    is_opposed = bool(boxes) and any(
        all(place.opposes(box, axis, value) for box in boxes) for axis, value in place.axes
    )
    return Bounds(inside, len(boxes) - outside, is_opposed)
