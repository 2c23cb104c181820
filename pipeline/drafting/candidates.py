"""All questions that could be asked about many scenes, as arrays: what :mod:`pipeline.programs.derivation` answers.

Nothing is written here: a candidate is a few numbers, and texts are made only of those that are chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.drafting.box_arrays import BETWEEN, NOWHERE, ON, BoxArrays, Codes, Flags
from pipeline.drafting.cells import CELLS, Cell
from pipeline.drafting.land_cover import land_cover_candidates
from pipeline.programs.derivation import COMPACT

NONE: Final = -1
"""Where a candidate has no category, side or box."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Questions that have one right answer; every array has shape (candidates,)."""

    cell: Codes
    """The place in CELLS."""
    scene: Codes
    category: Codes
    """Of ``land_cover_`` forms the place of the cover among the scene's covers, in their order."""
    side: Codes
    """Of ``land_cover_more`` the place of the cover that it is compared with."""
    box: Codes
    answer: Codes
    """A count; the place of a position in POSITIONS or of a category in ``BoxArrays.names``; 1 for Yes and 0 for No."""
    is_fragile: Flags

    def __len__(self) -> int:
        return len(self.cell)

    def take(self, chosen: Codes | Flags) -> Candidates:
        """Those at these places."""
        return Candidates(*(getattr(self, name)[chosen] for name in _COLUMNS))


_COLUMNS: Final = ("cell", "scene", "category", "side", "box", "answer", "is_fragile")


def candidates_of(arrays: BoxArrays, *, further: bool) -> Candidates:
    """Every question of the template corpus that has one right answer; with the ``further`` forms, those as well.

    Returns
    -------
    Candidates
        In no order; no two of a scene are the same question.
    """
    tables = _Tables(arrays)
    parts = [*_of_categories(tables), *_of_scenes(tables), *_of_boxes(tables)]
    if further:
        parts += [*_of_sides(tables), *_of_single_boxes(tables)]
    parts += [_on_land(*row) for row in land_cover_candidates(arrays.scenes)]
    return Candidates(*(np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS))


class _Tables:
    """Tallies by scene and category, from which most answers follow; ``whole`` leaves out the boxes that are cut."""

    def __init__(self, arrays: BoxArrays) -> None:
        self.arrays = arrays
        self.labelled = arrays.labelled
        self.uncut = ~arrays.is_cut
        self.number = arrays.tally(np.ones(len(arrays.boxes), dtype=np.bool_))
        self.whole = arrays.tally(self.uncut)
        self.is_there = self.number > 0
        self.on = arrays.tally_sides(arrays.nearness == ON)
        self.between = arrays.tally_sides(arrays.nearness == BETWEEN)
        self.whole_on = arrays.tally_sides((arrays.nearness == ON) & self.uncut[:, None])
        self.whole_between = arrays.tally_sides((arrays.nearness == BETWEEN) & self.uncut[:, None])
        self.restless = arrays.tally_sides(~arrays.is_steady)
        """Boxes that a move of 3 px brings nearer to the side, or farther."""
        self.restless_on = arrays.tally_sides(~arrays.is_steady & (arrays.nearness == ON))


def _part(
    cell: Cell,
    places: Sequence[Codes],
    answer: Codes | int,
    is_fragile: Flags | bool,
    *,
    of: str = "category",
) -> Candidates:
    """Candidates of one cell at ``places``: (scene,), (scene, category) or (scene, category, side), or boxes."""
    number = len(places[0])
    columns = {name: np.full(number, NONE) for name in ("category", "side", "box")}
    columns |= dict(zip(of.split(), places[1:], strict=False))
    return Candidates(
        cell=np.full(number, CELLS.index(cell)),
        scene=places[0],
        answer=np.broadcast_to(np.asarray(answer, dtype=np.int64), (number,)),
        is_fragile=np.broadcast_to(np.asarray(is_fragile, dtype=np.bool_), (number,)),
        **columns,
    )


def _of_categories(tables: _Tables) -> Iterator[Candidates]:
    """exists, others, count and where_most of a category."""
    there, absent = np.nonzero(tables.is_there), np.nonzero(tables.labelled & ~tables.is_there)
    number, whole = tables.number[there], tables.whole[there]
    yield _part(Cell("exists"), there, 1, whole == 0)
    yield _part(Cell("exists", is_none=True), absent, 0, False)
    yield _part(Cell("count"), there, number, whole < number)
    yield _part(Cell("count", is_none=True), absent, 0, False)
    yield from _existing_on_sides(tables)
    yield from _others(tables)
    yield _most_placed(tables)


def _existing_on_sides(tables: _Tables) -> Iterator[Candidates]:
    """Whether any is on a side, where nobody could differ."""
    on, whole_on = tables.on, tables.whole_on
    # A Yes flips with its last box, if that one moves or is cut; a No flips with any that moves, none of it being on.
    is_yes = on > 0
    fragile = (whole_on == 0) | ((on == 1) & (tables.restless_on > 0))
    yes = np.nonzero(is_yes)
    yield _part(Cell("exists", sided=True), yes, 1, fragile[yes], of="category side")
    no = np.nonzero(~is_yes & (tables.between == 0) & tables.labelled[..., None])
    yield _part(Cell("exists", sided=True, is_none=True), no, 0, (tables.restless > 0)[no], of="category side")


