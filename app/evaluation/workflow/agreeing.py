"""How far reviewers agree, by the figures of ``python -m pipeline agreement``."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from app.evaluation.errors import EvaluationError
from app.evaluation.queries.verdicts import stream_verdicts
from app.intake.workflow.running import require_dataset
from pipeline.formats import cells
from pipeline.vocabulary import FLAGS, KINDS

if TYPE_CHECKING:
    from pipeline.scoring.agreement import Agreement


@dataclass(frozen=True, slots=True)
class VerdictTable:
    """A row a text, a column a reviewer; None where the reviewer did not judge the text."""

    raters: tuple[str, ...]
    """Pseudonyms."""
    rows: Sequence[tuple[Hashable | None, ...]]

    def csv(self) -> bytes:
        """As ``python -m pipeline agreement`` reads it."""
        lines = [cells.row(list(self.raters))]
        lines += [cells.row(["" if cell is None else str(cell) for cell in row]) for row in self.rows]
        return b"".join(lines)


def verdict_table(session: Session, dataset: str, flag: str = "", kind: str = "") -> VerdictTable:
    """What reviewers said of a dataset's texts: verdicts, of which ``unsure`` is one; or whether they gave a flag.

    Raises
    ------
    DatasetMissingError
    EvaluationError
        If there is no such flag or kind, or fewer than two reviewers.
    """
    if flag and flag not in FLAGS:
        raise EvaluationError(f"There is no flag {flag[:40]!a}; there are {', '.join(FLAGS)}.")
    if kind and kind not in KINDS:
        raise EvaluationError(f"There is no kind {kind[:40]!a}; there are {', '.join(KINDS)}.")
    found = list(stream_verdicts(session, require_dataset(session, dataset).dataset_id, kind))
    raters = sorted({reviewer for _, reviewer, _, _ in found})
    if len(raters) < 2:
        raise EvaluationError(
            f"Agreement needs two reviewers or more; texts of {dataset} were judged by"
            f" {'nobody' if not raters else 'one'}. Have packets reviewed twice: see `trihedral policy`."
        )
    places = {reviewer: at for at, reviewer in enumerate(raters)}
    rows = []
    for _, judged in groupby(found, key=lambda row: row[0]):
        row: list[Hashable | None] = [None] * len(raters)
        for _, reviewer, verdict, flags in judged:
            row[places[reviewer]] = ("yes" if flag in flags else "no") if flag else verdict
        rows.append(tuple(row))
    return VerdictTable(tuple(raters), rows)


def agreement(table: VerdictTable) -> Agreement:
    """All coefficients of the table; verdicts and flags are categories without an order."""
    from pipeline.scoring.agreement import agreement_of

    return agreement_of(table.rows, "nominal", table.raters)
