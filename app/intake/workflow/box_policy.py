"""How an admin lets boxes be judged first."""

from __future__ import annotations

import math
from typing import ClassVar

from sqlalchemy.orm import Session

from app.db.errors import DomainError
from app.intake.queries import box_policy
from app.intake.queries.box_policy import BoxPolicy
from app.intake.workflow.running import require_dataset


class BoxSampleShareError(DomainError):
    """A share that is none."""

    code: ClassVar[str] = "box_sample_share"


def set_box_policy(
    session: Session, dataset: str, *, boxes_first: bool | None = None, sample_percent: str | None = None
) -> BoxPolicy:
    """Say whether packets that are sealed from now on begin with the boxes, and of how many of the texts that follow
    from them each is read all the same; None leaves it as it is. Gives what holds now.

    Raises
    ------
    BoxSampleShareError
        If ``sample_percent`` (``10``, ``2.5 %``) is no number from 0 to 100.
    DatasetMissingError
        If there is no such dataset.
    """
    dataset_id = require_dataset(session, dataset).dataset_id
    share = None if sample_percent is None else _share(sample_percent)
    box_policy.set_box_policy(session, dataset_id, boxes_first, share)
    return box_policy.box_policy_of(session, dataset_id)


def _share(percent: str) -> float:
    try:
        share = float(percent.strip().removesuffix("%").strip()) / 100
    except ValueError:
        share = math.nan
    if not (math.isfinite(share) and 0 <= share <= 1):
        raise BoxSampleShareError(f"{percent[:40]!a} is no share: write it in percent, from 0 to 100.")
    return share
