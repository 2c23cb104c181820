"""From the files of a scene to its images on one grid: of the whole scene, or of the chips that it is cut into.

Runs in the decoder's child process; see :mod:`pipeline.imaging.decoding`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import groupby
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.chips import chip_windows
from pipeline.imaging.errors import ImageError, StorageError
from pipeline.imaging.further import with_further
from pipeline.imaging.land_cover import opened_land_cover
from pipeline.imaging.opening import CACHE_BYTES, LARGE_CACHE_BYTES
from pipeline.imaging.optical import Grid, Partner, opened_partner
from pipeline.imaging.parts import Beside, Part, written
from pipeline.imaging.prepared import ChipWindow, PreparedScene, SceneRequest
from pipeline.imaging.quantity import linear
from pipeline.imaging.reading import BandReader, opened_band
from pipeline.imaging.sar_numbers import sar_numbers
from pipeline.imaging.strips import FILTER_HALO
from pipeline.imaging.study import Plan, study_strips, study_whole

_MOST_AT_ONCE_BYTES: Final = 400 << 20
"""Of a row of chips that is read together, so that a file in strips is not decoded once for each chip."""

Announce = Callable[[int], None]
"""Is told how many pixels an image has, once that is known: large ones may take longer."""


def quietly(_pixels: int) -> None: ...


def prepare_scene(request: SceneRequest, announce: Announce = quietly) -> list[PreparedScene]:
    """Read, despeckle and stretch a scene's SAR image, warp its optical partner, and write the COGs.

    One for a scene that stays whole (``chip`` is None), else one for each chip with data in it, row by row: its pixels
    are those that the whole scene would have. An optical partner or land cover that cannot be used does not lose the
    scene: ``optical_note`` or a note of the provenance says why there is none. Other polarisations of the file come
    along, see :mod:`pipeline.imaging.further`.

    Raises
    ------
    StorageError
        If the place where one of the files lies fails.
    ImageError
        If the SAR image cannot be used.
    """
    with opened_band(request.sar_path, request.band, max_pixels=request.max_pixels) as reader, ExitStack() as stack:
        announce(reader.shape[0] * reader.shape[1])
        windows = chip_windows(*reader.shape, request.chips)
        grid = Grid(reader.shape, reader.described.crs, reader.described.transform)
        partner, optical_note = stack.enter_context(_opened_partner(request, grid, is_large=bool(windows)))
        classes, path = request.land_cover_classes, request.land_cover_path
        land_cover, land_cover_note = stack.enter_context(opened_land_cover(path, classes, reader.shape))
        beside = Beside(partner, optical_note, land_cover, (land_cover_note,) if land_cover_note else ())
        if windows:
            plan, prepared = _prepare_chips(reader, windows, request, beside)
        else:
            plan, prepared = _prepare_whole(reader, request, beside)
        return with_further(reader, plan, request, prepared)


@contextmanager
def _opened_partner(request: SceneRequest, grid: Grid, *, is_large: bool) -> Iterator[tuple[Partner | None, str]]:
    if request.optical_path is None:
        yield None, "the scene has no optical image"
        return
    cache_bytes = LARGE_CACHE_BYTES if is_large else CACHE_BYTES
    with ExitStack() as stack:
        partner, note = None, ""
        try:
            opening = opened_partner(request.optical_path, grid, request.max_pixels, cache_bytes=cache_bytes)
            partner = stack.enter_context(opening)
        except StorageError:
            raise
        except ImageError as error:
            note = f"left out: the optical image {error.reason}"
        yield partner, note


def _prepare_whole(reader: BandReader, request: SceneRequest, beside: Beside) -> tuple[Plan, list[PreparedScene]]:
    raster, survey = reader.read(0, 0, *reader.shape)
    studied = study_whole(raster, survey, request.quantity, request.speckle, request.sar_path)
    part = Part(studied.shown, studied.values, studied.despeckled, None)
    numbers = sar_numbers(studied.plan.shown, studied.plan.found, raster.dtype, request.unit)
    return studied.plan, [written(part, studied.plan, numbers, request, beside)]


def _prepare_chips(
    reader: BandReader, windows: Sequence[ChipWindow], request: SceneRequest, beside: Beside
) -> tuple[Plan, list[PreparedScene]]:
    plan = study_strips(reader, request.quantity, request.speckle, request.sar_path)
    numbers = sar_numbers(plan.shown, plan.found, reader.described.dtype, request.unit)
    prepared = [
        written(part, plan, numbers, request, beside)
        for part in _chips(reader, windows, plan)
        if part.shown.valid.any()
    ]
    note = f"one of {len(windows)} chips, of which the others overlap it or lie beside it"
    if len(prepared) < len(windows):
        note = f"{note}; {len(windows) - len(prepared)} of them have no data and were left out"
    return plan, [replace(scene, provenance=_with_note(scene.provenance, note)) for scene in prepared]


def _with_note(provenance: Any, note: str) -> dict[str, Any]:
    return {**provenance, "notes": [*provenance["notes"], note]}


def _chips(reader: BandReader, windows: Sequence[ChipWindow], plan: Plan) -> Iterator[Part]:
    """The chips, of which those of a row are read together, as far as memory allows."""
    itemsize = reader.described.values.dtype.itemsize
    for _, row in groupby(windows, key=lambda window: window.row):
        waiting = list(row)
        while waiting:
            at_once = max(1, _MOST_AT_ONCE_BYTES // (itemsize * waiting[0].rows * waiting[0].cols))
            together, waiting = waiting[:at_once], waiting[at_once:]
            yield from _chips_together(reader, together, plan)


def _chips_together(reader: BandReader, windows: Sequence[ChipWindow], plan: Plan) -> Iterator[Part]:
    rows, cols = reader.shape
    first, last = windows[0], windows[-1]
    top, left = max(0, first.row - FILTER_HALO), max(0, first.col - FILTER_HALO)
    bottom, right = min(rows, first.row + first.rows + FILTER_HALO), min(cols, last.col + last.cols + FILTER_HALO)
    raster, _ = reader.read(top, left, bottom - top, right - left)
    for window in windows:
        start, end = max(left, window.col - FILTER_HALO), min(right, window.col + window.cols + FILTER_HALO)
        around = np.s_[:, start - left : end - left]
        own = np.s_[
            window.row - top : window.row - top + window.rows, window.col - start : window.col - start + window.cols
        ]
        yield _chip(reader, window, plan, raster.values[around], raster.valid[around], own)


def _chip(
    reader: BandReader,
    window: ChipWindow,
    plan: Plan,
    values: NDArray[Any],
    valid: NDArray[np.bool_],
    own: tuple[slice, slice],
) -> Part:
    """A chip of pixels with a halo; ``own`` are the chip's among them."""
    grid = Grid(reader.shape, None, reader.described.transform).part(window.row, window.col, window.rows, window.cols)
    raster = replace(reader.described, values=values[own], valid=valid[own], transform=grid.transform)
    shown = plan.shown_in(raster, window.row, window.col)
    if plan.looks is None or not shown.valid.any():
        return Part(shown, None, None, window)
    power_or_amplitude = linear(values, valid, plan.found.quantity)
    despeckled = np.ascontiguousarray(plan.despeckled(power_or_amplitude)[own])
    return Part(shown, np.ascontiguousarray(power_or_amplitude[own]), despeckled, window)
