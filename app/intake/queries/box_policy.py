"""Whether a dataset's boxes are judged before the texts made from them, and how many of these are read all the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_POLICY: Final = text("""
select d.boxes_first, d.box_sample_share as sample_share,
    (select count(*) from packet p where p.dataset_id = d.dataset_id and p.boxes_first) as packets,
    exists (select from scene s join object_box o on o.scene_id = s.scene_id
        where s.dataset_id = d.dataset_id) as has_boxes
from dataset d where d.dataset_id = :dataset_id
""")

_SET: Final = text("""
update dataset set boxes_first = coalesce(:boxes_first, boxes_first),
    box_sample_share = coalesce(:sample_share, box_sample_share)
where dataset_id = :dataset_id
""")


@dataclass(frozen=True, slots=True)
class BoxPolicy:
    """What holds in a dataset."""

    boxes_first: bool
    """For packets that are sealed from now on."""
    sample_share: float
    """Of the texts that follow from judged boxes, 0 to 1; for sets that are confirmed from now on."""
    packets: int
    """Those whose boxes come first already."""
    has_boxes: bool


def box_policy_of(session: Session, dataset_id: int) -> BoxPolicy:
    """The policy of this dataset, which exists."""
    return BoxPolicy(**session.execute(_POLICY, {"dataset_id": dataset_id}).one()._mapping)


def set_box_policy(
    session: Session, dataset_id: int, boxes_first: bool | None = None, sample_share: float | None = None
) -> None:
    """Set what is given; packets that are sealed already stay as they are."""
    values = {"dataset_id": dataset_id, "boxes_first": boxes_first, "sample_share": sample_share}
    session.execute(_SET, values)
