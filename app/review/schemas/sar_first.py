"""What hindsight changed as flat rows, the same for scripts and for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.review.workflow.measuring import Figure
from app.review.workflow.sar_first_figures import Hindsight
from pipeline.formats import cells
from pipeline.vocabulary import VERDICTS

COLUMNS = (
    "level", "name", "had_seen_optical", "sar_verdict", "final_verdict", "texts", "scenes", "changed",
    "share", "low", "high",
)  # fmt: skip
"""Levels: all, kind, question_type, drafter (texts judged twice, and those that changed), move (from which verdict to
which), support (verified texts of a kind; ``changed`` is empty). Shares, 0 to 1, only where there is enough."""


def hindsight_rows(hindsight: Hindsight) -> list[dict[str, Any]]:
    """A row each figure; what is not known is None."""
    return [{**dict.fromkeys(COLUMNS), **row} for row in _rows(hindsight)]


def hindsight_csv(hindsight: Hindsight) -> bytes:
    """The rows as a CSV file in UTF-8, of which no cell begins a formula."""
    rows = [[_text(row[name]) for name in COLUMNS] for row in hindsight_rows(hindsight)]
    return b"".join(cells.row(row) for row in ([*COLUMNS], *rows))


def _rows(hindsight: Hindsight) -> Iterator[dict[str, Any]]:
    for each in hindsight.changed:
        for had_seen, told in ((False, each.fresh), (True, each.seen)):
            yield {"level": each.level, "name": each.name, "had_seen_optical": had_seen, **_figure(told)}
    for had_seen, moves in ((False, hindsight.fresh_moves), (True, hindsight.seen_moves)):
        for row in moves:
            for after, cell in zip(VERDICTS, row.cells, strict=True):
                said = {"sar_verdict": row.before, "final_verdict": after}
                counts = {"texts": cell.texts, "changed": cell.changed}
                yield {"level": "move", "had_seen_optical": had_seen, **said, **counts}
    for kind in hindsight.support:
        yield {"level": "support", "name": f"{kind.kind} sar", "texts": kind.texts - kind.with_optical}
        yield {"level": "support", "name": f"{kind.kind} sar_with_optical", "texts": kind.with_optical}


def _figure(figure: Figure) -> dict[str, Any]:
    told: dict[str, Any] = {"texts": figure.verdicts, "scenes": figure.scenes, "changed": figure.hits}
    if figure.share is not None and figure.interval is not None:
        told |= {"share": figure.share, "low": figure.interval.low, "high": figure.interval.high}
    return told


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.4f}" if isinstance(value, float) else "" if value is None else str(value)
