"""Write the chosen candidates as drafts: question, answer, the boxes that it rests on, and its program."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np

from pipeline.drafting.box_arrays import ON, BoxArrays
from pipeline.drafting.candidates import Candidates
from pipeline.drafting.cells import CELLS, Cell
from pipeline.drafting.draws import Keys
from pipeline.drafting.sampling import draw_of
from pipeline.drafting.templates import SYNONYM_SHARE, ask_box, ask_category, ask_land_cover, ask_scene, names_of
from pipeline.programs.derivation import NO, YES, noun
from pipeline.programs.program import SIDES, program_text
from pipeline.records import Draft
from pipeline.vocabulary import POSITIONS

_OF_WORD: Final = 2
"""What a number is drawn for: which of a category's names a question takes."""

_ALL: Final = -1
"""In place of a category or side: every one."""

Row = tuple[int, int, int, int, int, int, float]
"""cell, scene, category, side, box, answer; and a number from 0 up to 1 that chooses the word."""

Written = tuple[str, str, str, tuple[str, ...]]
"""question, program, answer, ids of boxes"""


def write_drafts(chosen: Candidates, arrays: BoxArrays, keys: Keys) -> list[list[Draft]]:
    """The drafts of each scene, in the order of CELLS, categories, sides and boxes."""
    chosen = chosen.take(np.lexsort((chosen.box, chosen.side, chosen.category, chosen.cell, chosen.scene)))
    luck = draw_of(chosen, keys, arrays, _OF_WORD)
    columns = (chosen.cell, chosen.scene, chosen.category, chosen.side, chosen.box, chosen.answer, luck)
    writer = _Writer(arrays)
    drafts: list[list[Draft]] = [[] for _ in arrays.scenes]
    asked: list[set[str]] = [set() for _ in arrays.scenes]
    for row in zip(*(column.tolist() for column in columns), strict=True):
        text, program, answer, box_ids = writer.write[row[0]](row)
        if text in asked[row[1]]:
            # Two categories that a sentence calls the same, such as storage_tank and "storage tank".
            continue
        asked[row[1]].add(text)
        question_type, general_type = _TYPES[row[0]]
        draft = Draft(
            kind="question",
            text=text,
            question_type=question_type,
            answer=answer,
            box_ids=box_ids,
            program=program,
            general_type=general_type,
        )
        drafts[row[1]].append(draft)
    return drafts


_TYPES: Final = [(cell.question_type, "land_cover" if cell.form.startswith("land_cover") else None) for cell in CELLS]


