"""How long questions took. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.quiz.workflow.sheets import Sheet


@dataclass(frozen=True, slots=True)
class Timing:
    """Of questions that were answered or passed, in seconds; those whose time ran out are counted apart."""

    answered: int
    passed: int
    timed_out: int
    quarter_s: float | None
    """None where nothing was answered or passed; so the other two."""
    median_s: float | None
    three_quarters_s: float | None


def timing(sheet: Sheet, columns: NDArray[np.bool_] | None = None) -> Timing:
    """Of some of the questions of a sheet, or of all."""
    chosen = np.ones(len(sheet.questions), bool) if columns is None else columns
    seconds = sheet.seconds[:, chosen]
    taken = seconds[~np.isnan(seconds)]
    passed, timed_out = int(sheet.passed[:, chosen].sum()), int(sheet.timed_out[:, chosen].sum())
    if not len(taken):
        return Timing(0, passed, timed_out, None, None, None)
    quarters = np.quantile(taken, [0.25, 0.5, 0.75]).tolist()
    return Timing(len(taken) - passed, passed, timed_out, *quarters)
