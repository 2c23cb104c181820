"""Figures from few trials, exactly: Clopper–Pearson bounds, an audit's bound over strata, McNemar's test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.scoring.intervals import Interval


def clopper_pearson(hits: int, trials: int, confidence: float = 0.95) -> Interval:
    """The exact interval of a share of independent trials: also where there is no hit, or nothing else.

    Raises
    ------
    ValueError
        If there is no trial, or there are more hits than trials.

    References
    ----------
    C. J. Clopper, E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial",
    Biometrika 26 (1934), 404–413.
    """
    aside = (1 - confidence) / 2
    return Interval(1 - _upper(trials - hits, trials, aside), _upper(hits, trials, aside))


def upper_bound(hits: int, trials: int, confidence: float = 0.95) -> float:
    """The exact one-sided bound that the share does not exceed: 0 hits of 59 trials give 5 %.

    Raises
    ------
    ValueError
        If there is no trial, or there are more hits than trials.
    """
    return _upper(hits, trials, 1 - confidence)


@dataclass(frozen=True, slots=True)
class AuditedStratum:
    """Texts of one kind, and what a seeded random audit of some of them found."""

    texts: int
    """That the audit speaks for."""
    audited: int
    errors: int


def audit_bound(strata: Sequence[AuditedStratum], sensitivity: float = 1.0, confidence: float = 0.95) -> float:
    """The share of texts with an error that is not exceeded, over all strata.

    Each stratum has its one-sided Clopper–Pearson bound at a level that lets all of them hold together (Bonferroni), so
    the bound is cautious, and the more so the more strata there are. It is raised for the errors that auditors miss.

    Parameters
    ----------
    sensitivity : float
        Of the errors that are there, the share that an auditor finds; over 0, up to 1. To be stated with the bound.

    Raises
    ------
    ValueError
        If a stratum with texts was not audited, there is no text, or the sensitivity is no share.
    """
    with_texts = [stratum for stratum in strata if stratum.texts > 0]
    if not with_texts or not 0 < sensitivity <= 1:
        raise ValueError("an audit needs texts, and a sensitivity over 0 and up to 1")
    aside = (1 - confidence) / len(with_texts)
    texts = sum(stratum.texts for stratum in with_texts)
    bounds = (stratum.texts * _upper(stratum.errors, stratum.audited, aside) for stratum in with_texts)
    return min(1.0, sum(bounds) / texts / sensitivity)


def mcnemar(only_first: int, only_second: int) -> float:
    """Exact two-sided p that two answerers of the same questions are equally often right.

    Only for one model against one model or person: questions answered by several people are no independent trials.

    Parameters
    ----------
    only_first, only_second : int
        Questions that one of them answered rightly and the other did not.
    """
    if min(only_first, only_second) < 0:
        raise ValueError("a number of questions is not below 0")
    from scipy.special import bdtr  # Here, so that the web process starts without it.

    differing = only_first + only_second
    return min(1.0, 2 * float(bdtr(min(only_first, only_second), differing, 0.5)))


def _upper(hits: int, trials: int, aside: float) -> float:
    """The share at which so few hits, or fewer, have the probability ``aside``."""
    if not 0 <= hits <= trials or trials <= 0:
        raise ValueError(f"{hits} hits in {trials} trials are no share")
    if hits == trials:
        return 1.0
    from scipy.special import betaincinv

    return float(betaincinv(hits + 1, trials - hits, 1 - aside))
