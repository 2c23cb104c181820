"""Predictions as JSONL or CSV: a line or row an item, with ``id`` and ``prediction``.

Other names are taken too: ``text_sha256`` or ``image`` for the id, ``answer`` or ``caption`` for the prediction. All
rows are read before anything is said, so that one look at the report mends the whole file.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.intake.workflow.storable import LONGEST_NAME, unstorable

LONGEST_PREDICTION: Final = 20_000
MOST_FAULTS: Final = 200
"""That are told one by one; the others are counted."""
IDS: Final = ("id", "text_sha256", "image")
PREDICTIONS: Final = ("prediction", "answer", "caption")
_SHOWN: Final = 80


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that cannot be taken."""

    line: int
    id: str
    """As far as it can be shown; empty where there is none."""
    what: str
    advice: str

    def sentence(self) -> str:
        """``line 3, 4f2a…: it is there twice. Keep one of them.``"""
        of = f", {self.id}" if self.id else ""
        return f"line {self.line:,}{of}: {self.what}. {self.advice}."


@dataclass(slots=True)
class Rows:
    """What a file held: predictions by id, in its order, with their lines; and what was wrong."""

    predictions: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    read: int = 0
    faults: list[Fault] = field(default_factory=list)
    fault_count: int = 0

    def refuse(self, line: int, id_: str, what: str, advice: str) -> None:
        """Note a fault; beyond :data:`MOST_FAULTS` it is counted only."""
        self.fault_count += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(line, shown(id_), what, advice))


def read_predictions(lines: Iterable[str]) -> Rows:
    """Read a file that was opened with ``newline=""``, or its text split with line ends kept.

    JSONL where the first line that is not empty begins with ``{``, else CSV with a header.
    """
    rows = Rows()
    for line, row in _rows(iter(lines), rows):
        rows.read += 1
        _take(line, row, rows)
    return rows


def shown(id_: str) -> str:
    """An id as it stands in a report: on one line, and not at any length."""
    short = id_ if len(id_) <= _SHOWN else f"{id_[:_SHOWN]}…"
    return short if short.isprintable() else ascii(short)[1:-1]


def _rows(lines: Iterator[str], rows: Rows) -> Iterator[tuple[int, Any]]:
    first, number = "", 0
    for first in lines:
        number += 1
        if first.strip():
            break
    if first.lstrip("\ufeff \t").startswith("{"):
        yield from _json_rows(first.lstrip("\ufeff"), lines, number, rows)
    elif first.strip():
        yield from _csv_rows(first.lstrip("\ufeff"), lines, number, rows)


def _json_rows(first: str, lines: Iterator[str], number: int, rows: Rows) -> Iterator[tuple[int, Any]]:
    line: str | None = first
    while line is not None:
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError):
                rows.read += 1
                rows.refuse(number, "", "it is no JSON", 'Write one object a line: {"id": "…", "prediction": "…"}')
        line, number = next(lines, None), number + 1


def _csv_rows(header: str, lines: Iterator[str], number: int, rows: Rows) -> Iterator[tuple[int, Any]]:
    names = [name.strip().lower() for name in next(csv.reader([header]), [])]
    if not set(IDS) & set(names) or not set(PREDICTIONS) & set(names):
        rows.refuse(number, "", "it is no header", "Name the columns id and prediction, or give JSONL")
        return
    reader = csv.reader(lines)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # A field that is longer than the reader takes; it goes on with the next line.
            rows.read += 1
            rows.refuse(number + reader.line_num, "", f"it cannot be read ({error})", _too_long())
            continue
        if row:
            yield number + reader.line_num, dict(zip(names, row, strict=False))


def _take(line: int, row: Any, rows: Rows) -> None:
    if not isinstance(row, Mapping):
        rows.refuse(line, "", "it is no object", 'Write {"id": "…", "prediction": "…"}')
        return
    id_ = next((row[name] for name in IDS if name in row), None)
    told = next((row[name] for name in PREDICTIONS if name in row), None)
    if not isinstance(id_, str) or not id_.strip():
        rows.refuse(line, "", "it has no id, or one that is no text", "Give the id that the release's files have")
    elif reason := unstorable(id_, LONGEST_NAME):
        rows.refuse(line, id_, f"its id is none: {reason}", "Give the id that the release's files have")
    elif not isinstance(told, str):
        rows.refuse(line, id_, "it has no prediction, or one that is no text", "Give a text; an empty one is wrong")
    elif reason := unstorable(told, LONGEST_PREDICTION):
        rows.refuse(line, id_, f"its prediction cannot be kept: {reason}", _too_long())
    elif id_ in rows.predictions:
        rows.refuse(line, id_, f"line {rows.lines[id_]:,} has a prediction for it already", "Keep one of them")
    else:
        rows.predictions[id_], rows.lines[id_] = told, line


def _too_long() -> str:
    return f"Give a text of at most {LONGEST_PREDICTION:,} characters, as the model meant it to be read"
