"""What raters said of units, as arrays: the table that every coefficient of agreement is computed from."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

Level = Literal["nominal", "ordinal", "interval", "ratio"]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)

Table = Sequence[Sequence[Hashable | None]]
"""A row a unit, a column a rater; None, NaN and the empty text are missing."""

_MISSING: Final = -1


class RatingsError(ValueError):
    """A table that has no agreement to compute: what is wrong, and with which unit and rater."""


@dataclass(frozen=True, slots=True)
class Ratings:
    """A table of ratings, each as the number of its category."""

    codes: NDArray[np.int64]
    """Shape (units, raters); the place in ``categories``, -1 where missing."""
    categories: tuple[Hashable, ...]
    """Each that anybody gave; above the nominal level in ascending order."""
    raters: tuple[str, ...]

    def tallied(self, least: int = 1) -> Tallies:
        """Who was given what how often, of the units that have at least so many ratings."""
        rated = self.codes >= 0
        codes, rated = self.codes[rated.sum(axis=1) >= least], rated[rated.sum(axis=1) >= least]
        width = max(1, len(self.categories))
        places, times = np.unique(np.nonzero(rated)[0] * width + codes[rated], return_counts=True)
        return Tallies(len(codes), len(self.categories), places // width, places % width, times.astype(np.float64))

    @property
    def values(self) -> NDArray[np.float64]:
        """The categories as numbers; only above the nominal level."""
        return np.array(self.categories, np.float64)


@dataclass(frozen=True, slots=True)
class Tallies:
    """Each unit and category that met, and how often: memory grows with the ratings, however many categories."""

    units: int
    categories: int
    unit: NDArray[np.int64]
    category: NDArray[np.int64]
    times: NDArray[np.float64]

    @property
    def ratings(self) -> NDArray[np.float64]:
        """Of each unit, how many."""
        return summed(self.unit, self.times, self.units)

    @property
    def totals(self) -> NDArray[np.float64]:
        """Of each category, how many."""
        return summed(self.category, self.times, self.categories)


def summed(place: NDArray[np.int64], weight: NDArray[np.float64], places: int) -> NDArray[np.float64]:
    """The sum of the weights at each of so many places."""
    sums: NDArray[np.float64] = np.bincount(place, weight, places).astype(np.float64, copy=False)
    return sums


def ratings_of(table: Table, level: Level, raters: Sequence[str] | None = None) -> Ratings:
    """Read a table of ratings.

    Parameters
    ----------
    table : rows of equal length
        A row a unit, a column a rater. At the nominal level anything that can be compared for equality; 1 and 1.0 are
        one category, ``"1"`` is another. Above it finite numbers, at the ratio level none below 0.
    raters : names of the columns, each once; else 1, 2, 3 ...

    Raises
    ------
    RatingsError
        If a row is shorter or longer than the first, a name is there twice, or a value does not fit the level.
    """
    rows = [tuple(row) for row in table]
    width = len(raters) if raters is not None else len(rows[0]) if rows else 0
    names = tuple(raters) if raters is not None else tuple(str(number) for number in range(1, width + 1))
    if len(set(names)) != len(names):
        raise RatingsError("Two raters have the same name; give each a name of its own.")
    for unit, row in enumerate(rows, start=1):
        if len(row) != width:
            raise RatingsError(
                f"Unit {unit} has {len(row)} ratings for {width} raters; leave None where one is missing."
            )
    cells = [
        [_read(value, level, unit, name) for name, value in zip(names, row, strict=True)]
        for unit, row in enumerate(rows, start=1)
    ]
    given: list[Any] = list(dict.fromkeys(value for row in cells for value in row if value is not None))
    categories = tuple(given if level == "nominal" else sorted(given))
    codes_of = {category: code for code, category in enumerate(categories)}
    codes = [[_MISSING if value is None else codes_of[value] for value in row] for row in cells]
    return Ratings(np.array(codes, np.int64).reshape(len(rows), width), categories, names)


def _read(value: Hashable | None, level: Level, unit: int, rater: str) -> Hashable | None:
    if value is None or (isinstance(value, str) and not value) or (isinstance(value, float) and math.isnan(value)):
        return None
    if level == "nominal":
        return value
    where = f"unit {unit}, rater {rater}"
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise RatingsError(f"{value!r} ({where}) is no number, which the {level} level needs.")
    number = float(value)
    if math.isnan(number):
        return None
    if math.isinf(number):
        raise RatingsError(f"{value!r} ({where}) is not finite.")
    if level == "ratio" and number < 0:
        raise RatingsError(
            f"{value!r} ({where}) is below 0, which the ratio level does not know; use the interval level."
        )
    return number
