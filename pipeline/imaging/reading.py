"""One band of a SAR image, whole or piece by piece: which it is, its numbers, and where it has data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.windows import Window

from pipeline.imaging.bands import band_names, band_number, choose_silently, is_polarisation
from pipeline.imaging.errors import ImageError
from pipeline.imaging.opening import CACHE_BYTES, Opened, check_header, opened
from pipeline.imaging.palettes import Palette, palette_of
from pipeline.imaging.placing import Affine, place_of, shifted
from pipeline.imaging.prepared import DEFAULT_MAX_PIXELS, MOST_PIXELS_AT_ONCE
from pipeline.imaging.survey import Survey, examine

NO_DATA: Final = "has no pixel with data (all NaN, infinite or no-data)"
ALL_ZERO: Final = "has no pixel with data: every one is zero"


@dataclass(frozen=True, slots=True)
class Raster:
    """One band in memory, or a part of one; and what the file says of it."""

    values: NDArray[Any]
    """Shape (rows, cols), in the file's own type."""
    valid: NDArray[np.bool_]
    """False where there is no data: NaN, ±inf, the file's no-data value, transparent."""
    crs: str | None
    """WKT."""
    transform: Affine | None
    """(a, b, c, d, e, f): x = a·col + b·row + c, y = d·col + e·row + f, of pixel corners."""
    dtype: str
    nodata: float | None
    band: int
    band_count: int
    band_descriptions: tuple[str | None, ...] = ()
    """Or polarisations by the bands' tags, where the file has no descriptions."""
    notes: tuple[str, ...] = field(default=())
    """What was decided on the way, in sentences."""

    @property
    def polarisation(self) -> str | None:
        """The description of the band that was read, such as VV; None where the file has none."""
        return self.band_descriptions[self.band - 1] if self.band_descriptions else None


class BandReader:
    """One band of an open image, from which any rectangle can be read."""

    def __init__(self, image: Opened, band: int | str | None) -> None:
        dataset = image.dataset
        self.image = image
        self._number = band_number(image, band)
        notes = choose_silently(image) if band is None else []
        self._palette: Palette | None = palette_of(image, self._number)
        self.shape: tuple[int, int] = dataset.shape
        place = place_of(dataset)
        names = band_names(dataset)
        notes += [*place.notes, *(self._palette.notes if self._palette else ())]
        nothing = np.empty((0, 0), self._palette.dtype if self._palette else dataset.dtypes[self._number - 1])
        self.described = Raster(
            values=nothing,
            valid=np.empty((0, 0), dtype=bool),
            crs=place.crs,
            transform=place.affine,
            dtype=str(nothing.dtype),
            nodata=dataset.nodatavals[self._number - 1],
            band=self._number,
            band_count=dataset.count,
            band_descriptions=names,
            notes=tuple(notes),
        )
        """Without pixels: what every part of the band has in common."""
        self._mask = _declared_by(dataset, self._number, names)

    def of(self, band: int) -> BandReader:
        """Another band of the same image."""
        return BandReader(self.image, band)

    @property
    def block_rows(self) -> int:
        """Rows that the file keeps together."""
        return int(self.image.dataset.block_shapes[self._number - 1][0])

    def read(self, row: int, col: int, rows: int, cols: int) -> tuple[Raster, Survey]:
        """The rectangle of this size from there on, its coordinates shifted.

        Raises ImageError where its pixels cannot be read, StorageError where that is not the file's fault.
        """
        window = Window(col, row, cols, rows)
        with self.image.damage_reported():
            values = self.image.dataset.read(self._number, window=window)
            valid = self._declared_valid(values, window)
        if self._palette is not None:
            values = self._palette.levels[values]
        survey = examine(values, valid)
        transform = shifted(self.described.transform, row, col)
        return replace(self.described, values=values, valid=valid, transform=transform), survey

    def _declared_valid(self, values: NDArray[Any], window: Window) -> NDArray[np.bool_]:
        if self._mask == "all":
            return np.ones(values.shape, dtype=bool)
        if self._mask == "nodata":
            # Asking GDAL for its mask would decode the file a second time.
            return np.asarray(values != values.dtype.type(self.described.nodata))
        return np.asarray(self.image.dataset.read_masks(self._number, window=window) != 0)


@contextmanager
def opened_band(
    path: Path, band: int | str | None = None, *, max_pixels: int = DEFAULT_MAX_PIXELS, cache_bytes: int = CACHE_BYTES
) -> Iterator[BandReader]:
    """One band of an image, open for reading.

    Parameters
    ----------
    path : Path
        A GeoTIFF, PNG, JPEG or BMP of uint8, uint16, int16, float32 or float64.
    band : int or str, optional
        A band's number from 1, or its description or polarisation, such as ``VV``. Without it the first is read; but
        three bands of 8 bit that differ are false colour, not a polarisation, and are refused.
    max_pixels : int
        The most rows × cols; of a PNG, JPEG or BMP at most 67 million.

    Raises
    ------
    StorageError
        If the place where the file lies fails, or has gone.
    ImageError
        If the file is missing, empty, damaged, too large, of another kind, or has no such band.
    """
    with opened(path, cache_bytes=cache_bytes) as image:
        check_header(image, max_pixels)
        yield BandReader(image, band)


def read_raster(path: Path, band: int | str | None = None, *, max_pixels: int = MOST_PIXELS_AT_ONCE) -> Raster:
    """Read one band of an image as a whole; see :func:`opened_band`.

    Raises
    ------
    ImageError
        As :func:`opened_band`, and if it has no pixel that is not zero.
    """
    with opened_band(path, band, max_pixels=max_pixels) as reader:
        raster, survey = reader.read(0, 0, *reader.shape)
    check_content(path, survey)
    return raster


def check_content(path: Path, survey: Survey) -> None:
    """Raise ImageError for an image with nothing in it."""
    if survey.valid == 0:
        raise ImageError(path, NO_DATA)
    if survey.zeros == survey.valid:
        raise ImageError(path, ALL_ZERO)


def _declared_by(dataset: Any, number: int, names: tuple[str | None, ...]) -> str:
    """What says where there is data: nothing (all), the no-data value, or a mask (of GDAL)."""
    flags = set(dataset.mask_flag_enums[number - 1])
    kind = np.dtype(dataset.dtypes[number - 1])
    nodata = dataset.nodatavals[number - 1]
    if flags == {MaskFlags.all_valid}:
        return "all"
    if MaskFlags.alpha in flags:
        # Four bands of 8 bit count as colours and transparency to GDAL, also where the last is a polarisation.
        alpha = list(dataset.colorinterp).index(ColorInterp.alpha)
        if alpha == number - 1 or is_polarisation(names[alpha]):
            return "all"
    if flags == {MaskFlags.nodata} and nodata is not None:
        if nodata != nodata:
            return "all"  # NaN is left out of floats anyhow, and no integer is NaN.
        info = np.finfo(kind) if kind.kind == "f" else np.iinfo(kind)
        if info.min <= nodata <= info.max and (kind.kind == "f" or nodata == int(nodata)):
            return "nodata"
    return "mask"
