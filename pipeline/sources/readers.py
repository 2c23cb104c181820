"""The readers by the name that the command line gives them, and the one way to call them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.sources.coco import read_coco
from pipeline.sources.dfc2023 import read_dfc2023
from pipeline.sources.openearthmap_sar import read_openearthmap_sar
from pipeline.sources.options import SourceOptions, given
from pipeline.sources.paired import read_paired
from pipeline.sources.reading import ARCHIVE_SUFFIXES, SourceError, SourceReading
from pipeline.sources.sardet_100k import read_sardet_100k
from pipeline.sources.spacenet6 import read_spacenet6
from pipeline.sources.voc import read_voc
from pipeline.sources.yolo import read_yolo


@dataclass(frozen=True, slots=True)
class Reader:
    """One reader, and which of the options it follows besides ``path`` and ``band``."""

    read: Callable[[SourceOptions], SourceReading]
    takes: frozenset[str]
    title: str
    """What it reads, in a few words, for the command's help."""


_ANNOTATED: Final = frozenset({"boxes", "images", "labelled"})


READERS: Final[Mapping[str, Reader]] = {
    "spacenet6": Reader(read_spacenet6, frozenset(), "SpaceNet 6"),
    "dfc2023": Reader(read_dfc2023, frozenset({"boxes"}), "DFC2023"),
    "openearthmap-sar": Reader(read_openearthmap_sar, frozenset(), "OpenEarthMap-SAR, DFC2025 track 1"),
    "sardet-100k": Reader(read_sardet_100k, _ANNOTATED, "SARDet-100K"),
    "coco": Reader(read_coco, _ANNOTATED, "images and COCO boxes"),
    "voc": Reader(read_voc, frozenset({"images", "labelled"}), "images and Pascal VOC boxes"),
    "yolo": Reader(read_yolo, frozenset({"images", "labelled"}), "images and YOLO boxes"),
    "paired": Reader(
        read_paired, frozenset({"optical", "boxes", "labelled", "pair"}), "SAR images beside optical ones"
    ),
}
"""The published data sets, then the general readers."""


def read_source(name: str, options: SourceOptions) -> SourceReading:
    """Open a source with the reader of this name.

    Returns
    -------
    SourceReading
        Iterate it once for the scenes; its lists of what was not taken grow meanwhile.

    Raises
    ------
    SourceError
        At once if there is no such reader, the reader does not follow an option that was given, or there is nothing
        to read; while iterating if a file breaks off.
    """
    reader = READERS.get(name)
    if reader is None:
        raise SourceError(name, "there is no such source", f"Sources are {', '.join(READERS)}.")
    unknown = [option for option in given(options) if option not in reader.takes]
    if unknown:
        takes = ", ".join(f"--{option}" for option in sorted(reader.takes)) or "no option of its own"
        what = f"it does not follow {', '.join(f'--{option}' for option in unknown)}"
        raise SourceError(f"source {name}", what, f"It takes {takes}.")
    try:
        return reader.read(options)
    except SourceError as error:
        archive = next(iter(_archives(options.path)), None)
        if archive is None:
            raise
        raise SourceError(error.where, error.what, f"{archive} is an archive: unpack it. {error.advice}") from error


def _archives(folder: Path) -> list[str]:
    """Names of archives right in the folder: what is missed may be in them still."""
    try:
        return sorted(file.name for file in folder.iterdir() if file.suffix.lower() in ARCHIVE_SUFFIXES)
    except OSError:
        return []
