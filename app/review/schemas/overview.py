"""What an admin's first page draws: each chart a table, the same on the page and in its CSV file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.review.queries.figures import DAYS
from pipeline.formats import cells
from pipeline.vocabulary import FLAGS, KIND_TITLES, QUESTION_TYPE_TITLES


@dataclass(frozen=True, slots=True)
class Column:
    """A series of a chart: its name, and the token of its colour."""

    key: str
    title: str
    colour: str


@dataclass(frozen=True, slots=True)
class Row:
    """One bar: how many texts it is about (None where it is about none), and a number a column."""

    name: str
    judged: int | None
    counts: Sequence[int]

    def share(self, count: int) -> float:
        """Of the texts that were judged."""
        return count / self.judged if self.judged else 0.0


@dataclass(frozen=True, slots=True)
class FigureTable:
    """One chart as numbers; the same for the page and for the CSV file."""

    key: str
    title: str
    about: str
    first: str
    """What a row is."""
    columns: Sequence[Column]
    rows: Sequence[Row]


DAY_COLUMNS: Final = (Column("texts", "Texts", "accent"), Column("reviews", "Reviews", "between"))
FLAG_COLUMNS: Final = (
    Column("colour", "colour", "colour"),
    Column("wrong_statement", "wrong", "reject"),
    Column("count", "count", "count"),
    Column("vague", "vague", "vague"),
    Column("not_visible_in_sar", "not in SAR", "optical"),
    Column("position", "position", "between"),
    Column("language", "language", "accent"),
    Column("other", "other", "edge"),
)
VERDICT_COLUMNS: Final = (
    Column("accept", "accepted", "ok"),
    Column("revise", "revised", "revise"),
    Column("reject", "rejected", "reject"),
    Column("unsure", "unsure", "unsure"),
)
"""In their order, with the colour that each has in reviewing."""


def figure_tables(
    pace: Mapping[str, Any], verdicts: Mapping[str, Any], drafters: Mapping[str, str], today: dt.date
) -> list[FigureTable]:
    """The charts of one dataset, from what is kept of it; tables without rows where nothing was reviewed yet.

    ``drafters`` are their titles by id.
    """
    rows: Sequence[Mapping[str, Any]] = verdicts.get("rows", ())
    return [
        FigureTable("days", "Reviewed a day", "The last fourteen days (UTC).", "Day", DAY_COLUMNS, _days(pace, today)),
        FigureTable(
            "types",
            "Flags by kind and question type",
            "Of the texts that were judged, the share with each flag; a text may have several.",
            "Kind or type",
            FLAG_COLUMNS,
            _flags(rows, "type", {**KIND_TITLES, **QUESTION_TYPE_TITLES}),
        ),
        FigureTable(
            "drafters",
            "Flags by drafter",
            "Of the texts of each drafter that were judged, the share with each flag.",
            "Drafter",
            FLAG_COLUMNS,
            _flags(rows, "drafter", drafters),
        ),
        FigureTable(
            "rules",
            "What reviewers said where a rule had found something",
            "Of the judged texts in which a rule found something, under the rules as they are set now. Reviewers saw"
            " most of these findings: what a rule is worth by itself is measured where findings were hidden.",
            "Rule",
            VERDICT_COLUMNS,
            [
                Row(row["name"], row["judged"], [row[column.key] for column in VERDICT_COLUMNS])
                for row in rows
                if row["level"] == "rule"
            ],
        ),
    ]


def figures_csv(table: FigureTable) -> bytes:
    """The table as a CSV file in UTF-8, of which no cell begins a formula."""
    is_judged = any(row.judged is not None for row in table.rows)
    head = [table.first, *(["judged"] if is_judged else []), *(column.key for column in table.columns)]
    lines = (
        [row.name, *([str(row.judged)] if row.judged is not None else []), *map(str, row.counts)] for row in table.rows
    )
    return b"".join(cells.row(line) for line in ([*head], *lines))


def _flags(rows: Iterable[Mapping[str, Any]], level: str, titles: Mapping[str, str]) -> list[Row]:
    """A row each, in the order of the titles."""
    order = {name: place for place, name in enumerate(titles)}
    named = sorted((row for row in rows if row["level"] == level), key=lambda row: order.get(row["name"], len(order)))
    return [
        Row(titles.get(row["name"], row["name"]), row["judged"], [row["flags"].get(flag, 0) for flag in FLAGS])
        for row in named
    ]


def _days(body: Mapping[str, Any], today: dt.date) -> list[Row]:
    """A row a day, those without reviews too."""
    done = {day: (texts, reviews) for day, reviews, texts in body.get("days", ())}
    days = [today - dt.timedelta(days=back) for back in reversed(range(DAYS))]
    return [Row(day.isoformat(), None, done.get(day.isoformat(), (0, 0))) for day in days]
