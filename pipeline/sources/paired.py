"""Paired folders: ``sar/NAME.ext`` and ``optical/NAME.ext``, of one ground under one name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

from pipeline.records import ObjectBox, Scene, SceneMetadata
from pipeline.sources.coco import require_categories
from pipeline.sources.coco_index import CocoIndex, index_coco
from pipeline.sources.reading import (
    IMAGE_SUFFIXES,
    SourceError,
    SourceReading,
    is_junk,
    leaves,
    require_folder,
    unsafe_name,
)
from pipeline.sources.scene_metadata import read_scene_metadata

LAYOUT: Final = "the folder that holds sar/ and, where there are partners, optical/"


def read_paired(
    path: Path, *, optical: Path | None = None, boxes: Path | None = None, labelled: Sequence[str] = ()
) -> SourceReading:
    """Read a folder of SAR images, with or without optical partners of the same name.

    Parameters
    ----------
    path : folder
        With ``sar/`` (otherwise its own images are the SAR images), and optionally ``optical/``, ``boxes.json`` and
        ``metadata.json`` (``{scene name: SceneMetadata}``). Sub-folders are part of an image's name; endings may differ
        between partners.
    optical : folder, optional
        Where the partners are, if not in ``optical/``. Without either, scenes are SAR only.
    boxes : COCO file, optional
        ``boxes.json`` in ``path`` if not given. Its ``file_name`` is a scene's name, with or without folder or ending.
    labelled : categories annotated exhaustively in every scene
        If given it holds instead of what ``metadata.json`` says.

    Returns
    -------
    SourceReading
        Scenes by name; a scene's name is the path of its SAR image below ``path``.

    Raises
    ------
    SourceError
        If a folder or file is absent or not what it should be, or ``labelled`` names no category of the boxes.
    """
    root = require_folder(path, LAYOUT)
    sar_folder = root / "sar" if (root / "sar").is_dir() else root
    if optical is not None:
        require_folder(optical, "the folder of the optical images")
    elif sar_folder != root and (root / "optical").is_dir():
        optical = root / "optical"
    reading = SourceReading()
    sar = _images(sar_folder, root, reading)
    if not sar:
        raise SourceError(sar_folder, "there is no image in this folder", f"Give {LAYOUT}.")
    reading.expected = len(sar)
    annotated = _annotated(root, boxes, tuple(labelled), reading)
    partners = {} if optical is None else _images(optical, root, reading)
    reading.scenes = _scenes(_Pairs(root, sar, partners), annotated, reading)
    return reading


@dataclass(frozen=True, slots=True)
class _Pairs:
    root: Path
    sar: dict[str, Path]
    """By stem: the path below its folder without the ending."""
    optical: dict[str, Path]

    def name(self, stem: str) -> str:
        return self.sar[stem].relative_to(self.root).as_posix()


@dataclass(frozen=True, slots=True)
class _Annotated:
    """Boxes and metadata beside the images; both may be missing."""

    index: CocoIndex | None
    by_file: dict[str, int]
    metadata: dict[str, SceneMetadata]
    labelled: tuple[str, ...]

    def image_of(self, name: str, stem: str) -> int | None:
        """The box file's entry for a scene: by its name, without the folder, without the ending."""
        forms = (name, name.partition("/")[2], stem)
        return next((self.by_file[form] for form in forms if form in self.by_file), None)


def _images(folder: Path, root: Path, reading: SourceReading) -> dict[str, Path]:
    found: dict[str, Path] = {}
    # Without a sar/ folder only the images right here are SAR: folders beside them hold who knows what.
    for file in sorted(folder.glob("*") if folder == root else folder.rglob("*")):
        below = file.relative_to(folder)
        if is_junk(below) or (file.is_dir() and not file.is_symlink()):
            continue
        name = file.relative_to(root).as_posix() if file.is_relative_to(root) else below.as_posix()
        stem = below.with_suffix("").as_posix()
        reason = _refusal(file, folder, below)
        if reason is None and stem in found:
            reason = f"{found[stem].name} has the same name with another ending; one of them must go"
        if reason is None:
            found[stem] = file
        elif folder != root or file.suffix.lower() in IMAGE_SUFFIXES:
            reading.refuse(name, reason)
    return found


