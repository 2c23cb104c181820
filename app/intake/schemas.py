"""What intake says over JSON."""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel


class Run(BaseModel):
    """An import, drafting or screening, as far as it is."""

    run_id: int
    dataset: str
    kind: str
    state: str
    phase: str
    """What it is at: waiting, planning, running, held up, stalled, finishing, being cancelled; or how it ended."""
    told: str
    """What to know or to do about it."""
    total: int | None
    done: int
    counts: dict[str, int]
    refusals: int
    error: str | None
    chunks: int
    """Of an import; 0 for others."""
    chunks_done: int
    rate_s: float | None
    """Scenes a second over the last minute."""
    eta_s: float | None
    created_at: dt.datetime
    finished_at: dt.datetime | None


class Dataset(BaseModel):
    """One dataset and how far its review is."""

    name: str
    source: str
    reviews_wanted: int
    scenes: int
    drafts: int
    packets: int
    reviews_total: int
    reviewed: int
    created_at: dt.datetime


class DatasetList(BaseModel):
    """A page of datasets by name; ``next`` is the ``after`` of the page that follows, if there is one."""

    datasets: list[Dataset]
    next: str | None
