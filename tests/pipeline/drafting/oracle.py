"""An independent count: reads a question's words, not its program, and answers it from the boxes by brute force.

Written from the rules of the template corpus with exact fractions, and without anything of pipeline.drafting.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from pipeline.records import ObjectBox

PLURALS = {
    "ship": "ships",
    "aircraft": "aircraft",
    "car": "cars",
    "tank": "tanks",
    "bridge": "bridges",
    "harbor": "harbors",
}
SINGULARS = {many: one for one, many in PLURALS.items()}
SIDES = ("left", "right", "top", "bottom")

SIXTH = Fraction(1, 6)


def offsets(box: ObjectBox, size: tuple[int, int]) -> tuple[Fraction, Fraction]:
    rows, cols = size
    cx = Fraction(box.x_min) + Fraction(box.width) / 2
    cy = Fraction(box.y_min) + Fraction(box.height) / 2
    return (cx - Fraction(cols, 2)) / cols, (cy - Fraction(rows, 2)) / rows


def place(box: ObjectBox, size: tuple[int, int]) -> str:
    dx, dy = offsets(box, size)
    if abs(dx) < SIXTH and abs(dy) < SIXTH:
        return "center"
    if abs(dx) == abs(dy):
        return "tie"
    if abs(dx) > abs(dy):
        return "left" if dx < 0 else "right"
    return "top" if dy < 0 else "bottom"


def towards(box: ObjectBox, size: tuple[int, int], side: str) -> Fraction:
    dx, dy = offsets(box, size)
    return {"left": -dx, "right": dx, "top": -dy, "bottom": dy}[side]


def most(values: Sequence[str]) -> str | None:
    for value in set(values):
        if values.count(value) * 2 > len(values):
            return value
    return None


def true_answer(
    question: str, boxes: Sequence[ObjectBox], size: tuple[int, int], labelled: Sequence[str]
) -> str | None:
    """The one right answer; None where there is none that nobody could argue with. Unknown wording fails."""

    def of(category: str) -> list[ObjectBox]:
        return [box for box in boxes if box.category == category]

    if found := re.fullmatch(r"Are there any (\w+) in the image\?", question):
        category = SINGULARS[found[1]]
        return "Yes" if of(category) else ("No" if category in labelled else None)
    if found := re.fullmatch(r"Is there (an?) (\w+) located on the (\w+) side of the image\?", question):
        assert found[1] == ("an" if found[2] == "aircraft" else "a")
        assert found[2] in PLURALS
        depths = [towards(box, size, found[3]) for box in of(found[2])]
        if any(depth > SIXTH for depth in depths):
            return "Yes"
        return "No" if all(depth <= 0 for depth in depths) and found[2] in labelled else None
    if found := re.fullmatch(r"Are there any other categories apart from (\w+) in the image\?", question):
        assert of(found[1]), "asks what else there is beside something that is not there"
        if any(box.category != found[1] for box in boxes):
            return "Yes"
        return "No" if set(labelled) - {found[1]} else None
    if question == "What is the main object visible in the image?":
        return most([box.category for box in boxes])
    if question == "Which object categories are visible in the image?":
        present = {box.category for box in boxes}
        return ", ".join(sorted(present)) if present and present <= set(labelled) and len(labelled) > 1 else None
    if found := re.fullmatch(r"How many (\w+) are visible in the image\?", question):
        category = SINGULARS[found[1]]
        return str(len(of(category))) if of(category) or category in labelled else None
    if found := re.fullmatch(r"Where (is the|are most) (\w+) positioned within the image\?", question):
        is_one = found[1] == "is the"
        asked = of(found[2] if is_one else SINGULARS[found[2]])
        assert (len(asked) == 1) == is_one, "number of the verb and of the objects differ"
        places = [place(box, size) for box in asked]
        return None if "tie" in places else most(places)
    if found := re.fullmatch(r"What is the object in the area \[(.+)\]\?", question):
        corners = [float(number) for number in found[1].split(", ")]
        there = {
            box.category
            for box in boxes
            if [round(value, 1) for value in (box.x_min, box.y_min, box.width, box.height)] == corners
        }
        return there.pop() if len(there) == 1 else None
    raise AssertionError(f"not a template: {question}")


def every_question(boxes: Sequence[ObjectBox], labelled: Sequence[str]) -> set[str]:
    """All questions that the templates can ask about the scene, whether or not they have an answer."""
    present = {box.category for box in boxes}
    asked = {"What is the main object visible in the image?", "Which object categories are visible in the image?"}
    for category in present | set(labelled):
        many, article = PLURALS[category], "an" if category == "aircraft" else "a"
        asked |= {f"Are there any {many} in the image?", f"How many {many} are visible in the image?"}
        asked |= {f"Is there {article} {category} located on the {side} side of the image?" for side in SIDES}
    for category in present:
        is_one = sum(box.category == category for box in boxes) == 1
        subject = f"is the {category}" if is_one else f"are most {PLURALS[category]}"
        asked.add(f"Where {subject} positioned within the image?")
        asked.add(f"Are there any other categories apart from {category} in the image?")
    for box in boxes:
        asked.add(
            f"What is the object in the area [{box.x_min:.1f}, {box.y_min:.1f}, {box.width:.1f}, {box.height:.1f}]?"
        )
    return asked
