"""The compact index of one COCO file: streamed, checked, and grouped by image.

The file is read in three passes (categories, images, annotations) and never held whole: a box costs about 60 bytes
here, its outline none.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from pipeline.records import ObjectBox
from pipeline.sources.boxes import Fitted, Rectangle, fit_box
from pipeline.sources.coco_annotations import stream_annotations
from pipeline.sources.json_stream import stream_json
from pipeline.sources.outlines import Outline
from pipeline.sources.reading import SourceError, SourceReading
from pipeline.sources.seen_ids import SeenIds


@dataclass(frozen=True, slots=True)
class CocoImage:
    """One entry of ``images``, its name not yet looked for on disk."""

    image_id: str
    file_name: str
    size: tuple[int, int] | None
    """(rows, cols)"""


@dataclass(eq=False)
class CocoIndex:
    """Categories, images and boxes of one file; everything else was refused or noted while it was read."""

    categories: dict[int | str, str] = field(default_factory=dict)
    images: list[CocoImage] = field(default_factory=list)
    incomplete: dict[int, set[str] | None] = field(default_factory=dict)
    """By image: the categories of which a box was refused, so that the boxes there are not all objects; None is all."""
    _names: list[str] = field(default_factory=list)
    _ids: array[int] = field(default_factory=lambda: array("q"))
    _other_ids: dict[int, str] = field(default_factory=dict)
    """By position: ids that are no whole numbers of 64 bits."""
    _image_of: array[int] = field(default_factory=lambda: array("q"))
    _category_of: array[int] = field(default_factory=lambda: array("q"))
    _corners: array[float] = field(default_factory=lambda: array("d"))
    _is_cut: array[int] = field(default_factory=lambda: array("b"))
    _order: NDArray[np.int64] | None = None

    def add(self, image: int, category: str, box_id: str, fitted: Fitted) -> None:
        """Keep a box of the image with this index."""
        number = int(box_id) if box_id.isdecimal() and len(box_id) < 19 else -1
        if str(number) != box_id:
            self._other_ids[len(self._ids)] = box_id
        self._ids.append(number)
        self._image_of.append(image)
        self._category_of.append(self._names.index(category) if category in self._names else self._named(category))
        self._corners.extend(fitted.box)
        self._is_cut.append(fitted.outside_px > 0)

    def boxes(self, image: int) -> tuple[ObjectBox, ...]:
        """The boxes of the image with this index, in the order of the file."""
        owners = np.frombuffer(self._image_of, np.int64) if self._image_of else np.empty(0, np.int64)
        if self._order is None:
            self._order = np.argsort(owners, kind="stable")
        first, last = np.searchsorted(owners, [image, image + 1], sorter=self._order)
        return tuple(self._box(int(entry)) for entry in self._order[first:last])

    def labelled(self, image: int, wanted: tuple[str, ...]) -> tuple[str, ...]:
        """Those of ``wanted`` for which the boxes of this image are still all objects."""
        if image not in self.incomplete:
            return wanted
        lost = self.incomplete[image]
        return () if lost is None else tuple(category for category in wanted if category not in lost)

    def _named(self, category: str) -> int:
        self._names.append(category)
        return len(self._names) - 1

    def _box(self, entry: int) -> ObjectBox:
        x_min, y_min, width, height = self._corners[4 * entry : 4 * entry + 4]
        box_id = self._other_ids.get(entry) or str(self._ids[entry])
        category = self._names[self._category_of[entry]]
        return ObjectBox(box_id, category, x_min, y_min, width, height, is_cut=bool(self._is_cut[entry]))

    def lose(self, image: int, category: str | None) -> None:
        """Remember that a box of ``category`` (None: of any) was refused in this image."""
        lost = self.incomplete.setdefault(image, set())
        if category is None or lost is None:
            self.incomplete[image] = None
        else:
            lost.add(category)


def index_coco(file: Path, shown_as: str, reading: SourceReading, *, all_are: str | None = None) -> CocoIndex:
    """Read one COCO file into an index; what is wrong in it goes to ``reading`` under the name ``shown_as``.

    A box that is missing or impossible is taken from the outline, where that gives one, and noted. With ``all_are``
    every category of the file is taken as this one.

    Raises
    ------
    SourceError
        If the file is not JSON (with the byte where it breaks), or lists no images or no categories.
    """
    index = CocoIndex()
    _read_categories(file, shown_as, index, reading)
    if all_are is not None:
        index.categories = dict.fromkeys(index.categories, all_are)
    by_id = _read_images(file, shown_as, index, reading)
    if not index.images:
        raise SourceError(
            file, "this file lists no images", "Give a COCO file with images, annotations and categories."
        )
    seen = SeenIds()
    for position, (entry, outline) in enumerate(stream_annotations(file)):
        _read_box(_Entry(entry, outline, position), by_id, seen, index, _Report(shown_as, reading))
    return index


@dataclass(frozen=True, slots=True)
class _Entry:
    """One annotation as the file has it."""

    fields: Any
    outline: Outline | None
    position: int

    @property
    def box_id(self) -> str:
        key = _key(self.fields.get("id"))
        return f"#{self.position}" if key is None else str(key)


@dataclass(frozen=True, slots=True)
class _Report:
    file: str
    reading: SourceReading


def _read_categories(file: Path, shown_as: str, index: CocoIndex, reading: SourceReading) -> None:
    for entry in stream_json(file, "categories.item"):
        key = _key(entry.get("id")) if isinstance(entry, dict) else None
        name = entry.get("name") if isinstance(entry, dict) else None
        if key is None or not isinstance(name, str) or not name.strip():
            reading.refuse(shown_as, "a category has no id or no name")
        elif index.categories.setdefault(key, name.strip()) != name.strip():
            reading.refuse(shown_as, f"category id {key} is given twice; {index.categories[key]!r} holds")
    if not index.categories:
        raise SourceError(
            file, "this file names no categories", "Give a COCO file with images, annotations and categories."
        )


def _read_images(file: Path, shown_as: str, index: CocoIndex, reading: SourceReading) -> dict[int | str, int]:
    by_id: dict[int | str, int] = {}
    by_name: dict[str, int] = {}
    for entry in stream_json(file, "images.item"):
        key = _key(entry.get("id")) if isinstance(entry, dict) else None
        name = entry.get("file_name") if isinstance(entry, dict) else None
        if key is None or not isinstance(name, str):
            reading.refuse(shown_as, "an image has no id or no file_name")
        elif key in by_id:
            reading.refuse(name, f"image id {key} is given twice in {shown_as}: its boxes may belong to either image")
            index.lose(by_id[key], None)
        elif name in by_name:
            reading.refuse(
                name, f"listed twice in {shown_as}; the boxes of its second listing, id {key}, are not taken"
            )
            index.lose(by_name[name], None)
        else:
            by_id[key] = by_name[name] = len(index.images)
            index.images.append(CocoImage(str(key), name, _size(entry)))
    return by_id


def _key(value: object) -> int | str | None:
    """An id as COCO files write it; anything else (a list, a truth value, nothing) is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int | str) else None


