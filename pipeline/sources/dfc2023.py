"""DFC2023, the building contest: Gaofen-3 SAR beside SuperView-1 or Gaofen-2 images, 512 × 512, and building outlines.

``SV`` and ``GF2`` at the beginning of a name tell the optical sensor. Roof types are all taken as building.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from pipeline.records import ObjectBox, Scene, SceneMetadata
from pipeline.sources.building_footprints import BUILDING
from pipeline.sources.coco import split_of
from pipeline.sources.coco_index import CocoIndex, index_coco
from pipeline.sources.image_files import child_folder, folders_named, images_below, shown_name
from pipeline.sources.options import SourceOptions
from pipeline.sources.partners import Partners, note_missing_folder
from pipeline.sources.reading import SourceAbout, SourceError, SourceReading, is_junk, require_folder, unsafe_name

LAYOUT: Final = "the extracted folder with track1/train/sar/ in it, or one of those above sar"
ABOUT: Final = SourceAbout(
    "2023 IEEE GRSS Data Fusion Contest: Large-Scale Fine-Grained Building Classification",
    None,
    "C. Persello et al., “2023 IEEE GRSS Data Fusion Contest: Large-Scale Fine-Grained Building Classification for"
    " Semantic Urban Reconstruction”, IEEE Geoscience and Remote Sensing Magazine 11 (2023), 94–97",
)
OPTICAL_SENSORS: Final[Mapping[str, str]] = {"SV": "SuperView-1", "GF2": "Gaofen-2"}
_PLACE: Final = re.compile(r"(SV|GF2)_([A-Za-z]+)_(-?\d+(?:\.\d+)?)_(-?\d+(?:\.\d+)?)$")
_PRODUCT: Final = re.compile(r"_(?:RGB|SAR|MERGE)$", re.IGNORECASE)
_OUTLINES: Final = ("buildings_only", "roof_fine")
"""Which of several files of a split is taken, by how its name begins: single buildings before roofs."""


def read_dfc2023(options: SourceOptions) -> SourceReading:
    """Read one or both tracks; ``boxes`` is the COCO file of the outlines, where several fit or it lies elsewhere.

    Raises
    ------
    SourceError
        At once if there is no folder ``sar`` with images, or no such file of boxes; while iterating if a COCO file is
        not whole JSON.
    """
    root = require_folder(options.path, LAYOUT)
    if options.boxes is not None and not options.boxes.is_file():
        raise SourceError(options.boxes, "there is no such file", "Give the COCO .json file to --boxes.")
    reading = SourceReading(about=ABOUT)
    parts = [_part(folder, root, options.boxes, reading) for folder in _sar_folders(root)]
    reading.expected = sum(len(part.partners.sar) for part in parts)
    if not reading.expected:
        raise SourceError(root, "there is no SAR image in its folders sar", f"Give {LAYOUT}.")
    reading.scenes = (scene for part in parts for scene in _scenes(part, reading))
    return reading


@dataclass(frozen=True, slots=True)
class _Part:
    """The images of one split of one track."""

    partners: Partners
    split: str | None
    boxes: Path | None


def _sar_folders(root: Path) -> list[Path]:
    found = folders_named(root, "sar")
    if root in found:
        raise SourceError(root, "this is the folder sar itself", "Give the folder above it.")
    if not found:
        raise SourceError(root, "there is no folder sar in it", f"Give {LAYOUT}.")
    return found


def _part(sar_folder: Path, root: Path, boxes: Path | None, reading: SourceReading) -> _Part:
    folder = sar_folder.parent
    sar = images_below(sar_folder, reading, shown_below=root, others=False)
    optical_folder = child_folder(folder, "rgb")
    if optical_folder is None:
        note_missing_folder(folder, "rgb", sar, "an optical partner", root, reading)
    optical = None if optical_folder is None else images_below(optical_folder, reading, shown_below=root, others=False)
    partners = Partners(root, _by_key(sar, reading, root), None if optical is None else _by_key(optical, reading, root))
    partners.report(reading)
    split = split_of(Path(folder.name))
    return _Part(partners, split, boxes or _outlines(folder, split, root, reading))


def _by_key(images: Mapping[str, Path], reading: SourceReading, root: Path) -> dict[str, Path]:
    """Without the product in the name: early copies call a pair P0001_SAR and P0001_RGB."""
    found: dict[str, Path] = {}
    for stem, file in images.items():
        kept = found.setdefault(_key(stem), file)
        if kept is not file:
            reading.refuse(shown_name(file, root), f"{kept.name} is the same scene; one of them must go")
    return found


def _key(stem: str) -> str:
    return _PRODUCT.sub("", stem)


def _outlines(folder: Path, split: str | None, root: Path, reading: SourceReading) -> Path | None:
    """The COCO file of a split: in its folder, beside it, or in ``annotations/`` there."""
    above = [folder.parent] if folder != root else []
    inner = (child_folder(at, name) for at in (folder, *above) for name in ("annotations", "JSON"))
    places = [folder, *above, *(place for place in inner if place is not None)]
    files = [file for place in places for file in sorted(place.glob("*.json")) if not is_junk(PurePosixPath(file.name))]
    fitting = [file for file in files if split is not None and split_of(file) == split]
    if not fitting:
        if split == "train":
            shown = shown_name(folder, root)
            reading.note(shown, "its scenes have no object boxes: no COCO file of this split is there")
        return None
    chosen, *others = sorted(fitting, key=_preference)
    for file in others:
        reading.note(shown_name(file, root), f"not read, since {chosen.name} was; choose it with --boxes")
    return chosen


def _preference(file: Path) -> tuple[int, int]:
    begins = [file.stem.lower().startswith(word) for word in _OUTLINES]
    return (begins.index(True) if True in begins else len(begins), len(file.name))


def _scenes(part: _Part, reading: SourceReading) -> Iterator[Scene]:
    root = part.partners.root
    shown_as = "" if part.boxes is None else shown_name(part.boxes, root)
    index = None if part.boxes is None else index_coco(part.boxes, shown_as, reading, all_are=BUILDING)
    numbers = {} if index is None else _numbers(index, part, shown_as, reading)
    for key, file in part.partners.sar.items():
        size, boxes, labelled = _annotated(index, numbers.get(key))
        yield Scene(
            name=shown_name(file, root),
            sar_path=file,
            optical_path=part.partners.of(key),
            size=size,
            boxes=boxes,
            published_split=part.split,
            metadata=_metadata(key, labelled),
        )


_Annotated = tuple[tuple[int, int] | None, tuple[ObjectBox, ...], tuple[str, ...]]


def _annotated(index: CocoIndex | None, number: int | None) -> _Annotated:
    """Size, boxes and labelled categories of an image; nothing is known of one that the file does not list."""
    if index is None or number is None:
        return None, (), ()
    return index.images[number].size, index.boxes(number), index.labelled(number, (BUILDING,))


def _numbers(index: CocoIndex, part: _Part, shown_as: str, reading: SourceReading) -> dict[str, int]:
    """By key of the SAR image: its number in the index. What the file lists and is not here is refused."""
    numbers: dict[str, int] = {}
    for number, image in enumerate(index.images):
        reason = unsafe_name(image.file_name)
        key = _key(PurePosixPath(image.file_name).with_suffix("").name) if reason is None else ""
        if reason is None and key not in part.partners.sar:
            reason = f"the SAR image is missing, but {shown_as} lists it"
        if reason is None and numbers.setdefault(key, number) != number:
            reason = f"listed twice in {shown_as}; the boxes of the second listing are not taken"
            index.lose(numbers[key], None)
        if reason is not None:
            reading.refuse(image.file_name, reason)
    return numbers


def _metadata(key: str, labelled: tuple[str, ...]) -> SceneMetadata:
    named = _PLACE.fullmatch(PurePosixPath(key).name)
    return SceneMetadata(
        sensor="Gaofen-3",
        optical_sensor=OPTICAL_SENSORS[named[1]] if named else None,
        band="C",
        resolution_m=(1.0, 1.0),
        geometry="ground",
        place=f"{_spelt(named[2])} ({named[3]}, {named[4]})" if named else None,
        licence=ABOUT.licence,
        labelled=labelled,
    )


def _spelt(city: str) -> str:
    """``NewYork`` as New York."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", city)
