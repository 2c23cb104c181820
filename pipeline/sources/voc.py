"""Pascal VOC folders: ``Annotations/NAME.xml`` beside ``JPEGImages/NAME.jpg``, splits in ``ImageSets/Main/``.

VOC counts pixels from 1 and its corners are inside the box, so that ``xmin`` 1 and ``xmax`` 1 is the first pixel:
``x_min = xmin - 1``, ``width = xmax - xmin + 1``. Sets that count from 0 say so nowhere; their boxes come out one pixel
to the upper left, which a note on boxes at 0 gives away. Corners of turned boxes are points, taken as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from pipeline.records import ObjectBox, Scene, SceneMetadata
from pipeline.sources.boxes import SceneBoxes
from pipeline.sources.image_files import child_folder, images_below, shown_name, texts_below
from pipeline.sources.image_header import read_header
from pipeline.sources.options import SourceOptions
from pipeline.sources.reading import SourceError, SourceReading, require_folder, unreadable
from pipeline.sources.voc_objects import VocError, VocFile, read_voc_file
from pipeline.vocabulary import SPLITS

LAYOUT: Final = "the folder that holds Annotations/*.xml and JPEGImages/"
_LARGEST_LIST: Final = 64 << 20


def read_voc(options: SourceOptions) -> SourceReading:
    """Read a VOC folder; ``images`` is the folder of the images, if it is neither ``JPEGImages`` nor ``images``.

    Every image is a scene, also one that no file describes; of such a scene nothing is labelled.

    Raises
    ------
    SourceError
        If there is no such folder, no annotation, or no image.
    """
    root = require_folder(options.path, LAYOUT)
    annotations = child_folder(root, "Annotations")
    if annotations is None:
        raise SourceError(root, "there is no Annotations folder in it", f"Give {LAYOUT}.")
    if options.images is not None:
        require_folder(options.images, "the folder of the images")
    folder = options.images or child_folder(root, "JPEGImages", "images")
    if folder is None:
        raise SourceError(root, "there is no JPEGImages folder in it", f"Give {LAYOUT}, or --images.")
    reading = SourceReading()
    images = images_below(folder, reading, shown_below=root, others=False)
    described = texts_below(annotations, ".xml", reading, shown_below=root)
    if not images or not described:
        empty = folder if not images else annotations
        raise SourceError(empty, f"there is no {'image' if not images else '.xml file'} in it", f"Give {LAYOUT}.")
    reading.expected = len(images)
    source = _Source(root, images, described, _splits(root, images, reading), options.labelled)
    reading.scenes = _scenes(source, reading)
    return reading


@dataclass(frozen=True, slots=True)
class _Source:
    root: Path
    images: Mapping[str, Path]
    """By stem, as are the others."""
    described: Mapping[str, Path]
    splits: Mapping[str, str]
    labelled: tuple[str, ...]
    categories: set[str] = field(default_factory=set)
    """Those that were met so far."""


def _splits(root: Path, images: Mapping[str, Path], reading: SourceReading) -> dict[str, str]:
    """By stem, from the lists ``train.txt``, ``val.txt`` and ``test.txt``, else from a folder of that name."""
    sets = child_folder(root, "ImageSets")
    lists = sets and (child_folder(sets, "Main") or sets)
    splits: dict[str, str] = {}
    for split in SPLITS[:3]:
        file = lists / f"{split}.txt" if lists else None
        if file is not None and file.is_file() and file.stat().st_size <= _LARGEST_LIST:
            _take_list(file, split, splits, images, shown_name(file, root), reading)
    for stem in images:
        folder = stem.partition("/")[0].lower()
        if stem not in splits and "/" in stem and folder in SPLITS[:3]:
            splits[stem] = folder
    return splits


def _take_list(
    file: Path, split: str, splits: dict[str, str], images: Mapping[str, Path], shown_as: str, reading: SourceReading
) -> None:
    try:
        lines = file.read_text("utf-8-sig", "replace").splitlines()
    except OSError as error:
        raise unreadable(file, error) from error
    for number, line in enumerate(lines, 1):
        name = line.strip()
        if not name:
            continue
        stem = next((form for form in (name, _without_suffix(name), f"{split}/{name}") if form in images), None)
        if stem is None:
            reading.refuse(shown_as, f"line {number}: there is no image called {name}")
        elif splits.setdefault(stem, split) != split:
            reading.note(shown_as, f"line {number}: {name} is listed in {splits[stem]} too, which holds")


def _without_suffix(name: str) -> str:
    return PurePosixPath(name).with_suffix("").as_posix() if PurePosixPath(name).name else name


def _scenes(source: _Source, reading: SourceReading) -> Iterator[Scene]:
    by_name = _unique_names(source.described)
    used: set[str] = set()
    undescribed = 0
    for stem, file in source.images.items():
        xml = stem if stem in source.described else by_name.get(PurePosixPath(stem).name)
        header = read_header(file)
        size = None if header is None else header.size
        if xml is None:
            undescribed += 1
            found: _Annotated = (), (), size
        else:
            used.add(xml)
            found = _annotated(source, source.described[xml], size, reading)
        boxes, labelled, size = found
        metadata = SceneMetadata(labelled=labelled)
        yield Scene(shown_name(file, source.root), file, None, size, boxes, source.splits.get(stem), metadata)
    _report_rest(source, undescribed, used, reading)


def _report_rest(source: _Source, undescribed: int, used: set[str], reading: SourceReading) -> None:
    if undescribed:
        are = "image is" if undescribed == 1 else "images are"
        reading.note("Annotations", f"{undescribed:,} {are} taken without boxes: no .xml file is about them")
    for stem in sorted(source.described.keys() - used):
        reading.refuse(shown_name(source.described[stem], source.root), "its image is missing")
    for category in sorted(set(source.labelled) - source.categories):
        reading.note("Annotations", f"--labelled names {category}, but no object is called so")


def _unique_names(described: Mapping[str, Path]) -> dict[str, str]:
    """From a file's name without its folder to its stem, where only one file is called so."""
    counted = Counter(PurePosixPath(stem).name for stem in described)
    return {PurePosixPath(stem).name: stem for stem in described if counted[PurePosixPath(stem).name] == 1}


_Annotated = tuple[tuple[ObjectBox, ...], tuple[str, ...], tuple[int, int] | None]


def _annotated(source: _Source, xml: Path, size: tuple[int, int] | None, reading: SourceReading) -> _Annotated:
    shown_as = shown_name(xml, source.root)
    try:
        content = read_voc_file(xml)
    except VocError as error:
        reading.refuse(shown_as, f"{error}; its image is taken without boxes")
        return (), (), size
    _compare_sizes(content, size, shown_as, reading)
    boxes = SceneBoxes(shown_as, size or content.size, reading)
    for number, found in enumerate(content.objects, 1):
        if found.category is None:
            boxes.refuse("the object has no name", f"#{number}")
            continue
        source.categories.add(found.category)
        boxes.take(f"#{number}", found.category, found.box, is_cut=found.is_cut)
    return tuple(boxes.kept), boxes.labelled(source.labelled), boxes.size


def _compare_sizes(content: VocFile, size: tuple[int, int] | None, shown_as: str, reading: SourceReading) -> None:
    if size is not None and content.size is not None and content.size != size:
        stated, true = (f"{cols} × {rows}" for rows, cols in (content.size, size))
        reading.note(
            shown_as, f"it says that the image has {stated} pixels, but it has {true}; its boxes are taken as they are"
        )
