"""Croissant 1.0: metadata that data set search engines and loaders read, over records in JSON Lines and the images.

::

    croissant.json           what there is, in JSON-LD
    records/texts.jsonl      {"record": {"id", "image", "split", "kind", "question", "answer", "caption", …}}
    records/images.jsonl     {"record": {"image", "sha256", "dataset", "scene", "split", "rows", "cols", "licence"}}

Each record is one object under one key: readers guess the type of a column from its values, and would take the answer
"007" for the number 7.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from pipeline.formats.croissant import described
from pipeline.formats.entries import Entry, json_line
from pipeline.formats.folder import ReleaseFolder
from pipeline.formats.frozen_text import FrozenText
from pipeline.formats.writer import ReleaseWriter

TEXTS: Final = "records/texts.jsonl"
IMAGES: Final = "records/images.jsonl"
METADATA: Final = "croissant.json"


class CroissantWriter(ReleaseWriter):
    name: ClassVar[str] = "croissant"
    title: ClassVar[str] = "Croissant"
    writes: ClassVar[str] = "Records in JSON Lines with metadata in Croissant 1.0, for data set search and its loaders."
    version: ClassVar[str] = "trihedral-croissant-1"

    def paths(self, text: FrozenText) -> tuple[str, ...]:
        return (TEXTS,)

    def standing_paths(self, splits: Any) -> Sequence[str]:
        return (TEXTS,)

    def piece(self, path: str, text: FrozenText, image: str, index: int) -> str:
        is_caption = text.answer is None
        record = {
            "answer": text.answer,
            "caption": text.words if is_caption else None,
            "id": text.id,
            "image": image,
            "is_revised": text.is_revised,
            "kind": text.kind,
            "question": None if is_caption else text.words,
            "question_type": text.question_type,
            "split": text.split,
            "support": text.support,
            "verification": text.verification,
        }
        return json_line({"record": record}) + "\n"

    def derive(self, release: ReleaseFolder) -> None:
        licences: set[str] = set()
        with release.new_file(IMAGES) as file:
            for entry in release.read_images():
                licences.add(entry["licence"])
                file.write(json_line({"record": _image(entry)}).encode() + b"\n")
        hashes = {row.path: row.sha256 for row in release.files}
        has_images = any(path.startswith(f"{self.images}/") for path in hashes)
        told = described(release.head, {path: hashes[path] for path in (TEXTS, IMAGES)}, licences, has_images)
        with release.new_file(METADATA) as file:
            file.write(told)


def _image(entry: Entry) -> dict[str, Any]:
    record = {key: entry[key] for key in ("image", "dataset", "scene", "split", "rows", "cols", "licence")}
    return record | {"sha256": entry["assets"]["processed"]}
