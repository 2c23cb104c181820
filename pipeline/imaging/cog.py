"""The images of a scene as Cloud-Optimized GeoTIFFs on one grid, with overviews averaged in linear power.

The ``sar`` image keeps what was measured, see :mod:`pipeline.imaging.sar_numbers`; ``processed`` is 8 bit. Overviews
are means over valid pixels; digital numbers of unknown scaling are averaged as they are, since nothing better is known
of them. Each image can be written whole, or as a stream of strips where it does not fit into memory: the same file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.prepared import Quantity
from pipeline.imaging.pyramid import mean_levels
from pipeline.imaging.quantity import of_power
from pipeline.imaging.reading import Raster
from pipeline.imaging.sar_numbers import SarNumbers
from pipeline.imaging.streaming import StreamedCog
from pipeline.imaging.stretch import Stretch, apply_stretch
from pipeline.imaging.tiff import Meaning, Tags, write_cog

AddRows = Callable[[NDArray[Any], NDArray[np.bool_]], None]
"""Takes the next rows of an image, from top to bottom: values and where they are valid, shape (n, cols)."""


def write_sar(
    path: Path,
    raster: Raster,
    numbers: SarNumbers,
    values: NDArray[np.float32] | None = None,
    geo_tags: Tags | None = None,
) -> NDArray[Any]:
    """Write the ``sar`` file of a scene, or of a chip of it, with its overviews.

    Parameters
    ----------
    numbers
        Decided from the whole scene.
    values : float32, shape (rows, cols), optional
        What :func:`pipeline.imaging.quantity.linear` makes of the raster; saves time where it is known already.

    Returns
    -------
    The stored numbers of the full-size image, shape (rows, cols).
    """
    if values is None and numbers.is_db:
        values = numbers.linear(raster.values, raster.valid)
    stored = numbers.stored(raster.values, raster.valid, values)
    averaged = stored if values is None or not numbers.is_db else values
    means = mean_levels(averaged, raster.valid, is_amplitude=numbers.is_amplitude, least=numbers.floor)
    _write(path, [stored, *(numbers.of_means(*level) for level in means)], _meaning_of(numbers, geo_tags))
    return stored


@contextmanager
def sar_stream(
    path: Path, shape: tuple[int, int], numbers: SarNumbers, geo_tags: Tags | None = None
) -> Iterator[AddRows]:
    """The file of :func:`write_sar` from strips of the source's values; replaced in one step when the block ends."""
    meaning = _meaning_of(numbers, geo_tags)
    with StreamedCog(
        path, shape, numbers.dtype, numbers.of_means, meaning, is_amplitude=numbers.is_amplitude, least=numbers.floor
    ) as cog:

        def add_rows(rows: NDArray[Any], valid: NDArray[np.bool_]) -> None:
            values = numbers.linear(rows, valid) if numbers.is_db else None
            stored = numbers.stored(rows, valid, values)
            cog.add_rows(stored, stored if values is None else values, valid)

        yield add_rows


def write_processed(
    path: Path,
    despeckled: NDArray[np.float32],
    valid: NDArray[np.bool_],
    stretch: Stretch,
    geo_tags: Tags | None = None,
    *,
    has_holes: bool | None = None,
) -> NDArray[np.uint8]:
    """Stretch and write the ``processed`` file; its overviews are stretched means of despeckled power.

    Parameters
    ----------
    despeckled : float32, shape (rows, cols)
        Linear power, or amplitude where ``stretch`` says so.
    has_holes : bool, optional
        Whether 0 marks no data; a chip passes its scene's, so that equal greys mean equal things. None: ``valid``
        tells.

    Returns
    -------
    The full-size image, uint8, shape (rows, cols).
    """
    has_holes = not valid.all() if has_holes is None else has_holes
    encode = _greys(stretch, has_holes)
    image = _stretched(despeckled, valid, stretch, has_holes)
    means = mean_levels(despeckled, valid, is_amplitude=stretch.is_amplitude)
    meaning = Meaning(nodata=0 if has_holes else None, geo_tags=geo_tags)
    _write(path, [image, *(encode(*level) for level in means)], meaning)
    return image


