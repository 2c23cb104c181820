"""The share of a dataset's packets whose findings stay hidden until a first verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_HIDING: Final = text("""
select d.hidden_share as share,
    (select count(*) from packet p where p.dataset_id = d.dataset_id and p.hides_findings) as packets
from dataset d where d.dataset_id = :dataset_id
""")

_SET: Final = text("update dataset set hidden_share = :share where dataset_id = :dataset_id")


@dataclass(frozen=True, slots=True)
class Hiding:
    """The policy for packets that are sealed from now on, 0 to 1, and how many hide their findings already."""

    share: float
    packets: int


def hiding_of(session: Session, dataset_id: int) -> Hiding:
    """How much is hidden in this dataset, which exists."""
    return Hiding(**session.execute(_HIDING, {"dataset_id": dataset_id}).one()._mapping)


def set_hidden_share(session: Session, dataset_id: int, share: float) -> None:
    """Set the policy; packets that are sealed already stay as they are."""
    session.execute(_SET, {"dataset_id": dataset_id, "share": share})
