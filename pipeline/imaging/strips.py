"""Walking over a band in strips of rows, each with some rows of its neighbours where a filter wants them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from numpy.typing import NDArray

from pipeline.imaging.reading import BandReader, Raster
from pipeline.imaging.survey import Survey

FILTER_HALO: Final = 3
"""Pixels around a rectangle that the 7×7 window of the filter sees."""
_ROWS: Final = 512
_MOST_PIXELS: Final = 1 << 25
_LOOKS_BLOCK: Final = 16


@dataclass(frozen=True, slots=True)
class Strip:
    """Some rows of a band over its whole width."""

    first: int
    rows: int
    raster: Raster
    """With the halo's rows, where the image has them."""
    above: int
    """How many rows of the halo lie above."""
    survey: Survey
    """With the halo."""

    def inner(self, values: NDArray[Any]) -> NDArray[Any]:
        """Of an array that lies on ``raster``, the strip's own rows."""
        return values[self.above : self.above + self.rows]


def walk(reader: BandReader, *, halo: int = 0) -> Iterator[Strip]:
    """All strips from top to bottom; their heights are multiples of 16, but for the last."""
    rows, cols = reader.shape
    height = max(_LOOKS_BLOCK, min(_ROWS, _MOST_PIXELS // cols // _LOOKS_BLOCK * _LOOKS_BLOCK))
    for first in range(0, rows, height):
        last = min(first + height, rows)
        top, bottom = max(0, first - halo), min(rows, last + halo)
        raster, survey = reader.read(top, 0, bottom - top, cols)
        yield Strip(first, last - first, raster, first - top, survey)
