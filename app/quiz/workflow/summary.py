"""A quiz at a glance: what it asks, and how far one gets without looking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.quiz.queries import blind_answers, questions
from app.quiz.queries.questions import QuestionRow
from app.quiz.queries.quizzes import QuizRow
from app.quiz.workflow.answers import fold


@dataclass(frozen=True, slots=True)
class Baseline:
    """How often one is right without looking, of the questions that are asked."""

    chance: float
    """A guess among the choices, or among the answers that the question's form has in the release."""
    majority: float
    """Always the answer that the form has most often in the release."""
    blind_right: int
    blind_of: int
    """A model without the image; 0 where none answered."""

    @property
    def blind(self) -> float | None:
        """None where no model answered."""
        return self.blind_right / self.blind_of if self.blind_of else None


@dataclass(frozen=True, slots=True)
class Summary:
    """All that is told of a quiz before anybody takes it."""

    asked: list[QuestionRow]
    practice: list[QuestionRow]
    baseline: Baseline
    answers: list[tuple[str, str, int]]
    """(question type, answer, questions), the most frequent first."""
    repeated_grounds: int
    """Questions that show ground that another question shows too."""
    without_metadata: int
    """Where an arm shows metadata: questions of which none is known."""


def summary(session: Session, quiz: QuizRow) -> Summary:
    """Look at the questions as they are now."""
    rows = questions.list_questions(session, quiz.quiz_id)
    asked = [row for row in rows if not row.is_practice]
    with_metadata = "sar_metadata" in quiz.arms
    return Summary(
        asked=asked,
        practice=[row for row in rows if row.is_practice],
        baseline=baseline(asked, blind_answers.blind_results(session, quiz.quiz_id)),
        answers=_answers(asked),
        repeated_grounds=len(rows) - len({row.ground_key for row in rows}),
        without_metadata=sum(not row.shown_metadata for row in rows) if with_metadata else 0,
    )


def baseline(asked: Sequence[QuestionRow], blind: dict[str, bool]) -> Baseline:
    """Chance, majority answer and blind model over the questions that are asked."""
    answered = [blind[row.text_sha256] for row in asked if row.text_sha256 in blind]
    count = max(1, len(asked))
    return Baseline(
        chance=sum(row.chance for row in asked) / count,
        majority=sum(fold(row.majority_answer) == fold(row.truth) for row in asked) / count,
        blind_right=sum(answered),
        blind_of=len(answered),
    )


def _answers(asked: Sequence[QuestionRow]) -> list[tuple[str, str, int]]:
    counted: Counter[tuple[str, str]] = Counter()
    spelled: dict[tuple[str, str], str] = {}
    for row in asked:
        key = row.question_type, fold(row.truth)
        counted[key] += 1
        spelled.setdefault(key, row.truth)
    ranked = sorted(counted, key=lambda key: (key[0], -counted[key], key[1]))
    return [(key[0], spelled[key], counted[key]) for key in ranked]
