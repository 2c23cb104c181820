"""Scenes and boxes from one COCO file, all or nothing: a corpus drawn from faulty boxes would have wrong answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pipeline.drafting.json_lists import JsonLists, ListMissingError
from pipeline.records import ObjectBox

_TOO_LARGE: Final = 1e9

_SHOWN: Final = 5
"""So many faults are told of; the first few say what is wrong with the rest."""


class CocoError(ValueError):
    """A COCO file from which nothing can be drafted: the file, what is wrong where, and what to do."""

    def __init__(self, file: Path, faults: list[str]) -> None:
        more = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        advice = "Mend or remove these entries; nothing was written."
        super().__init__(f"{file}: {'; '.join(map(_on_one_line, faults[:_SHOWN]))}{more}. {advice}")


def _on_one_line(fault: str) -> str:
    """Ids and names in it are the file's own: of any length, with whatever control characters."""
    short = fault if len(fault) <= 300 else f"{fault[:300]}…"
    return short if short.isprintable() else ascii(short)[1:-1]


@dataclass(frozen=True, slots=True)
class BoxedImage:
    """One image of a COCO file with its boxes, in the order of the file."""

    file_name: str
    size: tuple[int, int]
    """(rows, cols)"""
    boxes: list[ObjectBox] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BoxedImages:
    """All images of a COCO file, in its order, and its categories."""

    categories: tuple[str, ...]
    images: tuple[BoxedImage, ...]


def read_coco_boxes(file: Path) -> BoxedImages:
    """Read the images, categories and boxes of a COCO file.

    Boxes may reach beyond the image's edge but must overlap the image. Ids of annotations need to be unique within
    their image only, as some published files number them anew.

    Raises
    ------
    CocoError
        If the file is missing, is not COCO, or has an image without size, an image or annotation id used twice, an
        unknown image or category, or a box that is empty or outside its image.
    """
    faults: list[str] = []
    try:
        lists = JsonLists(file.read_bytes(), ("images", "annotations", "categories"))
        categories = dict(_named(lists["categories"], "name", "category", faults))
        images = dict(_images(lists["images"], faults))
        _add_boxes(lists["annotations"], categories, images, faults)
    except OSError as error:
        raise CocoError(file, [f"the file cannot be read ({error.strerror})"]) from error
    except ListMissingError as error:
        raise CocoError(file, [f"the file is not COCO: {error}"]) from error
    except (ValueError, RecursionError) as error:
        raise CocoError(file, [f"the file is not JSON ({error})"]) from error
    if faults:
        raise CocoError(file, faults)
    return BoxedImages(tuple(sorted(set(categories.values()))), tuple(images.values()))


def _named(entries: Iterable[Any], key: str, what: str, faults: list[str]) -> Iterator[tuple[Any, str]]:
    """``(id, name)`` of each entry; ids and names must not be used twice."""
    for entry, name in _named_entries(entries, key, what, faults):
        yield entry["id"], name


def _named_entries(
    entries: Iterable[Any], key: str, what: str, faults: list[str]
) -> Iterator[tuple[Mapping[str, Any], str]]:
    ids: set[Any] = set()
    names: set[str] = set()
    for number, entry in enumerate(entries):
        name = entry.get(key) if isinstance(entry, dict) else None
        if not isinstance(name, str) or not name.strip() or not _is_sound(name):
            faults.append(f"{what} {number} has no usable {key}")
        elif not isinstance(entry.get("id"), int | str) or entry["id"] in ids:
            faults.append(f"{what} {name!r} has no id of its own")
        elif name in names:
            faults.append(f"{what} {name!r} is listed twice")
        else:
            ids.add(entry["id"])
            names.add(name)
            yield entry, name


def _images(entries: Iterable[Any], faults: list[str]) -> Iterator[tuple[Any, BoxedImage]]:
    for entry, name in _named_entries(entries, "file_name", "image", faults):
        size: Any = (entry.get("height"), entry.get("width"))
        if all(map(_is_side, size)):
            yield entry["id"], BoxedImage(name, size)
        else:
            faults.append(f"image {name!r} has no positive width and height below {_TOO_LARGE:,.0f}")


def _add_boxes(
    entries: Iterable[Any], categories: Mapping[Any, str], images: Mapping[Any, BoxedImage], faults: list[str]
) -> None:
    taken: set[tuple[Any, str]] = set()
    for number, entry in enumerate(entries):
        if not isinstance(entry, dict):
            faults.append(f"annotation {number} is no object")
            continue
        box_id = str(entry.get("id", f"#{number}"))
        fault = _fault(entry, categories, images) if _is_sound(box_id) else "has NUL or half a character in its id"
        if fault is None and (entry["image_id"], box_id) in taken:
            fault = "is a second one with this id in its image"
        if fault is not None:
            faults.append(f"annotation {box_id} {fault}")
            continue
        taken.add((entry["image_id"], box_id))
        x, y, width, height = map(float, entry["bbox"])
        images[entry["image_id"]].boxes.append(ObjectBox(box_id, categories[entry["category_id"]], x, y, width, height))


def _fault(entry: Mapping[str, Any], categories: Mapping[Any, str], images: Mapping[Any, BoxedImage]) -> str | None:
    """What is wrong with an annotation, as the end of a sentence."""
    image_id, category_id, corners = entry.get("image_id"), entry.get("category_id"), entry.get("bbox")
    if not isinstance(image_id, int | str) or image_id not in images:
        return f"is of image {image_id!r}, which is not listed"
    if not isinstance(category_id, int | str) or category_id not in categories:
        return f"is of category {category_id!r}, which is not listed"
    if not isinstance(corners, list) or len(corners) != 4 or not all(_is_number(value) for value in corners):
        return "has no bbox of four numbers"
    rows, cols = images[image_id].size
    x, y, width, height = corners
    if width <= 0 or height <= 0:
        return "has an empty bbox"
    return "lies outside its image" if x >= cols or y >= rows or x + width <= 0 or y + height <= 0 else None


def _is_number(value: Any) -> bool:
    # Neither NaN nor a number that no image reaches; math.isfinite fails on integers beyond the range of floats.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _TOO_LARGE


def _is_side(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < _TOO_LARGE


def _is_sound(text: str) -> bool:
    """Neither NUL nor lone surrogates, which neither files nor databases can keep."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
