"""What is asked of the preparation of a scene, and what comes back: plain records that travel as JSON.

Neither rasterio nor numba is imported here, so that the web process may know these records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from pipeline.records import Quantity as Quantity

MOST_PIXELS_AT_ONCE: Final = 8192 * 8192
"""The most rows × cols that are held in memory as one; a GeoTIFF that is larger is read piece by piece."""
DEFAULT_MAX_PIXELS: Final = 50_000 * 50_000
"""The most rows × cols of one scene: the largest products are half of that, and 10 GB of float32 take minutes."""


@dataclass(frozen=True, slots=True)
class Speckle:
    """How speckle is to be reduced."""

    looks: float | None = None
    """None: estimated from the image."""
    weight: Literal["lee1981", "lee1980"] = "lee1981"
    flat_test: float | None = None
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Chips:
    """How a scene that is too large to be reviewed as one is cut."""

    largest_whole_px: int = 4096 * 4096
    """rows × cols up to which a scene stays whole."""
    side_px: int = 2048
    """The most rows and cols of a chip."""
    overlap_px: int = 256
    """The least overlap of neighbours, so that no object of that size is cut in all of them."""


@dataclass(frozen=True, slots=True)
class Registration:
    """How well the optical partner lies on the SAR image, from blocks of low ground that were compared."""

    state: Literal["registered", "shifted", "misregistered", "unknown"]
    offset_px: tuple[float, float] | None
    """(row, col) by which the optical image must be moved to lie on the SAR image: median over agreeing blocks."""
    spread_px: float | None
    """Median distance of the blocks' own offsets from it."""
    blocks: int
    """Blocks with enough structure in both images to be compared."""
    agreeing: int
    """Of these, how many found the offset."""
    relief_px: float | None = None
    """How far high objects lean toward the radar beyond the ground's offset; None where it cannot be told."""
    note: str = ""
    """The finding as a sentence for people."""


@dataclass(frozen=True, slots=True)
class ChipWindow:
    """Where a chip lies in its parent scene."""

    row: int
    col: int
    rows: int
    cols: int
    parent_rows: int
    parent_cols: int

    @property
    def name(self) -> str:
        """What is added to the parent's name to name the chip."""
        return f"#{self.row}_{self.col}"