class _Writer:
    """Writes candidates by the kind of their form; what many of them share is made once."""

    def __init__(self, arrays: BoxArrays) -> None:
        self.arrays = arrays
        self.write: list[Callable[[Row], Written]] = [self._way(cell) for cell in CELLS]
        self._nouns = [noun(name) for name in arrays.names]
        self._answer = [self._answering(cell) for cell in CELLS]
        self._known = {noun(name) for name in arrays.known}
        self._asked: dict[tuple[int, int, int, str, bool], tuple[str, str]] = {}
        self._ids: dict[tuple[int, int, int], tuple[str, ...]] = {}
        self._first = arrays.first_box.tolist()
        self._category = arrays.category.tolist()
        self._is_on = (arrays.nearness == ON).tolist()

    def _way(self, cell: Cell) -> Callable[[Row], Written]:
        if cell.form.startswith("land_cover"):
            return self._of_land
        if cell.form in ("object_at", "where", "is_a"):
            return self._of_box
        return self._of_scene if cell.form in ("main", "categories") else self._of_category

    def _of_category(self, row: Row) -> Written:
        number, scene, category, side, _, answer, luck = row
        cell, own = CELLS[number], self._boxes(scene, category, side)
        is_one = cell.form == "where_most" and len(own) == 1
        word = self._word(scene, category, luck)
        key = number, category, side, word, is_one
        asked = self._asked.get(key)
        if asked is None:
            at = SIDES[side] if cell.sided else None
            program = program_text(cell.form, category=self.arrays.names[category], side=at)
            asked = self._asked[key] = ask_category(cell, word, at, is_one=is_one), program
        if cell.form == "others" and answer:
            own = self._others(scene, category)
        return *asked, self._answer[number](answer), own

    def _of_scene(self, row: Row) -> Written:
        number, scene, _, side, _, answer, _ = row
        cell, at = CELLS[number], SIDES[side] if CELLS[number].sided else None
        if cell.form == "categories":
            there = {self._category[box] for box in self._range(scene)}
            answered = ", ".join(self._nouns[category] for category in sorted(there))
        else:
            answered = self._nouns[answer]
        return ask_scene(cell, at), program_text(cell.form, side=at), answered, self._boxes(scene, _ALL, side)

    def _of_box(self, row: Row) -> Written:
        number, scene, category, _, box, answer, luck = row
        cell, box_id = CELLS[number], self.arrays.boxes[box].box_id
        word = "" if cell.form == "object_at" else self._word(scene, category, luck)
        text = ask_box(cell, word, self.arrays.written[box])
        name = self.arrays.names[category] if cell.form == "is_a" else None
        return text, program_text(cell.form, category=name, box=box_id), self._answer[number](answer), (box_id,)

    def _of_land(self, row: Row) -> Written:
        number, scene, cover, than, _, answer, _ = row
        cell, covers = CELLS[number], list(self.arrays.scenes[scene].land_cover)
        if cell.form == "land_cover_main":
            return ask_scene(cell, None), program_text(cell.form), noun(covers[answer]), ()
        one, other = covers[cover], covers[than] if than >= 0 else None
        answered = self._answer[number](answer) if other is None else noun(covers[answer])
        return ask_land_cover(one, other), program_text(cell.form, cover=one, than=other), answered, ()

    def _answering(self, cell: Cell) -> Callable[[int], str]:
        """How the number in ``Candidates.answer`` is said."""
        if cell.form == "count":
            return str
        if cell.form in ("where_most", "where"):
            return POSITIONS.__getitem__
        return self._nouns.__getitem__ if cell.form == "object_at" else (NO, YES).__getitem__

    def _word(self, scene: int, category: int, luck: float) -> str:
        """The category's own name, or in so many cases as SYNONYM_SHARE one of its synonyms."""
        names = names_of(self.arrays.names[category])
        if luck >= SYNONYM_SHARE or len(names) == 1:
            return names[0]
        word = names[1 + int(luck / SYNONYM_SHARE * (len(names) - 1))]
        return names[0] if self._is_category(scene, word) else word

    def _is_category(self, scene: int, word: str) -> bool:
        """Whether the data set, or this scene, knows the word as another category."""
        if word in self._known:
            return True
        if word not in self._nouns:
            return False
        return word in map(noun, self.arrays.scenes[scene].labelled) or any(
            self._nouns[self._category[box]] == word for box in self._range(scene)
        )

    def _boxes(self, scene: int, category: int, side: int) -> tuple[str, ...]:
        """Ids of the category's boxes on the side; where there is none, of all that it has."""
        key = scene, category, side
        found = self._ids.get(key)
        if found is None:
            own = [box for box in self._range(scene) if category in (_ALL, self._category[box])]
            on_side = [box for box in own if side != _ALL and self._is_on[box][side]]
            found = self._ids[key] = self._named(on_side or own)
        return found

    def _others(self, scene: int, category: int) -> tuple[str, ...]:
        return self._named(box for box in self._range(scene) if self._category[box] != category)

    def _range(self, scene: int) -> range:
        first = self._first[scene]
        return range(first, first + len(self.arrays.scenes[scene].boxes))

    def _named(self, boxes: Iterable[int]) -> tuple[str, ...]:
        return tuple(self.arrays.boxes[box].box_id for box in boxes)
