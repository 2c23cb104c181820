"""What is asked of the preparation of a scene, and what comes back: plain records that travel as JSON.

Neither rasterio nor numba is imported here, so that the web process may know these records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

Quantity = Literal["db", "intensity", "amplitude", "dn"]
"""What a pixel's number is; dn is a digital number of unknown scaling."""

StatedQuantity = Literal["db", "intensity", "amplitude"]
"""What a user may say that it is."""

DEFAULT_MAX_PIXELS: Final = 8192 * 8192
"""The most rows × cols of one scene: 67 million, for which the memory limit of the decoder suffices."""


@dataclass(frozen=True, slots=True)
class Speckle:
    """How speckle is to be reduced."""

    looks: float | None = None
    """None: estimated from the image."""
    weight: Literal["lee1981", "lee1980"] = "lee1981"
    flat_test: float | None = None
    threads: int = 1


@dataclass(frozen=True, slots=True)
class SceneRequest:
    """Prepare this scene's images into ``folder``."""

    sar_path: Path
    folder: Path
    """Exists; gets ``sar.tif``, ``processed.tif`` and ``optical.tif``."""
    optical_path: Path | None = None
    band: int | str | None = None
    """The polarisation to take: a band's number from 1, or its description."""
    quantity: StatedQuantity | None = None
    """What the numbers are, where the user states it; None: told from type and range."""
    unit: Literal["sigma0_db", "gamma0_db", "relative_db"] = "relative_db"
    """Of values in dB; the first two only where calibration is documented."""
    speckle: Speckle = field(default_factory=Speckle)
    max_pixels: int = DEFAULT_MAX_PIXELS

    def as_json(self) -> dict[str, Any]:
        return _plain(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> SceneRequest:
        return cls(**_restored(stored, paths=("sar_path", "folder", "optical_path")))


@dataclass(frozen=True, slots=True)
class PreprocessRequest:
    """Turn one file into the processed 8-bit image, as a model is fed."""

    source: Path
    target: Path
    despeckled: Path | None = None
    """Where the filtered linear values are to be written, if anywhere."""
    band: int | str | None = None
    quantity: StatedQuantity | None = None
    speckle: Speckle = field(default_factory=Speckle)
    max_pixels: int = DEFAULT_MAX_PIXELS

    def as_json(self) -> dict[str, Any]:
        return _plain(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> PreprocessRequest:
        return cls(**_restored(stored, paths=("source", "target", "despeckled")))


@dataclass(frozen=True, slots=True)
class PreparedScene:
    """A scene's images on one grid, and what was found out about them."""

    rows: int
    cols: int
    sar: Path
    processed: Path
    """The same file as ``sar`` for 8-bit scenes of unknown scaling, which are not filtered."""
    optical: Path | None
    optical_note: str
    """How the optical partner was put on the grid, or why there is none."""
    unit: str
    """Of the SAR values, from ``pipeline.vocabulary.UNITS``."""
    dtype: str
    """Of the SAR file."""
    scale: float
    """A number in the SAR file times this is the value in ``unit``: 0.01 for int16 dB, else 1."""
    nodata: float | None
    """As stored in the SAR file; None where every pixel has data. NaN is written ``"nan"`` in JSON."""
    band: int
    band_count: int
    polarisation: str | None
    value_range: tuple[float, float]
    """Least and greatest valid SAR value, in ``unit``."""
    display_limits: tuple[float, float]
    """1st and 99th percentile of the valid SAR values, in ``unit``."""
    histogram_edges: tuple[float, ...]
    """257 edges of 256 equal bins, in ``unit``."""
    histogram_counts: tuple[int, ...]
    valid_fraction: float
    ground: Mapping[str, Any] | None
    """``{"crs": "EPSG:32631" or WKT, "affine": [a, b, c, d, e, f]}``, where known."""
    corners_lon_lat: tuple[tuple[float, float], ...] | None
    """Upper left, upper right, lower right, lower left outer corner of the image as stored."""
    centre_lon_lat: tuple[float, float] | None
    pixel_spacing_m: tuple[float, float] | None
    """(row, col)"""
    duplicate_hash: str
    """64-bit difference hash of the processed image, 16 hex digits; near-duplicates differ in few bits."""
    provenance: Mapping[str, Any]
    """Every choice on the way: band, quantity, looks, filter, stretch, overviews, warnings."""

    def as_json(self) -> dict[str, Any]:
        stored = _plain(self)
        if self.nodata is not None and self.nodata != self.nodata:
            stored["nodata"] = "nan"
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> PreparedScene:
        values = _restored(stored, paths=("sar", "processed", "optical"))
        if values["nodata"] is not None:
            values["nodata"] = float(values["nodata"])
        if values["corners_lon_lat"] is not None:
            values["corners_lon_lat"] = tuple(tuple(corner) for corner in values["corners_lon_lat"])
        return cls(**values)


def _plain(record: Any) -> dict[str, Any]:
    return {key: str(value) if isinstance(value, Path) else value for key, value in asdict(record).items()}


def _restored(stored: Mapping[str, Any], paths: tuple[str, ...]) -> dict[str, Any]:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in stored.items()}
    for key in paths:
        values[key] = None if values.get(key) is None else Path(values[key])
    if "speckle" in values:
        values["speckle"] = Speckle(**values["speckle"])
    return values
