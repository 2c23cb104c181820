"""Of which scene a draft is that waits to be adjudicated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_SCENE: Final = text("""
select p.scene_id, p.dataset_id from disagreement x join packet p on p.packet_id = x.packet_id
where x.packet_id = :packet_id and x.draft_id = :draft_id
""")


@dataclass(frozen=True, slots=True)
class SceneOfDraft:
    scene_id: int
    dataset_id: int


def scene_of(session: Session, packet_id: int, draft_id: int) -> SceneOfDraft | None:
    """None where the packet has no such draft, or its reviews never differed about it."""
    row = session.execute(_SCENE, {"packet_id": packet_id, "draft_id": draft_id}).one_or_none()
    return None if row is None else SceneOfDraft(row.scene_id, row.dataset_id)
