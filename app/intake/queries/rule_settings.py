"""How a dataset is to be screened, and by which version it was last."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from app.db.tables.drafts import ScreeningPolicy

NEWEST_SETTINGS: Final = """coalesce((select p.rules from screening_policy p where p.dataset_id = {dataset_id}
    order by p.screening_policy_id desc limit 1), '{{}}')"""

_SETTINGS: Final = text(f"select {NEWEST_SETTINGS.format(dataset_id=':dataset_id')}")

_LOCK: Final = text("select from dataset where dataset_id = :dataset_id for no key update")

_NEWEST_RUN: Final = text("""
select run_id, state, parameters ->> 'version' as version from run
where dataset_id = :dataset_id and kind = 'screen' order by run_id desc limit 1
""")


def settings_of(session: Session, dataset_id: int) -> dict[str, Any]:
    """``{rule: setting}`` as they were last decided on; empty where nobody has."""
    return dict(session.execute(_SETTINGS, {"dataset_id": dataset_id}).scalar_one())


def add_settings(session: Session, dataset_id: int, rules: Mapping[str, str], decided_by: uuid.UUID | str) -> None:
    """Decide on them; earlier decisions stay as they were."""
    row = {"dataset_id": dataset_id, "rules": dict(rules), "decided_by": str(decided_by)}
    session.execute(insert(ScreeningPolicy).values(row))


def lock_dataset(session: Session, dataset_id: int) -> None:
    """Decisions on a dataset's rules come one after another; its scenes and drafts do not wait for them."""
    session.execute(_LOCK, {"dataset_id": dataset_id})


@dataclass(frozen=True, slots=True)
class ScreeningRun:
    """The newest screening of a dataset."""

    run_id: int
    state: str
    version: str | None


def newest_run(session: Session, dataset_id: int) -> ScreeningRun | None:
    """The screening of the dataset that was asked for last."""
    row = session.execute(_NEWEST_RUN, {"dataset_id": dataset_id}).one_or_none()
    return None if row is None else ScreeningRun(**row._mapping)
