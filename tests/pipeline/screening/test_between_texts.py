"""What two texts of a scene say against each other, and again."""

from __future__ import annotations

import time

import pytest

from pipeline.records import Draft, ObjectBox
from pipeline.screening import RULES, SceneContext, screen

BETWEEN = [rule for rule in RULES if rule.name.partition(".")[0] in ("contradiction", "duplicate")]


def caption(text: str, kind: str = "complex_caption") -> Draft:
    return Draft(kind, text)


def question(text: str, answer: str) -> Draft:
    return Draft("question", text, "general", answer)


def told(*drafts: Draft, **known) -> list[list[tuple[str, str]]]:
    """The rules and spans of each draft of a scene."""
    context = SceneContext(others=drafts, **known)
    return [[(finding.rule, finding.text) for finding in screen(draft, context, BETWEEN)] for draft in drafts]


def are_told(one: Draft, other: Draft) -> tuple[bool, bool]:
    first, second = told(one, other)
    return (
        any(rule.startswith("contradiction") for rule, _ in first),
        any(rule.startswith("contradiction") for rule, _ in second),
    )


CONTRADICTIONS = [
    (caption("Two ships are visible."), caption("Three ships are visible in the image.")),
    (caption("There are 2 bridges."), caption("The image shows four bridges.")),
    (caption("There are no bridges in the image."), caption("A bridge crosses the river.")),
    (caption("No ships are visible."), caption("Ships lie at the pier.")),
    (caption("A single tank stands there."), caption("Two storage tanks are visible.")),
    (caption("Two airplanes are parked."), question("How many aircraft are visible in the image?", "3")),
    (question("How many ships are there?", "Two."), question("What is the number of vessels?", "3")),
    (question("Is there a bridge?", "Yes."), question("Is there any bridge in the image?", "No.")),
    (question("Is there a bridge?", "No."), caption("A long bridge crosses the river.")),
    (question("Are there any ships?", "No."), question("How many ships are visible?", "4")),
    (question("Can you see a stadium?", "No."), caption("A stadium lies in the centre.")),
    (question("Where is the church?", "Top left."), caption("The church is in the lower right corner.")),
    (question("Where is the church located?", "left"), question("What is the position of the church?", "right")),
    (question("Where is the pond?", "top left"), question("Where is the pond?", "bottom left")),
    (caption("The stadium lies on the left side."), caption("The stadium is located on the right side of the image.")),
    (
        question("What is the land cover in the center?", "Water."),
        question("What is the land cover in the middle?", "Forest"),
    ),
    (question("How many ships are there?", "12"), caption("Five ships are visible in the scene.")),
    (caption("More than five ships are visible."), caption("Three ships are visible.")),
    (caption("Two boats lie at the lock."), caption("A canal. Three boats are moored at the lock, beside a weir.")),
    (caption("Five cars are parked on the roof."), question("How many cars are on the roof?", "8")),
    (caption("Two large ships lie in the dock."), caption("Three large ships are docked in the dock.")),
    (caption("On the apron two jets stand. Four cars are in the yard."), caption("Five cars are parked in the yard.")),
]


@pytest.mark.parametrize(("one", "other"), CONTRADICTIONS)
def test_both_texts_are_told_of_a_contradiction(one, other):
    assert are_told(one, other) == (True, True)
    assert are_told(other, one) == (True, True)


