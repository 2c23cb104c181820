"""Land-cover labels of a scene as area shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from rasterio.windows import Window

from pipeline.imaging.errors import ImageError, StorageError
from pipeline.imaging.opening import Opened, check_header, opened
from pipeline.imaging.prepared import DEFAULT_MAX_PIXELS

_ROWS_AT_ONCE: Final = 2048


@dataclass(frozen=True, slots=True)
class LandCover:
    """An image of class numbers that lies on the grid of its scene, open for reading."""

    image: Opened
    classes: Mapping[int, str]

    def shares(self, row: int, col: int, rows: int, cols: int) -> Mapping[str, float] | None:
        """``{class: share}`` of the pixels of a rectangle whose number is a class, summing to 1; None without any.

        Classes are in the order of their numbers; those that are not there are left out.
        """
        counts = np.zeros(256, dtype=np.int64)
        with self.image.damage_reported():
            for first in range(row, row + rows, _ROWS_AT_ONCE):
                window = Window(col, first, cols, min(_ROWS_AT_ONCE, row + rows - first))
                numbers = self.image.dataset.read(1, window=window)
                counts += np.bincount(numbers.ravel(), minlength=256)
        found = {number: int(counts[number]) for number in sorted(self.classes) if 0 <= number < 256 and counts[number]}
        total = sum(found.values())
        shares: dict[str, float] = {}
        for number, count in found.items():
            # Two numbers may be one class.
            shares[self.classes[number]] = shares.get(self.classes[number], 0.0) + count / total
        return shares or None


@contextmanager
def opened_land_cover(
    path: Path | None, classes: Mapping[int, str], shape: tuple[int, int]
) -> Iterator[tuple[LandCover | None, str | None]]:
    """The land cover of a scene of ``shape`` (rows, cols), or why it is left out; both None where it has none.

    Raises
    ------
    StorageError
        If the place where the file lies fails: the scene is not to be taken without it.
    """
    if path is None:
        yield None, None
        return
    with ExitStack() as stack:
        try:
            image = stack.enter_context(opened(path))
            reason = _misfit(image, shape)
        except StorageError:
            raise
        except ImageError as error:
            reason = f"taken without land cover: {path.name} {error.reason}"
        yield (None, reason) if reason else (LandCover(image, classes), None)


def _misfit(image: Opened, shape: tuple[int, int]) -> str | None:
    """Why the labels cannot be those of the scene; raises ImageError for an image that is not read at all."""
    name, dataset = image.path.name, image.dataset
    check_header(image, DEFAULT_MAX_PIXELS)
    if dataset.shape != shape:
        sizes = f"{dataset.shape[0]}×{dataset.shape[1]} pixels, the SAR image {shape[0]}×{shape[1]}"
        return f"taken without land cover: {name} has {sizes}"
    if dataset.count != 1 or dataset.dtypes[0] != "uint8":
        kinds = f"{dataset.count} bands of {dataset.dtypes[0]}"
        return f"taken without land cover: {name} has {kinds}, not class numbers in one band of 8 bit"
    return None
