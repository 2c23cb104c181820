"""A release in memory with what a card tells: sources, places, flags, drafters, samples, names of any kind."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from pipeline.formats.entries import text_id
from pipeline.formats.manifest import ReleaseHead
from tests.pipeline.formats.releases import ListedRelease, make_text

Entry = dict[str, Any]

HOSTILE = "a|b `c` <script>alert(1)</script> [x](https://evil.example) *d*\n# e\r\n\u202e$\\alpha$ 船 =1+1 {"
SOURCES = [
    {"dataset": "dfc", "licence": None, "citation": "2023 IEEE GRSS Data Fusion Contest, Persello et al."},
    {"dataset": "sardet", "licence": "CC BY-NC 4.0", "citation": "Li et al., arXiv:2403.06534"},
    {"dataset": "own", "licence": None, "citation": "A. Nobody, 100 % of {our} scenes & more, 2026"},
]
CAPTIONS = (
    "A harbor with two ships beside a forest.",
    "Storage tanks near a river, a bridge and a long road to a city.",
)


def make_view(dataset: str, scene: str, split: str = "test", **metadata: Any) -> tuple[Entry, bytes]:
    """An image's entry and its pixels."""
    pixels = f"pixels of {dataset} {scene}".encode()
    entry = {
        "dataset": dataset, "scene": scene, "split": split, "rows": 512, "cols": 512, "metadata": metadata,
        "boxes": [{"id": "1", "number": 1, "category": "ship", "bbox": [1, 2, 3, 4]}], "published_split": None,
        "assets": {"processed": hashlib.sha256(pixels).hexdigest(), "optical": "a" * 64 if dataset == "dfc" else None},
    }  # fmt: skip
    return entry, pixels


def make_release(
    views: list[tuple[Entry, bytes]], texts: list[Entry], *, name: str = "bench", **head: Any
) -> ListedRelease:
    """A release that is told how its texts were verified."""
    counts = {"verification": {}, "left_out": {}, "sources": SOURCES, **head.pop("counts", {})}
    told = ReleaseHead(name, 2, "2026-01-02T03:04:05+00:00", head.pop("notes", ""), {}, counts, **head)
    entries = sorted((entry for entry, _ in views), key=lambda entry: (entry["dataset"], entry["scene"]))
    stored = {entry["scene"]: pixels for entry, pixels in views}
    return ListedRelease(told, entries, sorted((text_id(text), text) for text in texts), stored)


def about(view: tuple[Entry, bytes], text: str, kind: str = "concise_caption", **changes: Any) -> Entry:
    """A text about an image."""
    entry = make_text("a.png", text, kind=kind, **{"verification": "reviewed", **changes})
    same = {key: view[0][key] for key in ("dataset", "scene", "split")}
    return {**entry, **same, "image_sha256": view[0]["assets"]["processed"]}


def make_varied() -> ListedRelease:
    """Sixty texts of three sources in two splits, some flagged, corrected, sampled."""
    views = [
        make_view("dfc", "d0.png", "train", place="New York (40.7128, -74.006)", sensor="Gaofen-3", band="C"),
        make_view("dfc", "d1.png", place="Darwin (-12.4278, 130.8688)", sensor="Gaofen-3", resolution_m=[1.0, 1.0]),
        make_view("sardet", "0001.jpg"),
        make_view("own", "o.png", licence="CC BY 4.0", polarisations=["HH", "HV"], labelled=["ship"]),
    ]
    kinds = ("concise_caption", "complex_caption", "question", "question", "question")
    types = ("identification", "counting", "general")
    flags = ((), ("colour",), ("count", "vague"), (), ())
    sample = {"read": 20, "wrong": 1, "error_rate": 0.05, "low": 0.0, "high": 0.2, "split": None, "kind": None,
              "drafter": None}  # fmt: skip
    texts = []
    for number in range(60):
        kind, is_revised = kinds[number % 5], number % 7 == 0
        words = f"What shape is the ship in row {number}?" if kind == "question" else f"{CAPTIONS[number % 2]} {number}"
        is_sampled = number % 11 == 0
        verdict = {"reviewer": f"r{number % 3}", "counted": True, "verdict": "accept", "flags": list(flags[number % 5])}
        changes: Entry = {
            "question_type": types[number % 3] if kind == "question" else None,
            "is_revised": is_revised and not is_sampled,
            "verification": "sample_verified" if is_sampled else "reviewed",
            "verdicts": [] if is_sampled else [verdict],
            "drafter": {"name": "captions", "version": "2", "model": "m" if number % 2 else None},
            **({"sample": sample} if is_sampled else {}),
        }
        texts.append(about(views[number % 4], words, kind, **changes))
    return make_release(views, texts, content_sha256="", contributors=("Ada Lovelace",))


def lines_of(folder: Path, name: str = "texts.jsonl") -> list[Entry]:
    """The side file of texts, or of images."""
    return [json.loads(line) for line in (folder / name).read_text().splitlines()]
