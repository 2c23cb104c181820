"""Intervals by resampling: of accuracies, and of differences of accuracies on the same questions.

Which way fits is told by who answered: questions alone for one model or few people, whose figure then holds for these
participants only; questions crossed with participants from ten participants on; scenes where questions share one. All
are seeded: the same data and seed give the same interval.

Bare percentiles are too narrow for few questions, and a point where all answers are right. So they lie as far out as
Student's t does (Hesterberg 2015), and with the questions one more is drawn that all answer rightly and one that nobody
does (for a difference: one that each side alone does); with ten participants, only where all answers are the same. In
simulations the truth lay inside in 94 to 99 of 100, with 10 to 90 questions and shares from .5 to .97; crossed with
participants in 95 to 100: that way is cautious (Owen 2007), most so where people and questions hardly differ.

References
----------
T. C. Hesterberg, "What teachers should know about the bootstrap", The American Statistician 69 (2015), 371–386.
A. B. Owen, "The pigeonhole bootstrap", Annals of Applied Statistics 1 (2007), 386–411.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.scoring.intervals import Interval

Method = Literal["questions", "participants and questions", "scenes"]

FEWEST_PARTICIPANTS: Final = 10
"""Below, participants are not resampled: so few tell nothing of others."""
THESE_ONLY: Final = "for these participants only"
ROUNDS: Final = 10_000
_AT_ONCE: Final = 2_000_000
"""Numbers held at a time."""

_Side = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Right answers and all answers of one model or group, each of shape (participants, questions)."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share or a difference of shares, with its interval and how that was made."""

    value: float
    interval: Interval
    method: Method
    clusters: int
    """Questions or scenes that were resampled."""
    note: str = ""
    """What must be said with the figure."""


def share_of(
    right: ArrayLike,
    seed: int,
    confidence: float = 0.95,
    rounds: int = ROUNDS,
    *,
    weights: ArrayLike | None = None,
) -> Estimate:
    """The share of right answers of a group of participants.

    Parameters
    ----------
    right : shape (participants, questions), or (questions,) for one model or person
        1 right, 0 wrong, NaN where the participant was not asked.
    weights : shape (questions,), optional
        What each question counts, above 0; all the same where none are given.

    Raises
    ------
    ValueError
        If nothing was answered, a number is not from 0 to 1, or a weight is not above 0.
    """
    return _answered([_side(right, weights)], seed, confidence, rounds)


def difference_of(
    first: ArrayLike,
    second: ArrayLike,
    seed: int,
    confidence: float = 0.95,
    rounds: int = ROUNDS,
    *,
    weights: ArrayLike | None = None,
    same_people: bool = False,
) -> Estimate:
    """How much oftener the first group or model is right than the second, on the same questions.

    Questions are drawn for both at once; the participants of a group of ten or more for it alone.

    Parameters
    ----------
    first, second : shape (participants, questions) or (questions,)
        1 right, 0 wrong, NaN where not asked; the same questions in the same order. Questions that one side never was
        asked are left out.
    weights : shape (questions,), optional
        What each question counts, above 0.
    same_people : bool
        Whether the rows of both are the same participants in the same order, asked in two ways: then they are drawn
        for both at once.

    Raises
    ------
    ValueError
        If the questions differ in number, or the participants that are to be the same; or no question was asked of
        both.
    """
    rows = _asked_of_either(first, second) if same_people else None
    one, other = _side(first, weights, rows), _side(second, weights, rows)
    if one[1].shape[1] != other[1].shape[1]:
        raise ValueError(f"{one[1].shape[1]} and {other[1].shape[1]} questions cannot be the same")
    both = one[1].any(axis=0) & other[1].any(axis=0)
    if not both.any():
        raise ValueError("no question was asked of both")
    sides = [(hits[:, both], trials[:, both]) for hits, trials in (one, other)]
    return _answered(sides, seed, confidence, rounds, same_people=same_people)


