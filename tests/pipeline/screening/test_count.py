"""Numbers of objects against boxes."""

from __future__ import annotations

import pytest

from tests.pipeline.screening.box_scenes import (
    APRON,
    BRIDGE,
    DEPOT,
    DIAGONAL,
    HARBOR,
    ONE_SHIP,
    TWO_SHIPS,
    caption,
    families,
    found,
    question,
    scene,
)

CAPTIONS = [
    (HARBOR, "Four ships are docked along the pier, with calm water around them."),
    (HARBOR, "A harbor with two docked ships."),
    (HARBOR, "The image depicts a harbor area with multiple ships, two bridges and a road."),
    (HARBOR, "There are no ships on the left side of the image."),
    (HARBOR, "A total of 13 ships were detected."),
    (HARBOR, "All four vessels are aligned in parallel."),
    (HARBOR, "A lone vessel is moored at the quay."),
    (BRIDGE, "Two parallel bridges cross the river."),
    (BRIDGE, "No vehicles are on the bridge."),
    (DEPOT, "Six cylindrical storage tanks stand in a row in the upper right."),
    (ONE_SHIP, "Two ships are visible."),
    (ONE_SHIP, "Both ships are moored."),
    (ONE_SHIP, "No ships can be seen."),
    (ONE_SHIP, "There is no ship in the scene."),
    (ONE_SHIP, "There aren't any ships."),
    (ONE_SHIP, "The sea is empty of ships."),
    (ONE_SHIP, "The image is devoid of vessels."),
    (ONE_SHIP, "A dozen ships wait at anchor."),
    (ONE_SHIP, "Dozens of ships wait at anchor."),
    (ONE_SHIP, "A couple of ships lie here."),
    (ONE_SHIP, "A pair of vessels sail side by side."),
    (ONE_SHIP, "At least two ships are visible."),
    (ONE_SHIP, "More than one ship is visible."),
    (TWO_SHIPS, "Three ships lie on the left."),
    (TWO_SHIPS, "One ship lies on the left."),
    (TWO_SHIPS, "A total of three ships are anchored."),
    (TWO_SHIPS, "There are 2 ships and 2 bridges."),
    (TWO_SHIPS, "There are more bridges than ships."),
    (TWO_SHIPS, "The number of ships is 3."),
    (TWO_SHIPS, "Two ships, a bridge and three aircraft are visible."),
    (TWO_SHIPS, "Three ferries lie near the pier."),
    (TWO_SHIPS, "The twin bridges cross the water."),
    (APRON, "Five airplanes are parked on the apron."),
    (APRON, "Two aircrafts are on the right."),
    (APRON, "Twelve fighter jets stand in a row."),
    (APRON, "Half a dozen aircraft are visible."),
    (APRON, "Three pairs of aircraft."),
]

QUESTIONS = [
    (DIAGONAL, "Are there exactly three ships in the image?", "Yes", "No"),
    (DIAGONAL, "Are there exactly four ships in the image?", "No.", "Yes."),
    (DIAGONAL, "Are there more than two ships?", "No", "Yes"),
    (DIAGONAL, "Are there more than four ships?", "Yes", "No"),
    (DIAGONAL, "Is there more than one ship visible?", "No, only one.", None),
    (DIAGONAL, "Are there fewer than five vessels?", "No", "Yes"),
    (DIAGONAL, "Are there at least 5 ships?", "Yes", "No"),
    (DIAGONAL, "Are there at most three boats in this image?", "yes", "no"),
    (DIAGONAL, "Is there only one ship?", "Yes", "No"),
    (DIAGONAL, "Is there a single ship in the image?", "Yes", "No"),
    (DIAGONAL, "Are there three ships?", "Yes.", "No."),
    (DIAGONAL, "Does the image contain five ships?", "Yes", "No"),
    (DIAGONAL, "Can you see two ships on the left?", "No", "Yes"),
    (DIAGONAL, "Is the number of ships greater than 3?", "No", "Yes"),
    (DIAGONAL, "Is the number of ships equal to 4?", "No", "Yes"),
    (DIAGONAL, "Is the total number of ships in the image less than ten?", "No", "Yes"),
    (DIAGONAL, "Does the number of ships exceed five?", "Yes", "No"),
    (DIAGONAL, "Where are the three ships?", "On the left.", None),
    (DIAGONAL, "What are the five ships doing?", "Sailing.", "What are the four ships doing?"),
    (DIAGONAL, "How many ships are there?", "There are 5.", "There are 4."),
    (DIAGONAL, "How many ships are there?", "Five ships.", "Four ships."),
    (DIAGONAL, "How many ships are there?", "3 (three)", None),
    (DIAGONAL, "How many ships are there?", "None", "Four"),
    (DIAGONAL, "How many vessels are in the left half?", "3", "2"),
    (DIAGONAL, "How many bridges are visible?", "1", "0"),
    (DIAGONAL, "Count the ships.", "six", "four"),
]


