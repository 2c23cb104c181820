"""What models are asked: the paper's prompts. Files with a version, never edited once they were used."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Final

VERSION: Final = 1
NAMES: Final = {"questions": "question", "captions": "caption"}


def prompt_name(task: str) -> str:
    """As a recipe has it: ``question.1``."""
    return f"{NAMES[task]}.{VERSION}"


def prompt_of(task: str, question: str | None) -> str:
    """The words for one item. A full stop after a question mark stays: the paper's template has it."""
    # Not by str.format: a question may have braces.
    return _wording(prompt_name(task)).replace("{question}", question or "")


@lru_cache(maxsize=4)
def _wording(name: str) -> str:
    return (files("app.evaluation") / "prompts" / f"{name}.txt").read_text(encoding="utf-8").strip()
