"""An independent count: reads a question's words, not its program, and answers it from the boxes by brute force.

Written from the rules of the template corpus with exact fractions, and without anything of pipeline.drafting.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
SYNONYMS = {"vessel": "ship", "airplane": "aircraft", "plane": "aircraft", "automobile": "car", "harbour": "harbor",
            "port": "harbor"}  # fmt: skip
_MEANT = {**SYNONYMS, **{f"{word}s": PLURALS[meant] for word, meant in SYNONYMS.items()}}
_WORD = re.compile(rf"\b(?:(an?) )?({'|'.join(_MEANT)})\b")
COVERS = {"trees": "tree", "roads": "road", "buildings": "building", "bare land": "bareland",
          "agricultural land": "agriculture land"}  # fmt: skip
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


def listed(present: set[str], labelled: Sequence[str]) -> str | None:
    return ", ".join(sorted(present)) if present and present <= set(labelled) and len(labelled) > 1 else None


def canonical(question: str) -> str:
    """The question with each category called by its own name; an article that does not fit its noun fails."""

    def meant(found: re.Match[str]) -> str:
        assert found[1] in (None, "an" if found[2][0] in "aeiou" else "a"), found[0]
        own = _MEANT[found[2]]
        return own if found[1] is None else f"{'an' if own == 'aircraft' else 'a'} {own}"

    return _WORD.sub(meant, question)


def land_cover_answer(question: str, shares: Mapping[str, float]) -> str | None:
    """Of a question on land cover, with at least a tenth of the area between what is told apart."""

    def share_of(words: str) -> float:
        return shares[COVERS.get(words, words)]

    if question == "What is the predominant land cover in the image?":
        first, *others = sorted(shares.values(), reverse=True)
        return max(shares, key=lambda cover: shares[cover]) if not others or first - others[0] >= 0.1 else None
    if found := re.fullmatch(r"Is more than half of the area covered by (.+)\?", question):
        share = share_of(found[1])
        return None if 0.4 < share < 0.6 or share < 0.05 else ("Yes" if share > 0.5 else "No")
    if found := re.fullmatch(r"Which covers more area, (.+) or (.+)\?", question):
        one, other = sorted((share_of(found[1]), share_of(found[2])))
        if one < 0.05 or other - one < 0.1 or other < 1.5 * one:
            return None
        more = found[1] if share_of(found[1]) > share_of(found[2]) else found[2]
        return COVERS.get(more, more)
    raise AssertionError(f"not a template: {question}")


def true_answer(
    question: str, boxes: Sequence[ObjectBox], size: tuple[int, int], labelled: Sequence[str]
) -> str | None:
    """The one right answer; None where there is none that nobody could argue with. Unknown wording fails."""
    question = canonical(question)

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
        return listed({box.category for box in boxes}, labelled)
    if found := re.fullmatch(r"How many (\w+) are visible in the image\?", question):
        category = SINGULARS[found[1]]
        return str(len(of(category))) if of(category) or category in labelled else None
    if found := re.fullmatch(r"Where (is the|are most) (\w+) positioned within the image\?", question):
        is_one = found[1] == "is the"
        asked = of(found[2] if is_one else SINGULARS[found[2]])
        assert (len(asked) == 1) == is_one, "number of the verb and of the objects differ"
        places = [place(box, size) for box in asked]
        return None if "tie" in places else most(places)
    if "in the area" in question or "side of the image" in question:
        answer_of = _region_answer if "in the area" in question else _side_answer
        return answer_of(question, boxes, size, labelled)
    raise AssertionError(f"not a template: {question}")


def _side_answer(
    question: str, boxes: Sequence[ObjectBox], size: tuple[int, int], labelled: Sequence[str]
) -> str | None:
    """How many are on a side, and what is most there."""
    if found := re.fullmatch(r"How many (\w+) are located on the (\w+) side of the image\?", question):
        depths = [towards(box, size, found[2]) for box in boxes if box.category == SINGULARS[found[1]]]
        if any(0 < depth <= SIXTH for depth in depths):
            return None
        number = sum(depth > SIXTH for depth in depths)
        return str(number) if number or SINGULARS[found[1]] in labelled else None
    if found := re.fullmatch(r"What is the main object visible on the (\w+) side of the image\?", question):
        clear = most([box.category for box in boxes if towards(box, size, found[1]) > SIXTH])
        wide = most([box.category for box in boxes if towards(box, size, found[1]) > 0])
        return clear if clear == wide else None
    raise AssertionError(f"not a template: {question}")


def _region_answer(
    question: str, boxes: Sequence[ObjectBox], size: tuple[int, int], labelled: Sequence[str]
) -> str | None:
    """What and where the object of one box is."""
    if found := re.fullmatch(r"Where is the (\w+) in the area (\[.+\]) positioned within the image\?", question):
        there = _at(found[2], boxes)
        assert there, "asks of a box that is not there"
        assert all(box.category == found[1] for box in there)
        told = place(there[0], size)
        return None if len(there) > 1 or told == "tie" else told
    if found := re.fullmatch(r"Is the object in the area (\[.+\]) (an?) (\w+)\?", question):
        assert found[2] == ("an" if found[3] == "aircraft" else "a")
        kinds = {box.category for box in _at(found[1], boxes)}
        if len(kinds) != 1:
            return None
        if kinds == {found[3]}:
            return "Yes"
        is_sure = found[3] in labelled or kinds <= {"ship", "aircraft", "car", "tank"}
        return "No" if is_sure and not any(box.category == found[3] for box in boxes) else None
    if found := re.fullmatch(r"What is the object in the area (\[.+\])\?", question):
        kinds = {box.category for box in _at(found[1], boxes)}
        return kinds.pop() if len(kinds) == 1 else None
    raise AssertionError(f"not a template: {question}")


def _at(corners: str, boxes: Sequence[ObjectBox]) -> list[ObjectBox]:
    numbers = [float(number) for number in corners.strip("[]").split(", ")]
    return [
        box for box in boxes if [round(value, 1) for value in (box.x_min, box.y_min, box.width, box.height)] == numbers
    ]


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
