"""Reading questions as programs."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.drafting.corpus import draft_questions
from pipeline.programs.reading import read_question
from pipeline.records import ObjectBox
from pipeline.vocabulary import SARDET_CATEGORIES

BOXES = (ObjectBox("7", "aircraft", 56, 191, 112, 122), ObjectBox("8", "harbor", 1, 1, 9, 9))
CATEGORIES = ("aircraft", "harbor", "ship")


@given(st.lists(st.sampled_from((*SARDET_CATEGORIES, "storage_tank", "tennis-court")), max_size=6), st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_every_question_of_the_corpus_is_read_as_the_program_that_it_was_written_from(names, seed):
    boxes = tuple(ObjectBox(str(n), name, 40 * n + seed, 31 * n, 20 + n, 20) for n, name in enumerate(names))
    categories = sorted({"ship", "car", *names})
    for draft in draft_questions(boxes, (400, 600), categories, seed=seed):
        if "tank" in categories and "storage_tank" in categories and "tank" in draft.text:
            continue
        read = read_question(draft.text, categories, boxes)
        assert read is not None, draft.text
        assert read.text == draft.program


@pytest.mark.parametrize(
    ("question", "program"),
    [
        ("Does the ship exist in the image?", 'exists(category="ship")'),
        ("Do ships exist in the image", 'exists(category="ship")'),
        ("Are there aircraft exist in the image?", 'exists(category="aircraft")'),
        ("is there a boat ?", 'exists(category="ship")'),
        ("Can you see any aeroplanes in this SAR image?", 'exists(category="aircraft")'),
        ("Does the scene contain a harbour?", 'exists(category="harbor")'),
        ("Are any vessels visible in the image?", 'exists(category="ship")'),
        ("Is there a swimming pool in the image?", 'exists(category="swimming pool")'),
        ("Is there a vessel located on the left side of the image?", 'exists(category="ship", side="left")'),
        ("Are there any ships on the upper part of the scene?", 'exists(category="ship", side="top")'),
        ("Are there any other categories apart from ship in the image?", 'others(category="ship")'),
        ("Are there any other objects in the image besides planes?", 'others(category="aircraft")'),
        ("What is the main object visible in the image?", "main()"),
        ("Which category is most common in the scene?", "main()"),
        ("What are the categories visible in the image?", "categories()"),
        ("What types of objects are present?", "categories()"),
        ("How many harbors are located in the image?", 'count(category="harbor")'),
        ("How many ships is located in the image?", 'count(category="ship")'),
        ("How many bridge structures can you identify in this SAR image?", 'count(category="bridge")'),
        ("What is the total number of maritime vessels in the scene?", 'count(category="ship")'),
        ("Please count the number of aircrafts shown in this image.", 'count(category="aircraft")'),
        ("What category dominates the scene?", "main()"),
        ("What objects are most common in the image?", "main()"),
        ("Are ships present in the image?", 'exists(category="ship")'),
        ("Can ships be seen in the image?", 'exists(category="ship")'),
        ("Does the image have any cars in it?", 'exists(category="car")'),
        ("What number of ships is visible?", 'count(category="ship")'),
        ("Where in the image are most of the ships?", 'where_most(category="ship")'),
        ("Where are the ships mostly located?", 'where_most(category="ship")'),
        ("Which side of the image has the most ships?", 'where_most(category="ship")'),
        ("In what part of the image is the airplane?", 'where_most(category="aircraft")'),
        ("What kind of object is in the box [56.0, 191.0, 112.0, 122.0]?", 'object_at(box="7")'),
        ("Identify the object in the area [56,191,112,122].", 'object_at(box="7")'),
        ("Is there anything besides ships in the image?", 'others(category="ship")'),
        ("List the categories visible in the image.", "categories()"),
        ("How many vessels are on the left side of the image?", 'count(category="ship", side="left")'),
        ("What is the main object visible on the lower side of the image?", 'main(side="bottom")'),
        ("Where is the plane in the area [56.0, 191.0, 112.0, 122.0] positioned within the image?", 'where(box="7")'),
        ("Is the object in the area [56, 191, 112, 122] a ship?", 'is_a(category="ship", box="7")'),
        ("Where are most harbors positioned within the image?", 'where_most(category="harbor")'),
        ("Where are the most harbor positioned within the image?", 'where_most(category="harbor")'),
        ("Where is the airplane located?", 'where_most(category="aircraft")'),
        ("What is the object present in the area [56.0, 191.0, 112.0, 122.0]?", 'object_at(box="7")'),
        ("What is the category visible in the area [56, 191, 112, 122]?", 'object_at(box="7")'),
        ("What object is in the region [56.1, 190.8, 112, 122.0] of the image?", 'object_at(box="7")'),
    ],
)
def test_published_and_usual_wordings_are_read(question, program):
    assert str(read_question(question, CATEGORIES, BOXES)) == program


@pytest.mark.parametrize(
    "question",
    [
        "",
        "?",
        "Ships?",
        "Is there a road surrounding the stadium?",
        "Are there ships moored at the pier?",
        "Are there any large ships in the image?",
        "How many cargo ships are visible in the image?",
        "How many ships are in the left half of the image?",
        "How many ferries are visible in the image?",
        "Is there a ship in the center of the image?",
        "Is there a ship in the left half of the image?",
        "Is there any evidence of flooding in the image?",
        "Are there two ships in the image?",
        "Are any buildings under construction?",
        "Are ships the only objects in the image?",
        "Are there more ships than cars?",
        "How many airplanes are parked in the image?",
        "Where are the ships located?",
        "Where is the orchard located?",
        "What is the main use of this land?",
        "What type of area is mostly visible?",
        "What shape is the object in the area [56.0, 191.0, 112.0, 122.0]?",
        "What is the object in the area [1.0, 2.0, 3.0, 4.0]?",
        "What is the object in the area [56.0, 191.0, 112.0]?",
        "What is the object in the area [",
        "How many ships are visible in the image? And how many cars?",
        "كم عدد السفن؟",
        "How many \0 are \ud800 visible 🚢?",
    ],
)
def test_other_questions_are_no_programs_rather_than_something_near(question):
    assert read_question(question, CATEGORIES, BOXES) is None


def test_a_head_word_names_the_only_category_that_has_it():
    assert str(read_question("How many vehicles are there?", ("large_vehicle", "ship"))) == (
        'count(category="large_vehicle")'
    )
    assert read_question("How many vehicles are there?", ("large_vehicle", "small_vehicle")) is None
    assert read_question("How many vehicles are there?", ("car", "truck")) is None


@pytest.mark.parametrize("piece", ["is there a ", "a-", "ship ", "[1, 2, 3, 4] ", "[1,", "what is the object ", "0"])
def test_long_and_repetitive_questions_take_no_time(piece):
    started = time.process_time()
    for length in (280, 300, 100_000):
        for opening in ("is there a ", "how many ", "where are most ", "what is the ", ""):
            read_question((opening + piece * length)[:length], CATEGORIES, BOXES)
    assert time.process_time() - started < 1
