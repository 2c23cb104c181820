"""The other polarisations of a scene's file, each on the scene's grid: to look at, beside the one that is judged.

They are written as they were measured, with the footprint of the main one; nothing of them is filtered or stretched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from rasterio.enums import ColorInterp

from pipeline.imaging.bands import band_names, polarisation_in
from pipeline.imaging.cog import write_sar
from pipeline.imaging.errors import ImageError, StorageError
from pipeline.imaging.figures import figures_of
from pipeline.imaging.opening import Opened
from pipeline.imaging.prepared import FurtherPolarisation, PreparedScene, SceneRequest
from pipeline.imaging.quantity import interpret
from pipeline.imaging.reading import BandReader, Raster, check_content
from pipeline.imaging.sar_numbers import SarNumbers, sar_numbers
from pipeline.imaging.strips import walk
from pipeline.imaging.study import Plan
from pipeline.imaging.survey import NOTHING

MOST_FURTHER: Final = 4
_MOST_AT_ONCE_BYTES: Final = 400 << 20
"""Of a row of chips that is read together, so that a file in strips is not decoded once for each chip."""
_SAYS_NOTHING: Final = re.compile(r"(band|layer|channel|b)?[\s_.:-]*\d*", re.I)
"""Descriptions that software writes where nobody gave one."""


def with_further(
    reader: BandReader, plan: Plan, request: SceneRequest, scenes: Sequence[PreparedScene]
) -> list[PreparedScene]:
    """The scene, or its chips, with the file's other polarisations, and notes on what of it was left out.

    One that cannot be used does not lose the scene. No more is in memory at a time than one band of it.

    Raises
    ------
    StorageError
        If the place where the file lies fails.
    """
    if request.only_band or not scenes:
        return list(scenes)
    others, notes = further_bands(reader.image, reader.described.band, request.polarisations)
    found: list[list[FurtherPolarisation]] = [[] for _ in scenes]
    for number, name in others:
        try:
            for further, one in zip(found, _written(reader.of(number), name, plan, request, scenes), strict=True):
                further.extend(one)
        except StorageError:
            raise
        except ImageError as error:
            notes.append(f"{name} was left out: it {error.reason}")
    return [
        replace(scene, further=tuple(further), provenance=_with_notes(scene, notes))
        for scene, further in zip(scenes, found, strict=True)
    ]


def further_bands(image: Opened, chosen: int, stated: Sequence[str] = ()) -> tuple[list[tuple[int, str]], list[str]]:
    """The file's other bands that are polarisations, as (number, name), at most four; and what is to be noted.

    Where the file names polarisations, those; else all other bands of the same type whose descriptions say nothing
    else, under the ``stated`` names if there is one a band (the chosen one's first), else as ``band 2``. Colours,
    transparency, and three equal bands of a grey image are none.
    """
    dataset = image.dataset
    described = band_names(dataset)
    names = [polarisation_in(name) for name in described]
    if any(names):
        others = [number for number, name in enumerate(names, 1) if name]
    elif _is_picture(image):
        return [], []
    else:
        others = [n for n, name in enumerate(described, 1) if _SAYS_NOTHING.fullmatch(name or "")]
        names = _in_order(stated, chosen, dataset.count) or names
    others = [
        number
        for number in others
        if number != chosen and dataset.dtypes[number - 1] == dataset.dtypes[chosen - 1]
        and (names[number - 1] or dataset.colorinterp[number - 1] != ColorInterp.alpha)
    ]  # fmt: skip
    taken = [names[chosen - 1]]
    named = []
    for number in others[:MOST_FURTHER]:
        name = names[number - 1]
        named.append((number, name if name and name not in taken else f"band {number}"))
        taken.append(name)
    left_out = len(others) - len(named)
    return named, [f"{left_out} further bands were left out: at most {MOST_FURTHER} are kept"] if left_out else []


def _is_picture(image: Opened) -> bool:
    """Whether the bands are colours, or grey three times over."""
    colours = {ColorInterp.red, ColorInterp.green, ColorInterp.blue}
    dataset = image.dataset
    return dataset.driver != "GTiff" or (set(dataset.dtypes) == {"uint8"} and colours <= set(dataset.colorinterp))


def _in_order(stated: Sequence[str], chosen: int, count: int) -> list[str | None]:
    """The stated polarisations by band, of which the chosen band's comes first; empty where they are not one each."""
    names = [polarisation_in(name) for name in stated]
    if len(names) != count:
        return []
    first, *rest = names
    return [*rest[: chosen - 1], first, *rest[chosen - 1 :]]


def _written(
    reader: BandReader, name: str, plan: Plan, request: SceneRequest, scenes: Sequence[PreparedScene]
) -> Iterator[list[FurtherPolarisation]]:
    """Of each scene its image of this band; none where all of it is without data."""
    numbers = _numbers(reader, plan, request)
    for scene, raster in _rasters(reader, plan, scenes):
        yield [_one(raster, name, numbers, scene)] if raster.valid.any() else []


def _numbers(reader: BandReader, plan: Plan, request: SceneRequest) -> SarNumbers:
    """Decided from the whole band. What the main one's numbers are, the others' of the same file are too."""
    survey, filled = NOTHING, 0
    for strip in walk(reader):
        survey = survey.merged(strip.survey)
        if plan.fill is not None:
            fill = plan.fill.cut(strip.first, 0, *strip.raster.values.shape)
            filled += int((strip.raster.valid & fill & (strip.raster.values == 0)).sum())
    check_content(request.sar_path, survey)
    found = interpret(survey, reader.described.dtype, plan.found.quantity, request.sar_path)
    shown = replace(survey, valid=survey.valid - filled, zeros=survey.zeros - filled)
    return sar_numbers(shown, found, reader.described.dtype, request.unit)


def _rasters(reader: BandReader, plan: Plan, scenes: Sequence[PreparedScene]) -> Iterator[tuple[PreparedScene, Raster]]:
    """The band's pixels of each scene; the chips of a row are read together, as far as memory allows."""
    for _, row in groupby(scenes, key=lambda scene: scene.rectangle[0]):
        waiting = list(row)
        while waiting:
            pixels = waiting[0].rows * waiting[0].cols
            at_once = max(1, _MOST_AT_ONCE_BYTES // (reader.described.values.dtype.itemsize * pixels))
            together, waiting = waiting[:at_once], waiting[at_once:]
            yield from _together(reader, plan, together)


def _together(
    reader: BandReader, plan: Plan, scenes: Sequence[PreparedScene]
) -> Iterator[tuple[PreparedScene, Raster]]:
    top, left, rows, _ = scenes[0].rectangle
    right = scenes[-1].rectangle[1] + scenes[-1].cols
    raster, _ = reader.read(top, left, rows, right - left)
    for scene in scenes:
        _, col, _, cols = scene.rectangle
        own = replace(
            raster,
            values=raster.values[:, col - left : col - left + cols],
            valid=raster.valid[:, col - left : col - left + cols].copy(),
        )
        yield scene, plan.shown_in(own, top, col)


def _one(raster: Raster, name: str, numbers: SarNumbers, scene: PreparedScene) -> FurtherPolarisation:
    path = scene.sar.with_name(f"{scene.sar.stem}_{raster.band}{scene.sar.suffix}")
    stored = write_sar(path, raster, numbers)
    figures = figures_of(stored, raster.valid, numbers.scale)
    return FurtherPolarisation(
        polarisation=name,
        band=raster.band,
        sar=path,
        unit=numbers.unit,
        scale=numbers.scale,
        nodata=numbers.nodata,
        display_limits=figures.display_limits,
        histogram_edges=figures.edges,
        histogram_counts=figures.counts,
        percentiles=figures.percentiles,
    )


def _with_notes(scene: PreparedScene, notes: Sequence[str]) -> dict[str, object]:
    return {**scene.provenance, "notes": [*scene.provenance["notes"], *notes]}
