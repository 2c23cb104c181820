"""The layout of SARLANG-1M, with what its keys have no room for in the side files.

::

    SARimages/NAME.tif            the processed images, byte for byte as they are stored
    Text/VQA/SARVQA1_test.json    {"messages", "images"} and nothing else; a .csv beside each .json
    Text/caption/…

``SARVQA1`` holds the questions that were derived from boxes, ``SARVQA2`` the others. Training captions are mixed; of
the test captions ``test`` holds the complex and ``test1`` the concise ones. Splits that the published set does not have
follow the same pattern.
"""

from __future__ import annotations

from collections.abc import Iterable
from json.encoder import encode_basestring
from typing import ClassVar, Final

from pipeline.formats.cells import line
from pipeline.formats.entries import Entry
from pipeline.formats.frozen_text import FrozenText
from pipeline.formats.layout import CAPTION_PROMPT
from pipeline.formats.writer import ReadImages, ReleaseWriter

FIRST_VERSION: Final = "trihedral-sarlang-1"
"""Of releases that were frozen before it was told how a text was verified: their bytes stay as they were."""
_QUESTION_COLUMNS: Final = line(("image", "question", "answer"))
_CAPTION_COLUMNS: Final = line(("image", "caption"))


class SarlangWriter(ReleaseWriter):
    name: ClassVar[str] = "sarlang"
    title: ClassVar[str] = "SARLANG-1M"
    writes: ClassVar[str] = "The published files, keys and CSV twins of SARLANG-1M, for what reads that data set."
    version: ClassVar[str] = "trihedral-sarlang-2"
    images: ClassVar[str] = "SARimages"
    tells_place: ClassVar[bool] = True

    def __init__(self) -> None:
        self._paths: dict[tuple[str, str, bool], tuple[str, str]] = {}

    def paths(self, text: FrozenText) -> tuple[str, ...]:
        key = text.split_json, text.kind_json, text.program_json == "null"
        found = self._paths.get(key)
        if found is None:
            stem = _stem(text.split, text.kind, text.is_from_boxes)
            found = self._paths[key] = f"{stem}.json", f"{stem}.csv"
        return found

    def opening(self, path: str) -> str:
        if path.endswith(".json"):
            return "["
        return _QUESTION_COLUMNS if "/VQA/" in path else _CAPTION_COLUMNS

    def piece(self, path: str, text: FrozenText, image: str, index: int) -> str:
        if path.endswith(".json"):
            return _conversation(text, image, "," if index else "")
        if text.question_json is None:
            return line((image, text.words))
        return line((image, text.words, text.answer or ""))

    def closing(self, path: str, read_images: ReadImages) -> Iterable[str]:
        return ("\n]\n",) if path.endswith(".json") else ()

    def image_entry(self, entry: Entry, licence: str) -> Entry:
        return entry  # as it has been since before there were other formats


def _stem(split: str, kind: str, is_from_boxes: bool) -> str:
    """The file without its ending, as the published set names it."""
    if kind == "question":
        return f"Text/VQA/SARVQA{1 if is_from_boxes else 2}_{split}"
    if split == "train":
        return "Text/caption/Caption-training"
    return f"Text/caption/Caption_{split}{'1' if kind == 'concise_caption' else ''}"


def _conversation(text: FrozenText, image: str, before: str) -> str:
    """The text in SARLANG-1M's keys, no more and no fewer."""
    if text.question_json is None:
        asked, said = f'"<image>{CAPTION_PROMPT}"', text.caption_json
    else:
        asked, said = f'"<image>{text.question_json[1:]}', text.answer_json
    return (
        f'{before}\n{{"images":[{encode_basestring(image)}],"messages":[{{"content":{asked},"role":"user"}},'
        f'{{"content":{said},"role":"assistant"}}]}}'
    )
