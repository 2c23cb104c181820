"""Choose among a scene's candidates: sturdy answers before fragile ones, forms and answers balanced, by a seed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from pipeline.drafting.box_arrays import BoxArrays, Codes, Flags, Floats
from pipeline.drafting.candidates import Candidates
from pipeline.drafting.cells import CELLS
from pipeline.drafting.draws import Keys, draw

_TURNS: Final = (
    "identification Yes", "counting", "identification No", "positioning", "referring", "classification", "general",
)  # fmt: skip
"""Types take turns in this order; Yes and No are turns of their own, so that neither answer can be guessed."""

_OF_CANDIDATE, _OF_QUOTA = 0, 1
"""What a number is drawn for."""


def _turn(number: int) -> str:
    cell = CELLS[number]
    answer = (" No" if cell.is_none else " Yes") if cell.question_type == "identification" else ""
    return cell.question_type + answer


_TURN_OF: Final = np.array([_TURNS.index(_turn(number)) for number in range(len(CELLS))])
_IS_NONE: Final = np.array([cell.is_none for cell in CELLS])
_IS_ON_LAND: Final = np.array([cell.question_type == "general" for cell in CELLS])


def by_turns(candidates: Candidates, keys: Keys, per_scene: int, arrays: BoxArrays) -> Candidates:
    """At most ``per_scene`` of each scene: types take turns, within a type its forms; fragile ones only at the end."""
    order = draw_of(candidates, keys, arrays)
    turn, is_none = _TURN_OF[candidates.cell], _IS_NONE[candidates.cell]
    depth = rank_in((candidates.scene, candidates.cell), (order,))
    # What says that something is there goes first. Counts of nothing are a form, else they would crowd out the others.
    nth = rank_in((candidates.scene, turn, candidates.is_fragile), (depth, is_none, order))
    place = rank_in((candidates.scene,), (candidates.is_fragile, nth, turn))
    return candidates.take(place < per_scene)


def by_quota(
    candidates: Candidates, keys: Keys, quotas: Floats, weights: Mapping[str, float], arrays: BoxArrays
) -> Candidates:
    """As many of each scene and cell as the cell's quota says, on average over scenes.

    ``quotas`` has shape (cells, 2), the second column for fragile candidates. A quota of 2.3 is 2 candidates in each
    scene and a third one in three scenes of ten. Of what is not there, categories are drawn by their ``weights``.
    """
    shape = len(arrays.scenes), len(CELLS), 2
    cells = np.arange(len(CELLS))[None, :, None]
    luck = draw(keys[:, None, None], _OF_QUOTA, cells, np.arange(2))
    wanted = np.floor(quotas) + (luck < quotas - np.floor(quotas))
    limit = np.broadcast_to(wanted, shape)[candidates.scene, candidates.cell, candidates.is_fragile.astype(int)]
    open_to = candidates.take(limit > 0)
    order = _weighted(draw_of(open_to, keys, arrays), open_to, weights, arrays)
    nth = rank_in((open_to.scene, open_to.cell, open_to.is_fragile), (order,))
    return open_to.take(nth < limit[limit > 0])


def draw_of(candidates: Candidates, keys: Keys, arrays: BoxArrays, purpose: int = _OF_CANDIDATE) -> Floats:
    """A number from 0 up to 1 for each candidate, which only its scene and its own question decide."""
    has_name = (candidates.category >= 0) & ~_IS_ON_LAND[candidates.cell]
    name = candidates.category.copy()
    name[has_name] = arrays.name_numbers[candidates.category[has_name]]
    box = np.where(candidates.box >= 0, candidates.box - arrays.first_box[candidates.scene], -1)
    return draw(keys[candidates.scene], purpose, candidates.cell, name, candidates.side, box)


def _weighted(order: Floats, candidates: Candidates, weights: Mapping[str, float], arrays: BoxArrays) -> Floats:
    """``order`` such that of what is not there, a category comes first as often as it is there elsewhere.

    Else a category's name would tell the answer: the frequent one would always be there, the rare ones never.
    """
    weighted = _IS_NONE[candidates.cell] & (candidates.category >= 0) & ~_IS_ON_LAND[candidates.cell]
    weight = np.array([1.0 + weights.get(name, 0.0) for name in arrays.names])
    found = order.copy()
    # The smallest of exponentially distributed numbers is each one's with a chance in proportion to its weight.
    found[weighted] = -np.log1p(-order[weighted]) / weight[candidates.category[weighted]]
    return found


def rank_in(groups: tuple[Codes | Flags, ...], order: tuple[Codes | Flags | Floats, ...]) -> Codes:
    """The place from 0 of each candidate within its group, sorted by ``order``, the first of which counts most."""
    sorted_ = np.lexsort((*order[::-1], *groups[::-1]))
    is_first = np.zeros(len(sorted_), dtype=np.bool_)
    is_first[:1] = True
    for group in groups:
        is_first[1:] |= group[sorted_][1:] != group[sorted_][:-1]
    places = np.arange(len(sorted_))
    ranks = np.empty(len(sorted_), dtype=np.int64)
    ranks[sorted_] = places - np.maximum.accumulate(np.where(is_first, places, 0))
    return ranks
