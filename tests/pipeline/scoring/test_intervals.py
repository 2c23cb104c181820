"""Intervals of shares: against published values, a reference, and shares that are known because they were simulated."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from pipeline.scoring.intervals import ClusteredCount, clustered, effective_trials, wilson


def count_of(trials: NDArray[np.int64], hits: NDArray[np.int64]) -> ClusteredCount:
    """The sums over clusters with these numbers of trials and hits."""
    sums = (trials, hits, trials * trials, trials * hits, hits * hits)
    return ClusteredCount(int((trials > 0).sum()), *(int(each.sum()) for each in sums))


@pytest.mark.parametrize(("hits", "trials"), [(0, 10), (1, 29), (15, 148), (81, 263), (10, 10), (1, 1)])
def test_wilsons_interval_is_the_references(hits: int, trials: int) -> None:
    expected = stats.binomtest(hits, trials).proportion_ci(method="wilson")
    assert wilson(hits, trials) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize(("hits", "trials"), [(1, 0), (-1, 3), (4, 3), (0, 0)])
def test_more_hits_than_trials_are_no_share(hits: int, trials: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(hits, trials)


def test_one_trial_a_cluster_is_wilsons_interval_but_for_few_clusters() -> None:
    hits = np.arange(1000) % 10 == 0
    count = count_of(np.ones(1000, np.int64), hits.astype(np.int64))
    assert clustered(count) == pytest.approx(wilson(100, 1000), abs=1e-4)
    few = count_of(np.ones(20, np.int64), (np.arange(20) % 4 == 0).astype(np.int64))
    assert clustered(few).low < wilson(5, 20).low
    assert clustered(few).high > wilson(5, 20).high


def test_texts_of_a_scene_that_are_all_alike_count_once() -> None:
    trials = np.full(400, 8)
    assert effective_trials(count_of(trials, np.where(np.arange(400) < 200, 8, 0))) == pytest.approx(400, rel=0.05)
    assert effective_trials(count_of(trials, np.full(400, 4))) == pytest.approx(3200, rel=0.05)


def test_where_all_are_hits_the_interval_ends_at_one_and_is_no_point() -> None:
    low, high = clustered(count_of(np.full(30, 4), np.full(30, 4)))
    assert high == 1
    assert low < wilson(120, 120).low
    assert clustered(count_of(np.full(30, 4), np.zeros(30, np.int64))) == pytest.approx((0, 1 - low))


def test_a_single_scene_tells_next_to_nothing() -> None:
    low, high = clustered(count_of(np.array([12]), np.array([9])))
    assert high - low > 0.6
    with pytest.raises(ValueError, match="no trials"):
        clustered(ClusteredCount(0, 0, 0, 0, 0, 0))


@pytest.mark.parametrize("scenes", [20, 60, 400])
@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 0.95])
@pytest.mark.parametrize("likeness", [0.0, 0.3])
def test_the_true_share_lies_inside_as_often_as_is_promised(scenes: int, share: float, likeness: float) -> None:
    """Shares that differ from scene to scene (beta-binomial), with 1 to 8 texts a scene."""
    random = np.random.default_rng(7)
    inside, rounds = 0, 600
    for _ in range(rounds):
        trials = random.integers(1, 9, scenes)
        spread = (1 - likeness) / likeness if likeness else math.inf
        of_scene = random.beta(share * spread, (1 - share) * spread, scenes) if likeness else np.full(scenes, share)
        low, high = clustered(count_of(trials, random.binomial(trials, of_scene)))
        inside += low <= share <= high
    assert 0.93 <= inside / rounds <= 0.999


def test_wilsons_own_interval_is_too_narrow_for_texts_that_are_alike() -> None:
    random = np.random.default_rng(7)
    inside, rounds = 0, 600
    for _ in range(rounds):
        trials = random.integers(1, 9, 100)
        hits = random.binomial(trials, random.beta(1.15, 1.15, 100))
        low, high = wilson(int(hits.sum()), int(trials.sum()))
        inside += low <= 0.5 <= high
    assert inside / rounds < 0.9
