"""What texts say is there, against boxes."""

from __future__ import annotations

import pytest

from tests.pipeline.screening.box_scenes import (
    APRON,
    BRIDGE,
    DEPOT,
    DIAGONAL,
    ONE_SHIP,
    TWO_SHIPS,
    caption,
    families,
    found,
    question,
    scene,
)

CAPTIONS = [
    (BRIDGE, "A bridge over a river with boats."),
    (DEPOT, "Five tanks and a tanker."),
    (ONE_SHIP, "A bridge crosses the river."),
    (ONE_SHIP, "A ship near a bridge."),
    (ONE_SHIP, "A ship passes under the bridge."),
    (ONE_SHIP, "An aircraft is parked on the apron."),
    (ONE_SHIP, "Storage tanks stand along the coast."),
    (ONE_SHIP, "The ship lies in a harbor."),
    (ONE_SHIP, "A ship has left the port."),
    (TWO_SHIPS, "Several ships and cars can be seen."),
    (TWO_SHIPS, "A four-lane bridge carries cars."),
    (TWO_SHIPS, "Vehicles are parked near the terminal."),
    (APRON, "A ship is docked at the pier."),
]

QUESTIONS = [
    (DIAGONAL, "Does the ship exist in the image?", "No", "Yes"),
    (DIAGONAL, "Is there a ship in the image?", "No.", "Yes."),
    (DIAGONAL, "Can you see any bridges?", "Yes", "No"),
    (DIAGONAL, "Are any vessels present?", "no", "yes"),
    (DIAGONAL, "Are any vessels present?", "No, there are no vessels.", None),
    (DIAGONAL, "Is there any airplane visible in this SAR image?", "Yes", "No"),
    (DIAGONAL, "Do any cars appear in the scene?", "Yes", "No"),
    (DIAGONAL, "Does this image contain storage tanks?", "Yes.", "No."),
    (DIAGONAL, "Is a harbor present?", "Yes", "No"),
    (DIAGONAL, "What is the main object in the image?", "bridge", "ship"),
    (DIAGONAL, "What is the most common object category?", "Aircraft.", "Ship."),
    (DIAGONAL, "Which categories are visible?", "ship, bridge", "ship"),
    (DIAGONAL, "What objects are visible in the image?", "Ships and bridges", "Ships"),
    (DIAGONAL, "What is the object in the area [60.0, 60.0, 40.0, 40.0]?", "aircraft", "ship"),
    (DIAGONAL, "What is the object in the area [60.4, 59.5, 40.0, 40.0]?", "aircraft", "ship"),
    (DIAGONAL, "Are there any other categories apart from ship in the image?", "Yes", "No"),
    (DIAGONAL, "Are there any other objects besides ships?", "Yes, a bridge.", None),
    (DIAGONAL, "Apart from ships, are there any other categories in the image?", "Yes.", "No."),
    (DIAGONAL, "Where is the bridge located?", "On the left", None),
    (DIAGONAL, "What shape is the bridge?", "Straight", None),
    (DIAGONAL, "What is parked next to the hangar?", "An aircraft.", None),
]


@pytest.mark.parametrize(("context", "text"), CAPTIONS)
def test_what_the_boxes_deny_is_found_in_captions(context, text):
    assert families(caption(text), context) == {"category"}


@pytest.mark.parametrize(("context", "text", "answer", "suggestion"), QUESTIONS)
def test_what_the_boxes_deny_is_found_in_questions_and_answers(context, text, answer, suggestion):
    findings = found(question(text, answer), context)
    assert {finding.family for finding in findings} == {"category"}
    assert findings[0].suggestion == suggestion


@pytest.mark.parametrize(
    "text",
    [
        "A boat ramp, a car park, a shipyard, a bridge deck and a tank farm.",
        "The ship-building site has a bridge-like crane.",
        "An airport with a port side quay.",
        "The bridge of the ship rises above its port side.",
        "It may be a ship, or perhaps a bridge.",
        "A structure similar to a bridge.",
        "An object the size of a car.",
        "Possibly a vessel.",
        "The road allows cars to pass.",
        "The pier is used by ships.",
        "No ships, bridges or cars are visible.",
        "Ships are not visible.",
        "Bridges are absent.",
        "A quay without any ships.",
        "Harbor facilities with vehicle access for trucks.",
        "A cable car and a railway car.",
        "A jet bridge at the terminal.",
        "The plane of the image is flat; the image plane is tilted.",
        "Fish tanks and battle tanks.",
        "The bay harbors several islands.",
        "Ship traffic and aircraft hangars.",
    ],
)
def test_words_in_another_sense_and_what_is_left_open_say_nothing_of_objects(text):
    assert families(caption(text), scene()) <= {"count"}
    assert "category" not in families(caption(text), scene())


def test_what_is_not_labelled_is_not_missed():
    assert families(caption("A ship and a bridge."), scene(labelled=())) == set()
    assert families(question("Is there a bridge?", "Yes"), scene(labelled=("ship",))) == set()
    assert families(question("Is there a bridge?", "No"), scene(("bridge", 0.5, 0.5), labelled=("ship",))) == set()


def test_a_category_is_told_once_a_text():
    [finding] = found(caption("A ship lies at the pier; the ship is long, and a boat is near the ship."), scene())
    assert (finding.start, finding.text) == (2, "ship")


def test_data_sets_with_other_names_have_the_same_synonyms():
    assert families(caption("A boat."), scene(labelled=("vessel",))) == {"category"}
    assert families(caption("An oil tank."), scene(labelled=("storage_tank",))) == {"category"}
    assert (
        families(
            caption("Three vehicles."), scene(("large-vehicle", 0.5, 0.5), labelled=("large-vehicle", "small-vehicle"))
        )
        == set()
    )
    assert families(caption("Vehicles."), scene(("truck", 0.5, 0.5), labelled=("car", "truck"))) == set()


def test_an_area_means_the_box_that_it_covers():
    context = scene(("ship", 0.5, 0.5), ("bridge", 0.2, 0.2))
    for area in ("[380.0, 380.0, 40.0, 40.0]", "[380.6, 379.2, 40, 40]", "(381, 381, 39, 39)"):
        assert families(question(f"What is the object in the area {area}?", "bridge"), context) == {"category"}
        assert families(question(f"What is the object in the area {area}?", "A boat."), context) == set()
    assert families(question("What is the object in the area [300, 300, 40, 40]?", "bridge"), context) == set()
