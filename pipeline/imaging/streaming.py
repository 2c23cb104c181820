"""Cloud-Optimized GeoTIFFs of images that do not fit into memory, from strips of rows as they are computed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

from pipeline.imaging.pyramid import halve, level_shapes, means_of
from pipeline.imaging.tiff import CogLayout, Meaning, replacing
from pipeline.imaging.tiles import TILE, TileCompressor

Encoder = Callable[[NDArray[np.float64], NDArray[np.bool_]], NDArray[Any]]
"""Linear means and where they are valid, shape (rows, cols), as the numbers that the file holds."""


class StreamedCog:
    """Writes a COG, byte by byte what :func:`pipeline.imaging.tiff.write_cog` makes, in memory for 256 rows a level.

    Give it all rows from top to bottom, in strips of any height; overviews are averaged on the way. ``path`` is
    replaced in one step when the block ends; where the block fails, nothing is left of it.
    Until then the tiles wait in nameless files in the same folder, which takes up to twice the file's size on disk.

    ::

        def encode(means, valid):  # overviews: linear power -> stored numbers
            return apply_stretch(means.astype(np.float32), valid, stretch)

        with StreamedCog(path, (rows, cols), "uint8", encode, Meaning(nodata=0, geo_tags=tags)) as cog:
            for power, valid in strips:
                cog.add_rows(apply_stretch(power, valid, stretch), power, valid)

    See :func:`pipeline.imaging.cog.processed_stream` and :func:`pipeline.imaging.cog.linear_stream` for the two images
    of ``python -m pipeline preprocess``.

    Parameters
    ----------
    path : Path
    shape : (rows, cols)
    dtype : uint8, uint16, int16 or float32
    encode : function
        From the means of an overview, float64, and where they are valid, to the numbers that are stored.
    meaning : Meaning
        No-data value, scale, unit and coordinates, for the file's readers.
    is_amplitude : bool
        Whether ``values`` of :meth:`add_rows` are amplitude, which is squared before it is averaged; the means that
        ``encode`` gets are of power.
    least : float
        Smaller values are raised to this before they are averaged.
    """

    def __init__(
        self,
        path: Path,
        shape: tuple[int, int],
        dtype: DTypeLike,
        encode: Encoder,
        meaning: Meaning | None = None,
        *,
        is_amplitude: bool = False,
        least: float = -np.inf,
    ) -> None:
        self._path, self._shape = path, shape
        self._is_amplitude, self._least = is_amplitude, least
        shapes = level_shapes(shape)
        self._layout = CogLayout(shapes, np.dtype(dtype), meaning or Meaning())
        larger = [shapes[0], *shapes]
        self._levels = [
            _Level(each, np.dtype(dtype), encode, below[0]) for each, below in zip(shapes, larger, strict=False)
        ]
        self._rows = 0

    def add_rows(self, stored: NDArray[Any], values: NDArray[Any], valid: NDArray[np.bool_]) -> None:
        """Take the next rows.

        Parameters
        ----------
        stored : shape (n, cols)
            The numbers of the full-size image.
        values : shape (n, cols)
            Linear power, or amplitude, of the same pixels; overviews are means of it.
        valid : bool, shape (n, cols)

        Raises
        ------
        ValueError
            If the rows are too wide, too narrow or too many.
        """
        self._rows += stored.shape[0]
        if not stored.shape == values.shape == valid.shape or stored.shape[1] != self._shape[1]:
            raise ValueError(f"rows of shape {stored.shape}, {values.shape}, {valid.shape} for {self._shape}")
        if self._rows > self._shape[0]:
            raise ValueError(f"{self._rows} rows for an image of {self._shape[0]}")
        self._levels[0].add(stored)
        sums: NDArray[Any] = values
        counts: NDArray[Any] = valid
        for number, level in enumerate(self._levels[1:]):
            is_first = number == 0
            sums, counts = level.halved(
                sums, counts, is_amplitude=is_first and self._is_amplitude, least=self._least if is_first else -np.inf
            )
            if not len(sums):
                break

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            for level in self._levels:
                level.open(stack, self._path.parent)
            self._files = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._files:
            if kind is None:
                self._finish()

    def _finish(self) -> None:
        if self._rows != self._shape[0]:
            raise ValueError(f"only {self._rows} rows came of an image of {self._shape[0]}")
        for level in self._levels:
            level.flush()
        with replacing(self._path) as file:
            at = self._layout.head_bytes
            file.seek(at)
            for number, level in reversed(list(enumerate(self._levels))):
                for count in level.tile_bytes:
                    self._layout.place(number, at, count)
                    at += count
                level.copy_to(file)
            self._layout.write_head(file)


class _Level:
    """One image of the pyramid: rows that wait for a whole row of tiles, and its tiles on disk."""

    def __init__(self, shape: tuple[int, int], dtype: np.dtype[Any], encode: Encoder, rows_below: int) -> None:
        self.tile_bytes: list[int] = []
        self._encode = encode
        self._compressor = TileCompressor(dtype, bands=1)
        self._strip = np.empty((TILE, shape[1]), dtype)
        self._filled = 0
        self._rows_below = rows_below
        self._single: tuple[NDArray[Any], NDArray[Any]] | None = None

    def open(self, stack: ExitStack, folder: Path) -> None:
        self._file: IO[bytes] = stack.enter_context(tempfile.TemporaryFile(dir=folder))  # noqa: SIM115 - closed by the stack

    def add(self, stored: NDArray[Any]) -> None:
        """Take rows of numbers, and write what is a whole row of tiles."""
        while len(stored):
            taken = stored[: TILE - self._filled]
            self._strip[self._filled : self._filled + len(taken)] = taken
            self._filled += len(taken)
            stored = stored[len(taken) :]
            if self._filled == TILE:
                self.flush()

    def halved(
        self, values: NDArray[Any], counts: NDArray[Any], *, is_amplitude: bool, least: float
    ) -> tuple[NDArray[np.float64], NDArray[np.uint32]]:
        """Take rows of the next larger image; returns the sums and counts of the rows that they complete."""
        self._rows_below -= len(values)
        if self._single is not None:
            values, counts = np.concatenate([self._single[0], values]), np.concatenate([self._single[1], counts])
        # The last row of an image of odd height has no partner.
        whole = len(values) if self._rows_below == 0 else len(values) // 2 * 2
        self._single = None if whole == len(values) else (values[whole:].copy(), counts[whole:].copy())
        sums, totals = halve(values[:whole], counts[:whole], is_amplitude=is_amplitude, least=least)
        if len(sums):
            self.add(self._encode(*means_of(sums, totals)))
        return sums, totals

    def flush(self) -> None:
        """Write the rows that wait."""
        if self._filled == 0:
            return
        for tile in self._compressor.tiles(self._strip[: self._filled]):
            self.tile_bytes.append(len(tile))
            self._file.write(tile)
        self._filled = 0

    def copy_to(self, file: IO[bytes]) -> None:
        self._file.seek(0)
        shutil.copyfileobj(self._file, file, 1 << 20)
