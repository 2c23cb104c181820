"""A small release that lies in memory, for what is tested without a database."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.formats.entries import text_id
from pipeline.formats.manifest import ReleaseHead
from pipeline.formats.source import DamagedImageError, OpenTexts

PIXELS = {name: f"pixels of {name}".encode() * 50 for name in ("a.png", "b.png")}
HEAD = ReleaseHead("bench", 1, "2026-01-02T03:04:05+00:00", "notes", {"datasets": ["ports"]}, {"left_out": {}})


def make_image(scene: str, **changes: Any) -> dict[str, Any]:
    sha256 = hashlib.sha256(PIXELS[scene]).hexdigest()
    return {"dataset": "ports", "scene": scene, "split": "test", "assets": {"processed": sha256}, **changes}


def make_text(scene: str, text: str, kind: str = "concise_caption", **changes: Any) -> dict[str, Any]:
    words = {"question": text, "answer": "2"} if kind == "question" else {"caption": text}
    return {
        "dataset": "ports", "scene": scene, "split": "test", "kind": kind, "support": "sar", "is_revised": False,
        "image_sha256": hashlib.sha256(PIXELS[scene]).hexdigest(),
        "question_type": "counting" if kind == "question" else None,
        "draft": {"text": text, "answer": None, "sha256": "0" * 64, "program": None, "box_ids": []},
        "drafter": {"name": "corpus", "version": "1", "model": None},
        "verdicts": [{"reviewer": "r", "counted": True, "verdict": "accept", "flags": []}],
        **words, **changes,
    }  # fmt: skip


def make_texts() -> list[tuple[str, dict[str, Any]]]:
    texts = [make_text("a.png", f"A port, view {number}.") for number in range(5)]
    texts += [make_text("b.png", f"How many ships in row {number}?", kind="question") for number in range(5)]
    return sorted((text_id(entry), entry) for entry in texts)


@dataclass
class ListedRelease:
    """``pipeline.formats.source.ReleaseSource`` of entries in lists."""

    head: ReleaseHead = HEAD
    entries: Sequence[dict[str, Any]] = field(default_factory=lambda: [make_image(name) for name in sorted(PIXELS)])
    texts_: Sequence[tuple[str, dict[str, Any]]] = field(default_factory=make_texts)
    pixels: Mapping[str, bytes] = field(default_factory=lambda: dict(PIXELS))
    told: dict[str, int] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)
    """Hashes of the images that were read."""

    def scene_names(self) -> Iterator[tuple[str, str]]:
        return ((entry["dataset"], entry["scene"]) for entry in self.entries)

    def scenes_with(self, kinds: Sequence[str]) -> list[tuple[str, str]]:
        return [(entry["dataset"], entry["scene"]) for _, entry in self.texts_ if entry["kind"] in kinds]

    def images(self) -> Iterator[dict[str, Any]]:
        return iter(self.entries)

    @property
    def text_count(self) -> int:
        return len(self.texts_)

    def texts(self, first: str, end: str) -> Iterator[tuple[str, str]]:
        return ((text, json.dumps(entry)) for text, entry in self.texts_ if first <= text < (end or "g"))

    def open_image(self, sha256: str) -> BinaryIO:
        self.opened.append(sha256)
        stored = {hashlib.sha256(content).hexdigest(): content for content in self.pixels.values()}
        if sha256 not in stored:
            raise DamagedImageError("there is none")
        return io.BytesIO(stored[sha256])

    def link_image(self, sha256: str, target: Path) -> None:
        raise NotImplementedError

    def open_original(self, entry: Mapping[str, Any]) -> BinaryIO:
        return io.BytesIO(self.pixels[entry["original"]["sar"]["name"]])

    def check(self) -> None:
        pass

    def tell(self, what: str, done: int) -> None:
        self.told[what] = done

    def opener(self) -> OpenTexts:
        return partial(nullcontext, self)
