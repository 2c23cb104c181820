"""YOLO folders: ``images/`` beside ``labels/``, one text file an image, boxes as fractions of its size.

A line is ``CLASS CX CY W H``. Lines of more numbers are outlines (turned boxes have four points), of which the upright
box around them is taken.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.imaging.storage import is_storage_failure
from pipeline.records import Scene, SceneMetadata
from pipeline.sources.boxes import Rectangle, SceneBoxes, enclosing
from pipeline.sources.category_names import read_category_names
from pipeline.sources.image_files import child_folder, images_below, shown_name, texts_below
from pipeline.sources.image_header import read_header
from pipeline.sources.options import SourceOptions
from pipeline.sources.reading import SourceError, SourceReading, require_folder

LAYOUT: Final = "the folder that holds images/, labels/ and data.yaml or classes.txt"
_SPLITS: Final[Mapping[str, str]] = {"train": "train", "val": "val", "valid": "val", "test": "test"}
"""From the folder's name to the split."""
_LARGEST_BYTES: Final = 64 << 20
_NOT_LABELS: Final = frozenset({"classes.txt", "predefined_classes.txt", "readme.txt"}) | {f"{s}.txt" for s in _SPLITS}
_OVERSHOOT: Final = 1e-3
"""Of a side: by how much a fraction may lie outside of 0 to 1."""
_ROUNDING: Final = 1e-4
"""Of a side: what is lost where fractions are written with four digits."""


def read_yolo(options: SourceOptions) -> SourceReading:
    """Read a YOLO folder: ``images/[SPLIT/]`` and ``labels/[SPLIT/]``, or ``SPLIT/images`` and ``SPLIT/labels``.

    An image without its text file is taken without boxes, and nothing is labelled there: the file may be missing as
    well as the objects. An empty file says that there are none.

    Raises
    ------
    SourceError
        If there are no such folders, nothing says what the category numbers mean, or ``labelled`` names no category.
    """
    root = require_folder(options.path, LAYOUT)
    pairs = _folders(root, options.images)
    names = read_category_names(root, tuple(labels for _, labels in pairs))
    unknown = sorted(set(options.labelled) - set(names.values()))
    if unknown:
        known = ", ".join(sorted(set(names.values())))
        raise SourceError(root, f"no category is called {', '.join(unknown)}", f"--labelled may name: {known}.")
    reading = SourceReading()
    parts = [_part(root, images, labels, reading) for images, labels in pairs]
    reading.expected = sum(len(part.images) for part in parts)
    if not reading.expected:
        raise SourceError(pairs[0][0], "there is no image in this folder", f"Give {LAYOUT}.")
    reading.scenes = (scene for part in parts for scene in _scenes(part, names, options.labelled, reading))
    return reading


@dataclass(frozen=True, slots=True)
class _Part:
    """One folder of images and the folder of their labels."""

    root: Path
    folder: Path
    images: Mapping[str, Path]
    """By stem, as are the labels."""
    labels: Mapping[str, Path]

    def split(self, stem: str) -> str | None:
        words = (self.folder.parent.name, stem.partition("/")[0] if "/" in stem else "")
        return next((_SPLITS[word.lower()] for word in words if word.lower() in _SPLITS), None)


def _folders(root: Path, images: Path | None) -> list[tuple[Path, Path]]:
    """Pairs of a folder of images and one of labels."""
    if images is not None:
        require_folder(images, "the folder of the images")
    folder, labels = images or child_folder(root, "images", "JPEGImages"), child_folder(root, "labels")
    if folder is not None and labels is not None:
        return [(folder, labels)]
    pairs = []
    for name in _SPLITS:
        split = child_folder(root, name)
        inner = None if split is None else child_folder(split, "images")
        beside = None if split is None else child_folder(split, "labels")
        if inner is not None and beside is not None:
            pairs.append((inner, beside))
    if not pairs:
        raise SourceError(root, "there is no images/ beside a labels/ in it", f"Give {LAYOUT}.")
    return pairs


