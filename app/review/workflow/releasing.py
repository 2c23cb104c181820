"""What a lead sees and does of the packets in reviewers' hands, and what waits for a reviewer whom there is not."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.intake.workflow.running import require_dataset
from app.review.queries import blocked, holds
from app.review.queries.blocked import Blocked
from app.review.queries.holds import Hold, HoldCount
from app.review.workflow.holding import ReviewConfig
from app.work import defer

HOLDS_A_PAGE: Final = 50
FRESH_S: Final = 60
"""Counted not longer ago than this, what is blocked is not counted anew."""

Key = tuple[dt.datetime, uuid.UUID]


@dataclass(frozen=True, slots=True)
class HoldsOfDataset:
    """A page of the holds of a dataset, how many there are, and what is blocked in it."""

    rows: list[Hold]
    count: HoldCount
    next: Key | None
    blocked: Blocked | None
    is_counting: bool
    """Whether what is blocked is being counted anew."""
    quiet_s: float


def holds_of(session: Session, dataset: str, config: ReviewConfig, after: Key | None = None) -> HoldsOfDataset:
    """The holds of a dataset, those that end first; what is blocked is counted anew in the background, now and then.

    Raises
    ------
    DatasetMissingError
    """
    dataset_id = require_dataset(session, dataset).dataset_id
    quiet_s = quiet_of(config)
    rows = holds.list_holds(session, dataset_id, quiet_s, after=after, limit=HOLDS_A_PAGE)
    counted = blocked.blocked_of(session, dataset_id)
    is_old = counted is None or not 0 <= counted.age_s < FRESH_S
    if is_old:
        defer(session, "review.count_blocked", once=True, dataset_id=dataset_id)
    last = rows[-1] if len(rows) == HOLDS_A_PAGE else None
    return HoldsOfDataset(
        rows=rows,
        count=holds.count_holds(session, dataset_id, quiet_s),
        next=(last.expires_at, last.assignment_id) if last else None,
        blocked=counted,
        is_counting=is_old,
        quiet_s=quiet_s,
    )


def quiet_of(config: ReviewConfig) -> float:
    """After how many seconds without a sign of life of its reviewer a hold seems abandoned: half its length."""
    return config.lease_s / 2


def release_hold(session: Session, dataset: str, assignment_id: uuid.UUID, by: uuid.UUID, config: ReviewConfig) -> bool:
    """Take a packet back for others; False where it is in nobody's hands any more, or being submitted just now.

    What its reviewer has done is kept: if they submit it all the same, it counts while nobody else took the slot, else
    it is an extra opinion.
    """
    dataset_id = require_dataset(session, dataset).dataset_id
    return holds.release(session, dataset_id, by, quiet_of(config), assignment_id) > 0


def release_stale(session: Session, dataset: str, by: uuid.UUID, config: ReviewConfig) -> int:
    """Take back, as :func:`release_hold` does, all packets whose time is over or whose reviewer seems to be gone."""
    dataset_id = require_dataset(session, dataset).dataset_id
    return holds.release(session, dataset_id, by, quiet_of(config))


def count_blocked(sessions: SessionMaker, dataset_id: int) -> None:
    """Count what is blocked in a dataset, and keep it."""
    with transaction(sessions) as session:
        blocked.count_blocked(session, dataset_id)
