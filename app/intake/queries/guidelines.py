"""What an admin tells the reviewers of a dataset."""

from __future__ import annotations

from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_READ: Final = text("select guidelines from dataset where name = :name")
_SET: Final = text("update dataset set guidelines = :text where dataset_id = :dataset_id")


def guidelines_of(session: Session, dataset: str) -> str | None:
    """The dataset's own guidelines, empty where it has none; None where there is no such dataset."""
    found: str | None = session.execute(_READ, {"name": dataset}).scalar_one_or_none()
    return found


def set_guidelines(session: Session, dataset_id: int, words: str) -> None:
    """Put these in place of those before."""
    session.execute(_SET, {"dataset_id": dataset_id, "text": words})
