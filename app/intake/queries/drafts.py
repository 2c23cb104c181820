"""Drafters, drafts and what came of drafting; written in chunks, never twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.db.tables.intake import Drafter as DrafterRow
from app.db.tables.intake import DraftingOutcome
from app.intake.queries.copying import copy_rows
from pipeline.records import Draft, Drafter, digest

COLUMNS: Final = (
    "scene_id", "drafter_id", "run_id", "origin", "kind", "question_type", "general_type", "text", "answer", "box_ids",
    "program", "raw_answer_sha256", "draft_sha256",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SceneDraft:
    """A draft that is to be stored with its scene."""

    scene_id: int
    draft: Draft


@dataclass(frozen=True, slots=True)
class SceneOutcome:
    """That one kind was drafted for a scene, or failed in a way that another attempt would not mend."""

    scene_id: int
    kind: str
    drafts: int
    failure: str | None = None


def draft_sha256(drafter: Drafter, draft: Draft) -> str:
    """The draft's name by content."""
    return digest([drafter.identity, draft.kind, draft.question_type, draft.text, draft.answer])


def add_drafter(session: Session, drafter: Drafter) -> int:
    """The id of the drafter's row, which is made if there is none of its identity."""
    values = {
        "identity": drafter.identity,
        "name": drafter.name,
        "version": drafter.version,
        "model": drafter.model,
        "prompt_version": drafter.prompt_version,
        "parameters": dict(drafter.parameters),
    }
    session.execute(insert(DrafterRow).values(values).on_conflict_do_nothing())
    found = select(DrafterRow.drafter_id).where(DrafterRow.identity == drafter.identity)
    return int(session.execute(found).scalar_one())


_MISSING: Final = """
from scene s where s.dataset_id = :dataset_id and s.scene_id > :after
and (not :with_optical or s.optical_sha256 is not null)
and not exists (
    select from drafting_outcome o where o.scene_id = s.scene_id and o.drafter_id = :drafter_id and o.kind = :kind
)
"""


def missing_scenes(
    session: Session,
    dataset_id: int,
    drafter_id: int,
    kind: str,
    *,
    with_optical: bool = False,
    after: int = 0,
    limit: int = 100,
) -> list[int]:
    """Scenes behind ``after`` for which this drafter has not yet written this kind."""
    query = text(f"select s.scene_id {_MISSING} order by s.scene_id limit :limit")
    values = {
        "dataset_id": dataset_id,
        "drafter_id": drafter_id,
        "kind": kind,
        "with_optical": with_optical,
        "after": after,
        "limit": limit,
    }
    return list(session.execute(query, values).scalars())


def count_missing(session: Session, dataset_id: int, drafter_id: int, kind: str, *, with_optical: bool = False) -> int:
    """How many scenes :func:`missing_scenes` would give in all."""
    query = text(f"select count(*) {_MISSING}")
    values = {
        "dataset_id": dataset_id,
        "drafter_id": drafter_id,
        "kind": kind,
        "with_optical": with_optical,
        "after": 0,
    }
    return int(session.execute(query, values).scalar_one())


def claim_outcomes(
    session: Session, run_id: int, drafter_id: int, outcomes: Iterable[SceneOutcome]
) -> set[tuple[int, str]]:
    """Write the outcomes that are new; returns (scene id, kind) of those, whose drafts the caller now stores.

    Another run that does the same work at the same time waits here for this transaction, and then gets nothing: that
    is what keeps a text from being stored twice.
    """
    rows = [
        {
            "scene_id": outcome.scene_id,
            "drafter_id": drafter_id,
            "kind": outcome.kind,
            "run_id": run_id,
            "drafts": outcome.drafts,
            "failure": outcome.failure,
        }
        # In one order everywhere, so that two runs cannot wait for each other in a circle.
        for outcome in sorted(outcomes, key=lambda outcome: (outcome.scene_id, outcome.kind))
    ]
    if not rows:
        return set()
    added = insert(DraftingOutcome).values(rows).on_conflict_do_nothing()
    claimed = session.execute(added.returning(DraftingOutcome.scene_id, DraftingOutcome.kind))
    return {(row.scene_id, row.kind) for row in claimed}


def add_drafts(session: Session, run_id: int, drafter: Drafter, drafter_id: int, drafts: Iterable[SceneDraft]) -> int:
    """Store drafts. Returns how many."""
    rows = (
        (
            listed.scene_id,
            drafter_id,
            run_id,
            listed.draft.origin,
            listed.draft.kind,
            listed.draft.question_type,
            listed.draft.general_type,
            listed.draft.text,
            listed.draft.answer,
            list(listed.draft.box_ids),
            listed.draft.program,
            listed.draft.raw_answer_sha256,
            draft_sha256(drafter, listed.draft),
        )
        for listed in drafts
    )
    return copy_rows(session, "draft", COLUMNS, rows)


def asked_questions(session: Session, scene_ids: Sequence[int]) -> set[tuple[int, str]]:
    """(scene id, question) of all questions that these scenes have, by whatever drafter."""
    query = text("select scene_id, text from draft where scene_id = any(:scene_ids) and kind = 'question'")
    return {(row.scene_id, row.text) for row in session.execute(query, {"scene_ids": list(scene_ids)})}
