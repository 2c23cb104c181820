"""The sampling policy: the paper's proportions, from whatever scenes, by the seed and the scene alone."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import vocabulary
from pipeline.drafting.box_arrays import BoxArrays, BoxedScene
from pipeline.drafting.cells import CELLS
from pipeline.drafting.corpus import count_types, derive, draft_scenes, is_fragile
from pipeline.drafting.policy import ALL, PAPER_COUNTS, PAPER_SCENES, Fit, Policy
from pipeline.drafting.templates import SYNONYMS
from pipeline.programs.derivation import evidence
from pipeline.programs.layout import Layout
from pipeline.programs.program import SIDES, parse_program
from pipeline.records import ObjectBox
from pipeline.screening import SceneContext, screen
from pipeline.vocabulary import POSITIONS, SARDET_CATEGORIES

from .made_scenes import fitted, make_scene
from .oracle import canonical, true_answer
from .test_corpus import labelled_lists, scenes

WEIGHTS = dict.fromkeys(SARDET_CATEGORIES, 1)


def everything(kinds=(0, 1)) -> Policy:
    """All candidates of all forms: those that are sturdy (0), fragile (1) or both."""
    return Policy(quotas=np.array([[ALL * (kind in kinds) for kind in (0, 1)] for _ in CELLS]), weights=WEIGHTS)


@given(scenes(), labelled_lists)
@settings(max_examples=200, deadline=None)
def test_each_candidate_of_every_form_is_answered_as_its_program_and_an_independent_count_do(scene, labelled):
    boxes, size = scene
    (drafts,) = draft_scenes([BoxedScene("s", size, boxes, tuple(labelled))], everything(), seed=1)
    layout = Layout.of(boxes, size)
    for draft in drafts:
        assert derive(draft.program, boxes, size, labelled) == draft.answer, draft
        assert true_answer(draft.text, boxes, size, labelled) == draft.answer, draft
        assert evidence(parse_program(draft.program), layout) == draft.box_ids, draft
    assert len({canonical(draft.text) for draft in drafts}) == len(drafts)


@given(scenes(), labelled_lists)
@settings(max_examples=200, deadline=None)
def test_what_is_taken_to_be_sturdy_or_fragile_is_what_the_programs_say(scene, labelled):
    boxes, size = scene
    for kind in (0, 1):
        (drafts,) = draft_scenes([BoxedScene("s", size, boxes, tuple(labelled))], everything((kind,)), seed=1)
        for draft in drafts:
            is_unstable = is_fragile(draft.program, boxes, size)
            # What is most of one side is passed over as fragile a little too often, never too seldom.
            assert is_unstable == bool(kind) or (kind and draft.program.startswith("main(side"))


@given(scenes())
@settings(max_examples=100, deadline=None)
def test_boxes_lie_where_their_placements_say(scene):
    boxes, size = scene
    arrays, layout = BoxArrays([BoxedScene("s", size, boxes)]), Layout.of(boxes, size)
    told = [None if place == len(POSITIONS) else POSITIONS[place] for place in arrays.position]
    assert told == [placement.position for placement in layout.placements]
    assert [[("off", "between", "on")[near] for near in row] for row in arrays.nearness] == [
        [placement.nearness(side) for side in SIDES] for placement in layout.placements
    ]
    assert arrays.is_cut.tolist() == [placement.is_cut for placement in layout.placements]


@pytest.mark.parametrize("labelled", [SARDET_CATEGORIES, ()])
def test_scenes_like_the_papers_give_its_counts_of_each_type(labelled):
    made = [make_scene(number, labelled) for number in range(4000)]
    counted = count_types(draft_scenes(made, fitted(made).policy, seed=0))
    for kind, number in PAPER_COUNTS.items():
        wanted = number / PAPER_SCENES * len(made) if kind != "referring" else sum(len(scene.boxes) for scene in made)
        assert counted[kind] == pytest.approx(wanted, rel=0.03), kind
    assert set(counted) == set(PAPER_COUNTS)


def test_no_form_tells_whether_the_answer_is_yes_or_no():
    made = [make_scene(number) for number in range(3000)]
    told: Counter[tuple[str, str]] = Counter()
    for draft in (draft for drafts in draft_scenes(made, fitted(made).policy, seed=0) for draft in drafts):
        if draft.question_type == "identification":
            told[draft.program.split("(")[0] + " side" * ("side=" in draft.program), draft.answer] += 1
    forms = {form for form, _ in told}
    assert {"exists", "exists side", "others"} <= forms
    for form in forms:
        assert told[form, "Yes"] == pytest.approx(told[form, "No"], rel=0.1, abs=25), form


def test_what_is_frequent_is_also_asked_about_where_it_is_not():
    made = [make_scene(number) for number in range(3000)]
    denied: Counter[str] = Counter()
    for draft in (draft for drafts in draft_scenes(made, fitted(made).policy, seed=0) for draft in drafts):
        if draft.program.startswith("exists") and draft.answer == "No" and "side" not in draft.program:
            denied[parse_program(draft.program).category] += 1
    assert denied["ship"] > 2 * denied["harbor"]


def test_a_scene_gets_the_same_questions_alone_as_among_others_and_in_any_order():
    made = [make_scene(number) for number in range(60)]
    policy = fitted(made).policy
    together = draft_scenes(made, policy, seed=3)
    assert [draft_scenes([scene], policy, seed=3)[0] for scene in made] == together
    assert draft_scenes(made[::-1], policy, seed=3)[::-1] == together
    assert draft_scenes(made, policy, seed=4) != together


def test_nothing_is_invented_where_boxes_and_labels_say_too_little():
    made = [BoxedScene(f"{number}", (100, 100)) for number in range(50)]
    found = fitted(made)
    assert found.wanted["identification"] == round(50 * PAPER_COUNTS["identification"] / PAPER_SCENES)
    assert set(found.expected.values()) == {0}
    assert draft_scenes(made, found.policy, seed=0) == [[]] * 50


def test_where_one_category_is_known_and_none_labelled_only_what_is_there_is_asked():
    made = [
        BoxedScene(f"{number}", (100, 100), [ObjectBox("1", "ship", 10 + number % 60, 40, 9, 9)])
        for number in range(200)
    ]
    found = fitted(made)
    drafts = [draft for drafts in draft_scenes(made, found.policy, seed=0) for draft in drafts]
    assert {draft.answer for draft in drafts if draft.question_type == "identification"} == {"Yes"}
    assert found.expected["identification"] < found.wanted["identification"]
    counted = count_types([drafts])
    for kind, number in found.expected.items():
        assert counted[kind] == pytest.approx(number, abs=20)


def test_scenes_in_which_nothing_is_labelled_still_have_as_many_no_as_yes():
    made = [make_scene(number, ()) for number in range(3000)]
    told = Counter(
        draft.answer
        for drafts in draft_scenes(made, fitted(made).policy, seed=0)
        for draft in drafts
        if draft.question_type == "identification"
    )
    assert told["Yes"] == pytest.approx(told["No"], rel=0.02)


def test_the_fitted_numbers_survive_json_and_then_draw_the_same():
    made = [make_scene(number) for number in range(200)]
    found = fitted(made)
    again = Fit.from_json(json.loads(json.dumps(found.as_json())))
    assert again.as_json() == found.as_json()
    assert draft_scenes(made, again.policy, seed=0) == draft_scenes(made, found.policy, seed=0)


def test_a_third_of_the_questions_calls_a_category_by_another_name_and_the_answer_by_its_own():
    made = [make_scene(number) for number in range(2000)]
    drafts = [draft for drafts in draft_scenes(made, fitted(made).policy, seed=0) for draft in drafts]
    asked = [draft for draft in drafts if draft.program.startswith(('exists(category="ship"', 'count(category="ship"'))]
    other = sum("vessel" in draft.text for draft in asked)
    assert other / len(asked) == pytest.approx(1 / 3, abs=0.04)
    assert {draft.answer for draft in drafts if draft.question_type == "referring"} == set(SARDET_CATEGORIES)


def test_no_synonym_is_taken_that_is_a_category_of_its_own():
    boxes = [ObjectBox("1", "ship", 10, 10, 9, 9), ObjectBox("2", "vessel", 50, 50, 9, 9)]
    for known in ({}, {"ship": 1, "vessel": 1}):
        policy = Policy(quotas=everything().quotas, weights=known)
        for seed in range(20):
            (drafts,) = draft_scenes([BoxedScene("s", (100, 100), boxes, ("ship", "vessel"))], policy, seed=seed)
            for draft in drafts:
                asked = parse_program(draft.program).category
                assert asked is None or asked in draft.text or f"{asked}s" in draft.text


def test_categories_that_a_sentence_calls_the_same_are_asked_about_once():
    boxes = [ObjectBox("1", "storage_tank", 10, 10, 9, 9), ObjectBox("2", "storage tank", 50, 50, 9, 9)]
    (drafts,) = draft_scenes([BoxedScene("s", (100, 100), boxes)], Policy(), seed=0)
    assert len({draft.text for draft in drafts}) == len(drafts)


@given(st.text(max_size=30), st.text(max_size=30))
@settings(max_examples=100, deadline=None)
def test_any_category_can_be_drafted_about(one, other):
    boxes = [ObjectBox("1", one, 10, 10, 9, 9), ObjectBox("2", other, 50, 50, 9, 9)]
    (drafts,) = draft_scenes([BoxedScene("\ud800", (100, 100), boxes, (one,))], everything(), seed=0)
    for draft in drafts:
        assert derive(draft.program, boxes, (100, 100), (one,)) == draft.answer


def test_every_synonym_that_is_written_is_one_that_screening_knows():
    for category, words in SYNONYMS.items():
        assert set(words) < set(vocabulary.SYNONYMS[category])


def test_screening_finds_nothing_wrong_with_any_form_in_any_words():
    for labelled in (SARDET_CATEGORIES, ()):
        made = [make_scene(number, labelled) for number in range(25)]
        for scene, drafts in zip(made, draft_scenes(made, everything(), seed=0), strict=True):
            context = SceneContext(size=scene.size, gsd_m=None, boxes=tuple(scene.boxes), labelled=scene.labelled)
            found = {finding.rule for draft in drafts for finding in screen(draft, context)}
            assert {rule for rule in found if not rule.startswith("fragile.")} == set()
