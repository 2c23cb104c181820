"""What a format is: one class in a file of its own below ``writers/``, found there by its presence.

The exporter (:mod:`pipeline.formats.writing`) reads a release once and does what all formats share: images, the side
files of images and texts, statistics, manifest. Of a format it asks into which files of its own each text goes, and in
which bytes; :mod:`pipeline.formats.verifying` asks the same again, to name the text in which a file differs. What does
not follow from one text after the other is written at the end from the side files (``derive``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import ClassVar

from pipeline.formats.entries import Entry
from pipeline.formats.folder import ReleaseFolder
from pipeline.formats.frozen_text import FrozenText
from pipeline.formats.manifest import ReleaseHead
from pipeline.vocabulary import KINDS

ReadImages = Callable[[], Iterator[Entry]]
"""Gives the lines of the side file of images from its beginning."""


class ReleaseWriter:
    """A format. Made anew for each folder, so that it may hold what it has seen of it."""

    name: ClassVar[str]
    """As it is asked for: the file's name with dashes."""
    title: ClassVar[str]
    writes: ClassVar[str]
    """One line: what is in the folder, and what reads it."""
    version: ClassVar[str]
    """Of the bytes: the frozen release and this determine them. Whoever changes bytes changes it."""
    is_fixed: ClassVar[bool] = True
    """Whether its own files follow from release and version alone. Else they are the same only under the same lock
    file. They are never part of the release's identity, which is that of texts and images."""
    kinds: ClassVar[Sequence[str]] = KINDS
    """Kinds of texts that it has room for; others are left out, and the manifest says how many."""
    images: ClassVar[str] = "images"
    """The folder of the images: one of ``layout.IMAGE_FOLDERS``."""
    tells_place: ClassVar[bool] = False
    """Whether the side file says of each text at which place it is in the first of its files."""
    embeds_images: ClassVar[bool] = False
    """Whether images are inside its own files, so that the folder needs no others."""

    def begin(self, head: ReleaseHead, scenes: Iterable[tuple[str, str]]) -> None:
        """Called first, with (dataset, scene) of all scenes; what checks a folder knows of the head no more than name,
        number and time, and of the scenes those in the folder."""

    def paths(self, text: FrozenText) -> tuple[str, ...]:
        """The files that the text goes to, below the folder. Texts come in the order of their ids."""
        return ()

    def standing_paths(self, splits: Iterable[str]) -> Sequence[str]:
        """Files that are there even if no text goes to them, of a release with these splits."""
        return ()

    def opening(self, path: str) -> str:
        """What a file begins with. All its content is in UTF-8."""
        return ""

    def piece(self, path: str, text: FrozenText, image: str, index: int) -> str:
        """What a file has of the text, which is number ``index`` (from 0) there; ``image`` is its image's path."""
        raise NotImplementedError

    def closing(self, path: str, read_images: ReadImages) -> Iterable[str]:
        """What a file ends with."""
        return ()

    def image_entry(self, entry: Entry, licence: str) -> Entry:
        """What the side file says of an image: its licence, the scene's own or its dataset's, and all of the entry but
        where the original lay on the machine that imported it."""
        if not isinstance(original := entry.get("original"), dict):
            return {**entry, "licence": licence}
        kept = {role: {key: file[key] for key in file if key != "path"} for role, file in original.items()}
        return {**entry, "licence": licence, "original": kept}

    def derive(self, release: ReleaseFolder) -> None:
        """Write what follows from the finished side files and images."""
