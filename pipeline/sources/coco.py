"""COCO folders: ``Annotations/{train,val,test}.json`` with ``JPEGImages/``, or one ``.json`` beside its images."""

from __future__ import annotations

import os
import stat
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from pipeline.imaging.storage import is_storage_failure
from pipeline.records import Scene, SceneMetadata
from pipeline.sources.coco_index import CocoImage, CocoIndex, index_coco
from pipeline.sources.image_files import NOT_AN_IMAGE, child_folder, files_below, shown_name
from pipeline.sources.options import SourceOptions
from pipeline.sources.reading import (
    IMAGE_SUFFIXES,
    SourceError,
    SourceReading,
    is_junk,
    leaves,
    require_folder,
    unsafe_name,
)

LAYOUT: Final = "the folder that holds Annotations/*.json and JPEGImages/, or one COCO .json beside its images"
_SPLITS: Final = ("train", "val", "test")
_IMAGE_FOLDERS: Final = ("JPEGImages", "images")


def read_coco(options: SourceOptions) -> SourceReading:
    """Read a folder of images with COCO boxes.

    Parameters
    ----------
    options
        ``path`` holds ``Annotations/{train,val,test}.json`` and ``JPEGImages/`` (with or without a folder a split), or
        one COCO ``.json`` and images; ``boxes`` is the COCO file where it is not in the folder, ``images`` the folder
        of the images where they are neither beside the COCO file nor in ``JPEGImages`` or ``images``.

    Returns
    -------
    SourceReading
        Scenes are named by their path below ``path`` (below ``images``, if that lies elsewhere). Boxes that reach
        beyond their image are clipped and noted, as are those that had to be taken from their outline; all else that
        is wrong is refused.

    Raises
    ------
    SourceError
        At once if there is no such folder or no COCO file; while iterating if a COCO file is not whole JSON or
        ``labelled`` names a category that it does not have.
    """
    root = require_folder(options.path, LAYOUT)
    if options.images is not None:
        require_folder(options.images, "the folder of the images")
    if options.boxes is not None and not options.boxes.is_file():
        raise SourceError(options.boxes, "there is no such file", "Give the COCO .json file to --boxes.")
    reading = SourceReading()
    files = [options.boxes] if options.boxes is not None else _annotation_files(root, reading)
    reading.scenes = _scenes(_Folders(root, options.images), files, options.labelled, reading)
    return reading


