"""When two answers are the same, and when a model's answer without the image is right."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from pipeline.scoring.answer_words import words_of
from pipeline.scoring.judges import JUDGES, judge

JUDGE: Final = "synonyms"
"""By which the answers of a model without the image are right or wrong; what it cannot decide is wrong."""
JUDGE_VERSION: Final = JUDGES[JUDGE].version


@lru_cache(maxsize=65_536)
def fold(answer: str) -> str:
    """The answer as the judges compare it: without case, articles, punctuation, plurals and number words."""
    return " ".join(words_of(answer)) or answer.casefold().strip()


def is_right(predicted: str, question: str, truth: str, question_type: str) -> bool:
    """Whether a prediction answers the question as the truth does."""
    return judge(JUDGE, question, truth, predicted, question_type).is_right is True
