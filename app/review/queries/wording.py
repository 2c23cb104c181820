"""What screening a reviewer's wording needs to know."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_DRAFT: Final = text("""
select d.scene_id, d.kind, d.question_type
from packet_draft m join draft d on d.draft_id = m.draft_id
where m.packet_id = :packet_id and m.draft_id = :draft_id
    and exists (select from assignment a where a.packet_id = m.packet_id and a.reviewer = :reviewer)
""")


@dataclass(frozen=True, slots=True)
class DraftInHand:
    scene_id: int
    kind: str
    question_type: str | None


def draft_in_hand(session: Session, reviewer: uuid.UUID, packet_id: int, draft_id: int) -> DraftInHand | None:
    """A draft of a packet that the reviewer was handed at some time; else None."""
    asked = {"reviewer": reviewer, "packet_id": packet_id, "draft_id": draft_id}
    row = session.execute(_DRAFT, asked).one_or_none()
    return None if row is None else DraftInHand(row.scene_id, row.kind, row.question_type)
