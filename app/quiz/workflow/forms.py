"""Question forms: how often each answer is right for them, and how far a model without the image gets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from app.quiz.queries.candidates import EligibleRow
from app.quiz.workflow.answers import fold, is_right
from app.quiz.workflow.drawing import YES_NO, Candidate
from pipeline.extraction.question_forms import question_form

_NUMBERS: Final = re.compile(r"\d+(?:[.,]\d+)*")
MOST_FORMS_TOLD: Final = 200

Form = tuple[str, str]
"""(question type, form)"""


@lru_cache(maxsize=65_536)
def _form(masked: str) -> str:
    return question_form(masked) or "other"


def form_of(question: str) -> str:
    """What a question asks for, in a few words: ``how many``, ``is there``, ``what object``."""
    return _form(_NUMBERS.sub("0", question))


def candidate_of(row: EligibleRow) -> Candidate:
    """The row as it is drawn from."""
    return Candidate(
        row.text_sha256, row.question_type, row.dataset, row.ground_key, fold(row.answer), form_of(row.question)
    )


@dataclass
class FormTally:
    """The questions of one form."""

    answers: Counter[str] = field(default_factory=Counter)
    """Folded, with how often each is the truth."""
    spelled: dict[str, str] = field(default_factory=dict)
    """Folded answer: the first spelling in code point order."""
    predicted: int = 0
    predicted_right: int = 0
    """Of those that a model answered without the image."""

    def add(self, row: EligibleRow, folded: str, predicted: str | None = None) -> bool:
        """Count one question; whether what was predicted is right."""
        self.answers[folded] += 1
        self.spelled[folded] = min(row.answer, self.spelled.get(folded, row.answer))
        if predicted is None:
            return False
        hit = is_right(predicted, row.question, row.answer, row.question_type)
        self.predicted += 1
        self.predicted_right += hit
        return hit

    @property
    def questions(self) -> int:
        """How many were counted."""
        return self.answers.total()

    @property
    def majority(self) -> str:
        """The folded answer that is right most often; of equals the first in code point order."""
        return min(self.answers, key=lambda answer: (-self.answers[answer], answer))

    @property
    def majority_share(self) -> float:
        """How often it is right."""
        return self.answers[self.majority] / self.questions

    @property
    def chance(self) -> float:
        """How often a guess among the answers of this form is right; with a yes, or a no, both are answers."""
        return 1 / len(self.answers.keys() | (YES_NO if self.answers.keys() & YES_NO else set()))

    @property
    def has_choices(self) -> bool:
        """Whether there are other answers to choose from than the truth."""
        return len(self.answers.keys() - YES_NO) != 1

    @property
    def is_blind(self) -> bool:
        """Whether the model without the image does better than the best of all that needs no model."""
        if not self.predicted:
            return False
        return self.predicted_right / self.predicted > max(self.majority_share, self.chance)

    def as_json(self, form: Form) -> dict[str, Any]:
        """For the quiz's counts."""
        return {
            "question_type": form[0],
            "form": form[1],
            "questions": self.questions,
            "predicted": self.predicted,
            "blind": self.predicted_right / self.predicted if self.predicted else None,
            "majority": self.majority_share,
            "chance": self.chance,
        }


def left_out(tallies: Mapping[Form, FormTally]) -> set[Form]:
    """Forms that can be answered without the image."""
    return {form for form, tally in tallies.items() if tally.is_blind}
