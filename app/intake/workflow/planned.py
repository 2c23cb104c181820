"""A scene of a source while it waits for its chunk: JSON in the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from app.intake.workflow.storable import LONGEST_NAME, first_unstorable, texts_in
from pipeline.records import ObjectBox, Refusal, Scene, SceneMetadata
from pipeline.sources.reading import SourceError

CHUNK_SCENES: Final = 16
CHUNK_BYTES: Final = 128 << 20
"""Of SAR files. What is larger is a chunk by itself: its decoder takes minutes, which a crash may cost once."""


@dataclass(frozen=True, slots=True)
class PlannedScene:
    """A scene, and the split that a file of splits gives it instead of what the source says."""

    scene: Scene
    given_split: str | None = None

    @property
    def split(self) -> str | None:
        """The split that is to be kept; None where the app decides."""
        return self.given_split or self.scene.published_split

    def as_json(self) -> dict[str, Any]:
        scene = self.scene
        stored = {
            "name": scene.name,
            "sar_path": str(scene.sar_path.absolute()),
            "boxes": [list(asdict(box).values()) for box in scene.boxes],
            "metadata": scene.metadata.as_json(),
            "optical_path": _text(scene.optical_path),
            "size": scene.size and list(scene.size),
            "published_split": scene.published_split,
            "band": scene.band,
            "quantity": scene.quantity,
            "land_cover_path": _text(scene.land_cover_path),
            "land_cover_classes": {str(number): name for number, name in scene.land_cover_classes.items()},
            "given_split": self.given_split,
        }
        return {key: value for key, value in stored.items() if value not in (None, [], {})}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> PlannedScene:
        """The inverse of :meth:`as_json`."""
        optical, land_cover, size = (stored.get(key) for key in ("optical_path", "land_cover_path", "size"))
        scene = Scene(
            name=stored["name"],
            sar_path=Path(stored["sar_path"]),
            optical_path=None if optical is None else Path(optical),
            size=None if size is None else (size[0], size[1]),
            boxes=tuple(ObjectBox(*box) for box in stored.get("boxes", ())),
            published_split=stored.get("published_split"),
            metadata=SceneMetadata.from_json(stored.get("metadata", {})),
            band=stored.get("band"),
            quantity=stored.get("quantity"),
            land_cover_path=None if land_cover is None else Path(land_cover),
            land_cover_classes={int(number): name for number, name in stored.get("land_cover_classes", {}).items()},
        )
        return cls(scene, stored.get("given_split"))


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path.absolute())


def encoded(planned: PlannedScene) -> str | Refusal:
    """The scene as JSON that the database takes, or why there is none."""
    scene = planned.scene
    stored = planned.as_json()
    reason = first_unstorable([scene.name, *_texts_of(scene)], LONGEST_NAME) or first_unstorable(texts_in(stored))
    if reason is not None:
        return Refusal(scene.name, reason)
    try:
        return json.dumps(stored, ensure_ascii=False, sort_keys=True, allow_nan=False)
    except ValueError:
        return Refusal(scene.name, "a number in its boxes or metadata is not finite; mend it in the source")


def _texts_of(scene: Scene) -> Iterator[str]:
    for box in scene.boxes:
        yield box.box_id
        yield box.category
    yield from texts_in(scene.metadata.as_json())


def in_chunks(scenes: Iterable[Scene]) -> Iterator[list[Scene]]:
    """Chunks that depend on the source alone, not on the time that reading it takes.

    Where the source breaks off, what came before is given before ``SourceError`` is raised.
    """
    chunk: list[Scene] = []
    held = 0
    broken_off: SourceError | None = None
    remaining = iter(scenes)
    while True:
        try:
            scene = next(remaining)
        except StopIteration:
            break
        except SourceError as error:
            broken_off = error
            break
        size = _bytes_of(scene.sar_path)
        if chunk and (len(chunk) == CHUNK_SCENES or held + size > CHUNK_BYTES):
            yield chunk
            chunk, held = [], 0
        chunk.append(scene)
        held += size
    if chunk:
        yield chunk
    if broken_off is not None:
        raise broken_off


def _bytes_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        # It is refused or waited for when it is its turn.
        return 0
