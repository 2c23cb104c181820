"""What a screening rule is.

A rule is a name, a severity, a function that finds its faults in one field of a draft, and examples. The examples are
its documentation and its tests: in those of ``faulty`` each fault stands in [brackets], those of ``clean`` have none.

To add a rule: write it in the file of its family and put it into the family's tuple ``RULES`` at the end of that file.
To add a family: put its file into ``pipeline/screening/families/``; it is found by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from pipeline.records import Draft, Finding, ObjectBox, Severity, TextField
from pipeline.screening.context import SceneContext
from pipeline.screening.once import once

SUGGESTED_UP_TO: Final = 20_000
"""Longer texts, in code points, get no suggestions: each would be another copy of the whole text."""


_WORD: Final = re.compile(r"[^\W_]+")
_DIGIT: Final = re.compile(r"\d")


class Token(NamedTuple):
    """A run of letters and digits in lower case, and where it stands; ``reddish-brown`` is two."""

    text: str
    start: int
    end: int


_new: Final = tuple.__new__
"""Makes a token in half the time of ``Token``, and there are many."""


@dataclass(frozen=True, eq=False)
class Passage:
    """One field of a draft, as a rule reads it; equal only to itself, so that what is kept of it is found at once."""

    field: TextField
    text: str
    draft: Draft

    @once
    def lowered(self) -> str:
        """The text in lower case."""
        return self.text.lower()

    @once
    def sequence(self) -> list[str]:
        """The words of the text in their order, without their places, which few rules ask for."""
        is_like_tokens = len(self.lowered) == len(self.text)
        return _WORD.findall(self.lowered) if is_like_tokens else [token.text for token in self.tokens]

    @once
    def tokens(self) -> tuple[Token, ...]:
        """The words of the text in their order, made once for all rules."""
        if len(self.lowered) == len(self.text):
            return tuple(
                [_new(Token, (found[0], found.start(), found.end())) for found in _WORD.finditer(self.lowered)]
            )
        # One letter (İ) has two in lower case, so that places in the one are none in the other.
        return tuple([Token(found[0].lower(), *found.span()) for found in _WORD.finditer(self.text)])

    @once
    def words(self) -> frozenset[str]:
        """The different words of the text, in lower case, by which rules see that nothing is theirs."""
        return frozenset(self.sequence)

    @once
    def has_digit(self) -> bool:
        """Whether there is any number in digits."""
        return _DIGIT.search(self.text) is not None

    @once
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
    """A text with its faults in [brackets], the suggestion for the first, and the scene that it is about."""

    text: str
    suggestion: str | None = None
    boxes: Mapping[str, int] = field(default_factory=dict)
    """How many boxes of what there are, all at one place; all these categories are labelled."""
    question: str | None = None
    """Makes the text the answer to this question."""
    question_type: str = "counting"
    answer: str | None = None
    """Makes the text a question with this answer."""
    placed: tuple[tuple[str, float, float, float, float], ...] = ()
    """Boxes with their places, ``(category, x_min, y_min, width, height)``; their categories are labelled."""
    labelled: tuple[str, ...] | None = None
    """Where they differ from the categories of the boxes."""
    size: tuple[int, int] | None = (400, 600)
    """(rows, cols)"""
    gsd_m: float | None = None
    is_north_up: bool | None = None
    others: tuple[Draft, ...] = ()
    """The scene's other texts."""

    @property
    def draft(self) -> Draft:
        """The text without its brackets: a caption, a question, or the answer to one."""
        plain = re.sub(r"[\[\]]", "", self.text)
        if self.question is not None:
            return Draft("question", self.question, self.question_type, plain)
        if self.answer is not None:
            return Draft("question", plain, self.question_type, self.answer)
        return Draft("concise_caption", plain)

    @property
    def context(self) -> SceneContext:
        places = [
            (category, 10.0, 10.0, 20.0, 20.0) for category, number in self.boxes.items() for _ in range(number)
        ] + list(self.placed)
        boxes = tuple(ObjectBox(str(index), *place) for index, place in enumerate(places))
        labelled = self.labelled if self.labelled is not None else tuple({*self.boxes, *(place[0] for place in places)})
        is_known = bool(self.boxes or self.placed or self.labelled)
        return SceneContext(
            self.size if is_known else None,
            self.gsd_m,
            boxes if is_known else None,
            tuple(sorted(labelled)),
            self.is_north_up,
            self.others,
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """One screening rule; ``name`` is ``family.name``."""

    name: str
    severity: Severity
    """error: certain; warning: likely; info: to be looked at."""
    find: Callable[[Passage, SceneContext], Iterable[Fault]]
    faulty: tuple[Example, ...]
    clean: tuple[Example, ...] = ()
    fields: tuple[TextField, ...] = ("text", "question", "answer")
    cues: frozenset[str] | None = None
    """Words, in lower case, of which a text must have one for the rule to look at it; None: it looks at every text."""

    def finding(self, passage: Passage, fault: Fault) -> Finding:
        """A fault that the rule found in ``passage``, as it is told."""
        return Finding(
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
