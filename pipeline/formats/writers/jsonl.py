"""JSON Lines: the side files are all there is. A line a text with everything that is known of it, a line an image."""

from __future__ import annotations

from typing import ClassVar

from pipeline.formats.writer import ReleaseWriter


class JsonlWriter(ReleaseWriter):
    name: ClassVar[str] = "jsonl"
    title: ClassVar[str] = "JSON Lines"
    writes: ClassVar[str] = "One line a text with everything, one line an image, the images beside; for scripts."
    version: ClassVar[str] = "trihedral-jsonl-1"