AGREEMENTS = [
    (caption("Two ships are visible."), caption("2 vessels are visible.")),
    (caption("Two ships lie at the pier."), caption("Three ships are visible.")),
    (caption("Two large ships are moored."), caption("Three ships are visible.")),
    (caption("Two boats are visible."), caption("Three ships are visible.")),
    (caption("Two ships lie at the pier."), caption("Four ships lie at the quay.")),
    (caption("Two ships lie at a pier."), caption("Four ships lie at a pier.")),
    (caption("Two ships lie at the piers."), caption("Four ships lie at the piers.")),
    (caption("Two ships leave from the pier."), caption("Four ships are moored at the pier.")),
    (caption("Two large ships lie at the pier."), caption("Four ships lie at the pier.")),
    (caption("At least two ships lie at the pier."), caption("Four ships lie at the pier.")),
    (caption("Two ships lie at the pier that is long."), caption("Four ships lie at the pier.")),
    (caption("Two ships lie at the pier and wait."), caption("Four ships lie at the pier.")),
    (caption("Two ships are on the left of the pier."), caption("Four ships are on the left of the dam.")),
    (caption("At least two ships are visible."), caption("Three ships are visible.")),
    (caption("About 20 tanks."), caption("Twenty-one tanks.")),
    (caption("Two rows of ships."), caption("Eight ships are visible.")),
    (caption("Two car parks."), caption("Nine cars are visible.")),
    (caption("A ship is moored."), caption("Two ships are visible.")),
    (caption("Several ships are moored."), caption("Three ships are visible.")),
    (caption("There are no bridges on the left side."), caption("A bridge crosses the river.")),
    (caption("A parking lot with no cars."), caption("Cars are on the road.")),
    (caption("A river without a bridge."), question("Is there a bridge?", "No.")),
    (caption("No bridge is visible."), caption("It is not possible that a bridge is there.")),
    (question("Is there a bridge?", "Yes."), question("Is there a bridge?", "Yes, one.")),
    (question("Is there a bridge on the left?", "No."), caption("A bridge crosses the river.")),
    (question("Is there a large ship?", "No."), caption("Two ships are visible.")),
    (question("How many ships are on the left?", "2"), question("How many ships are there?", "5")),
    (question("How many large ships are there?", "2"), question("How many ships are there?", "5")),
    (question("Where is the church?", "left"), question("Where is the church?", "bottom left")),
    (question("Where is the church?", "left"), question("Where is the school?", "right")),
    (question("Where are most ships positioned?", "left"), caption("A ship is on the right side.")),
    (caption("A ship is on the left side. Two ships are moored."), caption("A ship is on the right side.")),
    (caption("The ship lies left of the pier."), caption("The ship is on the right side.")),
    (question("What is the shape of the lake?", "Oval."), question("What is the shape of the pond?", "Round.")),
    (question("What is visible?", "Dense forest with a road"), question("What is visible?", "A road through forest")),
    (question("How many ships are there?", "2"), question("How many ships are there?", "two")),
    (caption("Two ships on the left and three ships on the right."), caption("Five ships are visible.")),
    (caption("A two-lane bridge."), caption("A bridge with four lanes.")),
    (caption("One of the ships is large."), caption("Three ships are visible.")),
    (caption("A bridge crane stands there."), question("Is there a bridge?", "No.")),
]


@pytest.mark.parametrize(("one", "other"), AGREEMENTS)
def test_texts_that_may_both_be_true_are_left_alone(one, other):
    assert are_told(one, other) == (False, False)
    assert are_told(other, one) == (False, False)


def test_the_span_is_the_claim_and_the_other_text_is_quoted():
    one, other = caption("In the port, two ships are visible."), question("How many ships are visible?", "3.")
    context = SceneContext(others=(one, other))
    [finding] = screen(one, context, BETWEEN)
    assert (finding.text, finding.message) == (
        "two ships",
        "another text of this scene says “How many ships are visible? 3”",
    )
    [finding] = screen(other, context, BETWEEN)
    assert (finding.field, finding.text) == ("answer", "3")
    assert "two ships" in finding.message


def test_where_the_boxes_show_several_two_places_are_no_contradiction():
    drafts = caption("The tower is on the left side."), caption("The tower is on the right side.")
    boxes = tuple(ObjectBox(str(number), "tower", 5, 5, 9, 9) for number in range(2))
    assert are_told(*drafts) == (True, True)
    assert told(*drafts, boxes=boxes, labelled=("tower",)) == [[], []]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("There are two ships. The three ships are moored.", ["two ships", "three ships"]),
        ("There are no bridges. A bridge crosses the river.", ["no bridges", "bridge"]),
        ("There are five ships. The two ships on the left are moored.", []),
        ("Two ships are moored. The two ships are long.", []),
        ("Two ships lie on the left and three ships on the right.", []),
        ("No cars are parked, but there are buildings.", []),
    ],
)
def test_a_text_is_held_to_itself(text, spans):
    assert [span for _, span in told(caption(text))[0]] == spans


