"""Places in texts against boxes."""

from __future__ import annotations

import pytest

from tests.pipeline.screening.box_scenes import (
    APRON,
    DEPOT,
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
    (HARBOR, "The harbor in the upper right holds three ships."),
    (HARBOR, "The vessels are concentrated in the top left quadrant of the image."),
    (HARBOR, "Along the top edge of the image, three vessels are moored."),
    (HARBOR, "A ship is docked at the pier in the upper right corner."),
    (HARBOR, "In the top-right corner, two ships are docked side by side."),
    (DEPOT, "A row of circular tanks lies at the bottom."),
    (DEPOT, "Oil storage tanks are located on the left side of the image."),
    (DEPOT, "A cluster of storage tanks is situated at the upper-left."),
    (DEPOT, "Storage tanks, arranged in a line, can be seen in the lower right corner of the image."),
    (DEPOT, "The upper half is empty, and the tanks are in the lower half."),
    (ONE_SHIP, "A ship sails on the left side of the image."),
    (ONE_SHIP, "In the upper left corner of the image, a vessel is anchored."),
    (ONE_SHIP, "A single boat is visible near the left edge."),
    (ONE_SHIP, "A ship is seen in the middle left of the frame."),
    (ONE_SHIP, "In the center of the image is a ship."),
    (ONE_SHIP, "The ship is in the top left."),
    (ONE_SHIP, "On the right there is a pier and on the left there is a ship."),
    (ONE_SHIP, "The left side of the image contains a ship."),
    (ONE_SHIP, "The right half of the image is open water, while a ship lies on the left."),
    (ONE_SHIP, "A ship is located at the bottom-left corner of the picture."),
    (TWO_SHIPS, "Two ships lie on the right and a bridge spans the river on the left."),
    (TWO_SHIPS, "A bridge spans the river in the lower left corner."),
    (TWO_SHIPS, "A bridge spans the river in the upper right corner."),
    (TWO_SHIPS, "Ships are lined up along the bottom of the image."),
    (TWO_SHIPS, "The two vessels lie close to each other in the lower right."),
    (APRON, "Three planes are parked in the lower half of the image."),
    (APRON, "Aircraft are parked at the bottom of the image."),
]

QUESTIONS = [
    (ONE_SHIP, "Where is the ship located?", "left", "right"),
    (ONE_SHIP, "Where is the ship located?", "On the left side.", "On the right."),
    (ONE_SHIP, "Where is the ship located?", "On the left side of the image.", "On the right of the image."),
    (ONE_SHIP, "Where is the ship located?", "Center", "Right"),
    (ONE_SHIP, "Where is the ship located?", "In the upper part", None),
    (ONE_SHIP, "Where is the ship located?", "Top left", None),
    (ONE_SHIP, "Where is the ship located?", "The ship is located on the left side of the image.", None),
    (ONE_SHIP, "In which part of the image is the ship?", "left part", None),
    (ONE_SHIP, "What is the position of the ship in the image?", "middle", "right"),
    (ONE_SHIP, "Is there a ship located on the left side of the image?", "Yes", "No"),
    (ONE_SHIP, "Is there a ship located on the right side of the image?", "No", "Yes"),
    (ONE_SHIP, "Is the ship on the left?", "Yes", "No"),
    (ONE_SHIP, "Is the ship in the upper left corner?", "Yes.", "No."),
    (ONE_SHIP, "Is the ship in the center of the image?", "Yes", "No"),
    (ONE_SHIP, "Is there a ship at the top of the image?", "Yes", "No"),
    (ONE_SHIP, "Does the left half of the image contain a ship?", "Yes", "No"),
    (ONE_SHIP, "On the right side, is there a ship?", "No", "Yes"),
    (ONE_SHIP, "Is there a bridge on the left side?", "Yes", "No"),
    (TWO_SHIPS, "Where are most ships positioned within the image?", "bottom", "left"),
    (TWO_SHIPS, "Where are the ships?", "In the lower right corner.", None),
    (TWO_SHIPS, "Are most ships on the right?", "Yes", "No"),
    (TWO_SHIPS, "Are the ships located in the upper half?", "No", "Yes"),
]


@pytest.mark.parametrize(("context", "text"), CAPTIONS)
def test_what_the_boxes_deny_is_found_in_captions(context, text):
    assert families(caption(text), context) == {"position"}


