"""What rules found in a dataset: counted by rule, and draft by draft."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.intake.queries.screening import DRAFT_COLUMNS, as_draft, counter_prefix
from pipeline.records import Draft, Finding

_COUNTS: Final = text("""
select substr(name, length(:prefix) + 1) as rule, sum(delta)::bigint as findings from counter_delta
where dataset_id = :dataset_id and starts_with(name, :prefix) group by 1
""")

# Walked by the index from the key on; what other datasets have of the same rule and version is passed over.
_FOUND: Final = text(f"""
with page as (
    select f.draft_id from finding f join draft d using (draft_id) join scene s using (scene_id)
    where f.rule = :rule and f.screening_version = :version and f.draft_id > :after and s.dataset_id = :dataset_id
    group by f.draft_id order by f.draft_id limit :limit
)
select d.draft_id, d.scene_id, s.name as scene, {DRAFT_COLUMNS},
    f.rule, f.severity, f.field, f.start_, f.end_, f.span_text, f.message, f.suggestion
from page join draft d using (draft_id) join scene s using (scene_id)
join finding f on f.draft_id = d.draft_id and f.rule = :rule and f.screening_version = :version
order by d.draft_id, f.field, f.start_
""")  # noqa: S608  (parts of our own)


@dataclass(frozen=True, slots=True)
class DraftWithFindings:
    """A draft in which a rule found something."""

    draft_id: int
    scene_id: int
    scene: str
    draft: Draft
    findings: tuple[Finding, ...]
    """Of the one rule, by place."""


def count_findings(session: Session, dataset_id: int, version: str) -> dict[str, int]:
    """``{rule: findings}`` of the dataset under this version, from its counters: no finding is read."""
    values = {"dataset_id": dataset_id, "prefix": counter_prefix(version)}
    return {row.rule: row.findings for row in session.execute(_COUNTS, values)}


def drafts_with_findings(
    session: Session, dataset_id: int, rule: str, version: str, *, after: int = 0, limit: int = 20
) -> list[DraftWithFindings]:
    """Drafts behind ``after`` in which the rule found something under this version."""
    values = {"dataset_id": dataset_id, "rule": rule, "version": version, "after": after, "limit": limit}
    return list(_by_draft(session, values))


def _by_draft(session: Session, values: dict[str, object]) -> Iterator[DraftWithFindings]:
    rows = session.execute(_FOUND, values).mappings()
    for draft_id, of_draft in groupby(rows, key=lambda row: int(row["draft_id"])):
        listed = list(of_draft)
        first = listed[0]
        found = tuple(
            Finding(
                rule=row["rule"],
                severity=row["severity"],
                field=row["field"],
                start=row["start_"],
                end=row["end_"],
                text=row["span_text"],
                message=row["message"],
                suggestion=row["suggestion"],
            )
            for row in listed
        )
        yield DraftWithFindings(draft_id, first["scene_id"], first["scene"], as_draft(first), found)
