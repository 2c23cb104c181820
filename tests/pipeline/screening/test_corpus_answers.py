"""The template corpus over boxes: right answers have no findings, and every wrong one has."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.drafting.corpus import draft_questions
from pipeline.records import Draft, ObjectBox
from pipeline.screening import SceneContext
from pipeline.vocabulary import POSITIONS, SARDET_CATEGORIES
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
)

places = st.floats(0, 1, allow_nan=False)
boxes = st.lists(st.tuples(st.sampled_from(SARDET_CATEGORIES), places, places, places, places), max_size=8)


def scene_of(drawn, size, extra) -> SceneContext:
    """Boxes anywhere in the frame; what has boxes, and some more, is labelled."""
    rows, cols = size
    placed = tuple(
        ObjectBox(str(index), category, x * (cols - 30), y * (rows - 30), 5 + 25 * width, 5 + 25 * height)
        for index, (category, x, y, width, height) in enumerate(drawn)
    )
    return SceneContext(size, None, placed, tuple(sorted({*extra, *(box.category for box in placed)})))


def wrong_answers(draft: Draft, labelled: tuple[str, ...]) -> list[str]:
    if draft.answer in ("Yes", "No"):
        answers = ["Yes", "No"]
    elif draft.question_type == "counting":
        answers = [str(number) for number in range(11)]
    elif draft.question_type == "positioning":
        answers = list(POSITIONS)
    elif "," in (draft.answer or "") or draft.text.startswith("Which"):
        answers = [", ".join(labelled[:count]) for count in range(1, len(labelled) + 1)]
    else:
        answers = list(SARDET_CATEGORIES)
    return [answer for answer in answers if answer != draft.answer]


@given(
    boxes,
    st.tuples(st.integers(40, 900), st.integers(40, 900)),
    st.sets(st.sampled_from(SARDET_CATEGORIES), min_size=1),
)
@settings(max_examples=25, deadline=None)
def test_right_answers_have_no_findings_and_wrong_ones_an_error_and_the_right_one_as_suggestion(drawn, size, extra):
    context = scene_of(drawn, size, extra)
    for draft in draft_questions(context.boxes, size, context.labelled, seed=1):
        assert found(draft, context) == []
        foreign = replace(draft, program=None)
        assert found(foreign, context) == []
        for answer in wrong_answers(draft, context.labelled):
            findings = found(replace(foreign, answer=answer), context)
            assert {finding.severity for finding in findings} == {"error"}, (draft.text, answer)
            assert len({finding.family for finding in findings}) == 1
            assert {finding.suggestion for finding in findings} <= {draft.answer, None}


CLEAN_CAPTIONS = [
    (HARBOR, "The SAR image shows three ships moored in a harbor in the lower left."),
    (HARBOR, "A large ship and two smaller vessels are moored at the quay."),
    (HARBOR, "One large ship and two smaller ones lie at the quay."),
    (HARBOR, "Two ships near the pier and one further out."),
    (HARBOR, "Two ships are docked near the pier while another ship sails out."),
    (HARBOR, "Three ships are docked along the pier, with calm water around them."),
    (HARBOR, "Several vessels are anchored near the harbor."),
    (HARBOR, "A port with three ships occupies the lower left part of the image."),
    (HARBOR, "The vessels are concentrated in the bottom left quadrant of the image."),
    (HARBOR, "A jetty extends from the bottom towards the center, with ships on both sides."),
    (HARBOR, "No aircraft, cars or tanks are visible, only ships."),
    (HARBOR, "Three bright targets, likely ships, appear against the dark water."),
    (HARBOR, "Two bright targets are visible near the harbor entrance."),
    (HARBOR, "The harbour entrance faces the open sea on the right."),
    (HARBOR, "The right side shows open sea without ships."),
    (HARBOR, "There are no ships on the right side of the image."),
    (HARBOR, "Each of the three ships is about 60 m long."),
    (HARBOR, "Ship 1, ship 2 and ship 3 are aligned."),
    (HARBOR, "Three ships (two large and one small) are moored."),
    (HARBOR, "A total of 3 ships were detected."),
    (HARBOR, "The three vessels are aligned in parallel."),
    (HARBOR, "All three vessels are aligned in parallel."),
    (HARBOR, "Vessels of three sizes are moored."),
    (HARBOR, "Three rows of containers stand next to the ships."),
    (HARBOR, "A shipping lane passes the port."),
    (HARBOR, "Boats and ships fill the marina."),
    (HARBOR, "A single pier stretches into the water with ships on either side."),
    (HARBOR, "Ship wakes are visible."),
    (BRIDGE, "A long bridge spans the river from left to right with two cars on it."),
    (BRIDGE, "A bridge crosses the image horizontally through the center."),
    (BRIDGE, "The bridge on the left side carries two vehicles."),
    (BRIDGE, "A two-lane bridge with several cars."),
    (BRIDGE, "A bridge over a river where boats may pass."),
    (BRIDGE, "A bridge and a railway bridge cross the river."),
    (BRIDGE, "The bridge connects the left and right banks of the river."),
    (BRIDGE, "Vehicles drive in the left-hand lane of the bridge."),
    (DEPOT, "Five cylindrical storage tanks stand in a row in the upper right."),
    (DEPOT, "A row of five tanks."),
    (DEPOT, "Two rows of tanks, with five tanks in total."),
    (DEPOT, "Oil storage tanks are located on the left side of the facility."),
    (DEPOT, "An oil depot with five storage tanks but no ships."),
    (DEPOT, "In the lower half of the image there are roads; in the upper half, five tanks."),
    (DEPOT, "Tank 5 is the largest."),
    (DEPOT, "A water tank stands nearby."),
    (DEPOT, "The five tanks to the north of the road are equal in size."),
    (ONE_SHIP, "A ship sails on the right side of the image."),
    (ONE_SHIP, "A boat is moored to the left of the pier."),
    (ONE_SHIP, "A lone ship travels across the open sea."),
    (ONE_SHIP, "The only ship lies on the right."),
    (ONE_SHIP, "No bridges are visible."),
    (ONE_SHIP, "A tank farm lies beside the shipyard."),
    (ONE_SHIP, "Car park and boat ramp next to an airport."),
    (ONE_SHIP, "A road for cars."),
    (ONE_SHIP, "The ship's bridge is visible."),
    (ONE_SHIP, "Its port side faces the quay."),
    (ONE_SHIP, "The vessel is turning to port."),
    (ONE_SHIP, "The structure resembles a bridge."),
    (ONE_SHIP, "It could be a plane or a car."),
    (ONE_SHIP, "The harbour wall is long."),
    (ONE_SHIP, "At most two ships are visible."),
    (ONE_SHIP, "Fewer than two ships are visible."),
    (ONE_SHIP, "One of the ships is large."),
    (ONE_SHIP, "A ship is seen in the middle right of the frame."),
    (ONE_SHIP, "The ship is in the top right."),
    (ONE_SHIP, "On the left there is a pier and on the right there is a ship."),
    (ONE_SHIP, "The left bank of the river has a ship."),
    (ONE_SHIP, "The road turns left near the ship."),
    (ONE_SHIP, "The ship points to the left."),
    (ONE_SHIP, "The ship is heading towards the left of the image."),
    (ONE_SHIP, "A wake extends to the left from the ship."),
    (ONE_SHIP, "The top of the ship is bright."),
    (ONE_SHIP, "A pier with a ship at the left end."),
    (ONE_SHIP, "The left half of the image is open water, while a ship lies on the right."),
    (ONE_SHIP, "Left of the breakwater lies a ship."),
    (TWO_SHIPS, "Two ships lie on the left and a bridge spans the river on the right."),
    (TWO_SHIPS, "A bridge spans the river in the lower right corner."),
    (TWO_SHIPS, "There are two ships and one bridge."),
    (TWO_SHIPS, "The number of ships is 2."),
    (TWO_SHIPS, "Two tugboats assist a tanker near the bridge."),
    (TWO_SHIPS, "Two ships are moored side by side in the north-west."),
    (TWO_SHIPS, "Ships are lined up at the top of the image."),
    (TWO_SHIPS, "A large cargo ship, a small boat, and a bridge."),
    (TWO_SHIPS, "Pier 3 hosts two ships."),
    (TWO_SHIPS, "Two ships per berth."),
    (TWO_SHIPS, "The two vessels lie close to each other in the upper left."),
    (TWO_SHIPS, "Neither cars nor aircraft are present."),
    (TWO_SHIPS, "No cars, aircraft or tanks are visible."),
    (TWO_SHIPS, "A 2-span bridge and 2 ships."),
    (TWO_SHIPS, "Vehicle tracks lead to the water."),
    (TWO_SHIPS, "A ferry terminal and a yacht club."),
    (APRON, "Four aircraft are parked on the apron."),
    (APRON, "Two aircraft stand on the left half of the image."),
    (APRON, "An airport with four planes, three on the left and one on the right."),
    (APRON, "Several jets stand on the apron."),
    (APRON, "The coast lies beyond the image plane."),
    (APRON, "An aircraft hangar with two aircraft hangars beside it."),
    (APRON, "A quartet of planes."),
    (APRON, "Two pairs of aircraft."),
]

CLEAN_QUESTIONS = [
    (DIAGONAL, "Are there exactly four ships in the image?", "Yes"),
    (DIAGONAL, "Does the image contain four ships?", "Yes"),
    (DIAGONAL, "Where are the four ships?", "Along a diagonal."),
    (DIAGONAL, "How many ships are there?", "4"),
    (DIAGONAL, "How many ships are there?", "More than two"),
    (DIAGONAL, "How many bridges are visible?", "No bridges"),
    (DIAGONAL, "What is the number of ships?", "Four"),
    (DIAGONAL, "How many ships and bridges are there?", "5"),
    (DIAGONAL, "How many trees are there?", "5"),
    (DIAGONAL, "Are any vessels present?", "Yes, four vessels are present."),
    (DIAGONAL, "Are there any trees?", "Yes"),
    (DIAGONAL, "Is there a cargo ship?", "No"),
    (DIAGONAL, "Is the ship moored?", "No"),
    (DIAGONAL, "What is the main object in the image?", "Ships"),
    (DIAGONAL, "What is the category visible in the area [60, 60, 40, 40]?", "ship."),
    (DIAGONAL, "What is the object in the area [300, 60, 40, 40]?", "aircraft"),
    (DIAGONAL, "What vehicle type is moored?", "A ship"),
    (DIAGONAL, "What could the dock be used for?", "Mooring ships and planes."),
    (ONE_SHIP, "Where is the ship located?", "bottom right"),
    (ONE_SHIP, "Where is the ship located?", "It is near the right edge."),
    (ONE_SHIP, "Where is the ship located?", "Next to the pier."),
    (ONE_SHIP, "On which side of the image is the vessel located?", "Right"),
    (ONE_SHIP, "Is there a ship to the left of the pier?", "Yes"),
    (ONE_SHIP, "Is there a pier on the left of the ship?", "Yes"),
    (ONE_SHIP, "What is on the right side of the image?", "A ship"),
    (TWO_SHIPS, "Where are most ships positioned within the image?", "upper left"),
    (TWO_SHIPS, "Where are most ships positioned within the image?", "left"),
    (TWO_SHIPS, "Where are the ships?", "top"),
]


@pytest.mark.parametrize(("context", "text"), CLEAN_CAPTIONS)
def test_captions_that_agree_with_the_boxes_have_no_findings(context, text):
    assert families(caption(text), context) == set()


@pytest.mark.parametrize(("context", "text", "answer"), CLEAN_QUESTIONS)
def test_questions_that_agree_with_the_boxes_have_no_findings(context, text, answer):
    assert families(question(text, answer), context) == set()