@contextmanager
def processed_stream(
    path: Path, shape: tuple[int, int], stretch: Stretch, has_holes: bool, geo_tags: Tags | None = None
) -> Iterator[AddRows]:
    """The file of :func:`write_processed` from strips of despeckled values."""
    meaning = Meaning(nodata=0 if has_holes else None, geo_tags=geo_tags)
    encode = _greys(stretch, has_holes)
    with StreamedCog(path, shape, np.uint8, encode, meaning, is_amplitude=stretch.is_amplitude) as cog:

        def add_rows(despeckled: NDArray[Any], valid: NDArray[np.bool_]) -> None:
            cog.add_rows(_stretched(despeckled, valid, stretch, has_holes), despeckled, valid)

        yield add_rows


def write_linear(
    path: Path, values: NDArray[np.float32], valid: NDArray[np.bool_], quantity: Quantity, geo_tags: Tags | None
) -> None:
    """Write linear values as float32, NaN where there is no data; overviews are means of power."""
    with linear_stream(path, (values.shape[0], values.shape[1]), quantity, geo_tags) as add_rows:
        add_rows(values, valid)


@contextmanager
def linear_stream(path: Path, shape: tuple[int, int], quantity: Quantity, geo_tags: Tags | None) -> Iterator[AddRows]:
    """The file of :func:`write_linear` from strips."""

    def encode(means: NDArray[np.float64], valid: NDArray[np.bool_]) -> NDArray[np.float32]:
        return of_power(means, quantity).astype(np.float32)

    meaning = Meaning(nodata=float("nan"), geo_tags=geo_tags)
    with StreamedCog(path, shape, np.float32, encode, meaning, is_amplitude=quantity == "amplitude") as cog:

        def add_rows(values: NDArray[Any], valid: NDArray[np.bool_]) -> None:
            cog.add_rows(np.where(valid, values, np.float32(np.nan)), values, valid)

        yield add_rows


def write_optical(path: Path, image: NDArray[np.uint8], valid: NDArray[np.bool_]) -> None:
    """Write the optical partner, shape (3, rows, cols); where it has no data all bands are 0, elsewhere at least 1."""
    has_holes = not valid.all()
    levels = [_bands_last(image, valid, has_holes)]
    for of_bands in zip(*(mean_levels(band, valid) for band in image), strict=True):
        has_data = of_bands[0][1]
        rounded = np.stack([np.where(has_data, means + 0.5, 0).astype(np.uint8) for means, _ in of_bands])
        levels.append(_bands_last(rounded, has_data, has_holes))
    write_cog(path, levels, nodata=0 if has_holes else None)


def _write(path: Path, levels: list[NDArray[Any]], meaning: Meaning) -> None:
    write_cog(path, levels, nodata=meaning.nodata, scale=meaning.scale, unit=meaning.unit, geo_tags=meaning.geo_tags)


def _meaning_of(numbers: SarNumbers, geo_tags: Tags | None) -> Meaning:
    return Meaning(numbers.nodata, numbers.scale, "dB" if numbers.is_db else None, geo_tags)


def _greys(stretch: Stretch, has_holes: bool) -> Callable[[NDArray[np.float64], NDArray[np.bool_]], NDArray[np.uint8]]:
    """Means of power as grey levels."""
    quantity: Quantity = "amplitude" if stretch.is_amplitude else "intensity"

    def encode(means: NDArray[np.float64], valid: NDArray[np.bool_]) -> NDArray[np.uint8]:
        return _stretched(of_power(means, quantity), valid, stretch, has_holes)

    return encode


def _stretched(
    values: NDArray[np.floating[Any]], valid: NDArray[np.bool_], stretch: Stretch, has_holes: bool
) -> NDArray[np.uint8]:
    image = apply_stretch(values, valid, stretch)
    # A part without holes would use 0 for its darkest pixels, which marks no data in the whole.
    return np.maximum(image, 1) if has_holes and valid.all() else image


def _bands_last(image: NDArray[np.uint8], valid: NDArray[np.bool_], has_holes: bool) -> NDArray[np.uint8]:
    marked = np.where(valid, np.maximum(image, 1), 0) if has_holes else image
    return np.ascontiguousarray(np.moveaxis(marked, 0, -1), dtype=np.uint8)
