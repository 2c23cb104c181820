"""Run a program over a scene: its answer, the boxes it rests on, and whether it hangs by a thread.

No answer is ever false or arguable. What is absent is claimed only of categories that were annotated exhaustively
(``labelled``); where people could differ (a box between the sides, no strict majority) there is no answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, TypeVar

from pipeline.programs.land_cover import covers_half, larger, predominant
from pipeline.programs.layout import Layout, Placement
from pipeline.programs.program import Form, Program, Side
from pipeline.records import ObjectBox

YES, NO = "Yes", "No"

COMPACT: Final = frozenset({"ship", "aircraft", "car", "tank"})
"""Categories whose boxes hold one object and nothing else: what is in such a box is not also something else, as a ship
is in the box of a harbor."""

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
        own = layout.placements if program.category is None else layout[program.category]
        return _flips(own, lambda placement: _side_state(placement, side), _ON_A_SIDE[program.form])
    if program.form == "where_most":
        return _flips(layout[program.category], lambda placement: placement.position, _majority)
    if program.form == "where":
        return _flips(_asked(program, layout), lambda placement: placement.position, _majority)
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
        result = _side_answer(_states(found, program.side))
    return _only_if_labelled(result, program.category in labelled)


SideState = tuple[str, str]
"""A box's category, and how near to the side it is."""


def _side_answer(states: Sequence[SideState]) -> str | None:
    nearness = {state for _, state in states}
    if "on" in nearness:
        return YES
    return None if "between" in nearness else NO


def _side_count(states: Sequence[SideState]) -> str | None:
    """None where a single box is between the sides, which one would count and another not."""
    nearness = [state for _, state in states]
    return None if "between" in nearness else str(nearness.count("on"))


def _side_main(states: Sequence[SideState]) -> str | None:
    """What is most of the side, whether or not the boxes between the sides are taken to be on it."""
    strictly = _majority([category for category, state in states if state == "on"])
    generously = _majority([category for category, state in states if state != "off"])
    return strictly if strictly == generously else None


_ON_A_SIDE: Final[Mapping[Form, Callable[[Sequence[SideState]], str | None]]] = {
    "exists": _side_answer,
    "count": _side_count,
    "main": _side_main,
}


def _states(placements: Sequence[Placement], side: Side) -> list[SideState]:
    return [_side_state(placement, side) for placement in placements]


def _side_state(placement: Placement, side: Side) -> SideState:
    return placement.box.category, placement.nearness(side)


def _only_if_labelled(result: str | None, is_labelled: bool) -> str | None:
    return None if result == NO and not is_labelled else result


def _others(program: Program, layout: Layout, labelled: Collection[str]) -> str | None:
    """Asked only of a category that is there; a No needs other categories that were looked for."""
    if not layout[program.category]:
        return None
    result = YES if len(layout.by_category) > 1 else NO
    return _only_if_labelled(result, any(category != program.category for category in labelled))


def _is_a(program: Program, layout: Layout, labelled: Collection[str]) -> str | None:
    """No, where the box is of another category and nothing of the asked one can be in it."""
    asked = _lone(program, layout)
    if asked is None or asked.category == program.category:
        return None if asked is None else YES
    is_known = asked.category in COMPACT or program.category in labelled
    is_free = not any(_overlap(asked, placement.box) for placement in layout[program.category])
    return NO if is_known and is_free else None


def _overlap(one: ObjectBox, other: ObjectBox) -> bool:
    return (
        one.x_min < other.x_min + other.width
        and other.x_min < one.x_min + one.width
        and one.y_min < other.y_min + other.height
        and other.y_min < one.y_min + one.height
    )


def _main(program: Program, layout: Layout, labelled: Collection[str]) -> str | None:
    if program.side is not None:
        answered = _side_main(_states(layout.placements, program.side))
    else:
        answered = _majority([placement.box.category for placement in layout.placements])
    return _noun_of(answered)


def _categories(program: Program, layout: Layout, labelled: Collection[str]) -> str | None:
    """With a single category looked for, "which are there" would be a question without a choice."""
    if not layout.placements or len(set(labelled)) < 2 or not layout.by_category.keys() <= set(labelled):
        return None
    return ", ".join(noun(category) for category in layout.categories)


def noun(category: str) -> str:
    """The category as a sentence says it: data sets write ``storage_tank``."""
    return category.replace("_", " ")


def _count(program: Program, layout: Layout, labelled: Collection[str]) -> str | None:
    own = layout[program.category]
    number = str(len(own)) if program.side is None else _side_count(_states(own, program.side))
    return None if number == "0" and program.category not in labelled else number


def _where_most(program: Program, layout: Layout, labelled: Collection[str]) -> str | None:
    return _majority([placement.position for placement in layout[program.category]])


def _where(program: Program, layout: Layout, labelled: Collection[str]) -> str | None:
    """Not of a box whose corners another one has as well: the question could mean either."""
    asked = _asked(program, layout)
    twins = [each for each in layout.placements if asked and same_corners(asked[0].box, each.box)]
    return asked[0].position if len(twins) == 1 and _has_area(asked[0].box) else None


def _majority(states: Sequence[str | None]) -> str | None:
    """The strict majority; none where a single state is undecided."""
    if not states or None in states:
        return None
    state, number = Counter(states).most_common(1)[0]
    return state if 2 * number > len(states) else None


def _object_at(program: Program, layout: Layout, labelled: Collection[str]) -> str | None:
    asked = _lone(program, layout)
    return None if asked is None else noun(asked.category)


def _asked(program: Program, layout: Layout) -> list[Placement]:
    """The box that the program names, if it is there."""
    return [placement for placement in layout.placements if placement.box.box_id == program.box][:1]


def _lone(program: Program, layout: Layout) -> ObjectBox | None:
    """The box that the program names, unless one of another category has the same corners."""
    asked = next((placement.box for placement in _asked(program, layout)), None)
    if asked is None or not _has_area(asked):
        return None
    rivals = (placement.box for placement in layout.placements if placement.box.category != asked.category)
    return None if any(same_corners(asked, rival) for rival in rivals) else asked


def _has_area(box: ObjectBox) -> bool:
    return box.width > 0 and box.height > 0


def _land_cover_main(program: Program, layout: Layout, labelled: Collection[str]) -> str | None:
    return _noun_of(predominant(layout.land_cover))


def _land_cover_half(program: Program, layout: Layout, labelled: Collection[str]) -> str | None:
    covers = covers_half(program.cover or "", layout.land_cover)
    return None if covers is None else (YES if covers else NO)


def _land_cover_more(program: Program, layout: Layout, labelled: Collection[str]) -> str | None:
    return _noun_of(larger(program.cover or "", program.than or "", layout.land_cover))


def _noun_of(category: str | None) -> str | None:
    return None if category is None else noun(category)


_ANSWERS: dict[Form, Callable[[Program, Layout, Collection[str]], str | None]] = {
    "exists": _exists,
    "others": _others,
    "is_a": _is_a,
    "main": _main,
    "categories": _categories,
    "count": _count,
    "where_most": _where_most,
    "where": _where,
    "object_at": _object_at,
    "land_cover_main": _land_cover_main,
    "land_cover_half": _land_cover_half,
    "land_cover_more": _land_cover_more,
}


def _evidence(program: Program, layout: Layout) -> Sequence[Placement]:
    if program.box is not None:
        return _asked(program, layout)
    if program.form in ("main", "categories"):
        return layout.placements if program.side is None else _on_side(layout.placements, program.side)
    own = layout[program.category]
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
