"""Of how many scenes the optical image stays hidden until a verdict from the SAR image alone."""

from __future__ import annotations

import math
from typing import ClassVar

from sqlalchemy.orm import Session

from app.db.errors import DomainError
from app.intake.queries import sar_first
from app.intake.queries.sar_first import SarFirst
from app.intake.workflow.running import require_dataset


class SarFirstShareError(DomainError):
    """A share that is none."""

    code: ClassVar[str] = "sar_first_share"


def set_sar_first_share(session: Session, dataset: str, percent: str) -> SarFirst:
    """Let this share of scenes, written in percent (``5``, ``2.5``, ``10 %``), be judged from the SAR image first, in
    packets that are sealed from now on; gives what holds now.

    Raises
    ------
    SarFirstShareError
        If it is no number from 0 to 100.
    DatasetMissingError
        If there is no such dataset.
    """
    dataset_id = require_dataset(session, dataset).dataset_id
    sar_first.set_sar_first_share(session, dataset_id, _share(percent))
    return sar_first.sar_first_of(session, dataset_id)


def _share(percent: str) -> float:
    try:
        share = float(percent.strip().removesuffix("%").strip()) / 100
    except ValueError:
        share = math.nan
    if not (math.isfinite(share) and 0 <= share <= 1):
        raise SarFirstShareError(f"{percent[:40]!a} is no share: write it in percent, from 0 to 100.")
    return share