@dataclass(frozen=True, slots=True)
class _Folders:
    """Where images may lie; ``bases`` are the folders of images, in the order in which they are looked through."""

    root: Path
    images: Path | None
    bases: tuple[Path, ...] = field(init=False)
    _leaving: dict[Path, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.images is not None:
            bases = [self.images]
        else:
            found = (child_folder(self.root, name) for name in _IMAGE_FOLDERS)
            bases = [folder for folder in found if folder is not None] + [self.root]
        object.__setattr__(self, "bases", tuple(bases))

    def places(self, split: str | None) -> list[Path]:
        """The folders in which the images of a split may lie, in the order in which they are looked through."""
        folders = [folder for base in self.bases for folder in ((base / split, base) if split else (base,))]
        return [folder for folder in folders if folder.is_dir()]

    def is_left_by(self, file: Path) -> bool:
        """Whether a symbolic link leads out of the folder; of folders this is found out once, not for each image."""
        top = self.images or self.root
        if file.parent not in self._leaving:
            self._leaving[file.parent] = leaves(top, file.parent)
        return self._leaving[file.parent] or (file.is_symlink() and leaves(top, file))

    def name_of(self, file: Path) -> str:
        base = self.root
        if self.images is not None and not self.images.resolve().is_relative_to(self.root.resolve()):
            base = self.images
        return shown_name(file, base)


def _annotation_files(root: Path, reading: SourceReading) -> list[Path]:
    folder = child_folder(root, "Annotations") or root
    files = sorted(file for file in folder.glob("*.json") if file.is_file() and not is_junk(PurePosixPath(file.name)))
    files.sort(key=lambda file: _SPLITS.index(split) if (split := split_of(file)) else len(_SPLITS))
    if not files:
        raise SourceError(
            root, "there is no COCO .json file in this folder", f"Give {LAYOUT}, or name it with --boxes."
        )
    of_splits = [file for file in files if split_of(file) is not None]
    if len(files) > 1 and not of_splits:
        names = ", ".join(file.name for file in files[:5])
        raise SourceError(
            folder, f"there are several .json files ({names})", "Name the one that has the boxes with --boxes."
        )
    for file in files if of_splits else ():
        if file not in of_splits:
            reading.note(shown_name(file, root), "not read, since other files are of a split; choose it with --boxes")
    return of_splits or files


def split_of(file: Path) -> str | None:
    """``train``, ``val`` or ``test`` where the file's name says so (``train.json``, ``instances_val2017.json``)."""
    words = "".join(letter if letter.isalpha() else " " for letter in file.stem.lower()).split()
    named = [split for split in _SPLITS if split in words]
    return named[0] if len(named) == 1 else None


def _scenes(folders: _Folders, files: list[Path], labelled: tuple[str, ...], reading: SourceReading) -> Iterator[Scene]:
    taken: dict[str, str] = {}
    for file in files:
        shown_as = shown_name(file, folders.root)
        index = index_coco(file, shown_as, reading)
        require_categories(labelled, index, file)
        split = split_of(file)
        places = folders.places(split)
        reading.expected = (reading.expected or 0) + len(index.images)
        for number, image in enumerate(index.images):
            found = _find(folders, image, places, reading)
            if found is None:
                continue
            name = folders.name_of(found)
            if name in taken:
                reading.refuse(name, f"listed in {shown_as}, but taken already from {taken[name]}")
                continue
            taken[name] = shown_as
            metadata = SceneMetadata(labelled=index.labelled(number, labelled))
            yield Scene(name, found, None, image.size, index.boxes(number), split, metadata)
    _note_unlisted(folders, taken, reading)


def require_categories(labelled: Sequence[str], index: CocoIndex, file: Path) -> None:
    """Raise SourceError if ``labelled`` names a category that the file does not have: a slip of the pen would else
    silence every question about absence."""
    unknown = sorted(set(labelled) - set(index.categories.values()))
    if unknown:
        known = ", ".join(sorted(set(index.categories.values())))
        raise SourceError(file, f"no category is called {', '.join(unknown)}", f"--labelled may name: {known}.")


def _find(folders: _Folders, image: CocoImage, places: list[Path], reading: SourceReading) -> Path | None:
    reason = unsafe_name(image.file_name)
    if reason is not None:
        reading.refuse(image.file_name, reason)
        return None
    below = PurePosixPath(image.file_name)
    if below.name.startswith("._"):
        return None
    if below.suffix.lower() not in IMAGE_SUFFIXES:
        reading.refuse(image.file_name, NOT_AN_IMAGE)
        return None
    # A path is only made of what is there: half a download of 100,000 images is looked for in vain in each place.
    place = next((place for place in places if _is_file(f"{place}/{below}")), None)
    if place is not None and folders.is_left_by(place / below):
        reading.refuse(image.file_name, "a symbolic link that leaves the source's folder")
        return None
    if place is not None:
        return place / below
    reading.refuse(image.file_name, "the image file is missing")
    return None


def _is_file(path: str) -> bool:
    """As ``os.path.isfile``, but for failing storage, which that takes for a missing file."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116
    except OSError as error:
        if is_storage_failure(error):
            raise
        return False


def _note_unlisted(folders: _Folders, taken: Container[str], reading: SourceReading) -> None:
    """Say of each folder how many images lie there that no COCO file lists, such as a split without its file."""
    images = folders.bases[0]
    unlisted: dict[str, list[str]] = {}
    for below in files_below(images):
        if below.suffix.lower() in IMAGE_SUFFIXES and folders.name_of(images / below) not in taken:
            unlisted.setdefault(shown_name((images / below).parent, folders.root), []).append(below.name)
    for folder, names in unlisted.items():
        what = f"left out, since no COCO file lists them; images: {len(names):,}, the first is {names[0]}"
        reading.note(folder if folder != "." else folders.root.name, what)
