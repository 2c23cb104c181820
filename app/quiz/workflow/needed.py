"""The power meter: how many more people it takes to see a difference. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from app.quiz.workflow.sheets import Sheet
from pipeline.scoring.power import Spread, people_needed, people_needed_against, spread_of

DIFFERENCES: Final = (5, 10, 15, 20, 30)
"""In points of a hundred."""


@dataclass(frozen=True, slots=True)
class Needed:
    """To see a difference of so many points in 80 of 100 such quizzes, at 95 %."""

    points: float
    each: int
    """People of each of two groups, on this quiz's questions."""
    more: Mapping[str, int]
    """``{group: how many more}``"""
    against: int | None
    """People of a group, to tell it from a fixed share, as chance; None where no number of people is enough."""


@dataclass(frozen=True, slots=True)
class Power:
    """What the answers so far tell of how many people it takes."""

    lines: Sequence[Needed]
    why_not: str = ""
    """In words, where they tell nothing."""


def power(sheet: Sheet, groups: Mapping[str, int], points: float | None = None) -> Power:
    """By how far people and questions of this quiz differ, the groups together by their sizes.

    Parameters
    ----------
    groups
        ``{name: id}``
    points
        A difference of the reader's own, beside the usual ones.
    """
    of_groups = {name: sheet.of(group) for name, group in groups.items()}
    spreads = [found for each in of_groups.values() if (found := _spread(each)) is not None]
    if not spreads:
        return Power((), "Two people of one group must have answered the same two questions; then it can be said.")
    spread = _mean(spreads)
    if spread.people + spread.rest == 0:
        return Power((), "So far people of a group answered all alike; how far others differ is not known yet.")
    questions = int((~np.isnan(sheet.right)).any(axis=0).sum())
    have = {name: each.people for name, each in of_groups.items()}
    asked = sorted({*DIFFERENCES, *(() if points is None else (points,))})
    return Power([_needed(each, questions, spread, have) for each in asked])


def _needed(points: float, questions: int, spread: Spread, have: Mapping[str, int]) -> Needed:
    each = people_needed(points / 100, questions, spread) or 0
    more = {name: max(0, each - people) for name, people in have.items()}
    return Needed(points, each, more, people_needed_against(points / 100, questions, spread))


def _spread(sheet: Sheet) -> tuple[Spread, int] | None:
    try:
        return spread_of(sheet.right), sheet.people
    except ValueError:
        return None


def _mean(spreads: Sequence[tuple[Spread, int]]) -> Spread:
    people = sum(number for _, number in spreads)

    def mean(name: str) -> float:
        return float(sum(getattr(spread, name) * number for spread, number in spreads)) / people

    return Spread(mean("people"), mean("questions"), mean("rest"))
