"""In which order the sorts of question are taken for a type, until it has as many as the paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.drafting.box_arrays import Codes, Floats
from pipeline.drafting.cells import CELLS, Cell

Place = tuple[int, int]
"""A cell's place in CELLS, and 1 for its fragile candidates, else 0."""

STURDY, FRAGILE = 0, 1

ZERO_SHARE: Final = 0.1
"""Of counts, so many are of what is not there, where that is known: else every count would be at least 1."""


@dataclass(frozen=True, slots=True)
class Tier:
    """Groups that get as many each as they have; the members of a group get the same number, as Yes and No."""

    groups: tuple[tuple[tuple[Place, ...], ...], ...]
    """Groups of members; a member's places are taken one after the other."""
    share: float = 1.0
    """At most so much of what is wanted of the type."""


def spread(tiers: Sequence[Tier], wanted: float, available: Floats | Codes) -> Floats:
    """How many of each cell, shape (cells, 2), tier after tier until ``wanted`` are there or nothing is left."""
    taken = np.zeros(available.shape)
    for tier in tiers:
        want = min(tier.share * wanted, wanted - taken.sum())
        open_groups = list(tier.groups)
        while open_groups and want > 1e-6:
            # Each open group gets the same; what the short ones leave over is shared out again.
            each = want / len(open_groups)
            room = {group: _room(group, available - taken) for group in open_groups}
            short = [group for group in open_groups if room[group] <= each]
            for group in short or open_groups:
                given = min(each, room[group])
                _take(group, given, available, taken)
                want -= given
            open_groups = [group for group in open_groups if group not in short] if short else []
    return taken


def _room(group: tuple[tuple[Place, ...], ...], left: Floats) -> float:
    return len(group) * min(sum(float(left[place]) for place in member) for member in group)


def _take(group: tuple[tuple[Place, ...], ...], number: float, available: Floats | Codes, taken: Floats) -> None:
    for member in group:
        rest = number / len(group)
        for place in member:
            given = min(rest, float(available[place] - taken[place]))
            taken[place] += given
            rest -= given


def _at(kinds: Sequence[int], form: str, *, sided: bool = False, is_none: bool = False) -> tuple[Place, ...]:
    cell = CELLS.index(Cell(form, sided, is_none))  # type: ignore[arg-type]
    return tuple((cell, kind) for kind in kinds)


def _both(kinds: Sequence[int], form: str, *, sided: bool = False) -> tuple[tuple[Place, ...], ...]:
    """A group of Yes and No, that the form does not tell the answer."""
    return _at(kinds, form, sided=sided), _at(kinds, form, sided=sided, is_none=True)


def _asking_whether(kinds: Sequence[int]) -> list[Tier]:
    paper = (_both(kinds, "exists"), _both(kinds, "exists", sided=True), _both(kinds, "others"))
    return [Tier(paper), Tier((_both(kinds, "is_a"),))]


def _whatever(kind: int) -> Tier:
    """As many Yes as No over all forms, though some forms then have one of the two only."""
    places = [(number, kind) for number, cell in enumerate(CELLS) if cell.question_type == "identification"]
    yes = tuple(place for place in places if not CELLS[place[0]].is_none)
    return Tier(((yes, tuple(place for place in places if place not in yes)),))


def _alone(kind: int, question_type: str) -> Tier:
    """Whatever is left of a type, though the form then tells the answer more often than not."""
    places = [(number, kind) for number, cell in enumerate(CELLS) if cell.question_type == question_type]
    return Tier(tuple(((place,),) for place in places))


def _single(kind: int, *forms: str, sided: bool = False) -> Tier:
    return Tier(tuple((_at((kind,), form, sided=sided),) for form in forms))


TIERS: Final[Mapping[str, tuple[Tier, ...]]] = {
    "identification": (
        *_asking_whether((STURDY,)),
        *_asking_whether((STURDY, FRAGILE)),
        _whatever(STURDY),
        _alone(STURDY, "identification"),
        _alone(FRAGILE, "identification"),
    ),
    "classification": (
        _single(STURDY, "main", "categories"),
        _single(STURDY, "main", sided=True),
        _single(FRAGILE, "main", "categories"),
        _single(FRAGILE, "main", sided=True),
    ),
    "counting": (
        Tier(((_at((STURDY,), "count", is_none=True),),), share=ZERO_SHARE),
        _single(STURDY, "count"),
        _single(STURDY, "count", sided=True),
        _single(FRAGILE, "count"),
        _single(FRAGILE, "count", sided=True),
        Tier(((_at((STURDY,), "count", is_none=True),),)),
    ),
    "positioning": (
        _single(STURDY, "where_most"),
        _single(STURDY, "where"),
        _single(FRAGILE, "where_most"),
        _single(FRAGILE, "where"),
    ),
    "referring": (_single(STURDY, "object_at"), _single(FRAGILE, "object_at")),
    "general": (
        Tier((_both((STURDY,), "land_cover_half"), *_single(STURDY, "land_cover_main", "land_cover_more").groups)),
        _alone(STURDY, "general"),
    ),
}
