"""From the files of a scene to its images on one grid; and from one file to the image that a model is fed.

Runs in the decoder's child process; see :mod:`pipeline.imaging.decoding`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.cog import SarImage, sar_image, write_linear, write_optical, write_processed, write_sar
from pipeline.imaging.errors import ImageError
from pipeline.imaging.figures import duplicate_hash, figures_of
from pipeline.imaging.fill import undeclared_fill
from pipeline.imaging.ground import geo_tags, locate
from pipeline.imaging.optical import Grid, optical_on_grid
from pipeline.imaging.prepared import PreparedScene, PreprocessRequest, Quantity, SceneRequest, Speckle
from pipeline.imaging.pyramid import mean_levels
from pipeline.imaging.quantity import Interpretation, interpret, linear
from pipeline.imaging.reading import Raster, check_content, opened_band
from pipeline.imaging.refined_lee import FILTER_NAME, refined_lee
from pipeline.imaging.speckle import estimate_looks
from pipeline.imaging.stretch import Stretch, find_stretch
from pipeline.imaging.survey import Survey
from pipeline.imaging.tiff import Tags, write_cog

UNFILTERED = "8 bit of unknown scaling: taken as it is, neither filtered nor stretched"


@dataclass(frozen=True, slots=True)
class Despeckled:
    """A filtered image on the scale of its source, power or amplitude; and what was done."""

    values: NDArray[np.float32]
    provenance: dict[str, Any]


def prepare_scene(request: SceneRequest) -> list[PreparedScene]:
    """Read, despeckle and stretch a scene's SAR image, warp its optical partner, and write the COGs.

    One for a scene that stays whole (``chip`` is None). An optical partner that cannot be used does not lose the
    scene: ``optical_note`` says why there is none.

    Raises
    ------
    ImageError
        If the SAR image cannot be used.
    """
    raster, survey = _read_whole(request.sar_path, request.band, request.max_pixels)
    found = interpret(survey, raster.dtype, request.quantity, request.sar_path)
    shown = _without_fill(raster, found)
    image = sar_image(shown, found, request.unit)
    sar = request.folder / "sar.tif"
    write_sar(sar, image, shown, found.quantity)
    provenance = _provenance(shown, found, image)
    if found.quantity == "dn":
        processed, eight_bit = sar, image.stored
        provenance["processed"] = UNFILTERED
    else:
        processed = request.folder / "processed.tif"
        despeckled = despeckle(raster, found, request.speckle)
        stretch = _stretch_of(despeckled, shown, found, request.sar_path)
        eight_bit = write_processed(processed, despeckled.values, shown.valid, stretch)
        provenance |= despeckled.provenance | {"stretch": stretch.as_provenance()}
    optical, note = _put_optical(request, Grid(raster.values.shape, raster.crs, raster.transform))
    return [_described(shown, image, eight_bit, PreparedFiles(sar, processed, optical, note), provenance)]


def preprocess(request: PreprocessRequest) -> dict[str, Any]:
    """Write the processed image of one file, keeping its coordinates; and the filtered values where asked.

    Returns the provenance.

    Raises
    ------
    ImageError
        If the file cannot be used, or filtered values are asked of 8 bit of unknown scaling.
    """
    raster, survey = _read_whole(request.source, request.band, request.max_pixels)
    found = interpret(survey, raster.dtype, request.quantity, request.source)
    shown = _without_fill(raster, found)
    tags = geo_tags(raster.crs, raster.transform)
    provenance = _provenance(shown, found, None)
    if found.quantity == "dn":
        if request.despeckled is not None:
            reason = "is 8 bit of unknown scaling, which is not filtered; state --amplitude or --intensity"
            raise ImageError(request.source, reason)
        _copy_digital_numbers(request.target, raster, tags)
        return provenance | {"processed": UNFILTERED}
    despeckled = despeckle(raster, found, request.speckle)
    stretch = _stretch_of(despeckled, shown, found, request.source)
    if request.despeckled is not None:
        quantity: Quantity = "amplitude" if found.is_amplitude else "intensity"
        write_linear(request.despeckled, despeckled.values, raster.valid, quantity, tags)
    write_processed(request.target, despeckled.values, shown.valid, stretch, tags)
    return provenance | despeckled.provenance | {"stretch": stretch.as_provenance()}


def despeckle(raster: Raster, found: Interpretation, speckle: Speckle) -> Despeckled:
    """Filter a band by refined Lee, with the stated number of looks or an estimate."""
    values = linear(raster.values, raster.valid, found.quantity)
    provenance: dict[str, Any] = {"looks": speckle.looks, "looks_estimated": speckle.looks is None}
    looks = speckle.looks
    if looks is None:
        is_integer = np.issubdtype(raster.values.dtype, np.integer)
        saturation = float(np.iinfo(raster.values.dtype).max) if is_integer and found.quantity != "db" else None
        estimate = estimate_looks(values, amplitude=found.is_amplitude, saturation=saturation)
        looks = estimate.looks
        provenance |= {
            "looks": looks,
            "looks_spread": estimate.spread,
            "looks_blocks": estimate.blocks,
            "speckle_correlation": estimate.correlation,
            "looks_warning": estimate.warning,
        }
    filtered = refined_lee(
        values,
        looks,
        amplitude=found.is_amplitude,
        flat_test=speckle.flat_test,
        weight=speckle.weight,
        threads=speckle.threads,
    )
    options = {"weight": speckle.weight, "flat_test": speckle.flat_test}
    return Despeckled(filtered, provenance | {"filter": FILTER_NAME, "filter_options": options})


@dataclass(frozen=True, slots=True)
class PreparedFiles:
    """The files of a prepared scene."""

    sar: Path
    processed: Path
    optical: Path | None
    optical_note: str


def _read_whole(path: Path, band: int | str | None, max_pixels: int) -> tuple[Raster, Survey]:
    with opened_band(path, band, max_pixels=max_pixels) as reader:
        raster, survey = reader.read(0, 0, *reader.shape)
    check_content(path, survey)
    return raster, survey


def _without_fill(raster: Raster, found: Interpretation) -> Raster:
    """For what is shown and for the stretch. The filter sees the zeros as they are: they were not declared no data."""
    if found.quantity not in ("amplitude", "intensity"):
        return raster
    fill = undeclared_fill(raster.values, raster.valid)
    if fill is None:
        return raster
    note = f"{fill.mean():.1%} of the pixels are zeros that reach the border: shown and stretched as no data"
    return replace(raster, valid=raster.valid & ~fill, notes=(*raster.notes, note))


def _stretch_of(despeckled: Despeckled, shown: Raster, found: Interpretation, source: Path) -> Stretch:
    if not (despeckled.values[shown.valid] > 0).any():
        raise ImageError(source, "has no positive value, so there is no logarithm to show")
    return find_stretch(despeckled.values, shown.valid, is_amplitude=found.is_amplitude)


def _copy_digital_numbers(target: Path, raster: Raster, tags: Tags | None) -> None:
    image = sar_image(raster, Interpretation("dn", False), "dn")
    overviews = [
        np.where(has_data, np.floor(np.nan_to_num(means) + 0.5), image.nodata or 0).astype(np.uint8)
        for means, has_data in mean_levels(image.stored, raster.valid)
    ]
    write_cog(target, [image.stored, *overviews], nodata=image.nodata, geo_tags=tags)


def _put_optical(request: SceneRequest, grid: Grid) -> tuple[Path | None, str]:
    if request.optical_path is None:
        return None, "the scene has no optical image"
    try:
        partner = optical_on_grid(request.optical_path, grid, request.max_pixels)
    except ImageError as error:
        return None, f"left out: the optical image {error.reason}"
    target = request.folder / "optical.tif"
    write_optical(target, partner.image, partner.valid)
    return target, partner.note


def _provenance(raster: Raster, found: Interpretation, image: SarImage | None) -> dict[str, Any]:
    notes = [*raster.notes, *([found.warning] if found.warning else []), *(image.notes if image else [])]
    provenance = {
        "source_dtype": raster.dtype,
        "source_nodata": None if raster.nodata is None else f"{raster.nodata:g}",
        "source_crs_and_affine": None if raster.transform is None else [raster.crs, list(raster.transform)],
        "band": raster.band,
        "polarisation": raster.polarisation,
        "quantity": found.quantity,
        "quantity_stated": found.is_stated,
        "notes": notes,
    }
    return provenance | ({"overviews": image.averaged} if image else {})


def _described(
    raster: Raster,
    image: SarImage,
    eight_bit: NDArray[np.uint8],
    files: PreparedFiles,
    provenance: dict[str, Any],
) -> PreparedScene:
    figures = figures_of(image.stored, raster.valid, image.scale)
    rows, cols = raster.values.shape
    ground = locate(raster.crs, raster.transform, (rows, cols))
    return PreparedScene(
        rows=rows,
        cols=cols,
        sar=files.sar,
        processed=files.processed,
        optical=files.optical,
        optical_note=files.optical_note,
        unit=image.unit,
        dtype=str(image.stored.dtype),
        scale=image.scale,
        nodata=image.nodata,
        band=raster.band,
        band_count=raster.band_count,
        polarisation=raster.polarisation,
        value_range=figures.value_range,
        display_limits=figures.display_limits,
        histogram_edges=figures.edges,
        histogram_counts=figures.counts,
        valid_fraction=float(raster.valid.mean()),
        ground=ground.reference,
        corners_lon_lat=ground.corners,
        centre_lon_lat=ground.centre,
        pixel_spacing_m=ground.spacing_m,
        duplicate_hash=duplicate_hash(eight_bit),
        provenance=provenance,
    )
