"""What a model is asked that judges an answer, and what its reply says.

The wording is that of the paper's judge. Who asks, and keeps the raw replies, stands outside; a reply that is neither 1
nor 0 is undecided, never wrong.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import Final

from pipeline.scoring.answer_words import words_of
from pipeline.scoring.judgement import Answer, Judgement, judged

NAME: Final = "llm"
PROMPT_VERSION: Final = 1
"""Raised with any change of the wording or of how a reply is read."""

_PROMPT: Final = f"prompts/judge.{PROMPT_VERSION}.txt"
"""Never edited once it was used: a change is a new file and a new version."""
_THOUGHT: Final = re.compile(r"<think>.*?</think>", re.DOTALL)
_DIGIT: Final = re.compile(r"(?<![\w.,])[01](?![\w]|[.,]\d)")
_LONGEST_REPLY: Final = 60


def judge_prompt(answer: Answer) -> str:
    """What the model is asked."""
    return _wording().format(question=answer.question, truth=answer.truth, prediction=answer.prediction)


@lru_cache(maxsize=1)
def _wording() -> str:
    return (files("pipeline.scoring") / _PROMPT).read_text(encoding="utf-8").strip()


def known_beforehand(answer: Answer) -> Judgement | None:
    """The judgement where there is nothing to ask: without a truth, or without an answer."""
    if not words_of(answer.truth):
        return judged("undecided", answer.truth, answer.prediction, "the truth is empty")
    if not answer.prediction.strip():
        return judged("wrong", answer.truth, answer.prediction, "nothing was answered")
    return None


def read_decision(answer: Answer, said: str) -> Judgement:
    """What the model decided: 1 or 0 in a short reply, after anything that it thought aloud."""
    told = _THOUGHT.sub("", said).strip()
    digits = set(_DIGIT.findall(told)) if len(told) <= _LONGEST_REPLY else set()
    if len(digits) != 1:
        return judged("undecided", answer.truth, answer.prediction, f"the model said neither 1 nor 0: {told[:80]!r}")
    return judged("right" if digits == {"1"} else "wrong", answer.truth, answer.prediction)
