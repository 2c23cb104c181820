"""Judges on short answers that a careless comparison gets wrong."""

from __future__ import annotations

import pytest

from pipeline.scoring.answer_forms import SYNONYMS_VERSION, one_form
from pipeline.scoring.answer_words import words_of
from pipeline.scoring.judgement import Answer, Judgement
from pipeline.scoring.judges import JUDGES, judge
from pipeline.scoring.model_judge import judge_prompt, known_beforehand, read_decision
from pipeline.vocabulary import SYNONYMS

HOW_MANY = "How many ships are visible?"
IS_THERE = "Is there a ship in the image?"
WHERE = "Where are most ships positioned?"
WHAT = "What is the object in the area [1.0, 2.0, 30.0, 40.0]?"
R, W, U = "right", "wrong", "undecided"


def say(name: str, question: str, truth: str, prediction: str) -> str:
    kind = {HOW_MANY: "counting", IS_THERE: "identification", WHERE: "positioning", WHAT: "referring"}
    return judge(name, question, truth, prediction, kind.get(question, "general")).decision


@pytest.mark.parametrize(
    ("question", "truth", "prediction", "exact", "synonyms"),
    [
        # Numbers
        (HOW_MANY, "1", "11", W, W),
        (HOW_MANY, "1", "one", R, R),
        (HOW_MANY, "21.", "Twenty-one", R, R),
        (HOW_MANY, "1,000", "1000", R, R),
        (HOW_MANY, "2", "2.0", R, R),
        (HOW_MANY, "2105", "two thousand one hundred and five", R, R),
        (HOW_MANY, "24", "two dozen", R, R),
        (HOW_MANY, "2", "two ships", W, R),
        (HOW_MANY, "2", "There are two vessels visible in the image.", W, R),
        (HOW_MANY, "3", "three (3)", W, R),
        (HOW_MANY, "2", "2 tanks", W, W),
        (HOW_MANY, "2", "-2", W, W),
        (HOW_MANY, "5", "more than 5", W, W),
        (HOW_MANY, "5", "5+", W, W),
        (HOW_MANY, "5", "4-5", W, W),
        (HOW_MANY, "5", "5 or 6", W, W),
        (HOW_MANY, "5", "about 5", W, R),
        (HOW_MANY, "2", "2 ships and 3 cars", W, U),
        (HOW_MANY, "5", "5 km", W, U),
        (HOW_MANY, "5", "several", W, W),
        (HOW_MANY, "0", "zero", R, R),
        (HOW_MANY, "0", "none", W, R),
        (HOW_MANY, "0", "There are no ships.", W, R),
        (HOW_MANY, "16", "I don't know", W, W),
        # Yes and no
        (IS_THERE, "no", "not sure", W, W),
        (IS_THERE, "No.", "no idea", W, W),
        (IS_THERE, "Yes", "yes.", R, R),
        (IS_THERE, "Yes", "Yes, there is", W, R),
        (IS_THERE, "Yes", "Yes, there is a ship on the left side.", W, R),
        (IS_THERE, "Yes", "There is a ship.", W, R),
        (IS_THERE, "No", "No, there are none.", W, R),
        (IS_THERE, "No", "There are no ships", W, R),
        (IS_THERE, "Yes", "No", W, W),
        (IS_THERE, "Yes", "yes and no", W, W),
        (IS_THERE, "Yes", "Yes, there are no ships", W, U),
        (IS_THERE, "Yes", "I cannot tell", W, W),
        (IS_THERE, "Yes", "ship", W, W),
        # Sides
        (WHERE, "left", "Left side", W, R),
        (WHERE, "left", "The ships are mostly on the left side of the image.", W, R),
        (WHERE, "top left", "upper-left corner", W, R),
        (WHERE, "center", "centre", W, R),
        (WHERE, "center", "in the middle", W, R),
        (WHERE, "left", "top left", W, W),
        (WHERE, "left", "left or right", W, W),
        (WHERE, "left", "not on the left", W, W),
        (WHERE, "left", "to the left of a bridge", W, U),
        # Objects and lists
        (WHAT, "ship", "Ships", R, R),
        (WHAT, "A ship.", "the SHIP", R, R),
        (WHAT, "aircraft.", "The object in the area is an airplane.", W, R),
        (WHAT, "aircraft", "plane", W, R),
        (WHAT, "ship", "vessel", W, R),
        (WHAT, "ship", "boat", W, R),
        (WHAT, "harbor", "harbour", W, R),
        (WHAT, "harbor", "port", W, R),
        (WHAT, "tank", "storage tanks", W, R),
        (WHAT, "car", "scar", W, W),
        (WHAT, "ship", "ship or tank", W, W),
        (WHAT, "ship", "not a ship", W, W),
        (WHAT, "ship", "cargo ship", W, U),
        ("What categories are visible?", "ship, harbor", "harbor and ship", W, R),
        ("What categories are visible?", "harbor, ship", "ship", W, W),
        ("What categories are visible?", "ship", "ship and harbor", W, W),
        # Words of their own
        ("What is the main use?", "Commercial and residential.", "residential, commercial", W, R),
        ("Is the roof round or rectangular?", "circular", "It is round.", W, R),
        ("Is the roof round or rectangular?", "circular", "round or rectangular", W, W),
        ("What shape is it?", "oval", "circular", W, W),
        ("How are they arranged?", "Grid pattern.", "in a grid", W, R),
        ("What is there?", "dense trees", "trees", W, U),
        ("How long is it?", "100 m", "100 metres", W, R),
        ("How long is it?", "100 m", "100 km", W, W),
        ("How long is it?", "100 m", "100", W, U),
        # Nothing, and nothing to compare with
        (WHAT, "ship", "", W, W),
        (WHAT, "ship", " .\n", W, W),
        (WHAT, "", "ship", U, U),
    ],
)
def test_answers_are_judged_by_what_they_say(
    question: str, truth: str, prediction: str, exact: str, synonyms: str
) -> None:
    assert say("exact", question, truth, prediction) == exact
    assert say("synonyms", question, truth, prediction) == synonyms


