"""Coefficients of agreement on categories: Cohen's and Fleiss' kappa, Gwet's AC1, and how often raters agree.

Each is a number, or not defined for a reason that is told; never 0 or 1 by convention.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pipeline.scoring.ratings import Ratings, summed

NO_PAIRS = "no unit has two ratings"
ONE_CATEGORY = (
    "only one category was ever used, so agreement by chance is complete and there is nothing to compare with"
)


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A figure, or why there is none."""

    value: float | None
    reason: str | None = None
    """Why it is not defined; None where it is."""


def percent_agreement(ratings: Ratings) -> Coefficient:
    """Of all pairs of ratings of a unit, the share that agree: the mean over units with at least two ratings."""
    tallies = ratings.tallied(least=2)
    if not tallies.units:
        return Coefficient(None, NO_PAIRS)
    agreeing = summed(tallies.unit, tallies.times * (tallies.times - 1), tallies.units)
    shares = agreeing / (tallies.ratings * (tallies.ratings - 1))
    return Coefficient(math.fsum(shares) / len(shares))


def cohen_kappa(ratings: Ratings, first: int, second: int) -> Coefficient:
    """Cohen's kappa of two raters, by their columns, over the units that both rated. Categories are not weighted.

    References
    ----------
    J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological
    Measurement 20 (1960), 37–46.
    """
    both = ratings.codes[:, [first, second]]
    both = both[(both >= 0).all(axis=1)]
    units, width = len(both), len(ratings.categories)
    if not units:
        return Coefficient(None, "the two rated no unit in common")
    shares = [np.bincount(both[:, column], minlength=width) / units for column in (0, 1)]
    by_chance = float(shares[0] @ shares[1])
    if shares[0].max() == shares[1].max() == by_chance == 1:
        return Coefficient(None, ONE_CATEGORY)
    agreed = float((both[:, 0] == both[:, 1]).mean())
    return Coefficient((agreed - by_chance) / (1 - by_chance))


def fleiss_kappa(ratings: Ratings) -> Coefficient:
    """Fleiss' kappa; defined only where all units that were rated have the same number of ratings, two or more.

    References
    ----------
    J. L. Fleiss, "Measuring nominal scale agreement among many raters", Psychological Bulletin 76 (1971), 378–382.
    """
    tallies = ratings.tallied()
    rated = tallies.ratings
    if not len(rated) or rated.max() < 2:
        return Coefficient(None, NO_PAIRS)
    if rated.min() != rated.max():
        told = f"units have from {rated.min():.0f} to {rated.max():.0f} ratings, and it needs the same number for all"
        return Coefficient(None, told)
    shares = tallies.totals / rated.sum()
    if shares.max() == 1:
        return Coefficient(None, ONE_CATEGORY)
    return _beyond_chance(percent_agreement(ratings), float((shares * shares).sum()))


def gwet_ac1(ratings: Ratings, categories: int | None = None) -> Coefficient:
    """Gwet's AC1, with missing ratings; which does not fall, as kappas do, where one category is common.

    Parameters
    ----------
    categories : int, optional
        How many there were to choose from; else those that were used.

    References
    ----------
    K. L. Gwet, "Computing inter-rater reliability and its variance in the presence of high agreement", British
    Journal of Mathematical and Statistical Psychology 61 (2008), 29–48.
    """
    width = len(ratings.categories) if categories is None else categories
    if width < len(ratings.categories):
        raise ValueError(f"{len(ratings.categories)} categories were used; there cannot be {width} to choose from")
    agreed = percent_agreement(ratings)
    if agreed.value is None or width < 2:
        return agreed if agreed.value is None else Coefficient(None, ONE_CATEGORY)
    tallies = ratings.tallied()
    shares = summed(tallies.category, tallies.times / tallies.ratings[tallies.unit], tallies.categories) / tallies.units
    return _beyond_chance(agreed, float((shares * (1 - shares)).sum()) / (width - 1))


def _beyond_chance(agreed: Coefficient, by_chance: float) -> Coefficient:
    if agreed.value is None:
        return agreed
    return Coefficient((agreed.value - by_chance) / (1 - by_chance))
