"""Images whose pixels are places in a table of colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import ColorInterp

from pipeline.imaging.errors import ImageError
from pipeline.imaging.opening import Opened


@dataclass(frozen=True, slots=True)
class Palette:
    """A table that turns the numbers of a band into grey levels."""

    levels: NDArray[Any]
    notes: tuple[str, ...]

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.levels.dtype


def palette_of(image: Opened, number: int) -> Palette | None:
    """The grey palette of a band; None where it has none, or one that says just what its numbers say.

    Raises ImageError for a palette of colours, which hides the measured values.
    """
    dataset = image.dataset
    if dataset.colorinterp[number - 1] != ColorInterp.palette:
        return None
    table = colour_table(dataset, number)
    if (table[0] != table[1]).any() or (table[0] != table[2]).any():
        reason = "has a colour palette, which hides the measured values; export them without one"
        raise ImageError(image.path, reason)
    if dataset.dtypes[number - 1] == "uint8":
        return Palette(table[0], ("a grey palette was turned into grey levels",))
    # GDAL keeps 8 bit of each colour: numbers whose greys only rise say more themselves.
    if (np.diff(table[0].astype(int)) >= 0).all():
        return Palette(np.arange(table.shape[1], dtype=np.uint16), ("a rising grey palette was left out of account",))
    return Palette(table[0], ("a 16-bit grey palette was turned into 8-bit grey levels",))


def colour_table(dataset: Any, number: int) -> NDArray[np.uint8]:
    """Red, green and blue of every number that the band can hold, shape (3, 256 or 65536)."""
    table = np.zeros((3, 1 << (8 * np.dtype(dataset.dtypes[number - 1]).itemsize)), dtype=np.uint8)
    for index, colour in dataset.colormap(number).items():
        table[:, index] = colour[:3]
    return table
