"""All tables. They hold columns and constraints and no behaviour; relationships are not mapped, queries join."""

from app.db.tables import (
    accounts,
    adjudication,
    boxes,
    drafts,
    evaluation,
    intake,
    participant,
    queueing,
    quiz,
    release,
    review,
)
from app.db.tables.base import Base

__all__ = [
    "Base",
    "accounts",
    "adjudication",
    "boxes",
    "drafts",
    "evaluation",
    "intake",
    "participant",
    "queueing",
    "quiz",
    "release",
    "review",
]
