"""Krippendorff's alpha: agreement of any number of raters, with missing ratings, at four levels of measurement."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.scoring.coefficients import NO_PAIRS, Coefficient
from pipeline.scoring.ratings import Level, Ratings, Tallies, summed

_ONE_VALUE: Final = (
    "all units with two ratings were given one and the same value, so there is no disagreement to expect"
)
_AT_ONCE: Final = 131_072
"""Pairs of values; more leave the cache."""


def krippendorff_alpha(ratings: Ratings, level: Level) -> Coefficient:
    """``1 - observed disagreement / expected disagreement`` over all pairs of ratings of a unit.

    Units with fewer than two ratings count in neither. The distance of two values is 1 (nominal), the difference of
    their middle ranks (ordinal), their difference (interval), or that over their sum (ratio), each squared.

    References
    ----------
    K. Krippendorff, "Content Analysis: An Introduction to Its Methodology", 4th ed. (2019), chapter 12.
    """
    tallies = ratings.tallied(least=2)
    if not tallies.units:
        return Coefficient(None, NO_PAIRS)
    rated, totals = tallies.ratings, tallies.totals
    everything = float(totals.sum())
    if totals.max() == everything:
        return Coefficient(None, _ONE_VALUE)
    together = Tallies(1, len(totals), np.zeros(len(totals), np.int64), np.arange(len(totals)), totals)
    if level == "nominal":
        of_units, of_all = _unequal(tallies), float(_unequal(together)[0])
    elif level == "ratio":
        of_units, of_all = _by_ratio_of_units(ratings), _by_ratio_of_all(totals, ratings.values)
    else:
        values = np.cumsum(totals) - totals / 2 if level == "ordinal" else ratings.values
        of_units, of_all = _squared(tallies, values), float(_squared(together, values)[0])
    observed = math.fsum(of_units / (rated - 1)) / everything
    return Coefficient(1 - observed / (of_all / (everything * (everything - 1))))


def _unequal(tallies: Tallies) -> NDArray[np.float64]:
    """Of each unit, the ordered pairs of unequal ratings."""
    return tallies.ratings**2 - summed(tallies.unit, tallies.times**2, tallies.units)


def _squared(tallies: Tallies, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each unit, the squared differences of its ratings summed over ordered pairs.

    About the unit's own mean, so that values that are large and close lose no digits.
    """
    rated, given = tallies.ratings, values[tallies.category]
    given = given - (values.min() + values.max()) / 2
    means = summed(tallies.unit, tallies.times * given, tallies.units) / rated
    apart = (given - means[tallies.unit]) ** 2
    return 2 * rated * summed(tallies.unit, tallies.times * apart, tallies.units)


def _by_ratio_of_units(ratings: Ratings) -> NDArray[np.float64]:
    """Of each unit with two ratings, the squared ratios summed over ordered pairs."""
    codes = ratings.codes[(ratings.codes >= 0).sum(axis=1) >= 2]
    values = np.where(codes >= 0, ratings.values[codes], np.nan)
    sums = np.zeros(len(codes))
    for first, second in combinations(range(codes.shape[1]), 2):
        sums += 2 * np.nan_to_num(_ratio(values[:, first], values[:, second]))
    return sums


def _by_ratio_of_all(totals: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    """Of all ratings together; the time grows with the square of the number of values."""
    sums, start = 0.0, 0
    while start < len(values):
        rows = slice(start, start + max(1, _AT_ONCE // (len(values) - start)))
        # Each block against itself and what follows; what follows counts for both orders.
        distances = _ratio(values[rows, None], values[None, start:])
        own = rows.stop - start
        sums += float(totals[rows] @ distances[:, :own] @ totals[rows])
        sums += 2 * float(totals[rows] @ distances[:, own:] @ totals[rows.stop :])
        start = rows.stop
    return sums


def _ratio(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """The squared difference over the sum; only 0 and 0 sum to 0, and are equal."""
    sums = first + second
    squared: NDArray[np.float64] = ((first - second) / np.where(sums == 0, 1, sums)) ** 2
    return squared
