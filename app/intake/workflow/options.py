"""What an import is asked to do, and what runs say of themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from pipeline.drafting.costs import in_money
from pipeline.imaging.prepared import Chips
from pipeline.records import Quantity, Refusal
from pipeline.sources.options import SourceOptions

Originals = Literal["reference", "copy"]
"""Whether a scene names the files that it was made from where they lie, or the store keeps them too."""

_PATHS: Final = ("path", "optical", "boxes", "images", "split_file")
_CHIPS: Final = Chips()


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """One import. Paths are of this machine (or of a network disk that all workers have) and are read, never kept
    open."""

    name: str
    """Of the dataset; made by the first import under it."""
    source: str
    """The reader: one of ``pipeline.sources.readers.READERS``."""
    path: Path
    optical: Path | None = None
    boxes: Path | None = None
    images: Path | None = None
    labelled: tuple[str, ...] = ()
    pair: str | None = None
    """``SAR:OPTICAL``: the part of a path that tells a SAR image, and what stands there for its partner."""
    band: int | str | None = None
    """The polarisation: a band's number from 1, or its description, such as HH."""
    only_band: bool = False
    """Whether the other polarisations of the files are left out."""
    quantity: Quantity | None = None
    """What the numbers are, where it is known; else as the source's documents say, or told from type and range."""
    unit: Literal["sigma0_db", "gamma0_db", "relative_db"] = "relative_db"
    looks: float | None = None
    chip_px: int = _CHIPS.side_px
    """The most rows and cols of the chips that a scene of more than 4096 × 4096 pixels is cut into."""
    chip_overlap_px: int = _CHIPS.overlap_px
    originals: Originals = "reference"
    split_file: Path | None = None
    """CSV ``scene,split``; holds instead of what the source says."""
    split_seed: int = 0
    reviews: int | None = None
    """k. None: 1 for a new dataset, as it is for one that exists."""
    held_pairs: tuple[str, ...] | None = None
    """States of pairs that hold a scene back; None: as the dataset has it."""
    on_error: Literal["skip", "stop"] = "skip"

    def as_json(self) -> dict[str, Any]:
        """For the run's row."""
        stored = asdict(self)
        held = None if self.held_pairs is None else list(self.held_pairs)
        lists = {"labelled": list(self.labelled), "held_pairs": held}
        return {**stored, **lists, **{key: _text(stored[key]) for key in _PATHS}}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ImportOptions:
        """The inverse of :meth:`as_json`."""
        paths = {key: None if stored[key] is None else Path(stored[key]) for key in _PATHS}
        held = None if stored["held_pairs"] is None else tuple(stored["held_pairs"])
        return cls(**{**stored, "labelled": tuple(stored["labelled"]), "held_pairs": held, **paths})

    def reading(self) -> SourceOptions:
        """What of it the source's reader is asked."""
        return SourceOptions(
            path=self.path,
            optical=self.optical,
            boxes=self.boxes,
            images=self.images,
            labelled=self.labelled,
            pair=self.pair,
            band=self.band,
        )

    def folders(self) -> tuple[Path, ...]:
        """What must be there for the source's files to be read."""
        return tuple(place for place in (self.path, self.optical, self.images) if place is not None)

    def chips(self) -> Chips:
        return Chips(side_px=self.chip_px, overlap_px=self.chip_overlap_px)

    def imaging(self) -> list[Any]:
        """Of the options those that change pixels."""
        return [self.band, self.quantity, self.unit, self.looks]


def _text(path: Path | None) -> str | None:
    # Absolute, since a worker that takes the run over has another working folder.
    return None if path is None else str(path.absolute())


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is."""

    run_id: int | None
    done: int
    total: int | None
    counts: Mapping[str, int]
    rate_s: float | None = None
    """Scenes a second over the last minute, where it is known."""
    eta_s: float | None = None
    trouble: str | None = None
    """Why it does not get on just now."""


def roughly(seconds: float) -> str:
    """``40 s``, ``4 min``, ``2 h 5 min``: as exact as an estimate can be."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


COST: Final = "cost_micro_"
"""Begins the name of a count of money, in millionths of the currency that ends it."""


def money_in_words(name: str, count: int) -> str | None:
    """``USD 0.0125`` for a count of money; None for another."""
    if not name.startswith(COST):
        return None
    return in_money(count, name.removeprefix(COST).upper())


OnProgress = Callable[[Progress], None]
"""May raise to leave the run; what is committed stays, and the same call goes on from there."""


def ignore_progress(_progress: Progress) -> None: ...


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a finished run did."""

    run_id: int | None
    """None after a rehearsal, which leaves nothing behind."""
    dataset: str
    counts: Mapping[str, int]
    refusals: tuple[Refusal, ...] = field(default=())
    """The first 1,000; all of them are with the run: ``queries.runs.list_refusals``."""