def test_the_published_rule_takes_a_part_for_the_whole_and_says_so() -> None:
    assert say("sarlang-substring", HOW_MANY, "1", "11") == "right"
    assert say("sarlang-substring", IS_THERE, "No", "Not sure") == "right"
    assert say("sarlang-substring", WHAT, "aircraft", "airplane") == "wrong"
    assert "fault" in JUDGES["sarlang-substring"].about
    assert judge("sarlang-substring", HOW_MANY, "1", "11").note


def test_judges_are_found_by_name_and_give_what_they_compared() -> None:
    assert set(JUDGES) == {"exact", "synonyms", "sarlang-substring"}
    assert judge("synonyms", WHAT, "A Ship.", "the boats", "referring") == Judgement("right", "ship", "ship")
    with pytest.raises(KeyError):
        judge("best", WHAT, "ship", "ship")


def test_every_category_of_the_vocabulary_is_known_by_its_other_names() -> None:
    assert JUDGES["synonyms"].version == SYNONYMS_VERSION
    for category, names in SYNONYMS.items():
        assert {one_form(words_of(name)) for name in names} == {(category,)}


@pytest.mark.parametrize("text", ["\0", "\ud800", "🚢" * 3, "שלום", "1" * 100_000, "thousand " * 20_000, "a," * 50_000])
def test_hostile_answers_are_judged_like_others(text: str) -> None:
    for name in JUDGES:
        assert judge(name, text, "ship", text).decision in ("wrong", "undecided")
        judged = judge(name, text, text, text)
        assert judged.decision == "right"
        assert len(judged.truth_as) <= 500


@pytest.mark.parametrize(
    ("said", "decision"),
    [
        *(("1", R), ("0", W), ("1.", R), ("**1**", R), ("Answer: 0", W), ("<think>0 or 1?</think>\n1", R)),
        *(("", U), ("maybe", U), ("10", U), ("1 or 0", U), ("0.1", U), ("The answer is 1, " + "because " * 20, U)),
    ],
)
def test_a_model_decides_by_1_and_0_alone(said: str, decision: str) -> None:
    assert read_decision(Answer(WHAT, "ship", "boat"), said).decision == decision


def test_a_model_is_asked_in_the_papers_words_and_not_about_nothing() -> None:
    prompt = judge_prompt(Answer("Where {x}?", "{truth}", "$left"))
    assert prompt.startswith("Question: Where {x}?, Ground Truth Answer: {truth}, Predicted Answer: $left. Does the")
    assert known_beforehand(Answer(WHAT, "ship", "boat")) is None
    empty, untold = known_beforehand(Answer(WHAT, "ship", " ")), known_beforehand(Answer(WHAT, "", "ship"))
    assert empty is not None
    assert untold is not None
    assert (empty.decision, untold.decision) == ("wrong", "undecided")
