"""Drawing a quiz from a release: what is asked, in which proportions, and what is refused and why."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.assets.store import AssetStore
from app.quiz.errors import BlindAnswersError, QuizError, QuizStateError, TooFewEligibleError
from app.quiz.queries.questions import QuestionRow, list_questions, list_swaps
from app.quiz.queries.quizzes import QuizOptions, QuizRow
from app.quiz.queries.rules import QuizRules
from app.quiz.workflow import quizzes
from app.quiz.workflow.swapping import set_feedback, swap_question
from tests.app.quiz.composed import force_state, make_quiz, make_release, scene
from tests.app.release.reviewed import Text, View, make_store

NAMES = ("identification", "counting", "referring")


@pytest.fixture
def store(tmp_path: Path) -> AssetStore:
    return make_store(tmp_path)


@pytest.fixture
def release(session: Session, store: AssetStore) -> str:
    return make_release(session, store)


def asked(session: Session, quiz: QuizRow) -> list[QuestionRow]:
    return [row for row in list_questions(session, quiz.quiz_id) if not row.is_practice]


def test_types_are_in_proportion_answers_in_balance_and_no_ground_twice(session: Session, release: str) -> None:
    quiz = make_quiz(session)
    rows = list_questions(session, quiz.quiz_id)
    main = asked(session, quiz)
    assert Counter(row.question_type for row in main) == dict.fromkeys(NAMES, 2)
    assert Counter(row.truth for row in main if row.question_type == "identification") == {"Yes": 1, "No": 1}
    assert len({row.ground_key for row in rows}) == len(rows) == 8
    assert [(row.position, row.is_practice) for row in rows] == [
        (1, True), (2, True), *((number, False) for number in range(1, 7))
    ]  # fmt: skip
    splits = "select distinct s.split from quiz_question q join scene s using (scene_id)"
    assert list(session.execute(text(splits)).scalars()) == ["test"]
    assert quiz.counts["strata"][0] == {
        "question_type": "counting", "dataset": "ports", "eligible": 12, "left_out": {"other_split": 4}, "taken": 2
    }  # fmt: skip
    assert (quiz.state, quiz.release, quiz.classes) == ("composing", "bench@1", ["ship"])


def test_the_same_seed_gives_the_same_quiz_and_another_seed_another(
    session: Session, release: str, store: AssetStore
) -> None:
    first, again, other = make_quiz(session), make_quiz(session, name="again"), make_quiz(session, name="o", seed=8)
    ids = [[row.text_sha256 for row in list_questions(session, quiz.quiz_id)] for quiz in (first, again, other)]
    assert ids[0] == ids[1] != ids[2]
    drawn = make_quiz(session, name="drawn", seed=None)
    assert 0 <= drawn.seed < 2**31


def test_a_region_is_drawn_and_its_coordinates_are_not_told(session: Session, release: str) -> None:
    region = next(row for row in asked(session, make_quiz(session)) if row.question_type == "referring")
    assert region.question == "What is the object in the area that is drawn in the picture?"
    assert region.region_box == [0.1, 2.0, 3.5, 4.0]
    assert (region.form, region.majority_answer, region.chance) == ("what object", "car", pytest.approx(1 / 3))


def test_choices_hold_the_truth_among_others_of_its_form(session: Session, release: str) -> None:
    options = QuizOptions(answer_form="choices")
    for row in asked(session, make_quiz(session, options=options)):
        assert row.choices is not None
        assert row.truth in row.choices
        assert (
            len(row.choices)
            == len(set(row.choices))
            == {"identification": 2, "counting": 4, "referring": 3}[row.question_type]
        )
        assert row.chance == pytest.approx(1 / len(row.choices))


def test_too_few_are_refused_with_counts_and_what_would_help(session: Session, release: str) -> None:
    with pytest.raises(TooFewEligibleError) as refused:
        make_quiz(session, rules=QuizRules(questions=40, practice=0))
    assert refused.value.message == (
        "40 questions were asked for, practice among them, and 36 are eligible. Not eligible: 12 in other splits."
        " Ask fewer, or take in other splits."
    )
    assert [line["eligible"] for line in refused.value.facts["strata"]] == [12, 12, 12]
    assert session.execute(text("select count(*) from quiz")).scalar_one() == 0
    whole = make_quiz(session, rules=QuizRules(questions=40, practice=0, splits=("test", "train"), is_balanced=False))
    assert len(asked(session, whole)) == 40


def test_answers_that_cannot_be_balanced_are_refused(session: Session, store: AssetStore) -> None:
    yes = [Text(f"Is there a ship at {n}?", "Yes", question_type="identification") for n in range(5)]
    make_release(session, store, [View("a.png", yes)])
    with pytest.raises(TooFewEligibleError, match="of 4 questions of object identification 4 would have the answer"):
        make_quiz(session, rules=QuizRules(questions=4, practice=0))
    assert make_quiz(session, rules=QuizRules(questions=4, practice=0, is_balanced=False)).state == "composing"


def test_what_nobody_read_or_needs_the_optical_image_is_not_asked(session: Session, store: AssetStore) -> None:
    texts = [
        Text("How many ships?", "3"),
        Text("How many cars?", "4", support="sar_with_optical"),
        Text("How many docks?", "5", verdict="boxes"),
        Text("Why is it so?", "because " * 20, question_type="general"),
    ]
    make_release(session, store, [View("a.png", texts)])
    quiz = make_quiz(session, rules=QuizRules(questions=2, practice=0))
    assert {row.truth for row in asked(session, quiz)} == {"3", "5"}
    with pytest.raises(TooFewEligibleError, match="2 without an optical image to show"):
        make_quiz(session, name="o", rules=QuizRules(questions=2, practice=0), options=QuizOptions(arms=("both",)))


def test_equal_proportions_ask_as_many_of_each_type(session: Session, store: AssetStore) -> None:
    many = [View(f"{s}.png", [Text(f"How many ships at {n}?", str(n)) for n in range(10)]) for s in range(3)]
    few = [Text(f"Where is the ship {n}?", side, question_type="positioning") for n, side in enumerate(("left", "top"))]
    make_release(session, store, [*many, View("few.png", few)])
    for proportions, wanted in (("release", {"counting": 6}), ("equal", {"counting": 4, "positioning": 2})):
        rules = QuizRules(questions=6, practice=0, proportions=proportions)
        quiz = make_quiz(session, name=proportions, rules=rules)
        assert Counter(row.question_type for row in asked(session, quiz)) == wanted


def test_forms_that_a_model_answers_without_the_image_are_left_out(session: Session, release: str) -> None:
    rows = session.execute(text("select text_sha256, entry ->> 'question', entry ->> 'answer' from release_text"))
    blind = {row[0]: row[2] if row[1].startswith("How many") else "Yes, there are." for row in rows}
    quiz = make_quiz(session, rules=QuizRules(questions=6, practice=0), blind=blind)
    assert {row.question_type for row in asked(session, quiz)} == {"identification", "referring"}
    assert [(form["form"], form["blind"]) for form in quiz.counts["forms_left_out"]] == [("how many", 1.0)]
    assert quiz.counts["blind"] == {
        "judge": "synonyms", "judge_version": 1, "given": 48, "used": 36, "right": 18
    }  # fmt: skip
    kept = session.execute(text("select count(*) from quiz_blind_answer")).scalar_one()
    assert kept == 36
    with pytest.raises(BlindAnswersError, match="None of the 1 blind answers"):
        make_quiz(session, name="other", blind={"0" * 64: "Yes"})


def test_a_question_is_swapped_for_another_of_its_kind_and_does_not_come_back(session: Session, release: str) -> None:
    quiz = make_quiz(session)
    seen = {row.text_sha256 for row in list_questions(session, quiz.quiz_id)}
    out = asked(session, quiz)[0]
    for _ in range(2):
        new = swap_question(session, quiz.name, out.position, "command")
        assert (new.position, new.question_type, new.dataset) == (out.position, out.question_type, out.dataset)
        assert new.text_sha256 not in seen
        assert new.truth == out.truth, "yes and no stay in balance"
        seen.add(new.text_sha256)
    for row in asked(session, quiz):
        swap_question(session, quiz.name, row.position, "command")
        answers = Counter(row.truth for row in asked(session, quiz) if row.question_type == "identification")
        assert answers == {"Yes": 1, "No": 1}, "practice is no part of the balance"
    assert list_swaps(session, quiz.quiz_id)[0].out_sha256 == out.text_sha256
    with pytest.raises(QuizError, match="has no question 99"):
        swap_question(session, quiz.name, 99, "command")
    set_feedback(session, quiz.name, 1, "Bright, since it is metal.")
    assert list_questions(session, quiz.quiz_id)[0].feedback == "Bright, since it is metal."


def test_what_another_quiz_asked_is_not_asked_again(session: Session, store: AssetStore) -> None:
    make_release(session, store, [scene(number) for number in range(4)])
    first = make_quiz(session)
    force_state(session, first, "open")
    with pytest.raises(TooFewEligibleError, match="8 asked in another quiz"):
        make_quiz(session, name="second")
    again = QuizRules(questions=6, practice=2, with_asked=True)
    assert len(asked(session, make_quiz(session, name="second", rules=again))) == 6


REFUSED = (
    (QuizRules(questions=0), QuizOptions(), "1 to 500 questions, not 0"),
    (QuizRules(splits=("tset",)), QuizOptions(), "no split 'tset'"),
    (QuizRules(question_types=()), QuizOptions(), "at least one question type"),
    (QuizRules(datasets=("towns",)), QuizOptions(), "no source in this release 'towns'; there are ports"),
    (QuizRules(proportions="\u202e"), QuizOptions(), r"cannot be '\\u202e'"),
    (QuizRules(), QuizOptions(title="a\0b"), "The title cannot be kept: it has a NUL"),
    (QuizRules(), QuizOptions(consent="x" * 10_001), "at most 10,000"),
    (QuizRules(), QuizOptions(arms=("xray",)), "no arm 'xray'"),
    (QuizRules(), QuizOptions(asks=("\ud800",)), "lone surrogate"),
    (QuizRules(), QuizOptions(seconds_per_question=1), "5 to 3,600 seconds a question, not 1"),
)


def test_rules_options_and_names_that_cannot_be_are_refused_in_words(session: Session, release: str) -> None:
    for rules, options, said in REFUSED:
        with pytest.raises(QuizError, match=said):
            make_quiz(session, rules=rules, options=options)
    for name in ("", "../x", "a\0", "x" * 64):
        with pytest.raises(QuizError, match="cannot be named"):
            make_quiz(session, name=name)
    with pytest.raises(QuizError, match="whole number"):
        make_quiz(session, seed=-1)
    make_quiz(session)
    with pytest.raises(QuizError, match="There is a quiz pilot already"):
        make_quiz(session)


def test_a_frozen_quiz_does_not_change_and_goes_one_way(session: Session, release: str) -> None:
    quiz = make_quiz(session)
    changed = quizzes.describe_quiz(session, quiz.name, QuizOptions(title="  What   is it? ", arms=("both",)))
    assert (changed.title, changed.arms) == ("What is it?", ["sar"])
    with pytest.raises(QuizStateError, match="is being composed; this is done while it is ready to open"):
        quizzes.open_quiz(session, quiz.name)
    force_state(session, quiz, "frozen")
    for refused in (
        "update quiz set seed = 1",
        "update quiz set state = 'closed', opened_at = now(), closed_at = now()",
        "delete from quiz",
        "update quiz_question set truth = 'No'",
        "delete from quiz_question",
        "insert into quiz_image (quiz_question_id, role, sha256, source_sha256, scale, left_px, top_px)"
        " select quiz_question_id, 'sar', sha256, sha256, 1, 0, 0 from quiz_question, asset limit 1",
    ):
        with pytest.raises(DBAPIError, match="quiz"), session.begin_nested():
            session.execute(text(refused))
    with pytest.raises(QuizStateError):
        swap_question(session, quiz.name, 1, "command")
    assert quizzes.open_quiz(session, quiz.name).state == "open"
    assert quizzes.set_public_answers(session, quiz.name, is_public=True).public_answers
    assert quizzes.close_quiz(session, quiz.name).closed_at is not None
    with pytest.raises(QuizStateError, match="is closed"):
        quizzes.discard_quiz(session, quiz.name)
    spare = make_quiz(session, name="spare", rules=QuizRules(questions=3, practice=0))
    quizzes.discard_quiz(session, spare.name)
    assert [each.name for each in quizzes.list_quizzes(session)] == ["pilot"]
