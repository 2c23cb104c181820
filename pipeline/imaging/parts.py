"""The whole of a scene, or a chip of it, as images and figures: what is written, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.cog import write_optical, write_processed, write_sar
from pipeline.imaging.errors import ImageError, StorageError
from pipeline.imaging.figures import figures_of
from pipeline.imaging.greys import write_greys
from pipeline.imaging.ground import locate
from pipeline.imaging.land_cover import LandCover
from pipeline.imaging.optical import Optical, Partner
from pipeline.imaging.prepared import ChipWindow, PreparedScene, Registration, SceneRequest
from pipeline.imaging.reading import Raster
from pipeline.imaging.registration import check_registration
from pipeline.imaging.same_ground import fingerprint
from pipeline.imaging.sar_numbers import SarNumbers
from pipeline.imaging.study import Plan

UNFILTERED: Final = "8 bit of unknown scaling: taken as it is, neither filtered nor stretched"
UNFILTERED_NUMBERS: Final = "digital numbers of unknown scaling: not filtered, stretched to 8 bit by their percentiles"


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies beside the SAR image, open; and why it does not."""

    partner: Partner | None
    optical_note: str
    land_cover: LandCover | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The whole scene, or a chip of it, in memory."""

    shown: Raster
    values: NDArray[np.float32] | None
    """Linear; None for digital numbers, as is ``despeckled``."""
    despeckled: NDArray[np.float32] | None
    window: ChipWindow | None

    @property
    def rectangle(self) -> tuple[int, int, int, int]:
        """(row, col, rows, cols) in the scene."""
        if self.window is None:
            return 0, 0, *self.shown.values.shape
        return self.window.row, self.window.col, self.window.rows, self.window.cols

    @property
    def ending(self) -> str:
        """Of the names of its files."""
        return ".tif" if self.window is None else f"_{self.window.row}_{self.window.col}.tif"


def written(part: Part, plan: Plan, numbers: SarNumbers, request: SceneRequest, beside: Beside) -> PreparedScene:
    """Write the images of a part, and describe them."""
    shown = part.shown
    sar = request.folder / f"sar{part.ending}"
    stored = write_sar(sar, shown, numbers, part.values)
    processed, eight_bit = _processed(part, plan, stored, sar)
    optical, optical_note = _optical_of(part, beside)
    optical_path = None
    if optical is not None:
        optical_path = request.folder / f"optical{part.ending}"
        write_optical(optical_path, optical.image, optical.valid)
    figures = figures_of(stored, shown.valid, numbers.scale)
    seen = fingerprint(eight_bit, shown.valid)
    rows, cols = shown.values.shape
    ground = locate(shown.crs, shown.transform, (rows, cols))
    return PreparedScene(
        rows=rows,
        cols=cols,
        sar=sar,
        processed=processed,
        optical=optical_path,
        optical_note=optical_note,
        unit=numbers.unit,
        dtype=str(stored.dtype),
        scale=numbers.scale,
        nodata=numbers.nodata,
        band=shown.band,
        band_count=shown.band_count,
        polarisation=shown.polarisation,
        value_range=figures.value_range,
        display_limits=figures.display_limits,
        histogram_edges=figures.edges,
        histogram_counts=figures.counts,
        percentiles=figures.percentiles,
        valid_fraction=float(shown.valid.mean()),
        ground=ground.reference,
        corners_lon_lat=ground.corners,
        centre_lon_lat=ground.centre,
        pixel_spacing_m=ground.spacing_m,
        duplicate_hash=seen.duplicate_hash,
        provenance=provenance_of(shown, plan, (*numbers.notes, *beside.notes), numbers.averaged),
        thumbnail=seen.thumbnail,
        structure=seen.structure,
        chip=part.window,
        registration=_registration_of(eight_bit, shown, optical, request),
        land_cover=None if beside.land_cover is None else beside.land_cover.shares(*part.rectangle),
    )


def _processed(part: Part, plan: Plan, stored: NDArray[Any], sar: Path) -> tuple[Path, NDArray[np.uint8]]:
    """The image that a model is fed: its file, and its pixels."""
    path, valid, has_holes = sar.with_name(f"processed{part.ending}"), part.shown.valid, plan.shown.has_holes
    if plan.stretch is not None and part.despeckled is not None:
        return path, write_processed(path, part.despeckled, valid, plan.stretch, has_holes=has_holes)
    if plan.limits is not None:
        return path, write_greys(path, stored, valid, plan.limits, has_holes=has_holes)
    return sar, stored


def _optical_of(part: Part, beside: Beside) -> tuple[Optical | None, str]:
    """Or why there is none."""
    if beside.partner is None:
        return None, beside.optical_note
    try:
        optical = beside.partner.on(*part.rectangle)
    except StorageError:
        raise
    except ImageError as error:
        return None, f"left out: the optical image {error.reason}"
    return optical, optical.note


def _registration_of(
    eight_bit: NDArray[np.uint8], shown: Raster, optical: Optical | None, request: SceneRequest
) -> Registration | None:
    if optical is None:
        return None
    return check_registration(
        eight_bit, shown.valid, optical.image, optical.valid, look_azimuth_deg=request.look_azimuth_deg
    )


def provenance_of(raster: Raster, plan: Plan, notes: Sequence[str], averaged: str | None) -> dict[str, Any]:
    """Every choice on the way from the file to the images."""
    provenance = {
        "source_dtype": raster.dtype,
        "source_nodata": None if raster.nodata is None else f"{raster.nodata:g}",
        "source_crs_and_affine": None if raster.transform is None else [raster.crs, list(raster.transform)],
        "band": raster.band,
        "polarisation": raster.polarisation,
        "quantity": plan.found.quantity,
        "quantity_stated": plan.found.is_stated,
        "notes": [*raster.notes, *plan.notes, *notes],
        **plan.provenance,
    }
    if plan.found.quantity == "dn":
        provenance["processed"] = UNFILTERED if plan.limits is None else UNFILTERED_NUMBERS
    return provenance | ({"overviews": averaged} if averaged else {})
