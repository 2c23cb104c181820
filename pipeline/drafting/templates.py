"""The wording of each form of question: grammatical singular and plural, one article, and synonyms.

After the question templates of SARLANG-1M (2025, Table 5), with its grammar mended.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from pipeline.drafting.cells import Cell
from pipeline.programs.derivation import noun
from pipeline.vocabulary import article, plural

SYNONYM_SHARE: Final = 1 / 3
"""In so many questions a category is called by another of its names, where it has any."""

SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = {
    "ship": ("vessel",),
    "aircraft": ("airplane", "plane"),
    "car": ("automobile",),
    "harbor": ("harbour", "port"),
}
"""Of ``vocabulary.SYNONYMS`` those that mean neither more nor less than their category in any data set: not "vehicle",
which a ship is too, not "boat", which a tanker is not, not "storage tank", which a tank may not be."""

COVER_WORDS: Final[Mapping[str, str]] = {
    "bareland": "bare land",
    "road": "roads",
    "tree": "trees",
    "agriculture land": "agricultural land",
    "building": "buildings",
}
"""Land covers that a sentence calls otherwise than their data set does."""


@lru_cache(maxsize=4096)
def names_of(category: str) -> tuple[str, ...]:
    """What a question may call the category: its own name first, then its synonyms."""
    return (noun(category), *SYNONYMS.get(category, ()))


def ask_category(cell: Cell, word: str, side: str | None, *, is_one: bool) -> str:
    """The question of a form that asks of a category; ``is_one`` where the scene has one of it."""
    many = plural(word)
    if cell.form == "exists" and side is not None:
        return f"Is there {article(word)} {word} located on the {side} side of the image?"
    if cell.form == "count" and side is not None:
        return f"How many {many} are located on the {side} side of the image?"
    if cell.form == "where_most":
        return f"Where {f'is the {word}' if is_one else f'are most {many}'} positioned within the image?"
    return {
        "exists": f"Are there any {many} in the image?",
        "others": f"Are there any other categories apart from {word} in the image?",
        "count": f"How many {many} are visible in the image?",
    }[cell.form]


def ask_scene(cell: Cell, side: str | None) -> str:
    """The question of a form that asks of the whole scene, or of one side of it."""
    if side is not None:
        return f"What is the main object visible on the {side} side of the image?"
    return {
        "main": "What is the main object visible in the image?",
        "categories": "Which object categories are visible in the image?",
        "land_cover_main": "What is the predominant land cover in the image?",
    }[cell.form]


def ask_box(cell: Cell, word: str, corners: str) -> str:
    """The question of a form that asks of one box, told by its corners."""
    if cell.form == "object_at":
        return f"What is the object in the area {corners}?"
    if cell.form == "where":
        return f"Where is the {word} in the area {corners} positioned within the image?"
    return f"Is the object in the area {corners} {article(word)} {word}?"


def ask_land_cover(cover: str, than: str | None) -> str:
    """The question whether ``cover`` is more than half of the area, or more than another one."""
    if than is None:
        return f"Is more than half of the area covered by {_covering(cover)}?"
    return f"Which covers more area, {_covering(cover)} or {_covering(than)}?"


def _covering(cover: str) -> str:
    return COVER_WORDS.get(noun(cover), noun(cover))
