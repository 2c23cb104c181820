"""Questions on land cover: from area shares, with margins, and derived again from their programs."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.drafting.box_arrays import BoxedScene
from pipeline.drafting.corpus import derive, draft_questions, draft_scenes
from pipeline.drafting.policy import Availability, fit

from .oracle import land_cover_answer

COVERS = ("bareland", "developed space", "road", "tree", "water", "agriculture land", "building")


@st.composite
def shares(draw):
    parts = draw(st.dictionaries(st.sampled_from(COVERS), st.integers(1, 100), min_size=1))
    return {cover: part / sum(parts.values()) for cover, part in parts.items()}


@given(shares())
@settings(max_examples=200, deadline=None)
def test_each_answer_follows_from_the_shares_with_a_margin(land_cover):
    drafts = draft_questions([], (64, 64), (), seed=0, land_cover=land_cover)
    for draft in drafts:
        assert (draft.question_type, draft.general_type, draft.box_ids) == ("general", "land_cover", ())
        assert derive(draft.program, [], (64, 64), (), land_cover) == draft.answer
        assert land_cover_answer(draft.text, land_cover) == draft.answer
    assert len({draft.text for draft in drafts}) == len(drafts)


def test_the_wording_is_that_of_a_sentence():
    told = draft_questions([], (64, 64), (), seed=0, land_cover={"tree": 0.7, "agriculture land": 0.3})
    assert {draft.text: draft.answer for draft in told} == {
        "What is the predominant land cover in the image?": "tree",
        "Is more than half of the area covered by trees?": "Yes",
        "Is more than half of the area covered by agricultural land?": "No",
        "Which covers more area, agricultural land or trees?": "tree",
    }


def test_shares_that_are_near_each_other_or_one_half_are_not_asked_about():
    assert draft_questions([], (64, 64), (), seed=0, land_cover={"tree": 0.52, "water": 0.48}) == []


def test_a_program_on_land_cover_has_no_answer_without_shares():
    for program in (
        "land_cover_main()",
        'land_cover_half(cover="water")',
        'land_cover_more(cover="water", than="tree")',
    ):
        assert derive(program, [], (64, 64), ()) is None


def test_the_paper_s_policy_asks_two_of_a_scene_and_as_many_are_yes_as_no():
    made = [
        BoxedScene(str(number), (64, 64), land_cover={"water": 0.1 + number % 9 / 10, "tree": 0.9 - number % 9 / 10})
        for number in range(900)
    ]
    availability = Availability({})
    availability.add(made)
    drafts = [draft for drafts in draft_scenes(made, fit(availability).policy, seed=0) for draft in drafts]
    assert abs(len(drafts) - 1800) < 60
    told = Counter(draft.answer for draft in drafts if draft.program.startswith("land_cover_half"))
    assert abs(told["Yes"] - told["No"]) < 60
    named = Counter(draft.text.split(", ")[1] for draft in drafts if draft.program.startswith("land_cover_more"))
    assert min(named.values()) > 0.3 * sum(named.values())
