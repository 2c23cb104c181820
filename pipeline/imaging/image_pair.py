"""A SAR image and the optical one on its grid: averaged, or a square of both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ImagePair:
    """The two images on one grid, and where they have data."""

    sar: NDArray[np.uint8]
    sar_valid: NDArray[np.bool_]
    optical: NDArray[np.uint8]
    """shape (3, rows, cols)"""
    optical_valid: NDArray[np.bool_]

    def averaged(self, step: int) -> ImagePair:
        """Means of ``step`` × ``step`` pixels; one without data leaves the mean without."""
        sar, *bands = (_averaged(band, step) for band in (self.sar, *self.optical))
        masks = (_averaged(mask.view(np.uint8), step) == 1 for mask in (self.sar_valid, self.optical_valid))
        sar_valid, optical_valid = masks
        return ImagePair(sar, sar_valid, np.stack(bands), optical_valid)

    def cut(self, top: int, left: int, side: int, moved: tuple[int, int]) -> ImagePair:
        """A square of both images, the optical one from where it is to be moved from."""
        sar = np.s_[top : top + side, left : left + side]
        optical = np.s_[top - moved[0] : top - moved[0] + side, left - moved[1] : left - moved[1] + side]
        return ImagePair(self.sar[sar], self.sar_valid[sar], self.optical[:, *optical], self.optical_valid[optical])


def _averaged(image: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    """Means of ``step`` × ``step`` pixels, rounded down; what is left over at the end is cut off."""
    if step == 1:
        return image
    rows, cols = (size // step for size in image.shape)
    cells = image[: rows * step, : cols * step].reshape(rows, step, cols, step)
    return np.asarray(cells.sum(axis=(1, 3), dtype=np.uint32) // (step * step), np.uint8)
