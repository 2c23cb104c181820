"""What a judge says of an answer, and what a judge is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

Decision = Literal["right", "wrong", "undecided"]

_SHOWN: Final = 500


@dataclass(frozen=True, slots=True)
class Judgement:
    """A decision, and what was compared for it."""

    decision: Decision
    truth_as: str
    """The truth as it was compared, cut to 500 characters."""
    prediction_as: str
    note: str = ""
    """Why, where the compared forms do not say it."""

    @property
    def is_right(self) -> bool | None:
        """None where the judge cannot decide: a person or a model may."""
        return None if self.decision == "undecided" else self.decision == "right"


@dataclass(frozen=True, slots=True)
class Answer:
    """A question and what was answered, as a judge gets it."""

    question: str
    truth: str
    prediction: str
    question_type: str | None = None


@dataclass(frozen=True, slots=True)
class Judge:
    """A way to tell right answers from wrong ones, under a name that every result carries."""

    name: str
    version: int
    """Raised by whatever may change a decision."""
    about: str
    """One sentence for people; a known fault is stated in it."""
    decide: Callable[[Answer], Judgement]


def judged(decision: Decision, truth_as: str, prediction_as: str, note: str = "") -> Judgement:
    """A judgement with both forms cut to what a record holds."""
    return Judgement(decision, truth_as[:_SHOWN], prediction_as[:_SHOWN], note)
