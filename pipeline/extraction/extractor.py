"""What a draft names: object categories, a question type, land covers. Readable word lists, no statistical model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pipeline.extraction.question_forms import READ_UP_TO, general_type_of, question_form
from pipeline.extraction.things import find_land_covers, find_things, words_to_read
from pipeline.records import Draft

EXTRACTOR_VERSION: Final = "1"
"""Changes with any word list and any rule of this package: counts are comparable under one version only."""

_REMEMBERED_UP_TO: Final = 200
"""Code points."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """What one draft names, each thing once."""

    categories: frozenset[str]
    """Canonical names of closed groups."""
    open_categories: frozenset[str]
    """Nouns in the singular that no group knows."""
    land_covers: frozenset[str]
    form: str | None = None
    """Of a question: what it asks for, normalised; see :mod:`pipeline.extraction.question_forms`."""
    general_type: str | None = None
    """Of a general question: shape, direction, land_cover, pattern or reasoning."""


def extract(draft: Draft) -> Extracted:
    """What ``draft`` names, question and answer together.

    Where the drafter said the ``general_type`` of a general question, that holds; else it is read from the question.
    """
    if draft.answer is None:
        return _of_text(draft.text)
    asked = general_type_of(draft.text[:READ_UP_TO])
    general_type = (draft.general_type or asked) if draft.question_type == "general" else None
    is_cover_asked = "land_cover" in (general_type, asked)
    question, answer = _of_text(draft.text), _of_text(draft.answer, is_cover_asked=is_cover_asked)
    return Extracted(
        question.categories | answer.categories,
        question.open_categories | answer.open_categories,
        question.land_covers | answer.land_covers,
        question_form(draft.text[:READ_UP_TO]),
        general_type,
    )


def _of_text(text: str, *, is_cover_asked: bool = False) -> Extracted:
    # Questions and answers of a corpus are the same few texts; long ones are rarely written twice.
    return (_remembered if len(text) <= _REMEMBERED_UP_TO else _read)(text, is_cover_asked)


def _read(text: str, is_cover_asked: bool) -> Extracted:
    words, folded = words_to_read(text)
    things = find_things(words, folded)
    covers = frozenset(find_land_covers(folded, things.modifiers, is_asked=is_cover_asked))
    return Extracted(frozenset(things.closed), frozenset(things.open), covers)


_remembered: Final = lru_cache(maxsize=4_096)(_read)
