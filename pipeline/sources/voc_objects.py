"""One VOC file: the objects it lists. XML that declares anything of its own is refused, so that no entity expands."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder
from xml.parsers import expat

from pipeline.imaging.storage import is_storage_failure
from pipeline.sources.boxes import Rectangle, enclosing

_LARGEST_BYTES: Final = 16 << 20
_DEEPEST: Final = 32
_EDGES: Final = ("xmin", "ymin", "xmax", "ymax")
_TURNED: Final = ("robndbox", "rotated_bndbox", "rbndbox")
_LONGEST_NAME: Final = 200


class VocError(Exception):
    """The file cannot be used; the message is a reason for the report."""


@dataclass(frozen=True, slots=True)
class VocObject:
    """One object of a file."""

    category: str | None
    box: Rectangle | str
    """Or why it has none."""
    is_cut: bool
    """Marked as truncated."""


@dataclass(frozen=True, slots=True)
class VocFile:
    """What a file says."""

    size: tuple[int, int] | None
    """(rows, cols)"""
    objects: tuple[VocObject, ...]


def read_voc_file(file: Path) -> VocFile:
    """Read one ``.xml`` file.

    Raises
    ------
    VocError
        If it is not whole XML, over 16 MiB, declares a document type, or is no VOC annotation.
    """
    try:
        if file.stat().st_size > _LARGEST_BYTES:
            raise VocError("the file is over 16 MiB, as no annotation is")
        root = _parsed(file.read_bytes())
    except OSError as error:
        if is_storage_failure(error):
            raise
        raise VocError(f"the file cannot be read: {error.strerror}") from error
    if root.tag != "annotation":
        raise VocError(f"this is not a VOC annotation: it begins with <{root.tag[:40]}>")
    return VocFile(_size(root.find("size")), tuple(_object(each) for each in root.iter("object")))


def _parsed(content: bytes) -> Element:
    """Not ElementTree's own parser, which expands what a document declares."""
    builder, parser, depth = TreeBuilder(), expat.ParserCreate(), 0

    def open_tag(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise VocError(f"its elements lie more than {_DEEPEST} deep within each other")
        builder.start(tag, attributes)

    def close_tag(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse_declarations(*_: object) -> None:
        raise VocError("it declares a document type, as no VOC annotation does, and is not read for safety")

    parser.StartElementHandler, parser.EndElementHandler = open_tag, close_tag
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse_declarations
    try:
        parser.Parse(content, True)
        return builder.close()
    except expat.ExpatError as error:
        raise VocError(f"this is not whole XML: {expat.ErrorString(error.code)} at line {error.lineno}") from error
    except (ParseError, AssertionError, ValueError, LookupError) as error:
        raise VocError(f"this is not XML that can be read: {error}") from error


def _size(element: Element | None) -> tuple[int, int] | None:
    if element is None:
        return None
    rows, cols = _number(element, "height"), _number(element, "width")
    return (int(rows), int(cols)) if rows is not None and cols is not None and rows >= 1 and cols >= 1 else None


def _object(element: Element) -> VocObject:
    name = (element.findtext("name") or "").strip()
    is_usable = 0 < len(name) <= _LONGEST_NAME and "\0" not in name
    return VocObject(name if is_usable else None, _box(element), (element.findtext("truncated") or "").strip() == "1")


def _box(element: Element) -> Rectangle | str:
    upright = element.find("bndbox")
    if upright is not None:
        edges = [_number(upright, name) for name in _EDGES]
        if None not in edges:
            x_min, y_min, x_max, y_max = (float(edge or 0) for edge in edges)
            # Both corners are pixels of the box, counted from 1.
            return x_min - 1, y_min - 1, x_max - x_min + 1, y_max - y_min + 1
    for holder in (upright, *(element.find(name) for name in _TURNED), element.find("polygon")):
        turned = None if holder is None else _around_points(holder) or _around_turned(holder)
        if turned is not None:
            return turned
    return "the object has no box with xmin, ymin, xmax and ymax, and no turned box"


def _around_points(element: Element) -> Rectangle | None:
    """x1, y1 to x4, y4 (or more)."""
    points: list[tuple[float, float]] = []
    while True:
        number = len(points) + 1
        x, y = _number(element, f"x{number}"), _number(element, f"y{number}")
        if x is None or y is None:
            return enclosing(points) if len(points) >= 3 else None
        points.append((x, y))


def _around_turned(element: Element) -> Rectangle | None:
    """Centre, sides and angle in radians, as roLabelImg writes them."""
    values = [_number(element, name) for name in ("cx", "cy", "w", "h", "angle")]
    if None in values:
        return None
    cx, cy, width, height, angle = (float(value or 0) for value in values)
    cos, sin = abs(math.cos(angle)), abs(math.sin(angle))
    across, down = width * cos + height * sin, width * sin + height * cos
    return cx - across / 2, cy - down / 2, across, down


def _number(element: Element, name: str) -> float | None:
    try:
        value = float(element.findtext(name) or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None
