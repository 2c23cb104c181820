"""The share of a dataset's scenes whose optical image stays hidden until a verdict from the SAR image alone."""

from __future__ import annotations

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


def set_sar_first_share(session: Session, dataset_id: int, share: float) -> None:
    """Set the policy; packets that are sealed already stay as they are."""
    session.execute(_SET, {"dataset_id": dataset_id, "share": share})
