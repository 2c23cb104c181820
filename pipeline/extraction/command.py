"""``python -m pipeline categories``: what the drafts of a JSON lines file name, counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.extraction.counting import Tally
from pipeline.records import Draft
from pipeline.vocabulary import GENERAL_TYPES


class CategoriesError(ValueError):
    """A file that cannot be counted: the file and line, what is wrong, and what a line must hold."""

    def __init__(self, where: str, fault: str) -> None:
        super().__init__(f"{where}: {fault}")


def count_categories(source: Path) -> dict[str, Any]:
    """The counts of a file of drafts, as :meth:`Tally.as_json` gives them; read line by line.

    A line is what ``screen`` reads or ``draft-boxes`` writes: an object with ``text``, or with ``question`` and
    ``answer``, and perhaps ``question_type`` and ``general_type``. Other keys are passed over, empty lines too.

    Raises
    ------
    CategoriesError
        With the number of the first line that is no draft.
    """
    return Tally().add(_drafts(source)).as_json()


def _drafts(source: Path) -> Iterator[Draft]:
    try:
        with source.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _draft(line, f"{source}, line {number}")
    except OSError as error:
        raise CategoriesError(str(source), f"the file cannot be read ({error.strerror}).") from error


def _draft(line: bytes, where: str) -> Draft:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise CategoriesError(where, f"the line is not JSON ({error}).") from error
    if not isinstance(given, dict):
        raise CategoriesError(where, "the line must be an object.")
    if isinstance(given.get("text"), str):
        return Draft(kind="concise_caption", text=given["text"])
    question, answer = given.get("question"), given.get("answer")
    if not isinstance(question, str) or not isinstance(answer, str):
        raise CategoriesError(where, 'the line must have "text", or "question" and "answer", as text.')
    question_type = given.get("question_type")
    question_type = question_type if isinstance(question_type, str) else ""
    is_told = question_type == "general" and given.get("general_type") in GENERAL_TYPES
    general_type = given["general_type"] if is_told else None
    return Draft("question", question, question_type, answer, general_type=general_type)
