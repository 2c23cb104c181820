"""What is decided from a whole scene, and is then the same for each of its pixels: in chips, strips and overviews.

A scene that fits into memory is studied at once, a larger one strip by strip, several times over: the plan is the
same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.errors import ImageError
from pipeline.imaging.fill import Marks, fill_of
from pipeline.imaging.greys import Limits, NumberCounts
from pipeline.imaging.prepared import Quantity, Speckle
from pipeline.imaging.quantity import Interpretation, interpret, linear
from pipeline.imaging.reading import BandReader, Raster, check_content
from pipeline.imaging.refined_lee import FILTER_NAME, refined_lee
from pipeline.imaging.speckle import LooksEstimate, estimate_looks
from pipeline.imaging.speckle_kernel import BLOCK
from pipeline.imaging.stretch import Stretch, StretchHistogram, find_stretch
from pipeline.imaging.strips import FILTER_HALO, Strip, walk
from pipeline.imaging.survey import NOTHING, Survey

_MOST_PIXELS_FOR_LOOKS: Final = 1 << 24
"""65,536 blocks of 16×16 tell the looks as well as all of a larger scene would."""
NO_LOGARITHM: Final = "has no positive value, so there is no logarithm to show"


@dataclass(frozen=True, slots=True)
class Plan:
    """How a scene's numbers are taken."""

    found: Interpretation
    shown: Survey
    """Of the pixels that count as data, undeclared fill left out."""
    fill: Marks | None
    speckle: Speckle
    looks: float | None
    """None for digital numbers, which are not filtered; so is ``stretch``."""
    stretch: Stretch | None
    limits: Limits | None = None
    """Of digital numbers of more than 8 bit."""
    provenance: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def shown_in(self, raster: Raster, row: int, col: int) -> Raster:
        """A part of the scene that begins there, without undeclared fill.

        For what is shown and for the stretch. The filter sees the zeros as they are: they were not declared no data.
        """
        if self.fill is None:
            return raster
        return replace(raster, valid=raster.valid & ~self.fill.cut(row, col, *raster.values.shape))

    def despeckled(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Filter linear values by refined Lee; shape (rows, cols)."""
        assert self.looks is not None  # noqa: S101 - for the type checker; nobody filters digital numbers
        return refined_lee(
            values,
            self.looks,
            amplitude=self.found.is_amplitude,
            flat_test=self.speckle.flat_test,
            weight=self.speckle.weight,
            threads=self.speckle.threads,
        )


@dataclass(frozen=True, slots=True)
class Studied:
    """The plan of a scene in memory, and what was computed on the way."""

    plan: Plan
    shown: Raster
    values: NDArray[np.float32] | None
    """Linear; None for digital numbers, as is ``despeckled``."""
    despeckled: NDArray[np.float32] | None


def study_whole(raster: Raster, survey: Survey, stated: Quantity | None, speckle: Speckle, path: Path) -> Studied:
    """Study a scene that is in memory.

    Raises
    ------
    ImageError
        If nothing is in it, or its values are not what they are said to be.
    """
    check_content(path, survey)
    found = interpret(survey, raster.dtype, stated, path)
    if found.quantity == "dn":
        counts = None if raster.dtype == "uint8" else NumberCounts().add(raster.values, raster.valid)
        return Studied(_of_digital_numbers(found, survey, speckle, counts), raster, None, None)
    fill = None
    if survey.zeros and found.quantity != "db":
        zeros = Marks((raster.values.shape[0], raster.values.shape[1]))
        zeros.mark(0, raster.valid & (raster.values == 0))
        fill = fill_of(zeros)
    values = linear(raster.values, raster.valid, found.quantity)
    estimate = None
    if speckle.looks is None:
        saturation = _saturation(raster, found.quantity)
        banded = _banded(values)
        estimate = estimate_looks(banded, amplitude=found.is_amplitude, saturation=saturation)
    plan = _planned(found, survey, fill, speckle, estimate)
    shown = plan.shown_in(raster, 0, 0)
    despeckled = plan.despeckled(values)
    try:
        stretch = find_stretch(despeckled, shown.valid, is_amplitude=found.is_amplitude)
    except ValueError as error:
        raise ImageError(path, NO_LOGARITHM) from error
    return Studied(_with_stretch(plan, stretch), shown, values, despeckled)


def study_strips(reader: BandReader, stated: Quantity | None, speckle: Speckle, path: Path) -> Plan:
    """Study a scene that is larger than memory; raises as :func:`study_whole` does.

    It is walked three times: for what its numbers are, for the coarse stretch, and for the exact one.
    """
    survey, zeros, bands = _first_walk(reader, wants_bands=speckle.looks is None)
    check_content(path, survey)
    found = interpret(survey, reader.described.dtype, stated, path)
    if found.quantity == "dn":
        counts = None
        if reader.described.dtype != "uint8":
            counts = NumberCounts()
            for strip in walk(reader):
                counts.add(strip.raster.values, strip.raster.valid)
        return _of_digital_numbers(found, survey, speckle, counts)
    estimate = None if speckle.looks is not None else bands.estimate(reader.described, found)
    fill = fill_of(zeros) if survey.zeros and found.quantity != "db" else None
    plan = _planned(found, survey, fill, speckle, estimate)
    return _with_stretch(plan, _stretch_of_strips(reader, plan, path))


class _Bands:
    """Bands of 16 rows out of the whole height, as many as fit into memory: the looks are estimated from them."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self._step = _band_step(shape)
        self._values: list[NDArray[Any]] = []
        self._valid: list[NDArray[np.bool_]] = []

    def add(self, strip: Strip) -> None:
        for row in range(0, strip.rows - BLOCK + 1, BLOCK):
            if (strip.first + row) // BLOCK % self._step == 0:
                # Copies, else the whole strip would stay in memory.
                self._values.append(strip.raster.values[row : row + BLOCK].copy())
                self._valid.append(strip.raster.valid[row : row + BLOCK].copy())

    def estimate(self, described: Raster, found: Interpretation) -> LooksEstimate:
        shape = (0, 0)
        values = np.concatenate(self._values) if self._values else np.empty(shape, described.values.dtype)
        valid = np.concatenate(self._valid) if self._valid else np.empty(shape, np.bool_)
        given = linear(values, valid, found.quantity)
        saturation = _saturation(described, found.quantity)
        return estimate_looks(given, amplitude=found.is_amplitude, saturation=saturation)


def _band_step(shape: tuple[int, ...]) -> int:
    """One band of 16 rows in so many is looked at."""
    return -(-shape[0] * shape[1] // _MOST_PIXELS_FOR_LOOKS)


def _banded(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The bands of an image in memory that :class:`_Bands` takes of one in strips; all, where it is not large."""
    rows, cols = values.shape
    if (step := _band_step(values.shape)) <= 1:
        return values
    return values[: rows // BLOCK * BLOCK].reshape(-1, BLOCK, cols)[::step].reshape(-1, cols)


def _first_walk(reader: BandReader, *, wants_bands: bool) -> tuple[Survey, Marks, _Bands]:
    """What there is, where it is zero, and what the looks are to be estimated from."""
    survey, zeros, bands = NOTHING, Marks(reader.shape), _Bands(reader.shape)
    for strip in walk(reader):
        survey = survey.merged(strip.survey)
        if strip.survey.zeros:
            zeros.mark(strip.first, strip.raster.valid & (strip.raster.values == 0))
        if wants_bands:
            bands.add(strip)
    return survey, zeros, bands


def _saturation(raster: Raster, quantity: Quantity) -> float | None:
    is_integer = np.issubdtype(raster.values.dtype, np.integer)
    return float(np.iinfo(raster.values.dtype).max) if is_integer and quantity != "db" else None


def _stretch_of_strips(reader: BandReader, plan: Plan, path: Path) -> Stretch:
    histogram = StretchHistogram()
    for strip in walk(reader, halo=FILTER_HALO):
        histogram.add(*filtered(strip, plan))
    if histogram.is_dark:
        raise ImageError(path, NO_LOGARITHM)
    exact = histogram.narrowed()
    for strip in walk(reader, halo=FILTER_HALO):
        exact.add(*filtered(strip, plan))
    return exact.stretch(is_amplitude=plan.found.is_amplitude)


def filtered(strip: Strip, plan: Plan) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """The strip's own rows despeckled, and where they are shown; each of shape (rows, cols)."""
    values = plan.despeckled(linear(strip.raster.values, strip.raster.valid, plan.found.quantity))
    valid = strip.inner(strip.raster.valid)
    if plan.fill is not None:
        valid = valid & ~plan.fill.cut(strip.first, 0, *valid.shape)
    return strip.inner(values), valid


def _of_digital_numbers(found: Interpretation, survey: Survey, speckle: Speckle, counts: NumberCounts | None) -> Plan:
    limits = None if counts is None else counts.limits()
    provenance = {} if limits is None else {"stretch": limits.as_provenance()}
    return Plan(found, survey, None, speckle, None, None, limits, provenance, _warnings(found))


def _planned(
    found: Interpretation, survey: Survey, fill: Marks | None, speckle: Speckle, estimate: LooksEstimate | None
) -> Plan:
    """All but the stretch, which wants the filter first. ``estimate`` is None where the looks are stated."""
    notes = _warnings(found)
    if fill is not None:
        filled = round(fill.share * survey.pixels)
        survey = replace(survey, valid=survey.valid - filled, zeros=survey.zeros - filled)
        note = f"{fill.share:.1%} of the pixels are zeros that reach the border: shown and stretched as no data"
        notes = (*notes, note)
    options = {"weight": speckle.weight, "flat_test": speckle.flat_test}
    provenance = _looks_provenance(speckle, estimate) | {"filter": FILTER_NAME, "filter_options": options}
    looks = speckle.looks if estimate is None else estimate.looks
    return Plan(found, survey, fill, speckle, looks, None, None, provenance, notes)


def _looks_provenance(speckle: Speckle, estimate: LooksEstimate | None) -> dict[str, Any]:
    if estimate is None:
        return {"looks": speckle.looks, "looks_estimated": False}
    return {
        "looks": estimate.looks,
        "looks_estimated": True,
        "looks_spread": estimate.spread,
        "looks_blocks": estimate.blocks,
        "speckle_correlation": estimate.correlation,
        "looks_warning": estimate.warning,
    }


def _with_stretch(plan: Plan, stretch: Stretch) -> Plan:
    return replace(plan, stretch=stretch, provenance={**plan.provenance, "stretch": stretch.as_provenance()})


def _warnings(found: Interpretation) -> tuple[str, ...]:
    return (found.warning,) if found.warning else ()
