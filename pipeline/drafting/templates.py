"""The wording of each form of question: grammatical singular and plural, one article.

After the question templates of SARLANG-1M (2025, Table 5), with its grammar mended.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.programs.derivation import noun, written_corners
from pipeline.programs.layout import Layout
from pipeline.programs.program import Form, Program
from pipeline.vocabulary import article, plural

QUESTION_TYPE_OF: Final[Mapping[Form, str]] = {
    "exists": "identification",
    "others": "identification",
    "main": "classification",
    "categories": "classification",
    "count": "counting",
    "where_most": "positioning",
    "object_at": "referring",
}


def question(program: Program, layout: Layout) -> str:
    """The question that ``program`` answers, as one sentence about the scene of ``layout``."""
    single = noun(program.category or "")
    many = plural(single)
    if program.form == "exists" and program.side is not None:
        return f"Is there {article(single)} {single} located on the {program.side} side of the image?"
    if program.form == "where_most":
        is_one = len(layout[program.category]) == 1
        subject = f"is the {single}" if is_one else f"are most {many}"
        return f"Where {subject} positioned within the image?"
    if program.form == "object_at":
        return f"What is the object in the area {_area(program, layout)}?"
    return {
        "exists": f"Are there any {many} in the image?",
        "others": f"Are there any other categories apart from {single} in the image?",
        "main": "What is the main object visible in the image?",
        "categories": "Which object categories are visible in the image?",
        "count": f"How many {many} are visible in the image?",
    }[program.form]


def _area(program: Program, layout: Layout) -> str:
    return next(
        written_corners(placement.box) for placement in layout.placements if placement.box.box_id == program.box
    )
