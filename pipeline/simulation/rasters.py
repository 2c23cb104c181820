"""Simulated arrays as image files of the usual kinds. Needs rasterio."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import DatasetWriter

from pipeline.simulation.scenes import SimulatedScene

Quantity = Literal["intensity", "amplitude", "db", "dn"]
AMPLITUDE_SCALE: Final = 2000.0
"""uint16 value of amplitude 1 (sigma nought 0 dB)"""
_DRIVERS: Final = {".tif": "GTiff", ".png": "PNG", ".jpg": "JPEG", ".bmp": "BMP"}


@dataclass(frozen=True, slots=True)
class SarForm:
    """As what the SAR image of a scene is written."""

    quantity: Quantity = "intensity"
    """intensity and db are float32 with NaN; amplitude is uint16, ``2000 × sqrt(power)``, and dn uint8, amplitude cut
    at its 99th percentile, both with 0 where there is no data"""
    suffix: str = ".tif"
    """.tif, or for dn .png, .jpg or .bmp"""
    is_georeferenced: bool = True

    def __post_init__(self) -> None:
        if self.suffix not in _DRIVERS:
            raise ValueError(f"images are written as {', '.join(_DRIVERS)}, not as {self.suffix!r}")
        if self.suffix != ".tif" and self.quantity != "dn":
            raise ValueError(f"{self.quantity} needs .tif; {self.suffix} holds 8 bits")


def sar_values(powers: NDArray[np.float32], quantity: Quantity) -> NDArray[Any]:
    """Linear power in the numbers of a quantity; shape (bands, rows, cols)."""
    if quantity == "intensity":
        return powers
    if quantity == "db":
        return (10 * np.log10(powers)).astype(np.float32)
    amplitude = np.sqrt(np.nan_to_num(powers))
    if quantity == "amplitude":
        return np.clip(np.rint(AMPLITUDE_SCALE * amplitude), 0, 65535).astype(np.uint16)
    brightest = max(float(np.percentile(amplitude[amplitude > 0], 99)), 1e-9) if amplitude.any() else 1.0
    return np.clip(np.rint(255 / brightest * amplitude), 0, 255).astype(np.uint8)


def write_sar(file: Path, scene: SimulatedScene, form: SarForm = SarForm()) -> None:
    """Write all polarisations of a scene into one file; bands carry their names where the format has room for them."""
    values = sar_values(scene.powers, form.quantity)
    has_gaps = bool(np.isnan(scene.powers).any())
    nodata = (float("nan") if values.dtype == np.float32 else 0) if has_gaps and form.suffix == ".tif" else None
    names = scene.truth.sensing.polarisations if len(values) > 1 else ()
    write_raster(file, values, scene if form.is_georeferenced else None, nodata, names)


def write_optical(file: Path, scene: SimulatedScene, *, is_georeferenced: bool = True) -> None:
    """Write the photograph, on the grid of the SAR image."""
    write_raster(file, np.moveaxis(scene.optical, 2, 0), scene if is_georeferenced else None)


def write_raster(
    file: Path,
    bands: NDArray[Any],
    on_ground: SimulatedScene | None = None,
    nodata: float | None = None,
    names: tuple[str, ...] = (),
) -> None:
    """Write bands (bands, rows, cols) by the file's suffix, with the coordinates of a scene if one is given."""
    file.parent.mkdir(parents=True, exist_ok=True)
    driver = _DRIVERS[file.suffix]
    profile: dict[str, Any] = {
        "driver": driver,
        "count": bands.shape[0],
        "height": bands.shape[1],
        "width": bands.shape[2],
        "dtype": bands.dtype.name,
    }
    if on_ground is not None:
        profile |= {"crs": on_ground.crs, "transform": rasterio.Affine(*on_ground.transform)}
    if driver == "GTiff":
        profile |= {"nodata": nodata, "compress": "deflate", "zlevel": 1}
    if driver == "JPEG":
        profile["quality"] = 92
    with opened_to_write(file, profile) as written:
        written.write(bands)
        for number, name in enumerate(names, 1):
            written.set_band_description(number, name)


@contextmanager
def opened_to_write(file: Path, profile: Mapping[str, Any]) -> Iterator[DatasetWriter]:
    """A new image file; that it has no coordinates is meant, and no reason for a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(file, "w", **profile) as written:
            yield written