def share_by_scene(
    hits: ArrayLike, trials: ArrayLike, seed: int, confidence: float = 0.95, rounds: int = ROUNDS
) -> Estimate:
    """The share of right answers where questions of one scene hang together, as in a test split.

    Parameters
    ----------
    hits, trials : shape (scenes,)
        Of each scene's questions, those that were answered rightly, and all.

    Raises
    ------
    ValueError
        If no scene has a question, or one has more hits than questions.
    """
    return _by_cluster([_scenes(hits, trials)], "scenes", seed, confidence, rounds)


def difference_by_scene(
    first: ArrayLike, second: ArrayLike, trials: ArrayLike, seed: int, confidence: float = 0.95, rounds: int = ROUNDS
) -> Estimate:
    """How much oftener the first of two models is right than the second, on the same questions of the same scenes.

    Parameters
    ----------
    first, second, trials : shape (scenes,)
        Of each scene's questions, those that each model answered rightly, and all.
    """
    return _by_cluster([_scenes(first, trials), _scenes(second, trials)], "scenes", seed, confidence, rounds)


def _side(right: ArrayLike, weights: ArrayLike | None = None, rows: NDArray[np.bool_] | None = None) -> _Side:
    answers = np.atleast_2d(np.asarray(right, np.float64))
    asked = ~np.isnan(answers)
    if answers.ndim != 2 or not asked.any():
        raise ValueError("no answers have no share")
    hits = np.where(asked, answers, 0.0)
    if hits.min() < 0 or hits.max() > 1:
        raise ValueError("answers are 1 (right), 0 (wrong) or NaN (not asked)")
    kept = asked.any(axis=1) if rows is None else rows
    if weights is None:
        return hits[kept], asked[kept].astype(np.float64)
    counting = np.asarray(weights, np.float64)
    if counting.shape != asked.shape[1:] or not (counting > 0).all():
        raise ValueError("each question has a weight, above 0")
    return hits[kept] * counting, asked[kept] * counting


def _asked_of_either(first: ArrayLike, second: ArrayLike) -> NDArray[np.bool_]:
    one, other = (~np.isnan(np.atleast_2d(np.asarray(each, np.float64))) for each in (first, second))
    if len(one) != len(other):
        raise ValueError(f"{len(one)} and {len(other)} participants cannot be the same")
    return np.logical_or(one.any(axis=1), other.any(axis=1))


def _scenes(hits: ArrayLike, trials: ArrayLike) -> _Side:
    of_hits, of_trials = np.asarray(hits, np.float64), np.asarray(trials, np.float64)
    if of_hits.shape != of_trials.shape or of_hits.ndim != 1 or not of_trials.sum() > 0:
        raise ValueError("no trials have no share")
    if of_hits.min() < 0 or (of_hits > of_trials).any():
        raise ValueError("a scene has more hits than trials, or fewer than none")
    return of_hits[None, of_trials > 0], of_trials[None, of_trials > 0]


def _answered(sides: list[_Side], seed: int, confidence: float, rounds: int, *, same_people: bool = False) -> Estimate:
    people = [len(trials) for _, trials in sides]
    if max(people) < FEWEST_PARTICIPANTS:
        summed = [(hits.sum(axis=0, keepdims=True), trials.sum(axis=0, keepdims=True)) for hits, trials in sides]
        estimate = _by_cluster(summed, "questions", seed, confidence, rounds)
    else:
        estimate = _crossed(sides, seed, confidence, rounds, same_people=same_people)
    few = any(1 < number < FEWEST_PARTICIPANTS for number in people)
    return Estimate(estimate.value, estimate.interval, estimate.method, estimate.clusters, THESE_ONLY if few else "")


def _by_cluster(sides: list[_Side], method: Method, seed: int, confidence: float, rounds: int) -> Estimate:
    """Resample columns; those that are alike are drawn together, so a hundred thousand scenes cost what few do."""
    sums = np.concatenate([each for side in _with_two_more(sides) for each in side])
    alike, times = np.unique(sums, axis=1, return_counts=True)
    columns = int(times.sum())
    random = np.random.default_rng(seed)
    draws = [
        _statistic(list(np.split(random.multinomial(columns, times / columns, number) @ alike.T, len(sides), axis=1)))
        for number in _portions(rounds, len(times))
    ]
    return _estimate(sides, np.concatenate(draws), method, columns - 2, confidence)


