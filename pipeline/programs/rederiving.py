"""Answers anew from boxes that were judged: what a reviewer said of each box, and what follows for a text.

A text follows from the boxes if its stored program asks of them; one that asks of the land cover does not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from pipeline.programs.derivation import answer, evidence
from pipeline.programs.layout import Layout
from pipeline.programs.program import Program, ProgramError, parse_program
from pipeline.records import Draft, ObjectBox

BoxOutcome = Literal["same", "changed", "gone"]
"""The answer is what the judged boxes give; is another one; or there is none, and perhaps nothing to ask."""

_ON_LAND: Final = "land_cover"


@dataclass(frozen=True, slots=True)
class BoxVerdict:
    """What was said of the box with this number; of one that was missing, its category and place too."""

    number: int
    verdict: Literal["right", "wrong_class", "spurious", "missing"]
    category: str | None = None
    """The right one, of ``wrong_class`` and ``missing``."""
    box: tuple[float, float, float, float] | None = None
    """``(x_min, y_min, width, height)`` in pixels of the scene, of ``missing``."""


@dataclass(frozen=True, slots=True)
class Rederived:
    """What judged boxes give for a text."""

    outcome: BoxOutcome
    answer: str | None = None
    """The new one, where it is another."""
    box_ids: tuple[str, ...] = ()
    """On which it rests."""


def judged_boxes(boxes: Mapping[int, ObjectBox], verdicts: Iterable[BoxVerdict]) -> tuple[ObjectBox, ...]:
    """The scene's boxes as they were judged, by number.

    Those that are right, those of another class with their new one, under their old ids, so that programs still find
    them; those that were missing under new ids; none that is spurious, or of which nothing is said.
    """
    known = {box.box_id for box in boxes.values()}
    judged: list[ObjectBox] = []
    for said in sorted(verdicts, key=lambda each: each.number):
        if said.verdict == "missing":
            if said.category is None or said.box is None:
                raise ValueError(f"the missing box {said.number} has no category or no place")
            judged.append(ObjectBox(_new_id(said.number, known), said.category, *said.box))
        elif said.verdict != "spurious":
            box = boxes[said.number]
            judged.append(box if said.category is None else replace(box, category=said.category))
    return tuple(judged)


def _new_id(number: int, known: Collection[str]) -> str:
    name = f"missing-{number}"
    while name in known:
        name += "+"
    return name


def program_of_boxes(draft: Draft) -> Program | None:
    """The program by which the text follows from boxes; None where it does not."""
    if draft.program is None or draft.program.startswith(_ON_LAND):
        return None
    try:
        return parse_program(draft.program)
    except ProgramError:
        return None


def rederive(draft: Draft, before: Layout, after: Layout, labelled: Collection[str]) -> Rederived | None:
    """Run the text's program over the judged boxes.

    Parameters
    ----------
    before, after
        The scene's boxes as they came, and as they were judged (:func:`judged_boxes`).
    labelled
        The scene's; a category that was annotated in part stays so, whatever was found to be missing.

    Returns
    -------
    None where the text does not follow from boxes.
    """
    program = program_of_boxes(draft)
    if program is None:
        return None
    found = answer(program, after, labelled) if _still_asks(program, before, after) else None
    if found is None:
        return Rederived("gone")
    if _folded(found) == _folded(draft.answer):
        return Rederived("same", box_ids=evidence(program, after))
    return Rederived("changed", found, evidence(program, after))


def _still_asks(program: Program, before: Layout, after: Layout) -> bool:
    """Whether the question's own words are still true: ``where is the ship`` asks of a single one, and of a ship."""
    if program.form == "where_most":
        return (len(before[program.category]) == 1) == (len(after[program.category]) == 1)
    if program.form == "where":
        return _category_of(program.box, before) == _category_of(program.box, after)
    return True


def _category_of(box_id: str | None, layout: Layout) -> str | None:
    return next((placement.box.category for placement in layout.placements if placement.box.box_id == box_id), None)


def _folded(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()
