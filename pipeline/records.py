"""The frozen records that travel from stage to stage.

A record holds values and checks them; it does no work. Shapes are ``(rows, cols)``; pixel coordinates are ``(x, y)``
with (0, 0) at the outer corner of the top left pixel, so that a box edge is a pixel edge.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

Kind = Literal["concise_caption", "complex_caption", "question"]
Origin = Literal["drafted", "gold", "probe"]
Severity = Literal["error", "warning", "info"]
TextField = Literal["text", "question", "answer"]
Geometry = Literal["ground", "slant", "unknown"]
Quantity = Literal["db", "intensity", "amplitude", "dn"]
"""What a pixel's number is; dn is a digital number of unknown scaling, which is taken as it is."""


def digest(value: Any) -> str:
    """SHA-256, in hex, of ``value`` as JSON with sorted keys: the one way in which records are named by content."""
    encoded = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(encoded.encode("utf-8", "strict")).hexdigest()


@dataclass(frozen=True, slots=True)
class ObjectBox:
    """One annotated object: ``[x_min, y_min, width, height]`` in pixels of the scene."""

    box_id: str
    category: str
    x_min: float
    y_min: float
    width: float
    height: float
    is_cut: bool = False
    """Whether a part of the object lies outside the scene: it was cut by the edge of a chip or image."""

    @property
    def centre(self) -> tuple[float, float]:
        """``(x, y)`` in pixels of the scene."""
        return self.x_min + self.width / 2, self.y_min + self.height / 2


@dataclass(frozen=True, slots=True)
class SceneMetadata:
    """What is truly known of a scene; None (or an empty tuple) is unknown, and nothing is guessed."""

    sensor: str | None = None
    optical_sensor: str | None = None
    band: str | None = None
    polarisations: tuple[str, ...] = ()
    """All that were measured, the one that is read first."""
    pixel_spacing_m: tuple[float, float] | None = None
    """(row, col)"""
    resolution_m: tuple[float, float] | None = None
    geometry: Geometry = "unknown"
    look_azimuth_deg: float | None = None
    look_side: Literal["north", "south"] | None = None
    """From where the scene was imaged, where no more than the side is known: from the north the radar looks south."""
    incidence_deg: float | None = None
    sar_acquired_at: str | None = None
    optical_acquired_at: str | None = None
    place: str | None = None
    licence: str | None = None
    labelled: tuple[str, ...] = ()
    """Categories annotated exhaustively: only for these does an absent box mean an absent object."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> SceneMetadata:
        """The inverse of :meth:`as_json` after a round trip through JSON, which turns tuples into lists."""
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in stored.items()}
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Scene:
    """One SAR image as a source describes it, before its pixels were read."""

    name: str
    """Unique in its dataset and the same at every import: for files the POSIX path below the source's folder."""
    sar_path: Path
    optical_path: Path | None = None
    size: tuple[int, int] | None = None
    """(rows, cols), where the source knows it; else known once the pixels are read."""
    boxes: tuple[ObjectBox, ...] = ()
    published_split: str | None = None
    metadata: SceneMetadata = field(default_factory=SceneMetadata)
    band: int | str | None = None
    """The band of ``sar_path`` to read. Where the reader sets it, it holds: the source's documents say which, and the
    user's choice is in it already (``HH`` may be a file of its own, or band 1 of a file that names none)."""
    quantity: Quantity | None = None
    """What the SAR numbers are, where the source's documents say so; the user's statement holds instead."""
    land_cover_path: Path | None = None
    """An 8-bit image of class numbers on the grid of the SAR image, read as area shares."""
    land_cover_classes: Mapping[int, str] = field(default_factory=dict)
    """``{number in the image: name}``; numbers that are not here are no class and count for no area."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file, box or annotation that was not taken, and why; for the report of an import."""

    file: str
    reason: str
    annotation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Drafter:
    """What wrote a draft: a corpus and its version, or a model with prompt version and parameters."""

    name: str
    version: str
    model: str | None = None
    prompt_version: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """Content hash; two drafters with the same identity write under the same conditions."""
        return digest([self.name, self.version, self.model, self.prompt_version, dict(self.parameters)])


@dataclass(frozen=True, slots=True)
class Draft:
    """One machine-written text about a scene. ``text`` is the caption or the question; a question has an answer."""

    kind: Kind
    text: str
    question_type: str | None = None
    answer: str | None = None
    box_ids: tuple[str, ...] = ()
    program: str | None = None
    """How the answer follows from the boxes, re-runnable by :func:`pipeline.drafting.corpus.derive`."""
    origin: Origin = "drafted"
    raw_answer_sha256: str | None = None
    """Of the model's reply that the draft was taken from."""
    general_type: str | None = None
    """Of a general question, where its drafter says it: shape, direction, land_cover, pattern or reasoning."""

    def __post_init__(self) -> None:
        is_question = self.kind == "question"
        if is_question != (self.answer is not None) or is_question != (self.question_type is not None):
            raise ValueError(f"a {self.kind} has {'' if is_question else 'no '}question_type and answer")
        if self.general_type is not None and self.question_type != "general":
            raise ValueError(f"only a general question has a general_type, not a {self.question_type or self.kind}")


@dataclass(frozen=True, slots=True)
class Finding:
    """What screening says of a span of a draft. ``start`` and ``end`` are half-open, in Unicode code points."""

    rule: str
    """``family.name``, such as ``colour.word``."""
    severity: Severity
    field: TextField
    start: int
    end: int
    text: str
    message: str
    suggestion: str | None = None
    """The whole field's text with the fault mended, where a safe mending exists."""

    @property
    def family(self) -> str:
        return self.rule.partition(".")[0]
