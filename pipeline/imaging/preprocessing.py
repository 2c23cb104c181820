"""From one file to the image that a model is fed, keeping its coordinates; and the filtered values where asked.

Runs in the decoder's child process; see :mod:`pipeline.imaging.decoding`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

from pipeline.imaging.cog import (
    AddRows,
    linear_stream,
    processed_stream,
    sar_stream,
    write_linear,
    write_processed,
    write_sar,
)
from pipeline.imaging.errors import ImageError
from pipeline.imaging.greys import greys_stream, write_greys
from pipeline.imaging.ground import geo_tags
from pipeline.imaging.parts import provenance_of
from pipeline.imaging.preparation import Announce, quietly
from pipeline.imaging.prepared import Chips, PreprocessRequest, Quantity
from pipeline.imaging.reading import BandReader, Raster, opened_band
from pipeline.imaging.sar_numbers import sar_numbers
from pipeline.imaging.stamps import tags_with
from pipeline.imaging.strips import FILTER_HALO, walk
from pipeline.imaging.study import Plan, filtered, study_strips, study_whole
from pipeline.imaging.tiff import Tags

LARGEST_WHOLE_PX: Final = Chips().largest_whole_px
"""rows × cols up to which a file is done in memory; the result of a larger one is the same."""


def preprocess(
    request: PreprocessRequest, announce: Announce = quietly, *, largest_whole_px: int = LARGEST_WHOLE_PX
) -> dict[str, Any]:
    """Write the processed image of one file.

    Returns the provenance.

    Raises
    ------
    StorageError
        If the place where the file lies fails.
    ImageError
        If the file cannot be used, or filtered values are asked of digital numbers of unknown scaling.
    """
    with opened_band(request.source, request.band, max_pixels=request.max_pixels) as reader:
        rows, cols = reader.shape
        announce(rows * cols)
        if rows * cols <= largest_whole_px:
            return _preprocess_whole(reader, request)
        return _preprocess_strips(reader, request)


def _preprocess_whole(reader: BandReader, request: PreprocessRequest) -> dict[str, Any]:
    raster, survey = reader.read(0, 0, *reader.shape)
    studied = study_whole(raster, survey, request.quantity, request.speckle, request.source)
    plan, shown = studied.plan, studied.shown
    tags, has_holes = _tags_of(raster, request), plan.shown.has_holes
    _refuse_filtered_numbers(plan, request)
    if plan.limits is not None:
        write_greys(request.target, raster.values, shown.valid, plan.limits, has_holes=has_holes, geo_tags=tags)
    elif plan.stretch is None or studied.despeckled is None:
        write_sar(request.target, raster, sar_numbers(survey, plan.found, raster.dtype, "relative_db"), geo_tags=tags)
    else:
        if request.despeckled is not None:
            write_linear(request.despeckled, studied.despeckled, raster.valid, _scale_of(plan), tags)
        write_processed(request.target, studied.despeckled, shown.valid, plan.stretch, tags, has_holes=has_holes)
    return provenance_of(raster, plan, (), None)


def _preprocess_strips(reader: BandReader, request: PreprocessRequest) -> dict[str, Any]:
    plan = study_strips(reader, request.quantity, request.speckle, request.source)
    _refuse_filtered_numbers(plan, request)
    if plan.stretch is None:
        with _numbers_stream(reader, request, plan) as add_rows:
            for strip in walk(reader):
                add_rows(strip.raster.values, strip.raster.valid)
    else:
        _filter_strips(reader, request, plan)
    return provenance_of(reader.described, plan, (), None)


def _filter_strips(reader: BandReader, request: PreprocessRequest, plan: Plan) -> None:
    assert plan.stretch is not None  # noqa: S101 - for the type checker
    described = reader.described
    tags = _tags_of(described, request)
    with ExitStack() as stack:
        has_holes = plan.shown.has_holes
        add_processed = stack.enter_context(
            processed_stream(request.target, reader.shape, plan.stretch, has_holes, tags)
        )
        add_linear: AddRows | None = None
        if request.despeckled is not None:
            add_linear = stack.enter_context(linear_stream(request.despeckled, reader.shape, _scale_of(plan), tags))
        for strip in walk(reader, halo=FILTER_HALO):
            values, shown = filtered(strip, plan)
            add_processed(values, shown)
            if add_linear is not None:
                add_linear(values, strip.inner(strip.raster.valid))


@contextmanager
def _numbers_stream(reader: BandReader, request: PreprocessRequest, plan: Plan) -> Iterator[AddRows]:
    described = reader.described
    tags = _tags_of(described, request)
    if plan.limits is not None:
        stream = greys_stream(request.target, reader.shape, plan.limits, has_holes=plan.shown.has_holes, geo_tags=tags)
    else:
        numbers = sar_numbers(plan.shown, plan.found, described.dtype, "relative_db")
        stream = sar_stream(request.target, reader.shape, numbers, tags)
    with stream as add_rows:
        yield add_rows


def _tags_of(raster: Raster, request: PreprocessRequest) -> Tags:
    """Where the image lies, and what it was made of."""
    return tags_with(request.stamp, dict(geo_tags(raster.crs, raster.transform) or {}))


def _scale_of(plan: Plan) -> Quantity:
    return "amplitude" if plan.found.is_amplitude else "intensity"


def _refuse_filtered_numbers(plan: Plan, request: PreprocessRequest) -> None:
    if plan.stretch is None and request.despeckled is not None:
        reason = "is of unknown scaling (8 bit, or stated so), which is not filtered; state --amplitude or --intensity"
        raise ImageError(request.source, reason)