def _part(root: Path, images: Path, labels: Path, reading: SourceReading) -> _Part:
    texts = texts_below(labels, ".txt", reading, shown_below=root)
    found = {stem: file for stem, file in texts.items() if file.name.lower() not in _NOT_LABELS}
    return _Part(root, images, images_below(images, reading, shown_below=root, others=False), found)


def _scenes(
    part: _Part, names: Mapping[int, str], labelled: tuple[str, ...], reading: SourceReading
) -> Iterator[Scene]:
    without: list[str] = []
    for stem, file in part.images.items():
        header, labels = read_header(file), part.labels.get(stem)
        size = None if header is None else header.size
        boxes = None
        if labels is None:
            without.append(file.name)
        else:
            boxes = SceneBoxes(shown_name(labels, part.root), size, reading, _ROUNDING * max(size or (0,)))
            _read_lines(labels, names, boxes)
        kept = () if boxes is None else tuple(boxes.kept)
        metadata = SceneMetadata(labelled=() if boxes is None else boxes.labelled(labelled))
        yield Scene(shown_name(file, part.root), file, None, size, kept, part.split(stem), metadata)
    _report_rest(part, without, reading)


def _report_rest(part: _Part, without: list[str], reading: SourceReading) -> None:
    if without:
        are = "image is" if len(without) == 1 else "images are"
        what = f"{len(without):,} {are} taken without boxes, since no text file has the name; the first is {without[0]}"
        reading.note(shown_name(part.folder, part.root), what)
    for stem in sorted(part.labels.keys() - part.images.keys()):
        reading.refuse(shown_name(part.labels[stem], part.root), "its image is missing")


def _read_lines(file: Path, names: Mapping[int, str], boxes: SceneBoxes) -> None:
    if boxes.size is None:
        boxes.refuse("the size of its image cannot be read, so that it has no boxes")
        return
    try:
        if file.stat().st_size > _LARGEST_BYTES:
            boxes.refuse("the file is over 64 MiB, as no image's boxes are")
            return
        lines = file.read_text("utf-8-sig").splitlines()
    except OSError as error:
        if is_storage_failure(error):
            raise
        boxes.refuse(f"the file cannot be read: {error.strerror}")
        return
    except UnicodeDecodeError as error:
        boxes.refuse(f"the file cannot be read as text: {error}")
        return
    for number, line in enumerate(lines, 1):
        words = line.split()
        if words:
            category, box = _box(words, names, boxes.size)
            shown = f"line {number}"
            if category is None:
                boxes.refuse(str(box), shown)
            else:
                boxes.take(shown, category, box)


def _box(words: list[str], names: Mapping[int, str], size: tuple[int, int]) -> tuple[str | None, Rectangle | str]:
    """The category and the box of one line, or why there is none."""
    category = names.get(int(words[0])) if words[0].isascii() and words[0].isdecimal() and len(words[0]) < 9 else None
    if category is None:
        return None, f"its category number, {words[0]!r}, has no name"
    try:
        values = [float(word) for word in words[1:]]
    except ValueError:
        return category, "it has a value that is not a number"
    if not all(math.isfinite(value) for value in values):
        return category, "it has a value that is not a number"
    if not all(-_OVERSHOOT <= value <= 1 + _OVERSHOOT for value in values):
        return category, "it has a value outside 0 to 1: boxes are fractions of the image's size"
    return category, _in_pixels(values, size)


def _in_pixels(values: list[float], size: tuple[int, int]) -> Rectangle | str:
    rows, cols = size
    if len(values) == 4:
        cx, cy, width, height = values
        return (cx - width / 2) * cols, (cy - height / 2) * rows, width * cols, height * rows
    if len(values) >= 6 and len(values) % 2 == 0:
        return enclosing(zip((x * cols for x in values[::2]), (y * rows for y in values[1::2]), strict=True))
    return f"it has {len(values)} numbers after the category; a box has 4, an outline an even number from 6"
