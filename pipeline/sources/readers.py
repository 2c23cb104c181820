"""The readers by the name that the command line gives them, and the one way to call them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from pipeline.sources.coco import read_coco
from pipeline.sources.options import SourceOptions, given
from pipeline.sources.paired import read_paired
from pipeline.sources.reading import SourceError, SourceReading


@dataclass(frozen=True, slots=True)
class Reader:
    """One reader, and which of the options it follows besides ``path`` and ``band``."""

    read: Callable[[SourceOptions], SourceReading]
    takes: frozenset[str]
    title: str
    """What it reads, in a few words, for the command's help."""


def _coco(options: SourceOptions) -> SourceReading:
    return read_coco(options.path, boxes=options.boxes, images=options.images, labelled=options.labelled)


def _paired(options: SourceOptions) -> SourceReading:
    return read_paired(options.path, optical=options.optical, boxes=options.boxes, labelled=options.labelled)


READERS: Final[Mapping[str, Reader]] = {
    "coco": Reader(_coco, frozenset({"boxes", "images", "labelled"}), "images and a COCO file"),
    "paired": Reader(_paired, frozenset({"optical", "boxes", "labelled", "pair"}), "SAR images beside optical ones"),
}


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
    return reader.read(options)
