"""Readers of published data sets: a folder in, an iterator of scenes out.

``READERS`` names them as the command line does. Each is called with the folder and keyword arguments of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from pipeline.sources.coco import read_coco
from pipeline.sources.paired import read_paired
from pipeline.sources.reading import SourceReading

READERS: Final[Mapping[str, Callable[..., SourceReading]]] = {"coco": read_coco, "paired": read_paired}
