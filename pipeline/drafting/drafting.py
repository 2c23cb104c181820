"""What a drafter is: one class in one file that is handed requests and gives outcomes.

To add one, write a file with one class that has what :class:`SceneDrafter` asks for, into
``pipeline/drafting/drafters/`` (it is found by itself) or anywhere else (``trihedral draft NAME --drafter FILE``).
Who runs it sees to the rest: which scenes lack which kind, what is shown, storing, counting, going on after a break.
docs/guide/drafting.md has an example.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Event
from typing import Literal, Protocol

from pipeline.drafting.costs import Purse
from pipeline.drafting.endpoints import Endpoint
from pipeline.drafting.failures import DraftFailure
from pipeline.drafting.prompts import PictureName, Prompt
from pipeline.drafting.replies import Usage
from pipeline.records import Draft, Drafter, Kind, ObjectBox

Need = Literal["optical", "sar", "boxes", "land_cover"]


class DrafterError(ValueError):
    """A drafter that cannot be used: which, and what to do."""


@dataclass(frozen=True)
class Picture:
    """One image of a scene as a model is shown it.

    Raises
    ------
    ValueError
        If ``image`` is neither PNG nor JPEG.
    """

    image: bytes
    size: tuple[int, int]
    """(rows, cols)"""
    reduction: float = 1.0
    """How many pixels of the scene one of its pixels covers along a side."""

    def __post_init__(self) -> None:
        _media_type(self.image)

    @cached_property
    def data_url(self) -> str:
        """Encoded once, for all kinds that are shown it."""
        return f"data:{_media_type(self.image)};base64,{base64.b64encode(self.image).decode('ascii')}"


@dataclass(frozen=True, slots=True)
class SceneView:
    """What a drafter may know of a scene. Only what it needs of boxes, land cover and pictures is filled."""

    name: str
    size: tuple[int, int] = (0, 0)
    """(rows, cols)"""
    spacing_m: tuple[float, float] | None = None
    """(row, col) ground covered by one pixel of the scene, where it is known."""
    assets: Mapping[PictureName, str] = field(default_factory=dict)
    """SHA-256 of the images that the scene has."""
    pictures: Mapping[PictureName, Picture] = field(default_factory=dict)
    boxes: tuple[ObjectBox, ...] = ()
    labelled: tuple[str, ...] = ()
    land_cover: Mapping[str, float] = field(default_factory=dict)
    """``{class: share of the labelled area}``"""

    def has(self, needs: Iterable[Need]) -> bool:
        """Whether a drafter with these needs has something to go by. A scene without boxes is one with none."""
        return all(
            need == "boxes" or (self.land_cover if need == "land_cover" else need in self.assets) for need in needs
        )


@dataclass(frozen=True, slots=True)
class Request:
    """One kind of text that is wanted of one scene."""

    scene: SceneView
    kind: Kind


@dataclass(frozen=True, slots=True)
class Dropped:
    """One text of a reply that became no draft, though others of it did."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a request: its drafts (perhaps none, where nothing is to be said), or why there are none."""

    request: Request
    result: tuple[Draft, ...] | DraftFailure
    attempts: int = 1
    """Calls that were made for it; 0 of a drafter that calls nobody."""
    usage: Usage = field(default_factory=Usage)
    raw_answer_sha256: str | None = None
    """Of what a model said, where it said anything."""
    dropped: tuple[Dropped, ...] = ()
    repeated: int = 0
    """Questions that asked the same as another of the same reply."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a drafter is made with: what was asked for on the command line. Each takes of it what it needs."""

    kinds: tuple[Kind, ...]
    per_scene: int | None = None
    """At most so many questions a scene."""
    seed: int = 0
    endpoint: Endpoint | None = None
    prompts: Mapping[Kind, Prompt] = field(default_factory=dict)
    replay: Path | None = None
    """A folder of prepared replies."""
    concurrency: int = 8
    purse: Purse | None = None
    """What may be spent."""


class SceneDrafter(Protocol):
    """The plug-in point. The class is called with one :class:`Assignment`.

    It refuses with :class:`DrafterError` what it cannot do, before any scene is touched.
    """

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What it writes, of what was asked for."""

    def needs(self, kind: Kind) -> frozenset[Need]:
        """What it must be shown for this; scenes without these images or shares are passed over."""

    def identity(self, kind: Kind) -> Drafter:
        """Who writes this kind: name, version, and all that makes for other texts."""

    def input_sha256(self, kind: Kind, scene: SceneView) -> str:
        """Of all that it is given beside its identity; empty where the scene itself is all.

        A scene gets a kind once for each input. ``scene`` comes without pictures; ``assets`` names them.
        """

    def draft(self, requests: Iterable[Request], stop: Event) -> Iterator[Outcome]:
        """Give the outcome of each request, in any order.

        Requests are drawn only as fast as they are worked off, since each may hold megabytes; one failure stops
        nothing. Once ``stop`` is set nothing new is begun. What is not given is asked for by the next run.
        """


def _media_type(image: bytes) -> str:
    if image.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if image.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    raise ValueError("a model is shown the bytes of a PNG or JPEG image")
