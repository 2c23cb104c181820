"""By what the questions of a quiz are drawn, as it is stored with the quiz."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.vocabulary import QUESTION_TYPES


@dataclass(frozen=True, slots=True)
class QuizRules:
    """How many questions, of which texts of the release, and in which proportions."""

    questions: int = 30
    practice: int = 3
    """Further questions that are answered first, with feedback, and counted in no result."""
    splits: tuple[str, ...] = ("test",)
    question_types: tuple[str, ...] = QUESTION_TYPES
    datasets: tuple[str, ...] = ()
    """Sources; all of the release where empty."""
    proportions: str = "release"
    """``release``: types and sources as the release has them; ``equal``: as many of each."""
    is_balanced: bool = True
    """Of each type as many yes as no, and no other answer more than half of the time."""
    with_asked: bool = False
    """Whether texts may be asked that another quiz asked."""

    def as_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> QuizRules:
        """The inverse of :meth:`as_json` after a round trip through JSON, which turns tuples into lists."""
        values: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in stored.items()}
        return cls(**values)
