"""Strips of an image as the compressed tiles of a TIFF: TIFF's predictors, then DEFLATE.

Little-endian machines only, as all are that numba compiles for here: numbers are written as they lie in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import deflate
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.compiled import compiled
from pipeline.imaging.deflating import Deflater

TILE: Final = 256
_SAMPLE_BYTES: Final = 4096
_REPETITIVE: Final = 0.9
_NOISE: Final = 0.75
"""Of its size, that a sample keeps without a dictionary: what keeps more has no repetitions to speak of."""
_DICTIONARY_LEVEL: Final = 6


class TileCompressor:
    """Compresses strips of one kind of image. For use by one thread at a time."""

    def __init__(self, dtype: np.dtype[Any], bands: int) -> None:
        self._is_float = dtype.kind == "f"
        self._bands = bands
        self._unsigned = np.dtype(f"u{dtype.itemsize}")
        self._tile = np.zeros((TILE, TILE * bands), self._unsigned)
        self._bytes = self._tile.reshape(-1).view(np.uint8)
        self._deflater = Deflater(self._bytes.size)

    def tiles(self, strip: NDArray[Any]) -> Iterator[bytearray | memoryview]:
        """A row of tiles, from left to right, as zlib streams, each of which the next one overwrites.

        Noise is coded without a dictionary. Where a sample of the middle tile shows that a dictionary would save a
        tenth (photographs enlarged, palettes), each tile is coded both ways and the smaller is kept.

        Parameters
        ----------
        strip : shape (rows, cols) or (rows, cols, bands)
            At most :data:`TILE` rows; what tiles have beyond it is never shown.
        """
        samples = np.ascontiguousarray(strip).reshape(strip.shape[0], -1).view(self._unsigned)
        places = range(0, strip.shape[1], TILE)
        self._predict(samples, places[len(places) // 2])
        is_repetitive = self._is_repetitive()
        for left in places:
            self._predict(samples, left)
            tile = self._deflater.compress(self._bytes)
            with_dictionary = deflate.zlib_compress(self._bytes, _DICTIONARY_LEVEL) if is_repetitive else tile
            yield min(tile, with_dictionary, key=len)

    def _predict(self, samples: NDArray[Any], left: int) -> None:
        if self._is_float:
            _predict_floats(samples, left * self._bands, self._bytes.reshape(TILE, -1))
        else:
            _predict_integers(samples, left * self._bands, self._bands, self._tile)

    def _is_repetitive(self) -> bool:
        middle = self._bytes[self._bytes.size // 4 :][:_SAMPLE_BYTES]
        without = len(self._deflater.compress(middle))
        if without > _NOISE * len(middle):
            return False
        return len(deflate.zlib_compress(middle, _DICTIONARY_LEVEL)) < _REPETITIVE * without


def _predict_integers(samples: NDArray[Any], left: int, bands: int, tile: NDArray[Any]) -> None:
    """Predictor 2: each number as its difference from its left neighbour in the band; zeros beyond the image.

    Beyond the right edge that repeats the last pixel, below the lower one it is the number 0.
    """
    rows = samples.shape[0]
    cut = samples[:, left : left + tile.shape[1]]
    width = cut.shape[1]
    tile[rows:] = 0
    tile[:rows, width:] = 0
    tile[:rows, :bands] = cut[:, :bands]
    np.subtract(cut[:, bands:], cut[:, : width - bands], out=tile[:rows, bands:width])


@compiled
def _predict_floats(samples: Any, left: Any, tile: Any) -> Any:
    """Predictor 3: a row's first bytes, then its second bytes, …, most significant first; then differences of bytes."""
    rows, cols = samples.shape
    across = tile.shape[1] // 4
    width = min(across, cols - left)
    tile[rows:] = 0
    for row in range(rows):
        source, target = samples[row, left : left + width], tile[row]
        before = np.uint8(0)
        for plane in range(4):
            shift = 24 - 8 * plane
            for col in range(across):
                byte = np.uint8(source[min(col, width - 1)] >> shift & 0xFF)
                target[plane * across + col] = byte - before
                before = byte
