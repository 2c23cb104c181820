"""SAR images and their optical partners in folders side by side: which belong together, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.sources.image_files import shown_name
from pipeline.sources.reading import SourceReading


@dataclass(frozen=True, slots=True)
class Partners:
    """The images of one pair of folders."""

    root: Path
    """Of the source; files are reported by their path below it."""
    sar: Mapping[str, Path]
    """By stem: the path below its folder without the ending."""
    optical: Mapping[str, Path] | None
    """The same; None where the folder is missing or was not expected."""
    swap: Callable[[str], str] = str
    """From a SAR stem to its partner's."""

    def of(self, stem: str) -> Path | None:
        """The optical partner of a SAR image."""
        return None if self.optical is None else self.optical.get(self.swap(stem))

    def report(self, reading: SourceReading) -> None:
        """Note SAR images that are taken without a partner, refuse optical images without a SAR image."""
        if self.optical is None:
            return
        matched = set()
        for stem, file in self.sar.items():
            matched.add(self.swap(stem))
            if self.swap(stem) not in self.optical:
                reading.note(shown_name(file, self.root), "it has no optical partner: none has its name")
        for stem, file in self.optical.items():
            if stem not in matched:
                reading.refuse(shown_name(file, self.root), "an optical image without a SAR image of the same name")


def note_missing_folder(
    parent: Path, name: str, without: Mapping[str, Path], what: str, root: Path, reading: SourceReading
) -> None:
    """Say that a folder is missing beside the SAR images, and how many scenes are taken without it."""
    shown = shown_name(parent / name, root) if parent != root else name
    are = "scene is" if len(without) == 1 else "scenes are"
    reading.note(shown, f"this folder is missing: {len(without):,} {are} taken without {what}")
