"""Intervals that fit who answered: covered as they say, exact where they are exact, and the same for the same seed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from pipeline.scoring.bootstrap import (
    THESE_ONLY,
    Estimate,
    difference_by_scene,
    difference_of,
    share_by_scene,
    share_of,
)
from pipeline.scoring.exact_intervals import AuditedStratum, audit_bound, clopper_pearson, mcnemar, upper_bound
from pipeline.scoring.intervals import wilson
from pipeline.scoring.power import Spread, people_needed, people_needed_against, questions_needed, spread_of

ROUNDS = 400


def answers(random: np.random.Generator, people: int, questions: int, shift: float = 0.0) -> NDArray[np.float64]:
    """Right and wrong answers of people who differ, to questions that differ."""
    skill, ease = 0.5 * random.normal(size=(people, 1)), random.normal(size=questions)
    return (random.random((people, questions)) < 1 / (1 + np.exp(-(0.5 + shift + skill + ease)))).astype(float)


def holds(estimate: Estimate, truth: float) -> bool:
    return estimate.interval.low <= truth <= estimate.interval.high


def test_the_papers_baselines_have_wilsons_intervals_by_formula() -> None:
    z = stats.norm.ppf(0.975)
    for hits, trials, ends in ((52, 90, (0.4746, 0.6746)), (25, 90, (0.1957, 0.3780)), (19, 30, (0.4551, 0.7813))):
        share, more = hits / trials, z * z / trials
        middle, reach = share + more / 2, z * math.sqrt((share * (1 - share) + more / 4) / trials)
        expected = ((middle - reach) / (1 + more), (middle + reach) / (1 + more))
        assert wilson(hits, trials) == pytest.approx(expected, abs=1e-12)
        assert wilson(hits, trials) == pytest.approx(ends, abs=1e-4)


def test_exact_figures_are_the_references() -> None:
    for hits, trials in ((0, 10), (1, 29), (15, 148), (10, 10), (3, 1)):
        if hits > trials:
            with pytest.raises(ValueError, match="no share"):
                clopper_pearson(hits, trials)
            continue
        expected = stats.binomtest(hits, trials).proportion_ci(method="exact")
        assert clopper_pearson(hits, trials) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert upper_bound(0, 59) == pytest.approx(1 - 0.05 ** (1 / 59), abs=1e-12)
    for first, second in ((3, 12), (0, 0), (0, 7), (5, 5), (40, 60)):
        differing = first + second
        sides = sum(math.comb(differing, hit) for hit in range(min(first, second) + 1)) / 2**differing
        assert mcnemar(first, second) == pytest.approx(min(1.0, 2 * sides), abs=1e-12)


def test_an_audits_bound_adds_up_over_strata_and_is_raised_for_what_auditors_miss() -> None:
    alone = audit_bound([AuditedStratum(1000, 59, 0)])
    assert alone == pytest.approx(upper_bound(0, 59))
    assert audit_bound([AuditedStratum(1000, 59, 0)], sensitivity=0.5) == pytest.approx(2 * alone)
    both = audit_bound([AuditedStratum(900, 100, 2), AuditedStratum(100, 50, 5), AuditedStratum(0, 0, 0)])
    assert both == pytest.approx(0.9 * upper_bound(2, 100, 0.975) + 0.1 * upper_bound(5, 50, 0.975))
    with pytest.raises(ValueError, match="no share"):
        audit_bound([AuditedStratum(10, 0, 0)])


def test_who_answered_tells_how_the_interval_is_made() -> None:
    random = np.random.default_rng(1)
    one = share_of(random.random(90) < 0.6, seed=1, rounds=ROUNDS)
    few = share_of(answers(random, 3, 30), seed=1, rounds=ROUNDS)
    many = share_of(answers(random, 10, 30), seed=1, rounds=ROUNDS)
    assert (one.method, one.note) == ("questions", "")
    assert (few.method, few.note, few.clusters) == ("questions", THESE_ONLY, 30)
    assert (many.method, many.note) == ("participants and questions", "")
    again, other = (share_of(answers(np.random.default_rng(2), 12, 30), seed, rounds=ROUNDS) for seed in (7, 8))
    assert again == share_of(answers(np.random.default_rng(2), 12, 30), seed=7, rounds=ROUNDS)
    assert again.interval != other.interval


def test_one_answer_to_a_question_gives_about_wilsons_interval() -> None:
    right = np.repeat([1.0, 0.0], [52, 38])
    assert share_of(right, seed=1).interval == pytest.approx(wilson(52, 90), abs=0.015)


def test_an_interval_is_no_point_where_all_answers_are_the_same() -> None:
    for people in (1, 3, 12):
        all_right = share_of(np.ones((people, 30)), seed=1, rounds=ROUNDS)
        assert all_right.value == all_right.interval.high == 1
        assert 0.8 < all_right.interval.low < 0.95
    equal = difference_of(np.ones(30), np.ones(30), seed=1, rounds=ROUNDS)
    assert equal.value == 0
    assert equal.interval.low < -0.03
    assert equal.interval.high > 0.03


def test_questions_that_were_not_asked_do_not_count() -> None:
    right = np.array([[1.0, 0.0, np.nan, 1.0], [np.nan, 1.0, np.nan, 1.0], [np.nan] * 4])
    assert share_of(right, seed=1, rounds=ROUNDS).value == pytest.approx(4 / 5)
    apart = difference_of(right, np.array([0.0, np.nan, 1.0, 1.0]), seed=1, rounds=ROUNDS)
    assert apart.value == pytest.approx(3 / 3 - 1 / 2)
    for wrong in (np.full((2, 3), np.nan), np.array([2.0, 1.0])):
        with pytest.raises(ValueError, match=r"share|right"):
            share_of(wrong, seed=1)
    with pytest.raises(ValueError, match="cannot be the same"):
        difference_of(np.ones(3), np.ones(4), seed=1)


def test_simulated_quizzes_are_covered_as_is_said() -> None:
    random = np.random.default_rng(11)
    truth, truth_harder = (answers(random, 2000, 2000, shift).mean() for shift in (0.0, -0.8))
    rounds, inside, alone, apart = 150, 0, 0, 0
    for seed in range(rounds):
        group = answers(random, 12, 40)
        inside += holds(share_of(group, seed, rounds=ROUNDS), truth)
        model = (random.random(60) < 0.63).astype(float)
        alone += holds(share_of(model, seed, rounds=ROUNDS), 0.63)
        state = np.random.default_rng(seed)
        ease = state.normal(size=40)
        sides = [
            (state.random((12, 40)) < 1 / (1 + np.exp(-(0.5 + shift + 0.5 * state.normal(size=(12, 1)) + ease))))
            for shift in (0.0, -0.8)
        ]
        apart += holds(difference_of(*sides, seed, rounds=ROUNDS), truth - truth_harder)
    assert inside / rounds >= 0.92
    assert 0.90 <= alone / rounds <= 0.99
    assert apart / rounds >= 0.92


def test_accuracy_by_scene_is_covered_and_wilsons_interval_is_not() -> None:
    random = np.random.default_rng(5)
    rounds, inside, naive, apart = 150, 0, 0, 0
    for seed in range(rounds):
        trials = random.integers(1, 18, 120)
        of_scene = random.beta(1.8, 1.2, 120)
        first, second = random.binomial(trials, of_scene), random.binomial(trials, of_scene * 0.9)
        inside += holds(share_by_scene(first, trials, seed, rounds=ROUNDS), 0.6)
        low, high = wilson(int(first.sum()), int(trials.sum()))
        naive += low <= 0.6 <= high
        apart += holds(difference_by_scene(first, second, trials, seed, rounds=ROUNDS), 0.06)
    assert 0.90 <= inside / rounds <= 0.99
    assert naive / rounds < 0.85
    assert 0.90 <= apart / rounds <= 0.99
    with pytest.raises(ValueError, match="more hits"):
        share_by_scene([3], [2], seed=1)
    with pytest.raises(ValueError, match="no trials"):
        share_by_scene([], [], seed=1)


def test_where_answers_differ_from_is_found_again() -> None:
    random = np.random.default_rng(2)
    base = 0.6 + 0.1 * random.normal(size=(300, 1)) + 0.15 * random.normal(size=400)
    right = (random.random((300, 400)) < base).astype(float)
    spread = spread_of(right)
    assert spread.people == pytest.approx(0.01, abs=0.002)
    assert spread.questions == pytest.approx(0.0225, abs=0.004)
    right[random.random(right.shape) < 0.4] = np.nan
    thinned = spread_of(right)
    assert thinned.people == pytest.approx(spread.people, abs=0.001)
    assert thinned.questions == pytest.approx(spread.questions, abs=0.002)
    with pytest.raises(ValueError, match="two participants"):
        spread_of(np.ones((1, 9)))


def test_so_many_people_or_questions_see_a_difference_four_times_in_five() -> None:
    spread = Spread(people=0.02, questions=0.04, rest=0.18)
    people = people_needed(0.15, 30, spread)
    assert people == math.ceil(2 * (0.02 + 0.18 / 30) * ((1.959964 + 0.841621) / 0.15) ** 2)
    left = (0.15 / (1.959964 + 0.841621)) ** 2 - 0.04 / 30
    assert people_needed_against(0.15, 30, spread) == math.ceil((0.02 + 0.18 / 30) / left)
    assert people_needed_against(0.05, 30, spread) is None
    assert people_needed(0.0, 30, spread) is None
    number = questions_needed(0.1, 0.3)
    assert number is not None
    random = np.random.default_rng(4)
    draws = random.multinomial(number, [0.2, 0.1, 0.7], 4000)
    found = abs(draws[:, 0] - draws[:, 1]) / np.sqrt(np.maximum(1, draws[:, 0] + draws[:, 1])) > 1.959964
    assert found.mean() == pytest.approx(0.8, abs=0.03)
    with pytest.raises(ValueError, match="must differ"):
        questions_needed(0.3, 0.1)
