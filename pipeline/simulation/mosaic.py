"""Scenes of any size in flat memory: a few simulated grounds laid side by side, each time under new speckle.

The ground of a block is one of a small bank, so that 25,000² pixels cost little more than their speckle; at the blocks'
edges it does not meet. Any block can be made again alone: it depends on seed and place only. Needs rasterio to write.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.windows import Window

from pipeline.records import ObjectBox
from pipeline.simulation.framing import boxed
from pipeline.simulation.radar import Returns, detect
from pipeline.simulation.rasters import Quantity, opened_to_write, sar_values
from pipeline.simulation.scenes import average_returns
from pipeline.simulation.settings import SceneSettings
from pipeline.simulation.truth import SceneTruth


@dataclass(frozen=True, eq=False)
class Mosaic:
    """A large scene before its speckle: blocks of ``side`` pixels, each with one of the bank's grounds."""

    seed: int
    shape: tuple[int, int]
    side: int
    bank: tuple[tuple[Returns, SceneTruth], ...]

    @property
    def blocks(self) -> tuple[int, int]:
        """Rows and columns of blocks, those that the border cuts included."""
        return -(-self.shape[0] // self.side), -(-self.shape[1] // self.side)

    def ground_of(self, down: int, right: int) -> int:
        """Which of the bank's grounds a block shows."""
        return int(self._rng(down, right, 0).integers(len(self.bank)))

    def block(self, down: int, right: int) -> NDArray[np.float32]:
        """Linear power of a block, (bands, rows, cols), cut at the border of the mosaic."""
        seen, truth = self.bank[self.ground_of(down, right)]
        powers = detect(seen, truth.sensing, self._rng(down, right, 1))
        rows, cols = (min(self.side, size - at * self.side) for size, at in zip(self.shape, (down, right), strict=True))
        return powers[:, :rows, :cols]

    def strips(self) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """First row and linear power, (bands, rows, all columns), of one row of blocks after the other."""
        for down in range(self.blocks[0]):
            rows = min(self.side, self.shape[0] - down * self.side)
            # Filled block by block: joining finished blocks would hold every strip twice.
            strip = np.empty((len(self.bank[0][0].clutter), rows, self.shape[1]), np.float32)
            for right in range(self.blocks[1]):
                strip[:, :, right * self.side : (right + 1) * self.side] = self.block(down, right)
            yield down * self.side, strip

    def boxes(self) -> Iterator[ObjectBox]:
        """All boxes in pixels of the mosaic; those that a block's or the mosaic's edge cuts are marked."""
        number = 0
        for down in range(self.blocks[0]):
            for right in range(self.blocks[1]):
                for box in boxed(self.bank[self.ground_of(down, right)][1].objects)[0]:
                    placed = self._placed(box, down, right)
                    if placed is not None:
                        number += 1
                        yield replace(placed, box_id=str(number))

    def _placed(self, box: ObjectBox, down: int, right: int) -> ObjectBox | None:
        top, left = box.y_min + down * self.side, box.x_min + right * self.side
        bottom, far = min(top + box.height, self.shape[0]), min(left + box.width, self.shape[1])
        if bottom <= top or far <= left:
            return None
        is_cut = box.is_cut or bottom < top + box.height or far < left + box.width
        return ObjectBox("", box.category, left, top, far - left, bottom - top, is_cut=is_cut)

    def _rng(self, down: int, right: int, stream: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, down, right, stream, self.side])


def mosaic(seed: int, shape: tuple[int, int], settings: SceneSettings | None = None, grounds: int = 6) -> Mosaic:
    """Simulate the bank of grounds for a scene of ``shape`` (rows, cols).

    Parameters
    ----------
    settings : of the blocks, which are square; default 1024², one look, independent speckle
    grounds : how many of them; each takes 18 bytes a pixel and polarisation

    Raises
    ------
    ValueError
        If the blocks are not square, or shape or grounds are not positive.
    """
    chosen = settings or SceneSettings(rows=1024, cols=1024, looks=1.0, is_speckle_correlated=False)
    if chosen.rows != chosen.cols:
        raise ValueError(f"blocks of a mosaic are square, not {chosen.rows} × {chosen.cols}")
    if min(shape) < 1 or grounds < 1:
        raise ValueError(f"a mosaic has pixels and grounds, not {shape[0]} × {shape[1]} and {grounds}")
    bank = tuple(average_returns(seed, index, chosen) for index in range(grounds))
    return Mosaic(seed, shape, chosen.rows, bank)


def write_mosaic(file: Path, laid: Mosaic, quantity: Quantity = "intensity") -> None:
    """Stream a mosaic into a GeoTIFF, a row of blocks at a time: tiled, not compressed, without coordinates.

    With ``dn`` each row of blocks has a scaling of its own.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    dtype = sar_values(np.ones((1, 1, 1), np.float32), quantity).dtype.name
    profile = {
        "driver": "GTiff",
        "count": laid.bank[0][0].clutter.shape[0],
        "height": laid.shape[0],
        "width": laid.shape[1],
        "dtype": dtype,
        "tiled": True,
        "blockxsize": 512,
        "blockysize": 512,
        "BIGTIFF": "IF_SAFER",
    }
    # GDAL's own cache of blocks would take a twentieth of the machine's memory.
    with rasterio.Env(GDAL_CACHEMAX=64 << 20), opened_to_write(file, profile) as written:
        for first_row, powers in laid.strips():
            values = sar_values(powers, quantity)
            written.write(values, window=Window(0, first_row, laid.shape[1], powers.shape[1]))