def _refusal(file: Path, folder: Path, below: Path) -> str | None:
    reason = unsafe_name(below.as_posix())
    if reason is not None:
        return reason
    if file.is_dir():
        return "a symbolic link to a folder, which is not followed; put the folder itself there"
    if file.suffix.lower() not in IMAGE_SUFFIXES:
        return "not an image format that is read (tif, png, jpg, bmp)"
    if leaves(folder, file):
        return "a symbolic link that leaves the source's folder"
    return None if file.is_file() else "not a regular file"


def _annotated(root: Path, boxes: Path | None, labelled: tuple[str, ...], reading: SourceReading) -> _Annotated:
    if boxes is not None and not boxes.is_file():
        raise SourceError(boxes, "there is no such file", "Give the COCO .json file to --boxes.")
    if boxes is None and (root / "boxes.json").is_file():
        boxes = root / "boxes.json"
    file = root / "metadata.json"
    metadata = read_scene_metadata(file, reading) if file.is_file() else {}
    if boxes is None:
        return _Annotated(None, {}, metadata, labelled)
    index = index_coco(boxes, boxes.name, reading)
    require_categories(labelled, index, boxes)
    by_file: dict[str, int] = {}
    for number, image in enumerate(index.images):
        by_file[image.file_name] = number
        # An ending is left off only where this hides no other entry.
        by_file.setdefault(PurePosixPath(image.file_name).with_suffix("").as_posix(), number)
    return _Annotated(index, by_file, metadata, labelled)


def _scenes(pairs: _Pairs, annotated: _Annotated, reading: SourceReading) -> Iterator[Scene]:
    used: set[int] = set()
    for stem, file in pairs.sar.items():
        name = pairs.name(stem)
        image = annotated.image_of(name, stem)
        if image is not None:
            used.add(image)
        metadata = _metadata(name, image, annotated)
        yield Scene(
            name, file, pairs.optical.get(stem), _size(image, annotated), _boxes(image, annotated), None, metadata
        )
    _report_unused(pairs, annotated, used, reading)


def _size(image: int | None, annotated: _Annotated) -> tuple[int, int] | None:
    return annotated.index.images[image].size if annotated.index is not None and image is not None else None


def _boxes(image: int | None, annotated: _Annotated) -> tuple[ObjectBox, ...]:
    return annotated.index.boxes(image) if annotated.index is not None and image is not None else ()


def _metadata(name: str, image: int | None, annotated: _Annotated) -> SceneMetadata:
    """A scene that the box file does not mention was not looked at: nothing is known to be absent from it."""
    known = annotated.metadata.get(name, SceneMetadata())
    wanted = annotated.labelled or known.labelled
    if annotated.index is None or image is None:
        return replace(known, labelled=())
    return replace(known, labelled=annotated.index.labelled(image, wanted))


def _report_unused(pairs: _Pairs, annotated: _Annotated, used: set[int], reading: SourceReading) -> None:
    for stem, file in pairs.optical.items():
        if stem not in pairs.sar:
            name = file.relative_to(pairs.root).as_posix() if file.is_relative_to(pairs.root) else file.name
            reading.refuse(name, "an optical image without a SAR image of the same name")
    names = {pairs.name(stem) for stem in pairs.sar}
    for name in sorted(set(annotated.metadata) - names):
        reading.refuse("metadata.json", f"it describes a scene that is not here: {name}")
    for number, image in enumerate(annotated.index.images if annotated.index else ()):
        if number not in used:
            reading.refuse(image.file_name, "the box file lists this image, but it is not here")
