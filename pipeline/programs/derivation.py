"""Run a program over the boxes of a scene: its answer, the boxes it rests on, and whether it hangs by a thread.

No answer is ever false or arguable. What is absent is claimed only of categories that were annotated exhaustively
(``labelled``); where people could differ (a box between the sides, no strict majority) there is no answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from pipeline.programs.layout import Layout, Placement
from pipeline.programs.program import Form, Program, Side
from pipeline.records import ObjectBox

YES, NO = "Yes", "No"

State = TypeVar("State")


def answer(program: Program, layout: Layout, labelled: Collection[str]) -> str | None:
    """The answer of ``program``, or None where it would be arguable."""
    return _ANSWERS[program.form](program, layout, labelled)


def evidence(program: Program, layout: Layout) -> tuple[str, ...]:
    """Ids of the boxes on which the answer rests, in the order of the layout."""
    return tuple(placement.box.box_id for placement in _evidence(program, layout))


def is_unstable(program: Program, layout: Layout) -> bool:
    """Whether the answer changes without the boxes that the image's edge cuts, or when one box moves by 3 px."""
    # As if all were labelled, "" standing for a category that is not there: stability is about places, not about that.
    labelled = frozenset((*layout.by_category, program.category or "", ""))
    if layout.has_cut and answer(program, layout, labelled) != answer(program, layout.without_cut, labelled):
        return True
    if program.side is not None:
        side = program.side
        return _flips(layout[program.category], lambda placement: placement.nearness(side), _side_answer)
    if program.form == "where_most":
        return _flips(layout[program.category], lambda placement: placement.position, _majority)
    return False


def same_corners(one: ObjectBox, other: ObjectBox) -> bool:
    """Whether a region question about one box could as well be about the other, as written to a tenth of a pixel."""
    return written_corners(one) == written_corners(other)


def written_corners(box: ObjectBox) -> str:
    """``[x_min, y_min, width, height]`` as a question says it."""
    return f"[{box.x_min:.1f}, {box.y_min:.1f}, {box.width:.1f}, {box.height:.1f}]"


def _exists(program: Program, layout: Layout, labelled: Collection[str]) -> str | None:
    found = layout[program.category]
    result: str | None = YES if found else NO
    if program.side is not None:
        side = program.side
        result = _side_answer([placement.nearness(side) for placement in found])
    return _only_if_labelled(result, program.category in labelled)


def _side_answer(states: Sequence[str]) -> str | None:
    if "on" in states:
        return YES
    return None if "between" in states else NO


def _only_if_labelled(result: str | None, is_labelled: bool) -> str | None:
    return None if result == NO and not is_labelled else result


def _others(program: Program, layout: Layout, labelled: Collection[str]) -> str | None:
    """Asked only of a category that is there; a No needs other categories that were looked for."""
    if not layout[program.category]:
        return None
    result = YES if len(layout.by_category) > 1 else NO
    return _only_if_labelled(result, any(category != program.category for category in labelled))


def _main(program: Program, layout: Layout, labelled: Collection[str]) -> str | None:
    return _majority([placement.box.category for placement in layout.placements])


def _categories(program: Program, layout: Layout, labelled: Collection[str]) -> str | None:
    """With a single category looked for, "which are there" would be a question without a choice."""
    if not layout.placements or len(set(labelled)) < 2 or not layout.by_category.keys() <= set(labelled):
        return None
    return ", ".join(noun(category) for category in layout.categories)


def noun(category: str) -> str:
    """The category as a sentence says it: data sets write ``storage_tank``."""
    return category.replace("_", " ")


def _count(program: Program, layout: Layout, labelled: Collection[str]) -> str | None:
    number = len(layout[program.category])
    return str(number) if number or program.category in labelled else None


def _where_most(program: Program, layout: Layout, labelled: Collection[str]) -> str | None:
    return _majority([placement.position for placement in layout[program.category]])


def _majority(states: Sequence[str | None]) -> str | None:
    """The strict majority; none where a single state is undecided."""
    if not states or None in states:
        return None
    state, number = Counter(states).most_common(1)[0]
    return state if 2 * number > len(states) else None


def _object_at(program: Program, layout: Layout, labelled: Collection[str]) -> str | None:
    asked = next((placement.box for placement in layout.placements if placement.box.box_id == program.box), None)
    if asked is None or not (asked.width > 0 and asked.height > 0):
        return None
    rivals = (placement.box for placement in layout.placements if placement.box.category != asked.category)
    return None if any(same_corners(asked, rival) for rival in rivals) else noun(asked.category)


_ANSWERS: dict[Form, Callable[[Program, Layout, Collection[str]], str | None]] = {
    "exists": _exists,
    "others": _others,
    "main": _main,
    "categories": _categories,
    "count": _count,
    "where_most": _where_most,
    "object_at": _object_at,
}


def _evidence(program: Program, layout: Layout) -> Sequence[Placement]:
    own = layout[program.category]
    if program.form in ("main", "categories"):
        return layout.placements
    if program.form == "object_at":
        return [placement for placement in layout.placements if placement.box.box_id == program.box]
    if program.form == "others":
        return [placement for placement in layout.placements if placement.box.category != program.category] or own
    return _on_side(own, program.side) or own if program.side is not None else own


def _on_side(placements: Sequence[Placement], side: Side) -> list[Placement]:
    return [placement for placement in placements if placement.nearness(side) == "on"]


def _flips(
    placements: Sequence[Placement],
    state_of: Callable[[Placement], State],
    decide: Callable[[Sequence[State]], str | None],
) -> bool:
    """Whether moving one box by 3 px changes what ``decide`` says of the states of all."""
    states = [state_of(placement) for placement in placements]
    decided = decide(states)
    for index, placement in enumerate(placements):
        for state in {state_of(moved) for moved in placement.moved} - {states[index]}:
            if decide([*states[:index], state, *states[index + 1 :]]) != decided:
                return True
    return False