DUPLICATES = [
    (caption("A port with ships."), caption("A port with ships.", "concise_caption")),
    (caption("A port with ships and cranes."), caption("A port with cranes and ships.")),
    (question("How many ships are there?", "2"), question("How many ships are there?", "2")),
    (question("How many ships are there?", "2"), question("What is the number of ships?", "2")),
    (question("Is there a bridge?", "No."), question("Are there any bridges in the image?", "No.")),
]


@pytest.mark.parametrize(("one", "other"), DUPLICATES)
def test_only_the_later_of_two_like_texts_is_told(one, other):
    first, second = told(one, other)
    assert first == []
    assert [(rule.partition(".")[0], span) for rule, span in second] == [("duplicate", other.text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (caption("A port with ships.", "concise_caption"), caption("A port with ships, cranes and a quay.")),
        (caption("Ships and a port.", "concise_caption"), caption("A port with ships.")),
        (question("How many ships are there?", "2"), question("How many cars are there?", "2")),
        (question("Is the ship left of the pier?", "No."), question("Is the pier left of the ship?", "Yes.")),
        (caption("A port."), caption("Port")),
        (question("What is it?", "A port"), caption("What is it?")),
    ],
)
def test_other_texts_are_no_duplicates(one, other):
    assert [rule for rule, _ in told(one, other)[1] if rule == "duplicate.words"] == []


def test_three_like_questions_keep_the_first():
    asked = [
        question("Is there a bridge?", "No."),
        question("Is a bridge visible?", "No."),
        question("Any bridge?", "No."),
    ]
    assert [len(findings) for findings in told(*asked)] == [0, 1, 0]


def test_a_text_is_not_held_to_an_equal_record_of_itself():
    stored, screened = question("How many ships are there?", "2"), question("How many ships are there?", "2")
    assert screen(screened, SceneContext(others=(stored,)), BETWEEN) == []


def test_without_other_texts_nothing_is_compared():
    assert told(caption("Two ships are visible.")) == [[]]
    assert screen(caption("Two ships are visible."), SceneContext(), BETWEEN) == []


def test_a_scene_of_many_texts_is_compared_in_little_time():
    drafts = tuple(question(f"How many ships are in row {number}?", str(number)) for number in range(3_000))
    drafts += tuple(caption(f"{number} ships are visible.") for number in range(3_000))
    context = SceneContext(others=drafts)
    start = time.process_time()
    for draft in drafts:
        screen(draft, context, BETWEEN)
    assert time.process_time() - start < 6


@pytest.mark.parametrize("text", ["\0", "\ud83d", "🚢", "two ships " * 50_000, "no " * 100_000, ""])
def test_hostile_texts_are_compared_and_hide_nothing_of_the_others(text):
    sound = (caption("Two ships are visible."), caption("Three ships are visible."))
    *hostile, two, three = told(caption(text), question(text, text), *sound)
    assert all(span in text for of_draft in hostile for _, span in of_draft)
    assert [rule for rule, _ in two] == [rule for rule, _ in three] == ["contradiction.count"]


def test_what_the_boxes_bear_out_is_not_held_to_a_text_that_they_deny():
    boxes = tuple(ObjectBox(str(index), "ship", 10.0 * index, 10, 8, 8) for index in range(3))
    known = {"size": (400, 600), "boxes": boxes, "labelled": ("ship",)}
    wrong, right = told(caption("Four ships are visible."), question("How many ships are there?", "3"), **known)
    assert [rule for rule, _ in wrong] == ["contradiction.count"]
    assert right == []
