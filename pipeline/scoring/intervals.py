"""Intervals for shares: how far a figure from so many trials can be trusted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

Z_95: Final = 1.959963984540054
"""Standard normal deviates to either side of which 2.5 % lie."""


class Interval(NamedTuple):
    """Both ends of a share, 0 to 1."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ClusteredCount:
    """Hits among trials that come in clusters, as sums over the clusters: all that an interval asks for.

    Texts of one scene share its image, its drafter's mistakes and its reviewers, so they are no independent trials.
    """

    clusters: int
    """With at least one trial."""
    trials: int
    hits: int
    trials_squared: int
    """Sum over the clusters of trials × trials."""
    trials_hits: int
    """Sum over the clusters of trials × hits."""
    hits_squared: int
    """Sum over the clusters of hits × hits."""

    @property
    def share(self) -> float:
        """Hits of trials; there must be one."""
        return self.hits / self.trials


def wilson(hits: float, trials: float, z: float = Z_95) -> Interval:
    """Wilson's score interval of a share of independent trials.

    Parameters
    ----------
    hits, trials : float
        ``0 <= hits <= trials``, ``trials > 0``; effective numbers need not be whole.
    z : float
        Standard normal deviate; 95 % if not given.

    Raises
    ------
    ValueError
        If there is no trial, or there are more hits than trials.

    References
    ----------
    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
    Statistical Association 22 (1927), 209–212.
    """
    if not 0 <= hits <= trials or trials <= 0:
        raise ValueError(f"{hits} hits in {trials} trials are no share")
    share = hits / trials
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    reach = z / (1 + z * z / trials) * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    # At the ends the sum is 0 or 1 up to rounding.
    return Interval(0.0 if hits == 0 else max(0.0, middle - reach), 1.0 if hits == trials else min(1.0, middle + reach))


def effective_trials(count: ClusteredCount) -> float:
    """How many independent trials would tell as much: ``trials`` over the design effect, never more than ``trials``.

    The variance of the share is that of a ratio over clusters, linearised, as if two more clusters of mean size had
    been seen, one all hits and one none: rare hits, or none, would otherwise show nothing of how clusters hang
    together, and the interval would be too narrow. Few clusters tell their variance badly, for which the number is made
    smaller by Student's t.

    References
    ----------
    E. L. Korn, B. I. Graubard, "Confidence intervals for proportions with small expected number of positive counts
    estimated from survey data", Survey Methodology 24 (1998), 193–201.
    """
    size = count.trials / count.clusters
    clusters, trials, hits = count.clusters + 2, count.trials + 2 * size, count.hits + size
    trials_squared, trials_hits, hits_squared = (
        count.trials_squared + 2 * size * size,
        count.trials_hits + size * size,
        count.hits_squared + size * size,
    )
    share = hits / trials
    residual = hits_squared - 2 * share * trials_hits + share * share * trials_squared
    variance = clusters / (clusters - 1) * max(0.0, residual) / trials**2
    effect = max(1.0, variance / (share * (1 - share) / trials))
    return min(float(count.trials), count.trials / effect * (Z_95 / _student(clusters - 1)) ** 2)


def clustered(count: ClusteredCount) -> Interval:
    """The 95 % interval of a share of trials in clusters: Wilson's, of as many trials as they are worth.

    With one trial a cluster it is Wilson's own, a little wider where clusters are few. In simulations with 10 to 400
    clusters of 1 to 8 trials, alike or not, the true share lay inside in 93 to 99 of 100.

    Raises
    ------
    ValueError
        If there is no trial.
    """
    if count.trials <= 0:
        raise ValueError("no trials have no share")
    trials = effective_trials(count)
    return wilson(count.share * trials, trials)


def _student(degrees: int) -> float:
    """Student's t to either side of which 2.5 % lie: Fisher's expansion, 1 % off at 3 degrees and less above."""
    z = Z_95
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / degrees + second / degrees**2 + third / degrees**3
