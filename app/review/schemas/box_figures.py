"""The figures of judged boxes as flat rows, the same for scripts and for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.review.workflow.box_figures import JudgedFigures
from app.review.workflow.measuring import Figure
from pipeline.formats import cells

COLUMNS = (
    "level", "name", "question_type", "judged", "scenes", "right", "wrong_class", "spurious", "missing", "read",
    "otherwise", "share", "low", "high",
)  # fmt: skip
"""Levels: boxes (of a category, or all; ``share`` is that of right ones) and sample (texts that follow from boxes and
were read all the same, by the verdict that follows; ``share`` is that of those read otherwise)."""


def figure_rows(figures: JudgedFigures) -> list[dict[str, Any]]:
    """A row each figure; what is not known is None."""
    return [{**dict.fromkeys(COLUMNS), **row} for row in _rows(figures)]


def figures_csv(figures: JudgedFigures) -> bytes:
    """The rows as a CSV file in UTF-8, of which no cell begins a formula."""
    rows = [[_text(row[name]) for name in COLUMNS] for row in figure_rows(figures)]
    return b"".join(cells.row(row) for row in ([*COLUMNS], *rows))


def _rows(figures: JudgedFigures) -> Iterator[dict[str, Any]]:
    for each in figures.boxes:
        counts = {"wrong_class": each.wrong_class, "spurious": each.spurious, "missing": each.missing}
        own = {"judged": each.right.verdicts, "scenes": each.right.scenes, "right": each.right.hits}
        yield {"level": "boxes", "name": each.category or "all", **own, **counts, **_share(each.right)}
    for told in figures.sample:
        own = {"read": told.otherwise.verdicts, "scenes": told.otherwise.scenes, "otherwise": told.otherwise.hits}
        named = {"name": told.follows, "question_type": told.question_type or "all"}
        yield {"level": "sample", **named, **own, **_share(told.otherwise)}


def _share(figure: Figure) -> dict[str, float]:
    if figure.share is None or figure.interval is None:
        return {}
    return {"share": figure.share, "low": figure.interval.low, "high": figure.interval.high}


def _text(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) else "" if value is None else str(value)
