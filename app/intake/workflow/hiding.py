"""Of how many packets findings stay hidden until a reviewer's first verdict: what rules are measured by."""

from __future__ import annotations

import math
from typing import ClassVar

from sqlalchemy.orm import Session

from app.db.errors import DomainError
from app.intake.queries import hiding
from app.intake.queries.hiding import Hiding
from app.intake.workflow.running import require_dataset


class HiddenShareError(DomainError):
    """A share that is none."""

    code: ClassVar[str] = "hidden_share"


def share_of_percent(text: str) -> float:
    """The share that somebody wrote in percent: ``5``, ``2.5``, ``10 %``.

    Raises
    ------
    HiddenShareError
        If it is no number.
    """
    try:
        return float(text.strip().removesuffix("%").strip()) / 100
    except ValueError:
        raise HiddenShareError(f"{text[:40]!a} is no share: write it in percent, from 0 to 100.") from None


def set_hidden_share(session: Session, dataset: str, share: float) -> Hiding:
    """Let this share of the packets that are sealed from now on hide their findings; gives what holds now.

    Raises
    ------
    HiddenShareError
        If ``share`` is not between 0 and 1.
    DatasetMissingError
        If there is no such dataset.
    """
    if not (math.isfinite(share) and 0 <= share <= 1):
        raise HiddenShareError("The share must be between 0 and 1 (0 to 100 percent): 0.1 hides one packet in ten.")
    dataset_id = require_dataset(session, dataset).dataset_id
    hiding.set_hidden_share(session, dataset_id, share)
    return hiding.hiding_of(session, dataset_id)
