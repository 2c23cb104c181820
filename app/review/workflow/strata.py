"""What a dataset's strata hold and what their samples say: counted at once, or kept by a job where that takes long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from app.intake.queries.datasets import dataset_overview, get_dataset
from app.review.queries import sampling, strata
from app.review.queries.sampling import SampleCount
from app.review.queries.strata import Cell, Pace, SealedTexts
from app.work import defer

COUNTED_AT_ONCE: Final = 50_000
"""Drafts of a dataset that a page counts itself, in a fraction of a second."""


@dataclass(frozen=True, slots=True)
class Counted:
    """All figures from which pages work out what a policy means."""

    cells: Sequence[Cell]
    sealed: Sequence[SealedTexts]
    pace: Pace
    samples: Mapping[int, SampleCount]
    """By the number of the policy in force."""
    counted_at: dt.datetime | None = None
    """Where it was counted before; None: just now."""


def count_strata(session: Session, dataset_id: int) -> Counted:
    """Count them now: a few seconds of a million drafts."""
    return Counted(
        cells=strata.count_cells(session, dataset_id),
        sealed=strata.count_sealed(session, dataset_id),
        pace=strata.pace_of(session, dataset_id),
        samples=sampling.count_samples(session, dataset_id),
    )


def counted_strata(session: Session, dataset: str, dataset_id: int) -> Counted | None:
    """The figures for a page. Of a large dataset those that were kept, which are counted anew behind it where they are
    old; None where they have not been counted yet."""
    overview = dataset_overview(session, dataset)
    if overview is None or overview.drafts <= COUNTED_AT_ONCE:
        return count_strata(session, dataset_id)
    kept = strata.stored_figures(session, dataset_id)
    if kept is None or kept.is_old:
        defer(session, "review.count_strata", once=True, dataset_id=dataset_id)
    return None if kept is None else _from_json(kept.body, kept.counted_at)


def keep_if_large(session: Session, dataset_id: int) -> None:
    """After a change: count anew what pages do not count themselves."""
    overview = dataset_overview(session, get_dataset(session, dataset_id).name)
    if overview is not None and overview.drafts > COUNTED_AT_ONCE:
        keep_strata(session, dataset_id)


def keep_strata(session: Session, dataset_id: int) -> None:
    """Count them now, for the pages of a large dataset."""
    strata.store_figures(session, dataset_id, _as_json(count_strata(session, dataset_id)))


def _as_json(counted: Counted) -> dict[str, Any]:
    return {
        "cells": [asdict(cell) for cell in counted.cells],
        "sealed": [asdict(each) for each in counted.sealed],
        "pace": asdict(counted.pace),
        "samples": {str(number): asdict(count) for number, count in counted.samples.items()},
    }


def _from_json(body: Mapping[str, Any], counted_at: dt.datetime) -> Counted:
    return Counted(
        cells=[strata.cell_of(cell) for cell in body["cells"]],
        sealed=[strata.sealed_of(each) for each in body["sealed"]],
        pace=strata.pace_as_stored(body["pace"]),
        samples={int(number): SampleCount(**count) for number, count in body["samples"].items()},
        counted_at=counted_at,
    )
