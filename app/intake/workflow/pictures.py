"""The optical asset of a scene as a picture that a model is shown. Needs rasterio: for jobs and commands only."""

from __future__ import annotations

import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import rasterio
from rasterio.enums import Resampling
from rasterio.errors import NotGeoreferencedWarning

from app.assets import AssetStore

LONGEST_SIDE_PX: Final = 1536
"""Models scale larger pictures down themselves; what is sent is paid for."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG, and how many pixels of the scene one of its pixels covers along a side."""

    jpeg: bytes
    reduction: float


def picture_of(store: AssetStore, sha256: str) -> Picture:
    """The optical asset as a JPEG of at most :data:`LONGEST_SIDE_PX` along a side.

    Raises
    ------
    MissingAssetError
        If the store does not have it.
    """
    with tempfile.TemporaryDirectory(prefix="trihedral-") as folder, warnings.catch_warnings():
        # Assets carry no coordinates on purpose.
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        return _encoded(store.fetch(sha256, Path(folder)))


def _encoded(path: Path) -> Picture:
    with rasterio.open(path) as source:
        reduction = max(1.0, max(source.shape) / LONGEST_SIDE_PX)
        shape = (3, max(1, round(source.height / reduction)), max(1, round(source.width / reduction)))
        pixels = source.read((1, 2, 3), out_shape=shape, resampling=Resampling.average)
    profile = {"driver": "JPEG", "count": 3, "height": shape[1], "width": shape[2], "dtype": "uint8", "quality": 92}
    with rasterio.MemoryFile() as memory:
        with memory.open(**profile) as target:
            target.write(pixels)
        return Picture(bytes(memory.read()), reduction)
