"""Answers anew from judged boxes: every form of program, and questions whose own words are no longer true."""

from __future__ import annotations

import pytest

from pipeline.programs.layout import Layout
from pipeline.programs.rederiving import BoxVerdict, judged_boxes, rederive
from pipeline.records import Draft, ObjectBox

SIZE = (300, 300)
BOXES = {
    1: ObjectBox("7", "ship", 10, 140, 20, 20),
    2: ObjectBox("8", "ship", 20, 150, 20, 20, is_cut=True),
    3: ObjectBox("9", "tank", 250, 140, 20, 20),
}
LABELLED = ("ship", "tank")
RIGHT = [BoxVerdict(number, "right") for number in BOXES]


def said(*changed: BoxVerdict) -> list[BoxVerdict]:
    given = {verdict.number: verdict for verdict in (*RIGHT, *changed)}
    return list(given.values())


def outcome(program: str | None, answer: str, *changed: BoxVerdict) -> tuple[str, str | None] | None:
    draft = Draft("question", "?", "counting", answer, program=program)
    after = Layout.of(judged_boxes(BOXES, said(*changed)), SIZE)
    found = rederive(draft, Layout.of(list(BOXES.values()), SIZE), after, LABELLED)
    return None if found is None else (found.outcome, found.answer)


SPURIOUS = BoxVerdict(1, "spurious")
RECLASSED = BoxVerdict(2, "wrong_class", "tank")
MISSING = BoxVerdict(4, "missing", "ship", (260.0, 150.0, 10.0, 10.0))


def test_judged_boxes_keep_their_ids_and_missing_ones_get_new_ones() -> None:
    found = judged_boxes(BOXES, said(SPURIOUS, RECLASSED, MISSING))
    assert [(box.box_id, box.category, box.is_cut) for box in found] == [
        ("8", "tank", True), ("9", "tank", False), ("missing-4", "ship", False),
    ]  # fmt: skip
    taken = {1: ObjectBox("missing-2", "ship", 0, 0, 9, 9)}
    given = [BoxVerdict(1, "right"), BoxVerdict(2, "missing", "ship", (1.0, 1.0, 5.0, 5.0))]
    assert [box.box_id for box in judged_boxes(taken, given)] == ["missing-2", "missing-2+"]
    assert judged_boxes(BOXES, RIGHT) == tuple(BOXES.values())


@pytest.mark.parametrize(
    ("program", "answer", "changed", "expected"),
    [
        ('count(category="ship")', "2", (), ("same", None)),
        ('count(category="ship")', "2", (SPURIOUS, MISSING), ("same", None)),
        ('count(category="ship")', "2", (SPURIOUS,), ("changed", "1")),
        ('count(category="ship")', "2", (RECLASSED, MISSING, BoxVerdict(5, "missing", "ship", (9, 9, 9, 9))),
         ("changed", "3")),
        ('count(category="ship", side="left")', "2", (SPURIOUS,), ("changed", "1")),
        ('exists(category="ship")', "Yes", (SPURIOUS, BoxVerdict(2, "spurious")), ("changed", "No")),
        # Of what was not annotated exhaustively no absence is said, also once its only box is gone.
        ('exists(category="car")', "Yes", (), ("gone", None)),
        ('exists(category="ship", side="right")', "No", (MISSING,), ("changed", "Yes")),
        ('others(category="tank")', "Yes", (BoxVerdict(3, "spurious"),), ("gone", None)),
        ("main()", "ship", (RECLASSED,), ("changed", "tank")),
        ('main(side="left")', "ship", (RECLASSED,), ("gone", None)),
        ("categories()", "ship, tank", (BoxVerdict(3, "spurious"),), ("changed", "ship")),
        ("categories()", "ship, tank", (BoxVerdict(4, "missing", "buoy", (9, 9, 9, 9)),), ("gone", None)),
        ('object_at(box="8")', "Ship ", (), ("same", None)),
        ('object_at(box="8")', "ship", (RECLASSED,), ("changed", "tank")),
        ('object_at(box="7")', "ship", (SPURIOUS,), ("gone", None)),
        ('is_a(category="ship", box="8")', "Yes", (RECLASSED,), ("gone", None)),  # inside the box of another ship
        ('is_a(category="ship", box="8")', "Yes", (SPURIOUS, RECLASSED), ("changed", "No")),
        ('where(box="9")', "right", (), ("same", None)),
        # "Where is the tank in the area …" has no true answer once it is a ship.
        ('where(box="9")', "right", (BoxVerdict(3, "wrong_class", "ship"),), ("gone", None)),
        ('where_most(category="ship")', "left", (MISSING,), ("same", None)),
        # "Where is the ship" is no question of two, nor the other way round.
        ('where_most(category="ship")', "left", (SPURIOUS,), ("gone", None)),
        ('where_most(category="tank")', "right", (BoxVerdict(4, "missing", "tank", (260, 150, 9, 9)),), ("gone", None)),
        # Not of boxes, or of nothing that can be read.
        ("land_cover_main()", "water", (SPURIOUS,), None),
        ("counting ships", "2", (SPURIOUS,), None),
        (None, "2", (SPURIOUS,), None),
    ],
)  # fmt: skip
def test_a_text_follows_the_judged_boxes(
    program: str | None, answer: str, changed: tuple[BoxVerdict, ...], expected: tuple[str, str | None] | None
) -> None:
    assert outcome(program, answer, *changed) == expected
