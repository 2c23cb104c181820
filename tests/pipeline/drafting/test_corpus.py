"""The template corpus against an independent count, and its rules one by one."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.drafting.corpus import CORPUS_DRAFTER, derive, draft_questions, is_fragile
from pipeline.programs.program import Program, ProgramError, parse_program
from pipeline.records import ObjectBox
from pipeline.vocabulary import QUESTION_TYPES, SARDET_CATEGORIES

from .oracle import canonical, every_question, true_answer

SIZE = (400, 600)

sizes = st.sampled_from([(400, 600), (256, 256), (90, 60), (7, 1001)])
labelled_lists = st.lists(st.sampled_from(SARDET_CATEGORIES), unique=True)


@st.composite
def scenes(draw):
    """Boxes that like thirds, halves, corners, edges and each other's places, where rules are decided."""
    rows, cols = size = draw(sizes)
    boxes = []
    for number in range(draw(st.integers(0, 8))):
        if boxes and draw(st.integers(0, 5)) == 0:
            twin = draw(st.sampled_from(boxes))
            category = draw(st.sampled_from(SARDET_CATEGORIES))
            boxes.append(ObjectBox(str(number), category, twin.x_min, twin.y_min, twin.width, twin.height))
            continue
        width, height = draw(st.integers(1, max(2, cols // 4))), draw(st.integers(1, max(2, rows // 4)))
        cx = draw(st.sampled_from([cols / 3, cols / 2, 2 * cols / 3, cols / 4, 0.0]) | st.floats(0, cols))
        cy = draw(st.sampled_from([rows / 3, rows / 2, 2 * rows / 3, rows / 4, 0.0]) | st.floats(0, rows))
        x, y = (round((centre - side / 2) * 2) / 2 for centre, side in ((cx, width), (cy, height)))
        boxes.append(ObjectBox(str(number), draw(st.sampled_from(SARDET_CATEGORIES[:3])), x, y, width, height))
    return boxes, size


def box(category: str, cx: float, cy: float, box_id: str | None = None, side: float = 20) -> ObjectBox:
    """A square box around a centre in the 600 × 400 image."""
    return ObjectBox(box_id or f"{category}-{cx}-{cy}", category, cx - side / 2, cy - side / 2, side, side)


def answers(boxes, labelled=SARDET_CATEGORIES, size=SIZE) -> dict[str, str | None]:
    return {canonical(draft.text): draft.answer for draft in draft_questions(boxes, size, labelled, seed=0)}


@given(scenes(), labelled_lists)
@settings(max_examples=300, deadline=None)
def test_the_corpus_asks_every_question_that_has_one_right_answer_and_no_other(scene, labelled):
    boxes, size = scene
    drafts = draft_questions(boxes, size, labelled, seed=0)
    expected = {
        text: answer
        for text in every_question(boxes, labelled)
        if (answer := true_answer(text, boxes, size, labelled)) is not None
    }
    assert {canonical(draft.text): draft.answer for draft in drafts} == expected
    assert len(drafts) == len(expected), "a question is repeated"


@given(scenes(), labelled_lists)
@settings(max_examples=100, deadline=None)
def test_a_stored_program_gives_the_same_answer_again_and_names_boxes_of_the_scene(scene, labelled):
    boxes, size = scene
    for draft in draft_questions(boxes, size, labelled, seed=0):
        assert derive(draft.program, boxes, size, labelled) == draft.answer
        assert set(draft.box_ids) <= {box.box_id for box in boxes}
        assert draft.question_type in QUESTION_TYPES


@given(scenes(), labelled_lists)
@settings(max_examples=60, deadline=None)
def test_an_answer_that_is_not_fragile_survives_every_move_of_one_box_and_the_loss_of_cut_ones(scene, labelled):
    boxes, (rows, cols) = scene
    whole = [b for b in boxes if b.x_min > 0 and b.y_min > 0 and b.x_min + b.width < cols and b.y_min + b.height < rows]
    for draft in draft_questions(boxes, (rows, cols), labelled, seed=0):
        if is_fragile(draft.program, boxes, (rows, cols)):
            continue
        assert derive(draft.program, whole, (rows, cols), labelled) == draft.answer
        for index, moved in enumerate(boxes):
            for x, y in ((3, 0), (-3, 0), (0, 3), (0, -3), (3, -3)):
                there = ObjectBox(
                    moved.box_id, moved.category, moved.x_min + x, moved.y_min + y, moved.width, moved.height
                )
                others = [*boxes[:index], there, *boxes[index + 1 :]]
                if not draft.program.startswith("object_at"):
                    assert derive(draft.program, others, (rows, cols), labelled) == draft.answer


@given(scenes(), labelled_lists, st.integers(0, 12), st.integers(0, 3))
@settings(max_examples=100, deadline=None)
def test_a_sample_is_a_part_of_the_corpus_of_the_asked_size_and_the_same_for_the_same_seed(
    scene, labelled, number, seed
):
    boxes, size = scene
    corpus = draft_questions(boxes, size, labelled, seed=seed)
    sample = draft_questions(boxes, size, labelled, seed=seed, per_scene=number)
    assert len(sample) == min(number, len(corpus))
    assert [draft for draft in corpus if draft in sample] == sample
    assert draft_questions(boxes, size, labelled, seed=seed, per_scene=number) == sample


def test_nothing_is_said_to_be_absent_outside_the_labelled_categories():
    told = answers([box("ship", 100, 200), box("ship", 110, 300)], labelled=())
    assert told["Are there any ships in the image?"] == "Yes"
    assert told["How many ships are visible in the image?"] == "2"
    assert "No" not in told.values()
    assert "0" not in told.values()
    assert "Which object categories are visible in the image?" not in told


def test_a_count_of_zero_and_a_no_are_given_for_labelled_categories():
    told = answers([box("ship", 100, 200)], labelled=("ship", "bridge"))
    assert told["How many bridges are visible in the image?"] == "0"
    assert told["Are there any bridges in the image?"] == "No"
    assert told["Are there any other categories apart from ship in the image?"] == "No"
    assert "How many cars are visible in the image?" not in told


@pytest.mark.parametrize(
    ("centre", "position"),
    [
        ((300, 200), "center"),
        ((201, 200), "center"),
        ((200, 200), "left"),
        ((400, 200), "right"),
        ((300, 100), "top"),
        ((300, 300), "bottom"),
        ((150, 100), None),
        ((149, 100), "left"),
        ((151, 100), "top"),
    ],
)
def test_positions_follow_thirds_and_the_larger_offset_and_a_tie_is_not_asked(centre, position):
    assert derive('where_most(category="ship")', [box("ship", *centre)], SIZE, ()) == position


@pytest.mark.parametrize(
    ("cx", "told"), [(199, "Yes"), (200, None), (250, None), (299, None), (300, "No"), (500, "No")]
)
def test_a_side_is_yes_in_the_outer_third_no_on_the_other_half_and_not_asked_between(cx, told):
    assert derive('exists(category="ship", side="left")', [box("ship", cx, 200)], SIZE, ("ship",)) == told


def test_half_of_the_boxes_are_no_majority():
    boxes = [box("ship", 100, 200), box("ship", 500, 200)]
    assert "Where are most ships positioned within the image?" not in answers(boxes)
    assert answers([*boxes, box("ship", 90, 200)])["Where are most ships positioned within the image?"] == "left"
    assert derive("main()", [box("ship", 100, 200), box("car", 500, 200)], SIZE, ()) is None


def test_a_region_shared_by_two_categories_is_not_asked_and_one_shared_by_one_category_is_asked_once():
    shared = [
        box("ship", 100, 100, "1"),
        box("car", 100, 100, "2"),
        box("tank", 300, 100, "3"),
        box("tank", 300, 100, "4"),
    ]
    regions = [draft for draft in draft_questions(shared, SIZE, (), seed=0) if draft.question_type == "referring"]
    assert [(canonical(draft.text), draft.answer) for draft in regions] == [
        ("What is the object in the area [290.0, 90.0, 20.0, 20.0]?", "tank")
    ]


def test_lists_of_categories_are_alphabetical():
    boxes = [box("ship", 100, 200), box("car", 500, 200), box("harbor", 300, 200)]
    assert answers(boxes)["Which object categories are visible in the image?"] == "car, harbor, ship"


@pytest.mark.parametrize(
    ("program", "boxes", "fragile"),
    [
        ('where_most(category="ship")', [box("ship", 202, 200)], True),
        ('where_most(category="ship")', [box("ship", 206, 200)], False),
        ('exists(category="ship", side="left")', [box("ship", 198, 200)], True),
        ('exists(category="ship", side="left")', [box("ship", 198, 200), box("ship", 50, 200)], False),
        ('exists(category="ship", side="left")', [box("ship", 301, 200)], True),
        ('count(category="ship")', [box("ship", 100, 200), box("ship", 5, 200)], True),
        ('count(category="ship")', [box("ship", 100, 200), box("ship", 11, 200)], False),
        ('exists(category="ship")', [box("ship", 100, 200), box("ship", 5, 200)], False),
        ('exists(category="ship")', [box("ship", 595, 200)], True),
        ('object_at(box="1")', [box("ship", 300, 395, "1")], True),
    ],
)
def test_cut_boxes_and_answers_that_flip_within_three_pixels_are_fragile(program, boxes, fragile):
    assert is_fragile(program, boxes, SIZE) is fragile


def test_a_sample_prefers_sturdy_answers_and_mixes_types_and_yes_with_no():
    boxes = [box("ship", 100 + 7 * i, 150 + 9 * i) for i in range(6)] + [box("harbor", 5, 380)]
    sample = draft_questions(boxes, SIZE, SARDET_CATEGORIES, seed=3, per_scene=12)
    assert not any(is_fragile(draft.program, boxes, SIZE) for draft in sample)
    assert {draft.question_type for draft in sample} == set(QUESTION_TYPES) - {"general"}
    told = Counter(draft.answer for draft in sample)
    assert abs(told["Yes"] - told["No"]) <= 1
    assert told["0"] <= told["Yes"] + 1


def test_another_seed_draws_another_sample():
    boxes = [box("ship", 100 + 7 * i, 150 + 9 * i) for i in range(6)]
    samples = {
        tuple(draft.text for draft in draft_questions(boxes, SIZE, SARDET_CATEGORIES, seed=seed, per_scene=8))
        for seed in range(6)
    }
    assert len(samples) > 1


def test_a_scene_without_boxes_says_only_what_is_absent():
    told = answers([], labelled=("aircraft",))
    assert told["Are there any aircraft in the image?"] == "No"
    assert told["Is there an aircraft located on the left side of the image?"] == "No"
    assert set(told.values()) == {"No", "0"}
    assert answers([], labelled=()) == {}


@pytest.mark.parametrize(
    ("boxes", "size", "per_scene"),
    [([box("ship", 1, 1, "1"), box("car", 9, 9, "1")], SIZE, None), ([], (0, 600), None), ([], SIZE, -1)],
)
def test_what_cannot_be_drafted_from_is_refused(boxes, size, per_scene):
    with pytest.raises(ValueError, match=r"same id|no place|negative"):
        draft_questions(boxes, size, ("ship",), seed=0, per_scene=per_scene)


@given(st.text(), st.sampled_from(["left", "right", "top", "bottom", None]))
def test_programs_survive_any_category_name(category, side):
    program = Program("exists", category, side)
    assert parse_program(str(program)) == program


@pytest.mark.parametrize(
    "text",
    [
        "",
        "exists",
        "exists()",
        'exists(category="ship"',
        'others(category="ship", side="left")',
        'land_cover_half(category="water")',
        "__import__(box=1)",
        'exists(category="ship", side="up")',
        'main(box="1")',
        'count(category="ship)',
        "count(category=1)",
        "main)(",
    ],
)
def test_what_is_no_program_is_refused_with_its_text(text):
    with pytest.raises(ProgramError, match=r"program|arguments|side"):
        derive(text, [], SIZE, ())


def test_a_program_whose_box_is_gone_has_no_answer():
    assert derive('object_at(box="17")', [box("ship", 100, 100, "1")], SIZE, ()) is None


def test_a_hundred_thousand_scenes_take_minutes():
    boxes = [box("ship", 150, 120), box("harbor", 420, 300)]
    start = time.process_time()
    for seed in range(200):
        draft_questions(boxes, SIZE, SARDET_CATEGORIES, seed=seed, per_scene=10)
    assert (time.process_time() - start) / 200 * 104_985 < 600


def test_the_drafter_is_named_by_a_version():
    assert (CORPUS_DRAFTER.name, CORPUS_DRAFTER.version) == ("corpus", "2")
