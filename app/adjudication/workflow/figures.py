"""Who differs in what: counted while somebody waits where there are few, else by a job, and kept."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from app.adjudication.queries import figures
from app.work import defer
from pipeline.vocabulary import FLAGS

FEW: Final = 5_000
"""Disagreements of a dataset that are counted while somebody waits."""
FRESH_S: Final = 600.0

DIFFERENCES: Final[Mapping[str, str]] = {
    "accept/reject": "accept or reject",
    "accept/revise": "accept or revise",
    "reject/revise": "revise or reject",
    "accept/reject/revise": "all three",
    "texts": "texts differ",
    "unsure": "unsure",
    "scene": "scene",
}
"""In the order of the table."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Texts of which reviews differ, or differed, and how many of them wait."""

    drafts: int = 0
    open: int = 0
    by_some: int = 0
    """Of a flag: those on which not all reviews have it."""


@dataclass(frozen=True, slots=True)
class TypeRow:
    """Texts of one kind, or of one type of question, by what their reviews differ in."""

    kind: str
    by_difference: Mapping[str, Tally]
    total: Tally


@dataclass(frozen=True, slots=True)
class FlagRow:
    flag: str
    total: Tally
    by_kind: Mapping[str, Tally]


@dataclass(frozen=True, slots=True)
class DifferenceFigures:
    types: Sequence[TypeRow]
    flags: Sequence[FlagRow]
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    """As counted: ``differences`` and ``flags``, a row a drafter, kind and type."""
    counted_at: dt.datetime | None
    """When, where it was not just now."""


def figures_of(session: Session, dataset_id: int, drafter_id: int | None) -> DifferenceFigures | None:
    """The figures of a dataset, of all its drafters or of one; None while they are being counted for the first time."""
    if not figures.has_more_than(session, dataset_id, FEW):
        return _shaped(figures.count_figures(session, dataset_id), drafter_id, None)
    kept = figures.kept_figures(session, dataset_id, FRESH_S)
    if kept is None or kept.is_old:
        defer(session, "adjudication.count_differences", once=True, dataset_id=dataset_id)
    return None if kept is None else _shaped(kept.body, drafter_id, kept.counted_at)


def count_again(session: Session, dataset_id: int) -> None:
    """Count the figures of a dataset and keep them."""
    figures.keep_figures(session, dataset_id, figures.count_figures(session, dataset_id))


def _shaped(body: Mapping[str, Any], drafter_id: int | None, counted_at: dt.datetime | None) -> DifferenceFigures:
    rows = {
        name: [row for row in body[name] if drafter_id is None or row["drafter_id"] == drafter_id]
        for name in ("differences", "flags")
    }
    return DifferenceFigures(_types(rows["differences"]), _flags(rows["flags"]), rows, counted_at)


def _types(rows: Sequence[Mapping[str, Any]]) -> list[TypeRow]:
    kinds = dict.fromkeys(kind_of(row) for row in rows)
    return [
        TypeRow(
            kind=kind,
            by_difference={
                name: _sum(row for row in of_kind if row["difference"] == name)
                for name in dict.fromkeys((*DIFFERENCES, *(row["difference"] for row in of_kind)))
            },
            total=_sum(of_kind),
        )
        for kind in kinds
        for of_kind in [[row for row in rows if kind_of(row) == kind]]
    ]


def _flags(rows: Sequence[Mapping[str, Any]]) -> list[FlagRow]:
    found = []
    for flag in FLAGS:
        of_flag = [row for row in rows if row["flag"] == flag]
        kinds = dict.fromkeys(kind_of(row) for row in of_flag)
        by_kind = {kind: _sum(row for row in of_flag if kind_of(row) == kind) for kind in kinds}
        found += [FlagRow(flag, _sum(of_flag), by_kind)] if of_flag else []
    return found


def kind_of(row: Mapping[str, Any]) -> str:
    """The kind, or of a question its type."""
    return str(row["question_type"] or row["kind"])


def _sum(rows: Any) -> Tally:
    counted: Counter[str] = Counter()
    for row in rows:
        counted.update({name: row.get(name, 0) for name in ("drafts", "open", "by_some")})
    return Tally(**{name: counted[name] for name in ("drafts", "open", "by_some")})
