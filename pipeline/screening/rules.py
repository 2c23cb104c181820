"""What a screening rule is.

A rule is a name, a severity, a function that finds its faults in one field of a draft, and examples. The examples are
its documentation and its tests: in those of ``faulty`` each fault stands in [brackets], those of ``clean`` have none.

To add a rule: write it in the file of its family and put it into the family's tuple ``RULES`` at the end of that file.
To add a family: write its file, list it in ``families.py``, and name it in ``pipeline.vocabulary.RULE_FAMILIES``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from pipeline.records import Draft, Finding, ObjectBox, Severity, TextField
from pipeline.screening.context import SceneContext

SUGGESTED_UP_TO: Final = 20_000
"""Longer texts, in code points, get no suggestions: each would be another copy of the whole text."""


@dataclass(frozen=True)
class Passage:
    """One field of a draft, as a rule reads it."""

    field: TextField
    text: str
    draft: Draft

    @cached_property
    def is_mendable(self) -> bool:
        """Whether the text is short enough to be suggested again as a whole."""
        return len(self.text) <= SUGGESTED_UP_TO


@dataclass(frozen=True, slots=True)
class Fault:
    """What a rule found: a half-open span in code points, a sentence, and perhaps the whole text mended."""

    start: int
    end: int
    message: str
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A text with its faults in [brackets], the suggestion for the first, and how many boxes of what there are."""

    text: str
    suggestion: str | None = None
    boxes: Mapping[str, int] = field(default_factory=dict)
    """With any boxes here, all these categories are labelled."""
    question: str | None = None
    """Makes the text the answer to this question."""

    @property
    def context(self) -> SceneContext:
        numbers = [(category, index) for category, number in self.boxes.items() for index in range(number)]
        boxes = (ObjectBox(f"{category}{index}", category, 10, 10, 20, 20) for category, index in numbers)
        return SceneContext((400, 600), None, tuple(boxes), tuple(self.boxes)) if self.boxes else SceneContext()


@dataclass(frozen=True, slots=True)
class Rule:
    """One screening rule; ``name`` is ``family.name``."""

    name: str
    severity: Severity
    find: Callable[[Passage, SceneContext], Iterable[Fault]]
    faulty: tuple[Example, ...]
    clean: tuple[Example, ...] = ()
    fields: tuple[TextField, ...] = ("text", "question", "answer")

    def findings(self, passage: Passage, context: SceneContext) -> Iterator[Finding]:
        """The rule's findings in ``passage``; silent in fields that it does not read."""
        if passage.field not in self.fields:
            return
        for fault in self.find(passage, context):
            yield Finding(
                rule=self.name,
                severity=self.severity,
                field=passage.field,
                start=fault.start,
                end=fault.end,
                text=passage.text[fault.start : fault.end],
                message=fault.message,
                suggestion=fault.suggestion if passage.is_mendable else None,
            )


def passages_of(draft: Draft) -> tuple[Passage, ...]:
    """The fields of a draft: a caption has one, a question two."""
    if draft.answer is None:
        return (Passage("text", draft.text, draft),)
    return Passage("question", draft.text, draft), Passage("answer", draft.answer, draft)
