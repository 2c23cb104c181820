"""Digital numbers of more than 8 bit as grey levels, where nothing is known of their scaling: a linear stretch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.cog import AddRows
from pipeline.imaging.streaming import StreamedCog
from pipeline.imaging.stretch import HIGH_PERCENT, LOW_PERCENT
from pipeline.imaging.tiff import Meaning, Tags

_NUMBERS: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers that become black and white."""

    low: float
    high: float

    def greys(self, values: NDArray[Any], valid: NDArray[np.bool_], *, has_holes: bool) -> NDArray[np.uint8]:
        """uint8, shape (rows, cols); 0 where there is no data, and there only if the image ``has_holes``."""
        span = self.high - self.low
        if span <= 0:
            return np.where(valid, 128, 0).astype(np.uint8)
        scaled = (np.where(valid, values, self.low).astype(np.float32) - np.float32(self.low)) * np.float32(255 / span)
        levels = np.floor(np.clip(scaled, 0, 255) + np.float32(0.5)).astype(np.uint8)
        return np.where(valid, np.maximum(levels, int(has_holes)), 0).astype(np.uint8)

    def as_provenance(self) -> dict[str, Any]:
        return {
            "function": "linear, to 0..255, rounded half up",
            "percentiles": [LOW_PERCENT, HIGH_PERCENT],
            "limits": [self.low, self.high],
        }


class NumberCounts:
    """How often each number up to 65,535 occurs, over strips."""

    def __init__(self) -> None:
        self._counts = np.zeros(_NUMBERS, dtype=np.int64)

    def add(self, values: NDArray[Any], valid: NDArray[np.bool_]) -> Self:
        """Count the valid values of a strip: whole numbers from 0."""
        chosen = values[valid].astype(np.int64)
        self._counts += np.bincount(chosen, minlength=_NUMBERS)
        return self

    def limits(self) -> Limits:
        """The 1st and 99th percentile, as ``numpy.percentile`` gives them."""
        below = np.cumsum(self._counts)
        last = int(below[-1]) - 1

        def percentile(percent: float) -> float:
            position = percent / 100 * last
            at = int(position)
            low, high = np.searchsorted(below, [at, min(at + 1, last)], side="right")
            return float(low + (high - low) * (position - at))

        return Limits(percentile(LOW_PERCENT), percentile(HIGH_PERCENT))


def write_greys(
    path: Path,
    values: NDArray[Any],
    valid: NDArray[np.bool_],
    limits: Limits,
    *,
    has_holes: bool,
    geo_tags: Tags | None = None,
) -> NDArray[np.uint8]:
    """Write the ``processed`` file of digital numbers; its overviews are means of the numbers.

    Returns the full-size image.
    """
    shape = (values.shape[0], values.shape[1])
    with greys_stream(path, shape, limits, has_holes=has_holes, geo_tags=geo_tags) as add_rows:
        add_rows(values, valid)
    return limits.greys(values, valid, has_holes=has_holes)


@contextmanager
def greys_stream(
    path: Path, shape: tuple[int, int], limits: Limits, *, has_holes: bool, geo_tags: Tags | None = None
) -> Iterator[AddRows]:
    """The file of :func:`write_greys` from strips."""

    def encode(means: NDArray[np.float64], valid: NDArray[np.bool_]) -> NDArray[np.uint8]:
        return limits.greys(means, valid, has_holes=has_holes)

    meaning = Meaning(nodata=0 if has_holes else None, geo_tags=geo_tags)
    with StreamedCog(path, shape, np.uint8, encode, meaning) as cog:

        def add_rows(values: NDArray[Any], valid: NDArray[np.bool_]) -> None:
            cog.add_rows(encode(values, valid), np.asarray(values, dtype=np.float32), valid)

        yield add_rows
