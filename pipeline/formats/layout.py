"""The files of SARLANG-1M: which one a text goes to, and its bytes there.

Each text is one line of a JSON list and one row of the CSV file beside it. The writer and the check of a folder both
take the bytes from here.
"""

from __future__ import annotations

from typing import Any, Final

from pipeline.formats.cells import row
from pipeline.formats.entries import Entry, is_from_boxes, json_line, text_of

IMAGES: Final = "SARimages"
TEXTS_FILE: Final = "texts.jsonl"
IMAGES_FILE: Final = "images.jsonl"
STATISTICS_FILE: Final = "STATISTICS.md"
MANIFEST_FILE: Final = "manifest.json"
ENDINGS: Final = (".json", ".csv")

CAPTION_PROMPT: Final = "Describe the content of this image in one sentence."
"""The published prompt under which captions are evaluated."""

_QUESTION_COLUMNS: Final = row(("image", "question", "answer"))
_CAPTION_COLUMNS: Final = row(("image", "caption"))


def stem_of(entry: Entry) -> str:
    """The file of a text without its ending, as the published set names it.

    ``SARVQA1`` holds the questions that were derived from boxes, ``SARVQA2`` the others. Training captions are mixed;
    of the test captions ``test`` holds the complex and ``test1`` the concise ones. Splits that the published set does
    not have follow the same pattern.
    """
    split, kind = entry["split"], entry["kind"]
    if kind == "question":
        return f"Text/VQA/SARVQA{1 if is_from_boxes(entry) else 2}_{split}"
    if split == "train":
        return "Text/caption/Caption-training"
    return f"Text/caption/Caption_{split}{'1' if kind == 'concise_caption' else ''}"


def conversation(entry: Entry, image: str) -> dict[str, Any]:
    """The text in SARLANG-1M's keys, no more and no fewer; ``image`` is the path below the folder."""
    is_question = entry["kind"] == "question"
    asked = text_of(entry) if is_question else CAPTION_PROMPT
    said = entry["answer"] if is_question else text_of(entry)
    return {
        "messages": [{"role": "user", "content": f"<image>{asked}"}, {"role": "assistant", "content": said}],
        "images": [image],
    }


def opening(path: str) -> bytes:
    """What a file begins with."""
    if path.endswith(".json"):
        return b"["
    return _QUESTION_COLUMNS if "/VQA/" in path else _CAPTION_COLUMNS


def piece(path: str, entry: Entry, image: str, index: int) -> bytes:
    """The bytes of the text number ``index`` (from 0) of a file."""
    if path.endswith(".json"):
        return (",\n" if index else "\n").encode() + json_line(conversation(entry, image)).encode()
    if entry["kind"] == "question":
        return row((image, text_of(entry), entry["answer"]))
    return row((image, text_of(entry)))


def closing(path: str) -> bytes:
    """What a file ends with."""
    return b"\n]\n" if path.endswith(".json") else b""
