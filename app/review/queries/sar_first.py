"""Verdicts from the SAR image alone: stored once, all of a packet together, before its optical image is shown."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.intake.queries.pairs import DECISION_OF

OPTICAL_HIDDEN: Final = """
(p.sar_first and s.optical_sha256 is not null and decided.decision is distinct from 'without_optical'
    and not exists (select from sar_verdict j where j.packet_id = p.packet_id and j.reviewer = a.reviewer))
"""
"""Whether whoever has the assignment ``a`` of the packet ``p`` may not see the optical image of its scene ``s`` yet;
with :data:`app.intake.queries.pairs.DECISION_OF` among what is joined."""

_HAND: Final = text(f"""
select a.packet_id, a.state, {OPTICAL_HIDDEN} as is_optical_hidden
from assignment a join packet p on p.packet_id = a.packet_id join scene s on s.scene_id = p.scene_id {DECISION_OF}
where a.assignment_id = :assignment_id and a.reviewer = :reviewer
""")  # noqa: S608  (parts of our own)

_GIVEN: Final = text("""
select draft_id, verdict, revised_text, revised_answer, flags from sar_verdict
where packet_id = :packet_id and reviewer = :reviewer order by draft_id
""")

# Of the same scene, whatever packet: an image that was shown once is known. Held is enough, since it was on the page.
_ADD: Final = text("""
with here as (
    select o.packet_id, o.sar_first, o.packet_id = p.packet_id as is_this
    from packet p join packet o on o.scene_id = p.scene_id where p.packet_id = :packet_id
), seen as (
    select exists (
        select from here h where not h.is_this
        and exists (select from assignment a where a.packet_id = h.packet_id and a.reviewer = :reviewer)
        and (not h.sar_first or exists (
            select from sar_verdict j where j.packet_id = h.packet_id and j.reviewer = :reviewer))
    ) or exists (
        select from here h join adjudication d on d.packet_id = h.packet_id where d.adjudicator = :reviewer
    ) or exists (
        select from here h join adjudication_hold d on d.packet_id = h.packet_id where d.adjudicator = :reviewer
    ) as has_seen_optical
)
insert into sar_verdict (packet_id, draft_id, reviewer, verdict, revised_text, revised_answer, flags, has_seen_optical)
select :packet_id, v.draft_id, :reviewer, v.verdict, v.revised_text, v.revised_answer, v.flags, seen.has_seen_optical
from seen cross join jsonb_to_recordset(cast(:verdicts as jsonb)) as v (draft_id bigint, verdict text,
    revised_text text, revised_answer text, flags text[])
""")


@dataclass(frozen=True, slots=True)
class Hand:
    """A reviewer's assignment, as far as a verdict from the SAR image alone asks for it."""

    packet_id: int
    state: str
    is_optical_hidden: bool


def find_hand(session: Session, assignment_id: uuid.UUID, reviewer: uuid.UUID) -> Hand | None:
    """The assignment, in whatever state; None where it is not the reviewer's."""
    row = session.execute(_HAND, {"assignment_id": assignment_id, "reviewer": reviewer}).one_or_none()
    return None if row is None else Hand(**row._mapping)


def given_verdicts(session: Session, packet_id: int, reviewer: uuid.UUID) -> list[dict[str, Any]]:
    """What the reviewer has said of the packet from the SAR image alone, by draft; empty where nothing yet."""
    rows = session.execute(_GIVEN, {"packet_id": packet_id, "reviewer": reviewer})
    return [dict(row._mapping) for row in rows]


def add_verdicts(session: Session, packet_id: int, reviewer: uuid.UUID, verdicts: Sequence[Mapping[str, Any]]) -> None:
    """Store them, with whether the reviewer had seen the optical image before."""
    given = {"packet_id": packet_id, "reviewer": reviewer, "verdicts": json.dumps(list(verdicts))}
    session.execute(_ADD, given)
