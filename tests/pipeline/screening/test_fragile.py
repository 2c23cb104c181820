"""Answers that hang by a thread."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from pipeline.drafting.corpus import draft_questions, is_fragile
from pipeline.records import Draft, ObjectBox
from pipeline.screening import SceneContext, screen
from pipeline.screening.families.fragile import RULES
from pipeline.vocabulary import SARDET_CATEGORIES

SIZE = (400, 600)


def box(number: int, category: str, x: float, y: float, *, is_cut: bool = False) -> ObjectBox:
    return ObjectBox(str(number), category, x, y, 20, 20, is_cut)


INSIDE, CUT, CAR = box(1, "ship", 100, 200), box(2, "ship", 0, 200), box(3, "car", 300, 100)
EXISTS_RIGHT = 'exists(category="ship", side="right")'


def found(draft: Draft, *boxes: ObjectBox, labelled=("ship",), size=SIZE) -> list[str]:
    return [finding.rule for finding in screen(draft, SceneContext(size, None, boxes, labelled), RULES)]


def asked(question: str, answer: str, program: str | None = None) -> Draft:
    return Draft("question", question, "counting", answer, program=program)


def test_a_stored_program_is_believed_however_the_question_is_worded():
    draft = asked("Ships: what number?", "2", 'count(category="ship")')
    assert found(draft, INSIDE, CUT) == ["fragile.edge"]
    assert found(draft, INSIDE, CUT, labelled=()) == ["fragile.edge"]
    assert found(replace(draft, program=None), INSIDE, CUT) == []


@pytest.mark.parametrize("program", ["", "count(", "answer_of(model)", "count(category=ship)", "\0"])
def test_a_program_that_is_none_of_ours_leaves_the_question_to_be_read(program):
    assert found(asked("How many ships are visible?", "2", program), INSIDE, CUT) == ["fragile.edge"]


def test_a_box_that_a_chips_edge_cut_counts_as_cut_wherever_it_lies():
    draft = asked("How many ships are visible in the image?", "2")
    assert found(draft, INSIDE, box(2, "ship", 30, 200)) == []
    assert found(draft, INSIDE, box(2, "ship", 30, 200, is_cut=True)) == ["fragile.edge"]


def test_the_message_says_what_is_cut_and_what_would_be_the_answer():
    draft = asked("How many ships are visible in the image?", "2")
    [finding] = screen(draft, SceneContext(SIZE, None, (INSIDE, CUT), ("ship",)), RULES)
    assert finding.message == "the image's edge cuts a ship: without it the answer would be “1”"
    assert (finding.field, finding.start, finding.end, finding.severity) == ("answer", 0, 1, "info")


@pytest.mark.parametrize(("x", "rules"), [(180, []), (187, ["fragile.shift"]), (193, []), (389, ["fragile.shift"])])
def test_a_place_within_three_pixels_of_a_third_is_fragile(x, rules):
    side = "left" if x < 300 else "right"
    draft = asked(f"Is there a ship located on the {side} side of the image?", "Yes")
    assert found(draft, box(1, "ship", x, 190)) == rules


def test_most_of_what_is_evenly_spread_is_a_tie_and_no_other_fault():
    draft = asked("Where are most ships positioned within the image?", "left")
    assert found(draft, INSIDE, box(2, "ship", 560, 190)) == ["fragile.tie"]
    assert found(draft, INSIDE, box(2, "ship", 100, 100), box(3, "ship", 560, 190)) == []


def test_absence_is_fragile_only_of_what_was_not_looked_for_and_only_where_boxes_are():
    draft = asked("Are there any cars in the image?", "No")
    assert found(draft, INSIDE) == ["fragile.absence"]
    assert found(draft, labelled=("ship",)) == ["fragile.absence"]
    assert found(draft, INSIDE, labelled=("car", "ship")) == []
    # The boxes deny this answer, which is another family's matter.
    assert found(draft, INSIDE, CAR) == []
    assert screen(draft, SceneContext(SIZE, None, None, ("ship",)), RULES) == []


def test_a_scene_that_says_nothing_of_what_is_labelled_is_left_alone_unless_the_program_is_known():
    draft = asked("Are there any cars in the image?", "No")
    assert found(draft, INSIDE, labelled=()) == []
    assert found(replace(draft, program='exists(category="car")'), INSIDE, labelled=()) == ["fragile.absence"]


@pytest.mark.parametrize("answer", ["No", "no.", "No, there are none.", "None", "There are no cars.", "0", "Zero"])
def test_absence_is_understood_in_words_and_figures(answer):
    assert found(asked("How many cars are in the image?", answer), INSIDE) == ["fragile.absence"]


@pytest.mark.parametrize("answer", ["Yes", "10", "Nobody knows", "Northern", "2", "No.5"])
def test_other_answers_are_no_absence(answer):
    answered = found(asked("How many cars are in the image?", answer), INSIDE)
    assert answered == (["fragile.absence"] if answer == "No.5" else [])


@pytest.mark.parametrize(
    ("caption", "rules"),
    [
        ("Two ships lie in open water.", ["fragile.edge"]),
        ("There are 2 vessels.", ["fragile.edge"]),
        ("Two ships and no cars are visible.", ["fragile.edge", "fragile.absence"]),
        ("At least one ship is visible.", []),
        ("Five ships are visible.", []),
        ("A ship on the left.", []),
        ("No car parks are visible.", []),
        ("No ships are visible.", []),
        ("No. 3 pier.", []),
        ("There is no sign of any car.", ["fragile.absence"]),
        ("The lack of bridges is plain.", ["fragile.absence"]),
        ("Neither cars nor bridges are visible.", ["fragile.absence"]),
        ("A pier without traffic.", []),
        ("There is no car traffic on the quay.", []),
        ("Ships are not visible.", []),
        ("Bridges are missing in the scene.", ["fragile.absence"]),
    ],
)
def test_captions_are_fragile_where_a_stated_number_or_absence_is(caption, rules):
    assert found(Draft("concise_caption", caption), INSIDE, CUT) == rules


@pytest.mark.parametrize("seed", range(6))
def test_the_corpus_is_fragile_exactly_where_its_sampling_says_so(seed):
    boxes = tuple(
        box(n, SARDET_CATEGORIES[(n * 5 + seed) % 3], (n * 97 + seed * 31) % 585, (n * 57 + seed * 13) % 385)
        for n in range(seed + 1)
    )
    for draft in draft_questions(boxes, SIZE, SARDET_CATEGORIES, seed=seed):
        rules = found(draft, *boxes, labelled=SARDET_CATEGORIES)
        assert bool(rules) == is_fragile(draft.program, boxes, SIZE), draft
        assert found(replace(draft, program=None), *boxes, labelled=SARDET_CATEGORIES) == rules


@pytest.mark.parametrize(
    "text", ["", " ", "\0", "\ud800", "🚢", "لا", "no " * 40_000, "no ships " * 12_000, "two ships " * 9_000]
)
def test_hostile_texts_are_read_in_little_time(text):
    started = time.process_time()
    for draft in (
        Draft("complex_caption", text),
        asked("How many ships are visible?", text),
        asked("How many cars? " + text, "0"),
    ):
        found(draft, INSIDE, CUT)
    assert time.process_time() - started < 2
