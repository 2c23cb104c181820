"""What hindsight changed: texts that were judged from the SAR image alone, and again with the optical one beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.intake.queries.datasets import dataset_overview
from app.review.queries import sar_first_figures
from app.review.queries.sar_first_figures import Counts, Gathered, Level, Move, Sums, SupportCount
from app.review.workflow.measuring import NOTHING, Figure, figure
from app.review.workflow.strata import COUNTED_AT_ONCE
from app.work import defer
from pipeline.vocabulary import KIND_TITLES, KINDS, QUESTION_TYPE_TITLES, QUESTION_TYPES, SUPPORTS, VERDICTS

OLD_AFTER_S: Final = 600.0
"""What a job has counted is counted anew after this, behind the page that shows it."""
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
    counted_at: dt.datetime | None = None
    """Where it was counted before; None: just now."""

    @property
    def groups(self) -> list[tuple[str, list[ChangedFigures]]]:
        """What changed, by level with its title; only levels that there are."""
        found = [(title, [each for each in self.changed if each.level == level]) for level, title in LEVELS.items()]
        return [(title, rows) for title, rows in found if rows]


def hindsight_of(session: Session, dataset_id: int) -> Hindsight:
    """The figures of a dataset, counted now: a few seconds of a million texts."""
    return _told(sar_first_figures.count(session, dataset_id))


def kept_hindsight(session: Session, dataset: str, dataset_id: int) -> Hindsight | None:
    """The figures for a page. Of a large dataset those that were kept, which are counted anew behind it where they are
    old; None where they have not been counted yet."""
    overview = dataset_overview(session, dataset)
    if overview is None or overview.drafts <= COUNTED_AT_ONCE:
        return hindsight_of(session, dataset_id)
    kept = sar_first_figures.kept(session, dataset_id, old_after_s=OLD_AFTER_S)
    if kept is None or kept.is_old:
        defer(session, "review.count_sar_first", once=True, dataset_id=dataset_id)
    return None if kept is None else _told(kept.counts, kept.counted_at)


def count_sar_first(session: Session, dataset_id: int) -> None:
    """Count the figures of a dataset, and keep them for its page."""
    sar_first_figures.keep(session, dataset_id, sar_first_figures.count(session, dataset_id))


def _told(counts: Counts, counted_at: dt.datetime | None = None) -> Hindsight:
    return Hindsight(
        gathered=counts.gathered,
        changed=_changed(counts.sums),
        fresh_moves=_moves(move for move in counts.moves if not move.has_seen_optical),
        seen_moves=_moves(move for move in counts.moves if move.has_seen_optical),
        support=_support(counts.support),
        counted_at=counted_at,
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
        for level, name in sorted(names, key=_place)
    ]


def _place(each: tuple[Level, str]) -> tuple[int, int]:
    """By level; kinds and question types in their order, drafters by how many texts they have."""
    level, name = each
    order: Sequence[str] = {"kind": KINDS, "question_type": QUESTION_TYPES}.get(level, ())
    return list(LEVELS).index(level), order.index(name) if name in order else 0


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
