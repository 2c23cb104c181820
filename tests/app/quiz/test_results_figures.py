"""Figures of results: the paper's Table 9 from its counts, intervals that cover, items, power. No database."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.quiz.queries.questions import QuestionRow
from app.quiz.queries.quizzes import QuizRow
from app.quiz.queries.results import GivenRow, GroupRow
from app.quiz.workflow.results import ALL, REWEIGHTED, Results, Standing, figures
from app.quiz.workflow.shares import release_weights
from pipeline.scoring.bootstrap import difference_of, share_of
from pipeline.scoring.intervals import wilson
from pipeline.scoring.item_figures import item_figures
from pipeline.scoring.power import people_needed, spread_of
from pipeline.vocabulary import QUESTION_TYPES

Right = NDArray[np.float64]


def question(place: int, question_type: str = "identification", dataset: str = "ports") -> QuestionRow:
    return QuestionRow(
        quiz_question_id=place + 1, quiz_id=1, position=place + 1, is_practice=False, release_id=1,
        text_sha256=f"{place:064}", draft_id=place, scene_id=place, ground_key=str(place), dataset=dataset,
        question="Is there a ship?", truth=("Yes", "No")[place % 2], question_type=question_type, form="is there",
        majority_answer="Yes", chance=0.5, choices=None, region_box=None, shown_metadata={}, feedback=None,
    )  # fmt: skip


def quiz(questions: Sequence[QuestionRow], arms: Sequence[str] = ("sar",), more: int = 0) -> QuizRow:
    """Closed; of the first type its release has so many questions more."""
    strata = [
        {
            "question_type": name, "dataset": "ports", "taken": 0, "left_out": {"needs_optical": 2, "other_split": 9},
            "eligible": sum(each.question_type == name for each in questions) - 2 + more * (name == QUESTION_TYPES[0]),
        }
        for name in dict.fromkeys(each.question_type for each in questions)
    ]  # fmt: skip
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    values: dict[str, Any] = dict.fromkeys(QuizRow.__slots__)
    values |= {"quiz_id": 1, "name": "pilot", "state": "closed", "counts": {"strata": strata}, "arms": list(arms)}
    return QuizRow(**{**values, "release": "bench@1", "created_at": at})


def results(
    groups: dict[str, Right],
    questions: Sequence[QuestionRow] | None = None,
    arms: Sequence[str] = ("sar",),
    more: int = 0,
) -> Results:
    """Of groups whose answers are 1 (right), 0 (wrong) or NaN (not asked); questions take turns in the arms."""
    asked = questions or [question(place) for place in range(len(next(iter(groups.values()))[0]))]
    given, person = [], 0
    for number, right in enumerate(groups.values(), start=1):
        for row in right:
            person += 1
            given += [
                GivenRow(person, uuid.UUID(int=person), number, True, place + 1, place + 1,
                         arms[(place + person) % len(arms)], "answered", "right" if told else "wrong", 5.0 + place)
                for place, told in enumerate(row) if not np.isnan(told)
            ]  # fmt: skip
    judged = {
        (place + 1, words): {"synonyms": words == "right"}
        for place in range(len(asked))
        for words in ("right", "wrong")
    }
    rows = [
        GroupRow(number, name, "own", len(right), 0, 0, 9) for number, (name, right) in enumerate(groups.items(), 1)
    ]
    standing = Standing(quiz(asked, arms, more), "synonyms", False, asked, 0, given, judged, rows, {})
    return figures(standing)


def with_hits(people: int, questions: int, hits: int) -> Right:
    """So many right answers, spread as evenly as can be."""
    flat = np.zeros(people * questions)
    flat[np.linspace(0, len(flat) - 1, hits).astype(int)] = 1
    return flat.reshape(people, questions)


def test_table_9_of_the_paper_is_made_again_from_its_counts() -> None:
    types = [QUESTION_TYPES[place % 5] for place in range(30)]
    asked = [question(place, name) for place, name in enumerate(types)]
    groups = {"Experts": with_hits(3, 30, 52), "Laypeople": with_hits(3, 30, 25), "Best model": with_hits(1, 30, 19)}
    found = results(groups, asked)
    experts, laypeople, model = (row.cells[ALL] for row in found.rows)
    assert [(each.right, each.asked) for each in (experts, laypeople, model)] == [(52, 90), (25, 90), (19, 30)]
    assert (experts.value, laypeople.value, model.value) == pytest.approx((52 / 90, 25 / 90, 19 / 30))
    assert (model.low, model.high) == pytest.approx((0.455, 0.781), abs=0.001), "one model: Wilson"
    assert (model.method, model.note) == ("wilson", "")
    for group in (experts, laypeople):
        assert (group.method, group.note) == ("questions", "for these participants only")
    narrow = wilson(52, 90)
    assert (narrow.low, narrow.high) == pytest.approx((0.475, 0.675), abs=0.001), "as if 90 trials were independent"
    assert experts.low is not None
    assert experts.low != pytest.approx(narrow.low, abs=1e-6), "30 questions were each asked three times"
    for row in found.rows:
        assert sum(row.cells[name].right for name in found.columns) == row.cells[ALL].right, "types add up"
        assert [row.cells[name].asked for name in found.columns] == [row.people * 6] * 5  # type: ignore[operator]
    told = {(each.first, each.second): each for each in found.groups_differ}
    between = told["Experts", "Laypeople"]
    assert between.value == pytest.approx(27 / 90)
    assert between.low > 0
    assert told["Experts", "Best model"].low < 0 < told["Experts", "Best model"].high
    baselines = {row.title: row.cells[ALL] for row in found.baselines}
    assert (baselines["Chance"].value, baselines["Majority answer"].value) == (0.5, 0.5)
    assert "A model without the image" not in baselines


def test_types_count_as_often_as_the_release_has_them() -> None:
    asked = [question(place, QUESTION_TYPES[place >= 4]) for place in range(8)]
    right = np.array([[1, 1, 1, 1, 0, 0, 0, 0], [1, 1, 1, 0, 0, 0, 0, 1]], float)
    same = results({"a": right}, asked).rows[0].cells
    assert same[ALL].value == same[REWEIGHTED].value == 0.5
    cells = results({"a": right}, asked, more=8).rows[0].cells
    assert (cells[ALL].value, cells[REWEIGHTED].right, cells[REWEIGHTED].asked) == (0.5, 8, 16), "counts stay"
    assert cells[REWEIGHTED].value == pytest.approx((7 / 8 * 12 + 1 / 8 * 4) / 16)
    weights = release_weights(asked, quiz(asked, more=8).counts["strata"])
    assert weights.mean() == pytest.approx(1)
    assert weights[0] == pytest.approx(3 * weights[7])


def test_arms_are_compared_within_the_same_people() -> None:
    rng = np.random.default_rng(4)
    able = rng.normal(size=(16, 1))
    right = (able + rng.normal(size=(16, 24)) > 0).astype(float)
    found = results({"a": right}, arms=("sar", "both"))
    assert [(row.arm, row.cells[ALL].asked) for row in found.rows] == [("", 384), ("sar", 192), ("both", 192)]
    ((group, told),) = found.arms_differ
    assert (group, told.first, told.second, told.method) == ("a", "sar", "both", "participants and questions")
    odd = (np.arange(24) + np.arange(1, 17)[:, None]) % 2 == 1
    sides = np.where(~odd, right, np.nan), np.where(odd, right, np.nan)
    paired, apart = (difference_of(*sides, 1, rounds=2000, same_people=same) for same in (True, False))
    assert told.value == pytest.approx(paired.value)
    assert paired.interval.high - paired.interval.low < apart.interval.high - apart.interval.low, "abilities cancel"
    with pytest.raises(ValueError, match="cannot be the same"):
        difference_of(right, right[:3], 1, same_people=True)


@pytest.mark.parametrize("people", [3, 12])
def test_intervals_of_simulated_quizzes_cover_as_they_say(people: int) -> None:
    """The share of these people on all such questions, or of all such people; plain and re-weighted."""
    rng = np.random.default_rng(people)
    weights = np.repeat([2.0, 0.5], 20)
    inside = np.zeros(2)
    for _ in range(150):
        ability = rng.normal(0, 0.7, (people, 1)) if people >= 10 else np.linspace(-0.5, 0.5, people)[:, None]
        hardness = rng.normal(0, 0.8, 40) + np.repeat([-0.6, 0.6], 20)
        right = (ability - hardness + rng.logistic(0, 0.6, (people, 40)) > 0).astype(float)
        for place, counting in enumerate((None, weights)):
            low, high = share_of(right, 1, rounds=400, weights=counting).interval
            inside[place] += low <= TRUE[people][place] <= high
    assert (inside / 150 >= 0.91).all(), inside / 150


def _true_shares(people: int) -> tuple[float, float]:
    rng = np.random.default_rng(99)
    count = 400_000
    ability = rng.normal(0, 0.7, count) if people >= 10 else np.tile(np.linspace(-0.5, 0.5, people), count)[:count]
    halves = [
        float((ability - rng.normal(0, 0.8, count) - shift + rng.logistic(0, 0.6, count) > 0).mean())
        for shift in (-0.6, 0.6)
    ]
    return sum(halves) / 2, (2.0 * halves[0] + 0.5 * halves[1]) / 2.5


TRUE = {people: _true_shares(people) for people in (3, 12)}


def test_hard_and_telling_questions_are_told_and_what_is_not_defined_is_said_in_words() -> None:
    right = np.array([[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 1, 1], [1, 0, 0, 1], [1, 1, np.nan, 0]], float)
    easy, telling, open_, against = item_figures(right)
    assert (easy.difficulty, easy.discrimination, easy.why_not) == (1.0, None, "all answered rightly")
    rest = (right[:, [0, 2, 3]] == 1).sum(axis=1) / np.array([3, 3, 3, 3, 2])
    assert telling.discrimination == pytest.approx(np.corrcoef(right[:, 1], rest)[0, 1])
    assert (open_.right, open_.asked) == (2, 4)
    assert against.discrimination is not None
    assert against.discrimination < 0, "who knows the rest misses it"
    assert item_figures(right[:2])[1].why_not == "fewer than 3 people were asked this and others"
    assert item_figures(np.zeros((4, 2)))[0].why_not == "nobody answered rightly"
    alike = item_figures(np.array([[1, 1], [0, 1], [1, 1]], float))[0]
    assert alike.why_not == "people do not differ in the other questions"
    assert item_figures(np.full((2, 1), np.nan))[0].difficulty is None


def test_the_power_meter_says_how_many_more_people() -> None:
    right = (np.random.default_rng(1).random((4, 30)) < 0.6).astype(float)
    found = results({"a": right, "b": right[:3]})
    spreads = spread_of(right), spread_of(right[:3])
    for line in found.power.lines:
        assert line.more == {"a": max(0, line.each - 4), "b": max(0, line.each - 3)}
        both = [people_needed(line.points / 100, 30, spread) or 0 for spread in spreads]
        assert min(both) <= line.each <= max(both)
    assert [line.points for line in found.power.lines] == [5, 10, 15, 20, 30]
    assert "two questions" in results({"a": right[:1]}).power.why_not
    assert "all alike" in results({"a": np.ones((3, 4))}).power.why_not
