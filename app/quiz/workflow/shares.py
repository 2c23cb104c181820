"""Shares of right answers and their differences, with the interval that fits who answered. Pure.

One person's share has Wilson's interval; a group's comes from resampling questions, from ten participants on crossed
with these, and below it holds for these participants only. Re-weighted shares count each question as often as the
release has questions of its type and source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.quiz.queries.questions import QuestionRow
from app.quiz.workflow.sheets import Sheet
from pipeline.scoring import bootstrap
from pipeline.scoring.intervals import wilson

SEED: Final = 1
"""Of all resampling, so that the same answers have the same figures everywhere."""
ROUNDS: Final = 2_000
WILSON: Final = "wilson"
OUT_OF_SCOPE: Final = ("other_dataset", "other_type", "other_split")
"""Questions of the release that the quiz was not to stand for."""

_Numbers = tuple[bytes, int]
"""Of a matrix: its bytes, and its columns."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many were right, with a 95 % interval."""

    right: int | None
    """None of chance, which is no count."""
    asked: int
    undecided: int = 0
    """Counted as not right."""
    value: float | None = None
    """None where nothing was asked."""
    low: float | None = None
    """None where there is no interval."""
    high: float | None = None
    method: str = ""
    """``wilson``, or what was resampled."""
    note: str = ""
    """What must be said with the figure."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How much oftener the first is right than the second, on the questions that both were asked."""

    first: str
    second: str
    questions: int
    value: float
    low: float
    high: float
    method: str
    note: str
    reweighted: tuple[float, float, float] | None
    """Value and interval, in the release's proportions."""


def counted(right: int, asked: int, *, has_interval: bool = True) -> Share:
    """Of one model or person on one set of questions."""
    if not asked:
        return Share(0, 0)
    if not has_interval:
        return Share(right, asked, value=right / asked)
    interval = wilson(right, asked)
    return Share(right, asked, 0, right / asked, interval.low, interval.high, WILSON)


def share(sheet: Sheet, columns: NDArray[np.bool_] | None = None, weights: NDArray[np.float64] | None = None) -> Share:
    """Of the people of a sheet on some of its questions, or on all.

    Parameters
    ----------
    weights : shape (questions,), optional
        What each question counts; the counts stay as they are.
    """
    chosen = np.ones(len(sheet.questions), bool) if columns is None else columns
    right = sheet.right[:, chosen]
    right = right[(~np.isnan(right)).any(axis=1)]
    counts = int(np.nansum(right)), int((~np.isnan(right)).sum()), int(sheet.undecided[:, chosen].sum())
    if not counts[1]:
        return Share(*counts)
    if len(right) == 1 and weights is None:
        interval = wilson(counts[0], counts[1])
        return Share(*counts, counts[0] / counts[1], interval.low, interval.high, WILSON)
    found = _share(_numbers(right), None if weights is None else tuple(weights[chosen].tolist()))
    return Share(*counts, found.value, *found.interval, found.method, found.note)


def difference(
    first: Sheet, second: Sheet, names: tuple[str, str], weights: NDArray[np.float64] | None, *, same_people: bool
) -> Difference | None:
    """Between two groups, or two arms of the same people; None where they were asked nothing in common."""
    asked = [(~np.isnan(each.right)).any(axis=0) for each in (first, second)]
    both = int((asked[0] & asked[1]).sum())
    if not both:
        return None
    sides = _numbers(first.right), _numbers(second.right)
    found = _difference(*sides, None, same_people=same_people)
    again = None
    if weights is not None:
        other = _difference(*sides, tuple(weights.tolist()), same_people=same_people)
        again = other.value, *other.interval
    return Difference(*names, both, found.value, *found.interval, found.method, found.note, again)


def release_weights(questions: Sequence[QuestionRow], strata: Sequence[dict[str, Any]]) -> NDArray[np.float64]:
    """What each question counts so that types and sources count as the release has them; their mean is 1.

    Parameters
    ----------
    strata
        ``counts["strata"]`` of the quiz: of each type and source, how many questions the release has.
    """
    there = {
        (line["question_type"], line["dataset"]): line["eligible"]
        + sum(count for gate, count in line["left_out"].items() if gate not in OUT_OF_SCOPE)
        for line in strata
    }
    of_each = [(each.question_type, each.dataset) for each in questions]
    weights = np.array([max(1, there.get(stratum, 0)) / of_each.count(stratum) for stratum in of_each])
    return weights / weights.mean() if len(weights) else weights


def _numbers(right: NDArray[np.float64]) -> _Numbers:
    """As a key: whoever asks for the same figures again need not wait."""
    coded = np.where(np.isnan(right), -1, right).astype(np.int8)
    return coded.tobytes(), right.shape[1]


def _matrix(numbers: _Numbers) -> NDArray[np.float64]:
    content, columns = numbers
    coded = np.frombuffer(content, np.int8).reshape(-1, columns).astype(np.float64)
    return np.where(coded < 0, np.nan, coded)


@lru_cache(maxsize=512)
def _share(right: _Numbers, weights: tuple[float, ...] | None) -> bootstrap.Estimate:
    return bootstrap.share_of(_matrix(right), SEED, rounds=ROUNDS, weights=weights)


@lru_cache(maxsize=256)
def _difference(
    first: _Numbers, second: _Numbers, weights: tuple[float, ...] | None, *, same_people: bool
) -> bootstrap.Estimate:
    one, other = _matrix(first), _matrix(second)
    return bootstrap.difference_of(one, other, SEED, rounds=ROUNDS, weights=weights, same_people=same_people)