@pytest.mark.parametrize(("context", "text"), CAPTIONS)
def test_what_the_boxes_deny_is_found_in_captions(context, text):
    assert families(caption(text), context) == {"count"}


@pytest.mark.parametrize(("context", "text", "answer", "suggestion"), QUESTIONS)
def test_what_the_boxes_deny_is_found_in_questions_and_answers(context, text, answer, suggestion):
    findings = found(question(text, answer), context)
    assert {finding.family for finding in findings} == {"count"}
    assert findings[0].suggestion == suggestion


@pytest.mark.parametrize(
    ("text", "ships"),
    [
        ("Twenty ships.", 20),
        ("Two dozen ships.", 24),
        ("Three dozen ships.", 36),
        ("A hundred ships.", 100),
        ("Two hundred ships.", 200),
        ("One hundred and twenty ships.", 120),
        ("1,200 ships.", 1200),
        ("Twenty-one ships.", 21),
        ("Two pairs of ships.", 4),
        ("A trio of ships.", 3),
        ("A quartet of ships.", 4),
        ("Half a dozen ships.", 6),
        ("A single ship.", 1),
        ("Lone ship at sea.", 1),
        ("Without any ships in the image.", 0),
        ("There are not any ships.", 0),
        ("The image shows no sign of ships.", 0),
    ],
)
def test_numbers_in_words_are_understood(text, ships):
    assert families(caption(text), scene(*[("ship", 0.5, 0.5)] * ships)) == set()
    assert families(caption(text), scene(*[("ship", 0.5, 0.5)] * (ships + 1))) == {"count"}


@pytest.mark.parametrize(
    "text",
    [
        "A three-lane road over two bridges.",
        "Two-storey buildings line three piers.",
        "Route 7 crosses pier 12.",
        "One of the ships is long.",
        "Two rows of ships.",
        "Rows of five ships.",
        "Two piers, each with three ships.",
        "Two ships per pier.",
        "At a resolution of 3 m ships are visible.",
        "Five ship lanes and seven car parks.",
        "Six roads surround bridges.",
        "A dock that can accommodate seven ships.",
        "Berths for six ships.",
        "Both sides of the bridges are built up.",
        "Three other ships are hidden.",
        "A twin-engine aircraft and single-engine aircraft.",
    ],
)
def test_other_numbers_are_no_numbers_of_objects(text):
    context = scene(
        *[("ship", 0.5, 0.5)] * 9, *[("bridge", 0.5, 0.5)] * 2, ("car", 0.1, 0.1), *[("aircraft", 0.5, 0.5)] * 4
    )
    assert families(caption(text), context) == set()


def test_a_number_near_something_else_may_speak_of_some_only():
    [finding] = found(caption("A pier near two ships."), DIAGONAL)
    assert (finding.rule, finding.severity) == ("count.part", "warning")


def test_a_part_of_the_image_is_counted_where_nobody_could_differ():
    [finding] = found(caption("Three aircraft stand on the right."), APRON)
    assert (finding.rule, finding.message) == ("count.wrong", "the boxes show at most 1 aircraft there")


POOLS = scene(
    *(("swimming pool", 0.2, 0.1 + 0.1 * index) for index in range(4)), labelled=("swimming pool", "building")
)


def test_the_words_of_a_categorys_own_name_make_no_part_of_it():
    assert [one.suggestion for one in found(question("How many swimming pools are visible?", "3"), POOLS)] == ["4"]
    assert [one.rule for one in found(question("How many round pools are visible?", "3"), POOLS)] == []
    assert [one.rule for one in found(caption("There are two swimming pools in the image."), POOLS)] == ["count.wrong"]


def test_the_place_of_a_category_of_two_words_is_asked_for():
    single = scene(("swimming pool", 0.9, 0.9), labelled=("swimming pool",))
    asked = question("Where is the swimming pool located in the image?", "Top left corner.")
    assert [one.rule for one in found(asked, single)] == ["position.answer"]


def test_a_types_number_counts_nothing():
    assert found(caption("A Boeing 747 aircraft and an Airbus 320 plane are parked."), APRON) == []


LEFT = scene(("ship", 0.2, 0.3), ("ship", 0.25, 0.35), ("ship", 0.3, 0.8))


@pytest.mark.parametrize(
    "text",
    [
        "A pair of ships lies at the left, and a third ship lies further south.",
        "Two ships lie at the left and another one lies below them.",
        "There are two ships on the left and a third one in the lower part.",
    ],
)
def test_what_is_added_may_lie_at_the_same_place(text):
    assert found(caption(text), LEFT) == []


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("A pair of ships is moored.", "Three ships are moored."),
        ("A pair of ships are moored.", "Three ships are moored."),
        ("There is a pair of ships.", "There are three ships."),
        ("A pair of ships, moored at the pier.", "Three ships, moored at the pier."),
        ("A pair of ships in the scene is moored.", None),
    ],
)
def test_the_verb_of_a_pair_agrees_with_the_number_that_takes_its_place(text, suggestion):
    assert [one.suggestion for one in found(caption(text), LEFT)] == [suggestion]
