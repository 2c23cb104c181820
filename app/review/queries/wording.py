"""What screening a reviewer's wording needs to know."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_DRAFT: Final = text("""
select d.scene_id, d.kind, d.question_type,
    d.draft_id = any (hidden.draft_ids) as hides_findings, cardinality(hidden.draft_ids) > 0 as is_any_hidden
from packet_draft m join draft d on d.draft_id = m.draft_id
cross join lateral (
    select array(select h.draft_id from packet p join packet_draft h on h.packet_id = p.packet_id
        where p.packet_id = m.packet_id and p.hides_findings and not exists (select from first_verdict v
            where v.packet_id = h.packet_id and v.draft_id = h.draft_id and v.reviewer = :reviewer)) as draft_ids
) as hidden
where m.packet_id = :packet_id and m.draft_id = :draft_id
    and exists (select from assignment a where a.packet_id = m.packet_id and a.reviewer = :reviewer)
""")


@dataclass(frozen=True, slots=True)
class DraftInHand:
    scene_id: int
    kind: str
    question_type: str | None
    hides_findings: bool
    """Whether the reviewer is to give a first verdict on it before any findings."""
    is_any_hidden: bool
    """Whether they are to on any draft of the packet."""


def draft_in_hand(session: Session, reviewer: uuid.UUID, packet_id: int, draft_id: int) -> DraftInHand | None:
    """A draft of a packet that the reviewer was handed at some time; else None."""
    asked = {"reviewer": reviewer, "packet_id": packet_id, "draft_id": draft_id}
    row = session.execute(_DRAFT, asked).one_or_none()
    return None if row is None else DraftInHand(**row._mapping)
