"""What a source holds, counted without decoding a pixel: the figures of a rehearsed import."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pipeline.records import Refusal, Scene
from pipeline.sources.reading import SourceReading

SHOWN: Final = 1_000


@dataclass(eq=False)
class Survey:
    """Figures of scenes; memory does not grow with their number."""

    scenes: int = 0
    pairs: int = 0
    """Scenes with an optical partner."""
    land_covers: int = 0
    """Scenes with a map of land cover."""
    boxes: Counter[str] = field(default_factory=Counter)
    """By category."""
    splits: Counter[str] = field(default_factory=Counter)
    """By published split; ``none`` is of scenes that get theirs at import."""
    refused: int = 0
    noted: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    """The first 1,000."""
    notes: list[Refusal] = field(default_factory=list)
    """The first 1,000."""
    reasons: Counter[str] = field(default_factory=Counter)
    """How often which kind of refusal and note came up, as far as the first words tell them apart."""

    def add(self, scene: Scene) -> None:
        """Count one scene."""
        self.scenes += 1
        self.pairs += scene.optical_path is not None
        self.land_covers += scene.land_cover_path is not None
        self.boxes.update(box.category for box in scene.boxes)
        self.splits[scene.published_split or "none"] += 1

    def add_report(self, refusals: list[Refusal], notes: list[Refusal]) -> None:
        """Count what was not taken, and what was not taken as it stands."""
        self.refused += len(refusals)
        self.noted += len(notes)
        self.refusals += refusals[: SHOWN - len(self.refusals)]
        self.notes += notes[: SHOWN - len(self.notes)]
        self.reasons.update(_kind(told.reason) for told in (*refusals, *notes))

    def as_json(self) -> Mapping[str, object]:
        """The figures alone, for scripts."""
        counted = ("scenes", "pairs", "land_covers", "refused", "noted")
        grouped = ("boxes", "splits", "reasons")
        return {name: getattr(self, name) for name in counted} | {name: dict(getattr(self, name)) for name in grouped}


def survey(reading: SourceReading) -> Survey:
    """Read a source to its end and count; raises ``SourceError`` where a file of it breaks off."""
    figures = Survey()
    for scene in reading:
        figures.add(scene)
        figures.add_report(*reading.drain())
    figures.add_report(*reading.drain())
    return figures


def _kind(reason: str) -> str:
    """The reason without what it says of the one case."""
    kind = re.split(r"[:;(,]|\d", reason, maxsplit=1)[0].strip()
    return kind[:60] or reason[:60]
