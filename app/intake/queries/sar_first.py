"""The share of a dataset's scenes whose optical image stays hidden until a verdict from the SAR image alone."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_SHARE: Final = text("""
select d.sar_first_share as share,
    (select count(*) from packet p where p.dataset_id = d.dataset_id and p.sar_first) as packets,
    exists (select from scene s where s.dataset_id = d.dataset_id and s.optical_sha256 is not null) as has_optical
from dataset d where d.dataset_id = :dataset_id
""")

# Whoever reviewed the packet, or has judged it from the SAR image, knows or may know the image.
_KEPT_BACK: Final = text("""
select exists (
    select from packet p where p.scene_id = :scene_id and p.sar_first
    and not exists (select from sar_verdict j where j.packet_id = p.packet_id and j.reviewer = :person)
    and not exists (select from review r where r.packet_id = p.packet_id and r.reviewer = :person)
    and (
        exists (select from slot s where s.packet_id = p.packet_id and s.is_free)
        or exists (select from assignment a where a.packet_id = p.packet_id and (a.state = 'held'
            or a.reviewer = :person and a.state = 'expired'))
    )
)
""")

_SET: Final = text("update dataset set sar_first_share = :share where dataset_id = :dataset_id")


@dataclass(frozen=True, slots=True)
class SarFirst:
    """The policy for packets that are sealed from now on, 0 to 1, and how many are judged from the SAR image first."""

    share: float
    packets: int
    has_optical: bool
    """Whether any scene has an optical image: without one there is nothing to hide."""


def sar_first_of(session: Session, dataset_id: int) -> SarFirst:
    """How much of this dataset, which exists, is judged from the SAR image first."""
    return SarFirst(**session.execute(_SHARE, {"dataset_id": dataset_id}).one()._mapping)


def is_optical_kept_back(session: Session, scene_id: int, person: uuid.UUID) -> bool:
    """Whether somebody who reviews may still be handed a packet of the scene that is judged from the SAR image first,
    so that its optical image is not for them to see elsewhere."""
    return bool(session.execute(_KEPT_BACK, {"scene_id": scene_id, "person": person}).scalar_one())


def set_sar_first_share(session: Session, dataset_id: int, share: float) -> None:
    """Set the policy; packets that are sealed already stay as they are."""
    session.execute(_SET, {"dataset_id": dataset_id, "share": share})
