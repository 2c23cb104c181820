"""Captions as the COCO tools read them: one file of annotations a split.

::

    annotations/captions_train.json    {"annotations": [{"caption", "id", "image_id", "kind", "text_id"}],
                                        "images": [{"file_name", "height", "id", "license", "width", …}],
                                        "info", "licenses"}
    images/NAME.tif                    ``file_name`` is below it

Numbers of images and captions follow from what they are of, so that those of one release are those of the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from pipeline.formats.entries import Entry, json_line
from pipeline.formats.frozen_text import FrozenText
from pipeline.formats.image_names import SceneNumbers, number_of
from pipeline.formats.manifest import ReleaseHead
from pipeline.formats.writer import ReadImages, ReleaseWriter


class CocoCaptionsWriter(ReleaseWriter):
    name: ClassVar[str] = "coco-captions"
    title: ClassVar[str] = "COCO captions"
    writes: ClassVar[str] = "Captions alone, one file of annotations a split, for pycocotools and what builds on it."
    version: ClassVar[str] = "trihedral-coco-captions-1"
    kinds: ClassVar[tuple[str, ...]] = ("concise_caption", "complex_caption")

    def begin(self, head: ReleaseHead, scenes: Iterable[tuple[str, str]]) -> None:
        self._head = head
        self._numbers = SceneNumbers(scenes)

    def paths(self, text: FrozenText) -> tuple[str, ...]:
        return (_path(text.split),)

    def standing_paths(self, splits: Iterable[str]) -> list[str]:
        return [_path(split) for split in splits]

    def opening(self, path: str) -> str:
        return '{"annotations":['

    def piece(self, path: str, text: FrozenText, image: str, index: int) -> str:
        annotation = {
            "caption": text.words,
            "id": number_of(text.id),
            "image_id": self._numbers.of(text.dataset, text.scene),
            "kind": text.kind,
            "text_id": text.id,
        }
        return f"{',' if index else ''}\n{json_line(annotation)}"

    def closing(self, path: str, read_images: ReadImages) -> Iterator[str]:
        licences = sorted({entry["licence"] for entry in read_images()})
        numbers = {licence: number for number, licence in enumerate(licences, start=1)}
        yield '\n],\n"images":['
        before = "\n"
        for entry in read_images():
            if _path(entry["split"]) == path:
                yield before + json_line(self._image(entry, numbers))
                before = ",\n"
        info = {"date_created": self._head.created_at[:10], "description": self._head.label}
        told = [{"id": number, "name": licence, "url": ""} for licence, number in numbers.items()]
        yield f'\n],\n"info":{json_line(info)},\n"licenses":{json_line(told)}}}\n'

    def _image(self, entry: Entry, licences: dict[str, int]) -> dict[str, Any]:
        return {
            "dataset": entry["dataset"],
            "file_name": entry["image"].rpartition("/")[2],
            "height": entry["rows"],
            "id": self._numbers.of(entry["dataset"], entry["scene"]),
            "license": licences[entry["licence"]],
            "scene": entry["scene"],
            "width": entry["cols"],
        }


def _path(split: str) -> str:
    return f"annotations/captions_{split}.json"