def _others(tables: _Tables) -> Iterator[Candidates]:
    """Whether there is another category, asked of those that are there."""
    kinds, whole_kinds = tables.is_there.sum(axis=1), (tables.whole > 0).sum(axis=1)
    is_lost = tables.whole == 0
    has_others = kinds[:, None] > 1
    yes = np.nonzero(tables.is_there & has_others)
    yield _part(Cell("others"), yes, 1, (is_lost | (whole_kinds[:, None] < 2))[yes])
    looked_for = tables.labelled.sum(axis=1)[:, None] > tables.labelled
    no = np.nonzero(tables.is_there & ~has_others & looked_for)
    yield _part(Cell("others", is_none=True), no, 0, is_lost[no])


def _most_placed(tables: _Tables) -> Candidates:
    """Where the strict majority of a category is, if no box of it lies on a diagonal."""
    arrays = tables.arrays
    at = np.stack([arrays.tally(arrays.position == place) for place in range(NOWHERE + 1)])
    whole_at = np.stack([arrays.tally((arrays.position == place) & tables.uncut) for place in range(NOWHERE)])
    most, place = at[:NOWHERE].max(axis=0), at[:NOWHERE].argmax(axis=0)
    is_decided = tables.is_there & (at[NOWHERE] == 0) & (2 * most > tables.number)
    whole_most = np.take_along_axis(whole_at, place[None], axis=0)[0]
    moved = arrays.moved_positions
    to_nowhere = arrays.tally((moved == NOWHERE).any(axis=0)) > 0
    in_place = arrays.position == place[arrays.scene, arrays.category]
    leaving = arrays.tally(in_place & (moved != arrays.position).any(axis=0)) > 0
    is_fragile = (2 * whole_most <= tables.whole) | to_nowhere | (leaving & (2 * (most - 1) <= tables.number))
    found = np.nonzero(is_decided)
    return _part(Cell("where_most"), found, place[found], is_fragile[found])


def _of_scenes(tables: _Tables) -> Iterator[Candidates]:
    """main and categories."""
    total, whole_total = tables.number.sum(axis=1), tables.whole.sum(axis=1)
    if not tables.arrays.names:
        return
    most, category = tables.number.max(axis=1), tables.number.argmax(axis=1)
    main = np.nonzero(2 * most > total)
    whole_most = np.take_along_axis(tables.whole, category[:, None], axis=1)[:, 0]
    yield _part(Cell("main"), main, category[main], (2 * whole_most <= whole_total)[main])
    is_known = (total > 0) & (tables.labelled.sum(axis=1) > 1) & ~(tables.is_there & ~tables.labelled).any(axis=1)
    listed = np.nonzero(is_known)
    is_lost = (tables.is_there & (tables.whole == 0)).any(axis=1)
    yield _part(Cell("categories"), listed, 0, is_lost[listed])


def _of_boxes(tables: _Tables) -> Iterator[Candidates]:
    """object_at of each box that can be told from those of other categories."""
    arrays = tables.arrays
    repeated, _, rivalled = arrays.twins
    asked = np.flatnonzero(arrays.has_area & ~repeated & ~rivalled)
    scene, category = arrays.scene[asked], arrays.category[asked]
    # The category is the answer here and no argument of the program.
    yield _part(Cell("object_at"), (scene, asked), category, arrays.is_cut[asked], of="box")


def _of_sides(tables: _Tables) -> Iterator[Candidates]:
    """How many are on a side, and what is most there: only where no box between the sides could change it."""
    counted = np.nonzero((tables.on > 0) & (tables.between == 0))
    is_fragile = (tables.whole_on < tables.on) | (tables.restless > 0)
    yield _part(Cell("count", sided=True), counted, tables.on[counted], is_fragile[counted], of="category side")
    if not tables.arrays.names:
        return
    # A box between the sides, or restless, or cut leaves the answer open; then the side is passed over or fragile.
    on, total = tables.on, tables.on.sum(axis=1)
    most, category = on.max(axis=1), on.argmax(axis=1)
    is_clear = tables.between.sum(axis=1) == 0
    main = np.nonzero((2 * most > total) & is_clear)
    is_fragile = (tables.whole_on.sum(axis=1) < total) | (tables.restless.sum(axis=1) > 0)
    yield _part(Cell("main", sided=True), main, category[main], is_fragile[main], of="side")


def _of_single_boxes(tables: _Tables) -> Iterator[Candidates]:
    """where and is_a, asked of one box by its corners."""
    arrays = tables.arrays
    repeated, shared, rivalled = arrays.twins
    alone = np.flatnonzero(arrays.has_area & ~shared & (arrays.position != NOWHERE))
    moves = (arrays.moved_positions != arrays.position).any(axis=0)
    yield _part(
        Cell("where"), (arrays.scene[alone], arrays.category[alone], alone), arrays.position[alone],
        (arrays.is_cut | moves)[alone], of="category box",
    )  # fmt: skip
    told = np.flatnonzero(arrays.has_area & ~repeated & ~rivalled)
    scene, category = arrays.scene[told], arrays.category[told]
    yield _part(Cell("is_a"), (scene, category, told), 1, arrays.is_cut[told], of="category box")
    # No is said only of categories without any box in the scene, so that none can be in this one.
    compact = np.array([name in COMPACT for name in arrays.names], dtype=np.bool_)[category]
    known = np.array([name in arrays.known for name in arrays.names], dtype=np.bool_)
    may_deny = ~tables.is_there[scene] & ((compact[:, None] & known) | tables.labelled[scene])
    nth, denied = np.nonzero(may_deny)
    yield _part(
        Cell("is_a", is_none=True), (scene[nth], denied, told[nth]), 0, arrays.is_cut[told[nth]], of="category box"
    )  # fmt: skip


def _on_land(cell: Cell, scene: int, cover: int, than: int, answer: int) -> Candidates:
    places = tuple(np.array([value]) for value in (scene, cover, than))
    return _part(cell, places, answer, False, of="category side")
