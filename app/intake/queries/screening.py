"""What screening reads and writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.db.tables.intake import Screened
from app.intake.queries.copying import copy_rows
from pipeline.records import Draft, Finding

FINDING_COLUMNS: Final = (
    "draft_id", "screening_version", "rule", "severity", "field", "start_", "end_", "span_text", "message",
    "suggestion",
)  # fmt: skip

_UNSCREENED: Final = """
from draft d join scene s on s.scene_id = d.scene_id
where s.dataset_id = :dataset_id and d.draft_id > :after
and not exists (select from screened x where x.draft_id = d.draft_id and x.screening_version = :version)
"""


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A draft with its id and scene."""

    draft_id: int
    scene_id: int
    draft: Draft


def unscreened_drafts(
    session: Session, dataset_id: int, version: str, *, after: int = 0, limit: int = 500
) -> list[StoredDraft]:
    """Drafts behind ``after`` that this version of screening has not seen."""
    query = text(
        "select d.draft_id, d.scene_id, d.kind, d.question_type, d.text, d.answer, d.box_ids, d.program, d.origin"
        f" {_UNSCREENED} order by d.draft_id limit :limit"
    )
    rows = session.execute(query, {"dataset_id": dataset_id, "version": version, "after": after, "limit": limit})
    return [
        StoredDraft(
            row.draft_id,
            row.scene_id,
            Draft(
                kind=row.kind,
                text=row.text,
                question_type=row.question_type,
                answer=row.answer,
                box_ids=tuple(row.box_ids),
                program=row.program,
                origin=row.origin,
            ),
        )
        for row in rows
    ]


def count_unscreened(session: Session, dataset_id: int, version: str) -> int:
    """How many drafts this version of screening has not seen."""
    query = text(f"select count(*) {_UNSCREENED}")
    return int(session.execute(query, {"dataset_id": dataset_id, "version": version, "after": 0}).scalar_one())


def claim_screened(session: Session, run_id: int, version: str, draft_ids: Sequence[int]) -> set[int]:
    """Say that the drafts were screened; returns those of which it was not said yet, whose findings are now stored."""
    if not draft_ids:
        return set()
    rows = [{"draft_id": draft_id, "screening_version": version, "run_id": run_id} for draft_id in sorted(draft_ids)]
    added = insert(Screened).values(rows).on_conflict_do_nothing().returning(Screened.draft_id)
    return set(session.execute(added).scalars())


def add_findings(session: Session, version: str, findings: Iterable[tuple[int, Finding]]) -> int:
    """Store (draft id, finding). Returns how many."""
    rows = (
        (
            draft_id,
            version,
            finding.rule,
            finding.severity,
            finding.field,
            finding.start,
            finding.end,
            finding.text,
            finding.message,
            finding.suggestion,
        )
        for draft_id, finding in findings
    )
    return copy_rows(session, "finding", FINDING_COLUMNS, rows)
