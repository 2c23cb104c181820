"""That a senior has a packet open: taken, made longer and left. At most one a packet."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

# Who comes second waits for the first one's transaction, and is then asked again whether the hold is over.
_TAKE: Final = text("""
insert into adjudication_hold as h (packet_id, adjudicator, expires_at)
values (:packet_id, :adjudicator, statement_timestamp() + make_interval(secs => :lease_s))
on conflict (packet_id) do update set adjudicator = excluded.adjudicator, expires_at = excluded.expires_at
    where h.adjudicator = excluded.adjudicator or h.expires_at <= statement_timestamp()
returning expires_at, statement_timestamp() as server_time
""")

_OF_ANOTHER: Final = text("""
select expires_at from adjudication_hold
where packet_id = :packet_id and adjudicator <> :adjudicator and expires_at > statement_timestamp()
""")

_LEAVE: Final = text("delete from adjudication_hold where packet_id = :packet_id and adjudicator = :adjudicator")


@dataclass(frozen=True, slots=True)
class Hold:
    expires_at: dt.datetime
    server_time: dt.datetime


def take(session: Session, packet_id: int, adjudicator: uuid.UUID, *, lease_s: float) -> Hold | None:
    """Take the packet, or make one's hold last from now on; None while another senior has it."""
    asked = {"packet_id": packet_id, "adjudicator": adjudicator, "lease_s": lease_s}
    row = session.execute(_TAKE, asked).one_or_none()
    return None if row is None else Hold(row.expires_at, row.server_time)


def held_by_another_until(session: Session, packet_id: int, adjudicator: uuid.UUID) -> dt.datetime | None:
    """Until when another senior has the packet; None if nobody else has."""
    until: dt.datetime | None = session.execute(
        _OF_ANOTHER, {"packet_id": packet_id, "adjudicator": adjudicator}
    ).scalar_one_or_none()
    return until


def leave(session: Session, packet_id: int, adjudicator: uuid.UUID) -> None:
    """Let others have the packet; where another has it nothing is changed."""
    session.execute(_LEAVE, {"packet_id": packet_id, "adjudicator": adjudicator})
