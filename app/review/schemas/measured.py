"""The figures of rules as flat rows, the same for scripts and for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.review.workflow.measuring import FamilyFigures, Figure, Measured, RuleFigures
from pipeline.formats import cells

COLUMNS = (
    "level", "name", "severity", "flags", "verdicts", "scenes",
    "accepted", "accepted_share", "accepted_low", "accepted_high",
    "named", "precision", "precision_low", "precision_high",
    "flagged", "caught", "recall", "recall_low", "recall_high",
)  # fmt: skip
"""Counts are always told, shares (0 to 1) only where there is enough. ``named``: not accepted, with a fitting flag."""


def measured_rows(measured: Measured) -> list[dict[str, Any]]:
    """A row each rule, in their order, then a row each family; what is not known is None."""
    return [{**dict.fromkeys(COLUMNS), **dict(row)} for row in _rows(measured)]


def measured_csv(measured: Measured) -> bytes:
    """The rows as a CSV file in UTF-8, of which no cell begins a formula."""
    rows = [[_text(row[name]) for name in COLUMNS] for row in measured_rows(measured)]
    return b"".join(cells.row(row) for row in ([*COLUMNS], *rows))


def _rows(measured: Measured) -> Iterator[Iterator[tuple[str, Any]]]:
    for rule in measured.rules:
        yield _row("rule", rule.rule, rule.severity, rule, None)
    for family in measured.families:
        yield _row("family", family.family, None, family, family.recall)


def _row(
    level: str, name: str, severity: str | None, told: RuleFigures | FamilyFigures, recall: Figure | None
) -> Iterator[tuple[str, Any]]:
    yield from {"level": level, "name": name, "severity": severity, "flags": list(told.flags)}.items()
    yield from {"verdicts": told.accepted.verdicts, "scenes": told.accepted.scenes}.items()
    yield "accepted", told.accepted.hits
    yield from _shares(told.accepted, "accepted_share", "accepted")
    if told.precision:
        yield "named", told.precision.hits
        yield from _shares(told.precision, "precision", "precision")
    if recall:
        yield from {"flagged": recall.verdicts, "caught": recall.hits}.items()
        yield from _shares(recall, "recall", "recall")


def _shares(figure: Figure, share: str, prefix: str) -> Iterator[tuple[str, float]]:
    if figure.share is not None and figure.interval is not None:
        yield share, figure.share
        yield f"{prefix}_low", figure.interval.low
        yield f"{prefix}_high", figure.interval.high


def _text(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(value)
    return f"{value:.4f}" if isinstance(value, float) else "" if value is None else str(value)
