"""Cells: the sorts of question among which a corpus is balanced, each a form with a kind of answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pipeline.programs.program import Form

QUESTION_TYPE_OF: Final[Mapping[Form, str]] = {
    "exists": "identification",
    "others": "identification",
    "is_a": "identification",
    "main": "classification",
    "categories": "classification",
    "count": "counting",
    "where_most": "positioning",
    "where": "positioning",
    "object_at": "referring",
    "land_cover_main": "general",
    "land_cover_half": "general",
    "land_cover_more": "general",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One sort of question. ``sided`` forms ask of one side of the image; ``is_none`` is answered with No or 0."""

    form: Form
    sided: bool = False
    is_none: bool = False

    @property
    def question_type(self) -> str:
        return QUESTION_TYPE_OF[self.form]

    def __str__(self) -> str:
        """Such as ``exists side No``, for parameters and reports."""
        told = {
            "exists": "Yes No",
            "others": "Yes No",
            "is_a": "Yes No",
            "land_cover_half": "Yes No",
            "count": "some 0",
        }
        answer = told[self.form].split()[self.is_none] if self.form in told else ""
        return " ".join(part for part in (self.form, "side" if self.sided else "", answer) if part)


CELLS: Final = (
    Cell("exists"), Cell("exists", is_none=True), Cell("exists", sided=True), Cell("exists", sided=True, is_none=True),
    Cell("others"), Cell("others", is_none=True), Cell("is_a"), Cell("is_a", is_none=True),
    Cell("main"), Cell("main", sided=True), Cell("categories"),
    Cell("count"), Cell("count", is_none=True), Cell("count", sided=True),
    Cell("where_most"), Cell("where"), Cell("object_at"),
    Cell("land_cover_main"), Cell("land_cover_half"), Cell("land_cover_half", is_none=True), Cell("land_cover_more"),
)  # fmt: skip
"""In the order in which a scene's questions are listed."""
