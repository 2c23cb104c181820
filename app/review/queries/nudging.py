"""Optical images that reviewers moved onto the SAR image."""

from __future__ import annotations

import uuid
from typing import Final

from sqlalchemy import RowMapping, insert, text
from sqlalchemy.orm import Session

from app.db.tables.intake import PairNudge
from app.intake.queries.pairs import DECISION_OF
from app.intake.queries.viewing import SHOWN

_PAIR: Final = text(f"""
select a.state, p.scene_id, {SHOWN}
from assignment a join packet p on p.packet_id = a.packet_id join scene s on s.scene_id = p.scene_id {DECISION_OF}
where a.assignment_id = :assignment_id and a.reviewer = :reviewer
""")  # noqa: S608  (parts of our own)


def find_pair_in_hand(session: Session, assignment_id: uuid.UUID, reviewer: uuid.UUID) -> RowMapping | None:
    """The scene of the assignment with the assignment's state; None where it is not the reviewer's."""
    values = {"assignment_id": assignment_id, "reviewer": reviewer}
    return session.execute(_PAIR, values).mappings().one_or_none()


def add_nudge(session: Session, scene_id: int, nudge_px: tuple[float, float], decided_by: uuid.UUID) -> None:
    """What counts of the scene's pair from now on: ``nudge_px`` (down, right)."""
    down, right = nudge_px
    session.execute(
        insert(PairNudge).values(scene_id=scene_id, down_px=down, right_px=right, decided_by=str(decided_by))
    )
