"""How many people or questions it takes to see a difference."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True)
class Spread:
    """Where answers differ from: variances of a right (1) or wrong (0) answer."""

    people: float
    """Between the shares of people."""
    questions: float
    """Between the shares of questions."""
    rest: float
    """Between the answers of a person to a question that both have those shares."""


def spread_of(right: ArrayLike) -> Spread:
    """Estimate the spread from answers, without bias also where some were not asked; what comes out below 0 is 0.

    Parameters
    ----------
    right : shape (participants, questions)
        1 right, 0 wrong, NaN where not asked.

    Raises
    ------
    ValueError
        If there are not two participants who share two questions.
    """
    answers = np.asarray(right, np.float64)
    asked = ~np.isnan(answers)
    hits = np.where(asked, answers, 0.0)
    total, squares, given = float(hits.sum()), float((hits * hits).sum()), float(asked.sum())
    by_person, by_question = float((hits.sum(axis=1) ** 2).sum()), float((hits.sum(axis=0) ** 2).sum())
    with_person, with_question = (float((asked.sum(axis=axis, dtype=np.float64) ** 2).sum()) for axis in (1, 0))
    apart = given * given - with_person - with_question + given
    if min(with_person - given, with_question - given, apart) <= 0:
        raise ValueError("two participants must have answered the same two questions")
    same_question = (by_question - squares) / (with_question - given)
    same_person = (by_person - squares) / (with_person - given)
    neither = (total * total - by_person - by_question + squares) / apart
    people, questions = same_person - neither, same_question - neither
    return Spread(max(0.0, people), max(0.0, questions), max(0.0, squares / given - neither - people - questions))


def people_needed(
    difference: float, questions: int, spread: Spread, power: float = 0.8, confidence: float = 0.95
) -> int | None:
    """The participants of each of two groups, to see that they differ so much on the same questions.

    Both groups answer the same questions, so how hard these are does not count.

    Returns
    -------
    int or None
        At least 2; None where the difference is 0, which nobody sees.

    Raises
    ------
    ValueError
        If there is no question.
    """
    if questions < 1:
        raise ValueError("without questions nothing differs")
    if difference == 0:
        return None
    of_one = 2 * (spread.people + spread.rest / questions)
    return max(2, math.ceil(of_one * (_reach(power, confidence) / difference) ** 2))


def people_needed_against(
    difference: float, questions: int, spread: Spread, power: float = 0.8, confidence: float = 0.95
) -> int | None:
    """The participants of a group, to see that it differs so much from a fixed share, such as chance.

    Returns
    -------
    int or None
        None where so few questions show the difference with no number of people.
    """
    if questions < 1:
        raise ValueError("without questions nothing differs")
    if difference == 0:
        return None
    left = (difference / _reach(power, confidence)) ** 2 - spread.questions / questions
    return None if left <= 0 else max(2, math.ceil((spread.people + spread.rest / questions) / left))


def questions_needed(difference: float, differing: float, power: float = 0.8, confidence: float = 0.95) -> int | None:
    """The questions on which two models differ so much in accuracy, to see it in a paired test.

    Parameters
    ----------
    differing : float
        The share of questions that one of them answers rightly and the other does not; at least the difference.

    Raises
    ------
    ValueError
        If fewer questions differ than the difference needs, or more than all.

    References
    ----------
    R. J. Connor, "Sample size for testing differences in proportions for the paired-sample design", Biometrics 43
    (1987), 207–211.
    """
    if not abs(difference) <= differing <= 1:
        raise ValueError(f"of all questions {abs(difference):g} to 1 must differ, not {differing:g}")
    if difference == 0:
        return None
    normal = NormalDist()
    by_chance = normal.inv_cdf((1 + confidence) / 2) * math.sqrt(differing)
    seen = normal.inv_cdf(power) * math.sqrt(differing - difference**2)
    return math.ceil(((by_chance + seen) / difference) ** 2)


def _reach(power: float, confidence: float) -> float:
    """How many standard errors a difference must have."""
    normal = NormalDist()
    return normal.inv_cdf((1 + confidence) / 2) + normal.inv_cdf(power)
