"""Questions as programs over the boxes of their scene, for rules that ask what the answer hangs by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pipeline.programs.derivation import answer, is_unstable
from pipeline.programs.layout import Layout
from pipeline.programs.program import Program, ProgramError, parse_program
from pipeline.programs.reading import READ_UP_TO, read_question
from pipeline.records import ObjectBox
from pipeline.screening.context import SceneContext
from pipeline.screening.once import once
from pipeline.screening.rules import Passage


class _Boxes:
    """A scene's boxes, equal only to themselves: a key that costs nothing however many there are."""

    __slots__ = ("boxes",)

    def __init__(self, boxes: tuple[ObjectBox, ...]) -> None:
        self.boxes = boxes

    def __hash__(self) -> int:
        return id(self.boxes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Boxes) and self.boxes is other.boxes


@dataclass(frozen=True)
class Placed:
    """The boxes of a scene in their places, with and without those that the image's edge cuts."""

    layout: Layout
    uncut: Layout | None
    """None where no box is cut."""


def placed_boxes(boxes: tuple[ObjectBox, ...], size: tuple[int, int]) -> Placed:
    """``boxes`` in an image of ``size`` (rows, cols); the last scenes are remembered."""
    return _place(_Boxes(boxes), size)


@lru_cache(maxsize=16)
def _place(key: _Boxes, size: tuple[int, int]) -> Placed:
    layout = Layout.of(key.boxes, size)
    uncut = [each.box for each in layout.placements if not (each.is_cut or each.box.is_cut)]
    return Placed(layout, Layout.of(uncut, size) if len(uncut) < len(key.boxes) else None)


@dataclass(frozen=True)
class Asked:
    """A question as a program over the boxes of its scene."""

    program: Program
    placed: Placed

    @once
    def derived(self) -> str | None:
        return self._answer(self.placed.layout)

    @once
    def without_cut(self) -> str | None:
        """The answer without the boxes that the image's edge cuts."""
        return self.derived if self.placed.uncut is None else self._answer(self.placed.uncut)

    @once
    def is_shifting(self) -> bool:
        """Whether one box moved by 3 px changes the answer."""
        return is_unstable(self.program, self.placed.layout)

    def _answer(self, layout: Layout) -> str | None:
        # As if all were labelled: what rests on places is one thing, what was looked for another.
        labelled = frozenset((*self.placed.layout.by_category, self.program.category or "", ""))
        return answer(self.program, layout, labelled)


def asked_of(passage: Passage, context: SceneContext) -> Asked | None:
    """The question that the passage answers, if its program is known or can be read, and boxes can answer it."""
    draft = passage.draft
    if passage.field != "answer" or context.boxes is None or context.size is None or not passage.text.strip():
        return None
    if not (draft.program or context.labelled):
        return None
    # A longer question is of no form, and no cache should keep a megabyte.
    return _read(draft.text[: READ_UP_TO + 1], draft.program, _Boxes(context.boxes), context.size, context.labelled)


@lru_cache(maxsize=64)
def _read(
    question: str, stored: str | None, key: _Boxes, size: tuple[int, int], labelled: tuple[str, ...]
) -> Asked | None:
    placed = _place(key, size)
    program = _stored_program(stored)
    if program is None:
        program = read_question(question, {*labelled, *placed.layout.by_category}, key.boxes)
    return None if program is None else Asked(program, placed)


def _stored_program(text: str | None) -> Program | None:
    try:
        return None if text is None else parse_program(text)
    except ProgramError:
        # Another drafter's own; the question may still be one that can be read.
        return None
