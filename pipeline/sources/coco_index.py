"""The compact index of one COCO file: streamed, checked, and grouped by image.

The file is read in three passes (categories, images, annotations) and never held whole: a box costs about 60 bytes
here, its polygons none.
"""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from pipeline.records import ObjectBox
from pipeline.sources.json_stream import stream_json
from pipeline.sources.reading import SourceError, SourceReading


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
    _ids: list[str] = field(default_factory=list)
    _image_of: array[int] = field(default_factory=lambda: array("q"))
    _category_of: array[int] = field(default_factory=lambda: array("q"))
    _corners: array[float] = field(default_factory=lambda: array("d"))
    _order: NDArray[np.int64] | None = None

    def add(self, image: int, category: str, box_id: str, box: tuple[float, float, float, float]) -> None:
        self._ids.append(box_id)
        self._image_of.append(image)
        self._category_of.append(self._names.index(category) if category in self._names else self._named(category))
        self._corners.extend(box)

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
        return ObjectBox(self._ids[entry], self._names[self._category_of[entry]], x_min, y_min, width, height)

    def lose(self, image: int, category: str | None) -> None:
        """Remember that a box of ``category`` (None: of any) was refused in this image."""
        lost = self.incomplete.setdefault(image, set())
        if category is None or lost is None:
            self.incomplete[image] = None
        else:
            lost.add(category)


def index_coco(file: Path, shown_as: str, reading: SourceReading) -> CocoIndex:
    """Read one COCO file into an index; what is wrong in it goes to ``reading`` under the name ``shown_as``.

    Raises
    ------
    SourceError
        If the file is not JSON (with the byte where it breaks), or lists no images or no categories.
    """
    index = CocoIndex()
    _read_categories(file, shown_as, index, reading)
    by_id = _read_images(file, shown_as, index, reading)
    if not index.images:
        raise SourceError(
            file, "this file lists no images", "Give a COCO file with images, annotations and categories."
        )
    seen: set[str] = set()
    for position, entry in enumerate(stream_json(file, "annotations.item")):
        _read_box(entry, position, by_id, seen, index, _Report(shown_as, reading))
    return index


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


def _read_box(
    entry: Any, position: int, by_id: dict[int | str, int], seen: set[str], index: CocoIndex, report: _Report
) -> None:
    if not isinstance(entry, dict):
        report.reading.refuse(report.file, f"annotation {position} is not an object")
        return
    key = _key(entry.get("id"))
    box_id = f"#{position}" if key is None else str(key)
    owner = _key(entry.get("image_id"))
    image = None if owner is None else by_id.get(owner)
    if image is None:
        report.reading.refuse(report.file, f"its image, id {entry.get('image_id')!r}, is not listed", box_id)
        return
    kind = _key(entry.get("category_id"))
    category = None if kind is None else index.categories.get(kind)
    reason = _refusal(entry, box_id, category, seen)
    seen.add(box_id)
    if reason is not None:
        report.reading.refuse(report.file, f"{reason} (image {index.images[image].file_name})", box_id)
        index.lose(image, category)
        return
    _clip_and_add(image, cast(str, category), box_id, entry["bbox"], index, report)


def _refusal(entry: dict[str, Any], box_id: str, category: str | None, seen: set[str]) -> str | None:
    """Why the box cannot be taken whatever the size of its image, or None."""
    if box_id in seen:
        return "this annotation id is given twice; the first holds"
    if category is None:
        return f"category id {entry.get('category_id')!r} is not among the file's categories"
    if entry.get("iscrowd") in (1, True):
        return "the box marks a crowd, not one object"
    box = entry.get("bbox")
    if not isinstance(box, list) or len(box) != 4:
        return "the box is not [x, y, width, height]"
    if not all(
        isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) for value in box
    ):
        return "the box has a value that is not a number"
    if box[2] <= 0 or box[3] <= 0:
        return f"the box has no area: {box[2]:g} × {box[3]:g} px"
    return None


def _clip_and_add(image: int, category: str, box_id: str, box: list[float], index: CocoIndex, report: _Report) -> None:
    x_min, y_min, width, height = (float(value) for value in box)
    listed = index.images[image]
    if listed.size is None:
        index.add(image, category, box_id, (x_min, y_min, width, height))
        return
    rows, cols = listed.size
    left, top = max(x_min, 0.0), max(y_min, 0.0)
    right, bottom = min(x_min + width, float(cols)), min(y_min + height, float(rows))
    if right <= left or bottom <= top:
        report.reading.refuse(report.file, f"the box lies outside its image, {listed.file_name}", box_id)
        return
    overhang = max(left - x_min, top - y_min, x_min + width - right, y_min + height - bottom)
    if overhang <= 0:
        index.add(image, category, box_id, (x_min, y_min, width, height))
        return
    # Sums of decimals overshoot the edge by rounding alone; that is worth no line in the report.
    if overhang > 1e-6:
        report.reading.note(report.file, f"clipped to its image, {listed.file_name}: {overhang:.2f} px outside", box_id)
    index.add(image, category, box_id, (left, top, right - left, bottom - top))
