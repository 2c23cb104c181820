"""A packet in a reviewer's hands: claimed, kept, given back, its unfinished verdicts saved."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from app.review.errors import (
    ProgressDiffersError,
    TooManyHeldError,
    UnknownDatasetError,
    already_reviewed,
    domain_errors,
    hold_ended,
    not_held,
    released,
)
from app.review.queries import claiming, holding, viewing
from app.review.queries.claiming import Reason
from app.review.queries.holding import Renewal, SavedProgress
from app.review.queries.viewing import PacketRows
from app.review.workflow.verdicts import check_progress


@dataclass(frozen=True, slots=True)
class ReviewConfig:
    """How long a hold lasts without a sign of life, and how many packets a reviewer may hold at once."""

    lease_s: float = 1800.0
    max_held: int = 3


@dataclass(frozen=True, slots=True)
class Claim:
    """A handed packet's assignment, or why there is none."""

    assignment_id: uuid.UUID | None
    reason: Reason | None = None
    rows: PacketRows | None = field(default=None, compare=False, repr=False)
    """What the page shows of the packet."""


def claim(
    session: Session, reviewer: uuid.UUID, dataset: str | None, have: Sequence[uuid.UUID], config: ReviewConfig
) -> Claim:
    """Hand the reviewer a packet of ``dataset`` (None: of any) that is not in ``have`` yet.

    Raises
    ------
    UnknownDatasetError
        If there is no dataset of this name.
    TooManyHeldError
        If they hold as many as they may, all of them in ``have``.
    """
    claiming.lock_reviewer(session, reviewer)
    return _claim(session, reviewer, dataset, have, config)


def _claim(
    session: Session, reviewer: uuid.UUID, dataset: str | None, have: Sequence[uuid.UUID], config: ReviewConfig
) -> Claim:
    with domain_errors():
        rows = viewing.claim(session, reviewer, dataset, have, lease_s=config.lease_s, max_held=config.max_held)
    if rows is not None:
        return Claim(rows.hand["assignment_id"], rows=rows)
    nothing = claiming.why_nothing(session, reviewer, dataset)
    if dataset is not None and not nothing.is_known:
        raise UnknownDatasetError(f"There is no dataset named {dataset}. Choose one from your queue.")
    if nothing.held >= config.max_held:
        raise _too_many(holding.held_by_dataset(session, reviewer))
    return Claim(None, nothing.reason)


def _too_many(held: Mapping[str, int]) -> TooManyHeldError:
    """With the datasets that lead to what is held: it may have been begun elsewhere."""
    count = sum(held.values())
    where = ", ".join(f"{packets} of {name}" for name, packets in held.items())
    sentence = f"You hold {count} packets already ({where}). Submit or return one of them first."
    datasets = [{"name": name, "packets": packets} for name, packets in held.items()]
    return TooManyHeldError(sentence, held=count, datasets=datasets)


def claim_next(
    session: Session, reviewer: uuid.UUID, dataset: str | None, have: Sequence[uuid.UUID], config: ReviewConfig
) -> Claim:
    """As :func:`claim`, in the transaction of a submit, which has locked the reviewer.

    What keeps them from the next packet never undoes the review.
    """
    try:
        return _claim(session, reviewer, dataset, have, config)
    except (TooManyHeldError, UnknownDatasetError):
        return Claim(None)


def renew(session: Session, reviewer: uuid.UUID, assignment_id: uuid.UUID, config: ReviewConfig) -> Renewal:
    """Make the hold last from now on; also one that ended, while nobody else took the slot.

    Raises
    ------
    NotHeldError, HoldEndedError, AlreadyReviewedError
    """
    renewal = _renewal(session, reviewer, assignment_id, config)
    if not renewal.is_held:
        raise released() if renewal.is_released else hold_ended()
    return renewal


def _renewal(session: Session, reviewer: uuid.UUID, assignment_id: uuid.UUID, config: ReviewConfig) -> Renewal:
    claiming.lock_reviewer(session, reviewer)
    with domain_errors():
        renewal = holding.renew(session, assignment_id, reviewer, lease_s=config.lease_s, max_held=config.max_held)
    if renewal is None:
        raise not_held()
    if renewal.state == "done":
        raise already_reviewed()
    return renewal


def give_back(session: Session, reviewer: uuid.UUID, assignment_id: uuid.UUID) -> None:
    """Put the packet back for others. What was given back or ran out before stays so.

    Raises
    ------
    NotHeldError, AlreadyReviewedError
    """
    state = holding.give_back(session, assignment_id, reviewer)
    if state is None:
        raise not_held()
    if state == "done":
        raise already_reviewed()


def save_progress(
    session: Session,
    reviewer: uuid.UUID,
    assignment_id: uuid.UUID,
    version: int,
    body: dict[str, Any],
    config: ReviewConfig,
) -> tuple[SavedProgress, Renewal]:
    """Keep unfinished verdicts, if ``version`` is still the stored one (0: none yet), and renew the hold.

    Where the hold has ended and the slot was given on they are kept all the same, for a late submit.

    Raises
    ------
    ProgressDiffersError
        If another tab saved meanwhile; carries what it saved.
    NotHeldError, AlreadyReviewedError, UnstorableTextError
    """
    check_progress(body)
    kept = holding.keep_progress(session, assignment_id, reviewer, version, body, config.lease_s)
    if kept is not None:
        return kept
    renewal = _renewal(session, reviewer, assignment_id, config)
    saved = holding.save_progress(session, assignment_id, version, body)
    if saved is not None:
        return saved, renewal
    current = holding.read_progress(session, assignment_id)
    facts = current and {"version": current.version, "body": current.body, "saved_at": current.saved_at.isoformat()}
    raise ProgressDiffersError("This packet was changed in another tab meanwhile. Choose which to keep.", current=facts)
