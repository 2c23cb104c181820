"""What hindsight changed: texts that were judged from the SAR image alone, and again with the optical one beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.review.queries import sar_first_figures
from app.review.queries.sar_first_figures import Gathered, Level, Move, Sums, SupportCount
from app.review.workflow.measuring import NOTHING, Figure, figure
from pipeline.vocabulary import KIND_TITLES, KINDS, QUESTION_TYPE_TITLES, SUPPORTS, VERDICTS

LEVELS: Final[Mapping[Level, str]] = {
    "all": "",
    "kind": "By kind",
    "question_type": "By question type",
    "drafter": "By drafter",
}
"""In the order of pages, with their titles."""


@dataclass(frozen=True, slots=True)
class ChangedFigures:
    """Of some texts, those of which a reviewer said another thing once the optical image was shown."""

    level: Level
    name: str
    """As stored; of all texts empty."""
    title: str
    fresh: Figure
    """By reviewers who had not seen the scene's optical image before: what hindsight changed."""
    seen: Figure
    """By those who had, with another packet of the scene."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Texts that went from one verdict to another."""

    texts: int
    changed: int


@dataclass(frozen=True, slots=True)
class MoveRow:
    """Where the texts went that had one verdict from the SAR image alone."""

    before: str
    cells: Sequence[Cell]
    """In the order of ``pipeline.vocabulary.VERDICTS``."""


@dataclass(frozen=True, slots=True)
class SupportRow:
    """Verified texts of one kind."""

    kind: str
    title: str
    texts: int
    with_optical: int
    """Of these, those whose object is known from the optical image; its footprint can be made out in SAR."""

    @property
    def share(self) -> float:
        """Of texts that rest on the SAR image alone."""
        return 1 - self.with_optical / self.texts


@dataclass(frozen=True, slots=True)
class Hindsight:
    """What is known of a dataset."""

    gathered: Gathered
    changed: Sequence[ChangedFigures]
    """All texts first, then by kind, question type and drafter."""
    fresh_moves: Sequence[MoveRow]
    seen_moves: Sequence[MoveRow]
    """Empty where nobody had seen the optical image before."""
    support: Sequence[SupportRow]

    @property
    def groups(self) -> list[tuple[str, list[ChangedFigures]]]:
        """What changed, by level with its title; only levels that there are."""
        found = [(title, [each for each in self.changed if each.level == level]) for level, title in LEVELS.items()]
        return [(title, rows) for title, rows in found if rows]


def hindsight_of(session: Session, dataset_id: int) -> Hindsight:
    """The figures of a dataset."""
    moves = sar_first_figures.moves_of(session, dataset_id)
    return Hindsight(
        gathered=sar_first_figures.gathered(session, dataset_id),
        changed=_changed(sar_first_figures.sums_of(session, dataset_id)),
        fresh_moves=_moves(move for move in moves if not move.has_seen_optical),
        seen_moves=_moves(move for move in moves if move.has_seen_optical),
        support=_support(sar_first_figures.support_of(session, dataset_id)),
    )


def _changed(sums: Sequence[Sums]) -> list[ChangedFigures]:
    figures = {(each.level, each.name, each.has_seen_optical): figure(each.changed) for each in sums}
    names = dict.fromkeys((each.level, each.name) for each in sums)
    return [
        ChangedFigures(
            level=level,
            name=name,
            title=_title(level, name),
            fresh=figures.get((level, name, False), NOTHING),
            seen=figures.get((level, name, True), NOTHING),
        )
        for level, name in sorted(names, key=lambda each: list(LEVELS).index(each[0]))
    ]


def _title(level: Level, name: str) -> str:
    if level == "all":
        return "All texts"
    return {"kind": KIND_TITLES, "question_type": QUESTION_TYPE_TITLES}.get(level, {}).get(name, name)


def _moves(moves: Iterable[Move]) -> list[MoveRow]:
    cells = {(move.before, move.after): Cell(move.texts, move.changed) for move in moves}
    if not cells:
        return []
    return [MoveRow(before, [cells.get((before, after), Cell(0, 0)) for after in VERDICTS]) for before in VERDICTS]


def _support(counts: Sequence[SupportCount]) -> list[SupportRow]:
    found = {(count.kind, count.support): count.texts for count in counts}
    rows = []
    for kind in KINDS:
        by_support = {support: found.get((kind, support), 0) for support in SUPPORTS}
        total = sum(by_support.values())
        if total:
            rows.append(SupportRow(kind, KIND_TITLES[kind], total, by_support["sar_with_optical"]))
    return rows
