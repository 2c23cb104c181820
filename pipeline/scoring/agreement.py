"""How far raters agree: all coefficients of one table, with the reason where one is not defined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from pipeline.scoring.alpha import krippendorff_alpha
from pipeline.scoring.coefficients import Coefficient, cohen_kappa, fleiss_kappa, gwet_ac1, percent_agreement
from pipeline.scoring.ratings import Level, RatingsError, Table, ratings_of

__all__ = ["Agreement", "Coefficient", "Level", "RatingsError", "agreement_of"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """The agreement of a table's raters. Only Krippendorff's alpha depends on the level of measurement."""

    level: Level
    krippendorff_alpha: Coefficient
    fleiss_kappa: Coefficient
    gwet_ac1: Coefficient
    percent_agreement: Coefficient
    cohen_kappa: Mapping[str, Coefficient]
    """By the names of two raters, ``"a|b"``, in the order of the columns."""
    units: int
    units_used: int
    """With at least two ratings; of the others no pair can agree."""

    def as_json(self) -> dict[str, object]:
        """What the command prints; null is not defined."""
        return {
            "krippendorff_alpha": self.krippendorff_alpha.value,
            "fleiss_kappa": self.fleiss_kappa.value,
            "gwet_ac1": self.gwet_ac1.value,
            "cohen_kappa": {pair: kappa.value for pair, kappa in self.cohen_kappa.items()},
            "units_used": self.units_used,
        }

    def reasons(self) -> dict[str, str]:
        """Why what is not defined is not, by its name."""
        named = {
            "krippendorff_alpha": self.krippendorff_alpha,
            "fleiss_kappa": self.fleiss_kappa,
            "gwet_ac1": self.gwet_ac1,
            **{f"cohen_kappa of {pair}": kappa for pair, kappa in self.cohen_kappa.items()},
        }
        return {name: each.reason for name, each in named.items() if each.reason is not None}


def agreement_of(
    table: Table, level: Level = "nominal", raters: Sequence[str] | None = None, *, categories: int | None = None
) -> Agreement:
    """Compute the agreement of a table of ratings.

    Parameters
    ----------
    table : rows of equal length
        A row a unit, a column a rater; None, NaN and the empty text are missing.
    level : nominal, ordinal, interval or ratio
        Above nominal all ratings are finite numbers, at ratio none is below 0.
    raters : names of the columns, each once; else 1, 2, 3 ...
    categories : int, optional
        How many the raters could choose from, for Gwet's AC1; else those that were used.

    Raises
    ------
    RatingsError
        If the rows differ in length, or a value does not fit the level.
    """
    ratings = ratings_of(table, level, raters)
    pairs = combinations(enumerate(ratings.raters), 2)
    return Agreement(
        level=level,
        krippendorff_alpha=krippendorff_alpha(ratings, level),
        fleiss_kappa=fleiss_kappa(ratings),
        gwet_ac1=gwet_ac1(ratings, categories),
        percent_agreement=percent_agreement(ratings),
        cohen_kappa={f"{a}|{b}": cohen_kappa(ratings, first, second) for (first, a), (second, b) in pairs},
        units=len(ratings.codes),
        units_used=int(((ratings.codes >= 0).sum(axis=1) >= 2).sum()),
    )