def _size(entry: dict[str, Any]) -> tuple[int, int] | None:
    rows, cols = _key(entry.get("height")), _key(entry.get("width"))
    is_known = isinstance(rows, int) and isinstance(cols, int) and rows > 0 and cols > 0
    return (cast(int, rows), cast(int, cols)) if is_known else None


def _read_box(entry: _Entry, by_id: dict[int | str, int], seen: SeenIds, index: CocoIndex, report: _Report) -> None:
    if not isinstance(entry.fields, dict):
        report.reading.refuse(report.file, f"annotation {entry.position} is not an object")
        return
    box_id = entry.box_id
    owner = _key(entry.fields.get("image_id"))
    image = None if owner is None else by_id.get(owner)
    if image is None:
        report.reading.refuse(report.file, f"its image, id {entry.fields.get('image_id')!r}, is not listed", box_id)
        return
    kind = _key(entry.fields.get("category_id"))
    category = None if kind is None else index.categories.get(kind)
    reason = _refusal(entry, category, is_new=seen.add(box_id))
    if reason is not None:
        report.reading.refuse(report.file, f"{reason} (image {index.images[image].file_name})", box_id)
        index.lose(image, category)
        return
    _fit_and_add(entry, image, cast(str, category), index, report)


def _refusal(entry: _Entry, category: str | None, *, is_new: bool) -> str | None:
    """Why the annotation cannot be taken whatever its box, or None."""
    if not is_new:
        return "this annotation id is given twice; the first holds"
    if category is None:
        return f"category id {entry.fields.get('category_id')!r} is not among the file's categories"
    if entry.fields.get("iscrowd") in (1, True):
        return "the box marks a crowd, not one object"
    return None


def _fit_and_add(entry: _Entry, image: int, category: str, index: CocoIndex, report: _Report) -> None:
    listed = index.images[image]
    fitted = _fitted(entry.fields.get("bbox"), listed.size)
    if isinstance(fitted, str) and entry.outline is not None:
        around = _fitted(entry.outline.box(), listed.size)
        if not isinstance(around, str):
            report.reading.note(report.file, f"{fitted}: taken from its outline ({listed.file_name})", entry.box_id)
            fitted = around
    if isinstance(fitted, str):
        report.reading.refuse(report.file, f"{fitted} (image {listed.file_name})", entry.box_id)
        if not fitted.endswith("outside its image"):
            index.lose(image, category)
        return
    if fitted.outside_px:
        reason = f"clipped to its image, {listed.file_name}: {fitted.outside_px:.2f} px outside"
        report.reading.note(report.file, reason, entry.box_id)
    index.add(image, category, entry.box_id, fitted)


def _fitted(box: object, size: tuple[int, int] | None) -> Fitted | str:
    if not isinstance(box, list | tuple) or len(box) != 4:
        return "the box is not [x, y, width, height]"
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in box):
        return "the box has a value that is not a number"
    return fit_box(cast(Rectangle, tuple(float(value) for value in box)), size)
