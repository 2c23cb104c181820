"""How hard each question of a quiz is, and how well it tells those who know from those who do not.

Difficulty is the share of right answers. Discrimination is the corrected item–total correlation: of the answers to a
question with the share of right answers to all *other* questions, over the people who were asked it (Guilford 1954). A
question with none or a negative one tells nothing, or is misunderstood by those who know most.

References
----------
J. P. Guilford, "Psychometric Methods", 2nd ed., McGraw-Hill 1954, chapter 15.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

FEWEST_PEOPLE: Final = 3
"""Two people always correlate fully, or not at all."""


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """One question over all people who were asked it."""

    right: int
    asked: int
    discrimination: float | None
    """-1 to 1; None where it is not defined."""
    why_not: str = ""
    """In words, where it is not defined."""

    @property
    def difficulty(self) -> float | None:
        """The share of right answers; None where nobody was asked."""
        return self.right / self.asked if self.asked else None


def item_figures(right: ArrayLike) -> list[ItemFigures]:
    """The figures of each question, in the order of the columns.

    Parameters
    ----------
    right : shape (participants, questions)
        1 right, 0 wrong, NaN where the participant was not asked.
    """
    answers = np.asarray(right, np.float64)
    asked = ~np.isnan(answers)
    hits = np.where(asked, answers, 0.0)
    return [_of_question(hits, asked, column) for column in range(answers.shape[1])]


def _of_question(hits: NDArray[np.float64], asked: NDArray[np.bool_], column: int) -> ItemFigures:
    others = asked.sum(axis=1) - asked[:, column]
    people = asked[:, column] & (others > 0)
    own = hits[people, column]
    counts = int(hits[:, column].sum()), int(asked[:, column].sum())
    if len(own) < FEWEST_PEOPLE:
        return ItemFigures(*counts, None, f"fewer than {FEWEST_PEOPLE} people were asked this and others")
    if own.min() == own.max():
        return ItemFigures(*counts, None, "all answered rightly" if own[0] else "nobody answered rightly")
    rest = (hits[people].sum(axis=1) - own) / others[people]
    if np.ptp(rest) < 1e-12:
        return ItemFigures(*counts, None, "people do not differ in the other questions")
    return ItemFigures(*counts, float(np.corrcoef(own, rest)[0, 1]))