@pytest.mark.parametrize(("context", "text", "answer", "suggestion"), QUESTIONS)
def test_what_the_boxes_deny_is_found_in_questions_and_answers(context, text, answer, suggestion):
    findings = found(question(text, answer), context)
    assert {finding.family for finding in findings} == {"position"}
    assert findings[0].suggestion == suggestion


@pytest.mark.parametrize(
    "text",
    [
        "A ship to the left of the pier.",
        "A ship lies left of the pier.",
        "Ships along the left bank of the river.",
        "The road turns left beside a ship.",
        "A ship in the left-hand lane.",
        "A ship moves to the left of the image.",
        "A road runs from the left to the right past a ship.",
        "The left side of the ship is bright.",
        "A ship at the top of the river.",
        "The pier extends from the ship to the left edge of the image.",
        "Top view of a ship.",
        "The road to the ship on the left is narrow.",
        "There may be a ship on the left.",
        "No bridge lies on the left.",
        "On the left, a road leads to a ship.",
        "On the left is a pier, and a ship lies at the edge.",
        "Ships lie on the left and right.",
        "Only water is on the left; a ship is elsewhere.",
    ],
)
def test_places_of_other_things_and_directions_are_no_places_of_the_object(text):
    assert families(caption(text), ONE_SHIP) == set()


@pytest.mark.parametrize(
    "text",
    [
        "In the {} of the image a ship is visible.",
        "There is a ship in the {} of the image.",
        "A large cargo ship lies in the {}.",
        "The {} shows a vessel.",
        "In the {}, there is a moored ship.",
        "A ship, which is located in the {}, is visible.",
        "A ship can be seen in the {}.",
        "A ship docked at the pier in the {}.",
    ],
)
def test_two_words_are_held_to_the_boxes_on_each_axis(text):
    for corner, x, y in (
        ("upper left corner", 0.1, 0.1),
        ("lower-left corner", 0.1, 0.9),
        ("top right part", 0.9, 0.1),
    ):
        for across, down in ((0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9), (x, 0.5), (0.5, y), (0.5, 0.5)):
            is_right = (x - 0.5) * (across - 0.5) >= 0 and (y - 0.5) * (down - 0.5) >= 0
            told = families(caption(text.format(corner)), scene(("ship", across, down)))
            assert told == (set() if is_right else {"position"}), (corner, across, down)


@pytest.mark.parametrize(("north_up", "told"), [(None, []), (True, []), (False, ["position.compass"])])
def test_compass_words_are_told_where_the_frame_is_not_north_up(north_up, told):
    context = scene(("ship", 0.5, 0.1), north_up=north_up)
    assert [finding.rule for finding in found(caption("A ship in the northern part."), context)] == told


def test_compass_words_are_held_to_the_boxes_where_the_frame_is_north_up():
    context = scene(("ship", 0.1, 0.1), north_up=True)
    text = "A ship lies in the south-west corner."
    [finding] = found(caption(text), context)
    assert (finding.rule, finding.text) == ("position.wrong", "in the south-west corner")
    assert families(caption("A ship lies in the northwest of the image."), context) == set()
    [answered] = found(question("Is there a ship in the southern half of the image?", "Yes"), context)
    assert (answered.rule, answered.suggestion) == ("position.answer", "No")


@pytest.mark.parametrize(
    "text",
    ["The North Sea.", "South Korea and West Africa.", "The Middle East.", "A north arrow.", "Southampton", "west-end"],
)
def test_names_are_no_compass_words(text):
    assert "position" not in families(caption(text), scene(north_up=False)) or text == "west-end"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A north-south road.", ["north-south"]),
        ("The road runs north to south.", ["north to south"]),
        ("A quay on the eastern side, a pier in the southwest.", ["eastern", "southwest"]),
        ("The road leads northwards.", ["northwards"]),
        ("In the North-West of the scene.", ["North-West"]),
    ],
)
def test_compass_words_are_found_whole(text, words):
    assert [finding.text for finding in found(caption(text), scene(north_up=False))] == words


def test_places_are_not_held_to_boxes_without_a_size():
    from dataclasses import replace

    assert families(caption("A ship lies on the left."), replace(ONE_SHIP, size=None)) == set()
