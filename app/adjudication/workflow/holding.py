"""A packet that a senior has open, so that two do not decide the same."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.adjudication.errors import held_by_another
from app.adjudication.queries import holding
from app.adjudication.queries.holding import Hold
from app.adjudication.workflow.differing import require_stranger


@dataclass(frozen=True, slots=True)
class AdjudicationConfig:
    """How long a packet stays open to one senior without a sign of life."""

    lease_s: float = 600.0


def take(session: Session, adjudicator: uuid.UUID, packet_id: int, config: AdjudicationConfig) -> Hold:
    """Have the packet open, from now on for the lease.

    Raises
    ------
    NoDisagreementError, OwnReviewError
    HeldByAnotherError
        While another senior has it open.
    """
    require_stranger(session, packet_id, adjudicator)
    hold = holding.take(session, packet_id, adjudicator, lease_s=config.lease_s)
    if hold is not None:
        return hold
    until = holding.held_by_another_until(session, packet_id, adjudicator)
    if until is not None:
        raise held_by_another(until)
    # The other one has left between the two looks.
    return take(session, adjudicator, packet_id, config)


def leave(session: Session, adjudicator: uuid.UUID, packet_id: int) -> None:
    """Let others have the packet. What is held by another, or by nobody, stays so."""
    holding.leave(session, packet_id, adjudicator)