def _crossed(sides: list[_Side], seed: int, confidence: float, rounds: int, *, same_people: bool) -> Estimate:
    """Resample questions and, independently, the participants of each side that has enough of them; or of both."""
    random = np.random.default_rng(seed)
    questions, people = sides[0][1].shape[1], [len(trials) for _, trials in sides]
    are_alike = all(hits.sum() in (0, trials.sum()) for hits, trials in sides)
    drawn = _with_two_more(sides) if are_alike else sides
    draws = []
    for number in _portions(rounds, questions + max(people)):
        asked = _times(random, drawn[0][1].shape[1], number)
        own = [_people(random, each, number) for each in (people[:1] if same_people else people)]
        of_sides = own[:1] * len(drawn) if same_people else own
        draws.append(_statistic([_weighted(side, each, asked) for side, each in zip(drawn, of_sides, strict=True)]))
    fewest = min([questions, *(each for each in people if each >= FEWEST_PARTICIPANTS)])
    return _estimate(sides, np.concatenate(draws), "participants and questions", fewest, confidence)


def _people(random: np.random.Generator, people: int, rounds: int) -> NDArray[np.float64]:
    return np.ones((rounds, people)) if people < FEWEST_PARTICIPANTS else _times(random, people, rounds)


def _times(random: np.random.Generator, things: int, rounds: int) -> NDArray[np.float64]:
    """How often each of so many is drawn in each round."""
    return random.multinomial(things, np.full(things, 1 / things), rounds).astype(np.float64)


def _weighted(side: _Side, people: NDArray[np.float64], questions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Right answers and all answers of each round; shape (rounds, 2)."""
    return np.stack([((people @ each) * questions).sum(axis=1) for each in side], axis=1)


def _with_two_more(sides: list[_Side]) -> list[_Side]:
    """With one question that all answer rightly and one that nobody does; of two sides, that each alone does.

    Each is asked as often as the mean question.
    """
    told = []
    for number, (hits, trials) in enumerate(sides):
        mean = trials.mean(axis=1, keepdims=True)
        two = [mean, np.zeros_like(mean)]
        told.append((np.hstack([hits, *(two if number == 0 else two[::-1])]), np.hstack([trials, mean, mean])))
    return told


def _statistic(sums: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """The share of each round, or the first side's less the second's; NaN where nothing was asked."""
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = [each[:, 0] / each[:, 1] for each in sums]
    return shares[0] - shares[1] if len(shares) == 2 else shares[0]


def _estimate(
    sides: list[_Side], draws: NDArray[np.float64], method: Method, fewest: int, confidence: float
) -> Estimate:
    shares = [float(hits.sum() / trials.sum()) for hits, trials in sides]
    value = shares[0] - shares[1] if len(shares) == 2 else shares[0]
    aside = _aside(fewest, confidence)
    low, high = np.nanquantile(draws, [aside, 1 - aside]).tolist()
    return Estimate(value, Interval(min(low, value), max(high, value)), method, sides[0][1].shape[1])


def _aside(clusters: int, confidence: float) -> float:
    """The share of draws to either side that leaves out as much as Student's t does with so many clusters."""
    if clusters < 2:
        return 0.0
    from scipy.special import stdtrit  # Here, so that the web process starts without it.

    far = float(stdtrit(clusters - 1, (1 + confidence) / 2))
    return NormalDist().cdf(-math.sqrt(clusters / (clusters - 1)) * far)


def _portions(rounds: int, numbers: int) -> Iterator[int]:
    """How many rounds to draw at a time, each of so many numbers."""
    at_once = max(1, _AT_ONCE // numbers)
    for start in range(0, rounds, at_once):
        yield min(at_once, rounds - start)