@dataclass(frozen=True, slots=True)
class SceneRequest:
    """Prepare this scene's images into ``folder``."""

    sar_path: Path
    folder: Path
    """Exists; gets ``sar.tif``, ``processed.tif`` and ``optical.tif``, of a chip with its window in their names."""
    optical_path: Path | None = None
    band: int | str | None = None
    """The polarisation to take: a band's number from 1, or its description."""
    quantity: Quantity | None = None
    """What the numbers are, where it is stated; None: told from type and range."""
    unit: Literal["sigma0_db", "gamma0_db", "relative_db"] = "relative_db"
    """Of values in dB; the first two only where calibration is documented."""
    speckle: Speckle = field(default_factory=Speckle)
    max_pixels: int = DEFAULT_MAX_PIXELS
    look_azimuth_deg: float | None = None
    """Direction in which the radar looks, clockwise from the image's up; None: unknown."""
    chips: Chips = field(default_factory=Chips)
    land_cover_path: Path | None = None
    land_cover_classes: Mapping[int, str] = field(default_factory=dict)
    """See :class:`pipeline.records.Scene`."""
    polarisations: tuple[str, ...] = ()
    """Of the file's bands, where the source says it: that of ``band`` first, then the others in their order."""
    only_band: bool = False
    """Whether the file's other polarisations are left out."""

    def as_json(self) -> dict[str, Any]:
        return _plain(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> SceneRequest:
        return cls(**_restored(stored, paths=("sar_path", "folder", "optical_path", "land_cover_path")))


@dataclass(frozen=True, slots=True)
class PreprocessRequest:
    """Turn one file into the processed 8-bit image, as a model is fed."""

    source: Path
    target: Path
    despeckled: Path | None = None
    """Where the filtered linear values are to be written, if anywhere."""
    band: int | str | None = None
    quantity: Quantity | None = None
    speckle: Speckle = field(default_factory=Speckle)
    max_pixels: int = DEFAULT_MAX_PIXELS
    stamp: str | None = None
    """Written into the files as their description, in ASCII: what they were made of."""

    def as_json(self) -> dict[str, Any]:
        return _plain(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> PreprocessRequest:
        return cls(**_restored(stored, paths=("source", "target", "despeckled")))


@dataclass(frozen=True, slots=True)
class FurtherPolarisation:
    """Another polarisation of the scene's file on the scene's grid; the fields are those of the scene's own image."""

    polarisation: str
    """Such as VH; the band's number, as ``band 2``, where nobody says what it is."""
    band: int
    sar: Path
    unit: str
    scale: float
    nodata: float | None
    display_limits: tuple[float, float]
    histogram_edges: tuple[float, ...]
    histogram_counts: tuple[int, ...]
    percentiles: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_known(self) -> bool:
        """Whether the file or its source says which polarisation it is."""
        return self.polarisation != f"band {self.band}"


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
    thumbnail: str = ""
    """32 × 32 means of the processed image, uint8, row by row, as 2,048 hex digits: confirms equal ground."""
    structure: float = 0.0
    """How much the thumbnail tells one place from another; open sea has next to none."""
    chip: ChipWindow | None = None
    """None for a scene that was taken whole."""
    registration: Registration | None = None
    """None without an optical image."""
    land_cover: Mapping[str, float] | None = None
    """``{class: share of the labelled area}``, summing to 1; None without labels."""
    percentiles: Mapping[str, float] = field(default_factory=dict)
    """Of the valid SAR values by percent (``"0.5"``), in ``unit``; none where a scene was prepared before they were."""
    further: tuple[FurtherPolarisation, ...] = ()
    """Other polarisations of the same file."""

    @property
    def rectangle(self) -> tuple[int, int, int, int]:
        """(row, col, rows, cols) in the file."""
        row, col = (0, 0) if self.chip is None else (self.chip.row, self.chip.col)
        return row, col, self.rows, self.cols

    def as_json(self) -> dict[str, Any]:
        further = [_without_nan(_plain(one)) for one in self.further]
        return {**_without_nan(_plain(self)), "further": further}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> PreparedScene:
        values = _restored(stored, paths=("sar", "processed", "optical"))
        values["further"] = tuple(
            FurtherPolarisation(**_with_nan(_restored(one, paths=("sar",)))) for one in stored.get("further", ())
        )
        values = _with_nan(values)
        if values["corners_lon_lat"] is not None:
            values["corners_lon_lat"] = tuple(tuple(corner) for corner in values["corners_lon_lat"])
        return cls(**values)


def _plain(record: Any) -> dict[str, Any]:
    return {key: str(value) if isinstance(value, Path) else value for key, value in asdict(record).items()}


def _without_nan(stored: dict[str, Any]) -> dict[str, Any]:
    """JSON has no NaN."""
    nodata = stored["nodata"]
    return {**stored, "nodata": "nan" if nodata is not None and nodata != nodata else nodata}


def _with_nan(stored: dict[str, Any]) -> dict[str, Any]:
    return {**stored, "nodata": None if stored["nodata"] is None else float(stored["nodata"])}


def _restored(stored: Mapping[str, Any], paths: tuple[str, ...]) -> dict[str, Any]:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in stored.items()}
    for key in paths:
        values[key] = None if values.get(key) is None else Path(values[key])
    for key, record in (("speckle", Speckle), ("chips", Chips), ("chip", ChipWindow)):
        if values.get(key) is not None:
            values[key] = record(**values[key])
    if values.get("registration") is not None:
        stated = values["registration"]
        offset = stated["offset_px"]
        values["registration"] = Registration(**{**stated, "offset_px": None if offset is None else tuple(offset)})
    if "land_cover_classes" in values:
        # JSON's keys are texts.
        values["land_cover_classes"] = {int(key): name for key, name in values["land_cover_classes"].items()}
    return values
