"""What an import is asked to do, and what it says afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from pipeline.imaging.prepared import StatedQuantity
from pipeline.records import Refusal

Source = Literal["coco", "paired"]
_PATHS = ("path", "optical", "boxes", "images", "split_file")


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """One import. Paths are of this machine and are read, never kept open."""

    name: str
    """Of the dataset; made by the first import under it."""
    source: Source
    path: Path
    optical: Path | None = None
    boxes: Path | None = None
    images: Path | None = None
    labelled: tuple[str, ...] = ()
    band: int | str | None = None
    """The polarisation: a band's number from 1, or its description, such as HH."""
    quantity: StatedQuantity | None = None
    """What the numbers are, where it is known; else it is told from type and range."""
    unit: Literal["sigma0_db", "gamma0_db", "relative_db"] = "relative_db"
    looks: float | None = None
    split_file: Path | None = None
    """CSV ``scene,split``; holds instead of what the source says."""
    split_seed: int = 0
    reviews: int | None = None
    """k. None: 1 for a new dataset, as it is for one that exists."""
    on_error: Literal["skip", "stop"] = "skip"
    dry_run: bool = False

    def as_json(self) -> dict[str, Any]:
        """For the run's row."""
        stored = asdict(self)
        return {**stored, "labelled": list(self.labelled), **{key: _text(stored[key]) for key in _PATHS}}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ImportOptions:
        """The inverse of :meth:`as_json`."""
        paths = {key: None if stored[key] is None else Path(stored[key]) for key in _PATHS}
        return cls(**{**stored, "labelled": tuple(stored["labelled"]), **paths})

    def imaging(self) -> list[Any]:
        """Of the options those that change pixels."""
        return [self.band, self.quantity, self.unit, self.looks]


def _text(path: Path | None) -> str | None:
    # Absolute, since a worker that takes the run over has another working folder.
    return None if path is None else str(path.absolute())


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; given to the callback after each committed chunk."""

    run_id: int | None
    done: int
    total: int | None
    counts: Mapping[str, int]


OnProgress = Callable[[Progress], None]
"""May raise to stop the run; all chunks before are committed, and the same call goes on from there."""


def ignore_progress(_progress: Progress) -> None: ...


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a finished run did."""

    run_id: int | None
    """None after a dry run, which leaves nothing behind."""
    dataset: str
    counts: Mapping[str, int]
    refusals: tuple[Refusal, ...] = field(default=())
    """The first 1,000; all of them are with the run: ``queries.runs.list_refusals``."""
