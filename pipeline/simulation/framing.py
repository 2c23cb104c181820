"""What of the ground's objects the two images show, in their own pixels, and what of it is boxed."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pipeline.records import ObjectBox
from pipeline.simulation.ground import Canvas, Mask
from pipeline.simulation.optics import lies_at
from pipeline.simulation.settings import SceneSettings
from pipeline.simulation.truth import ObjectTruth, PairTruth, moved
from pipeline.vocabulary import SARDET_CATEGORIES

MOST_BUILDINGS: Final = 30
"""Beyond this nobody counts them: buildings are then neither boxed nor labelled, only kept in the truth."""


def framed(canvas: Canvas, settings: SceneSettings, pair: PairTruth, empty: Mask) -> tuple[ObjectTruth, ...]:
    """All objects of which a part lies in one of the images, in the images' own pixels; ``empty`` is where the SAR
    image has no data."""
    margin, kept = float(settings.margin_px), list[ObjectTruth]()
    for found in canvas.objects:
        inner = _in_frame(moved(found, -margin, -margin), settings, pair, empty)
        if inner.visible_in:
            kept.append(replace(inner, object_id=str(len(kept) + 1)))
    return tuple(kept)


def _in_frame(found: ObjectTruth, settings: SceneSettings, pair: PairTruth, empty: Mask) -> ObjectTruth:
    """The object with what lies outside the images taken away: its box cut, its optical place dropped."""
    rows, cols = settings.rows, settings.cols
    box, is_cut = None, False
    if found.box is not None:
        x_min, y_min, width, height = found.box
        left, top, right, bottom = max(0.0, x_min), max(0.0, y_min), min(cols, x_min + width), min(rows, y_min + height)
        is_cut = (left, top, right, bottom) != (x_min, y_min, x_min + width, y_min + height)
        is_cut = is_cut or any(not (0 <= row <= rows and 0 <= col <= cols) for row, col in found.footprint)
        box = (left, top, right - left, bottom - top) if left < right and top < bottom else None
    if box is not None:
        hidden = empty[int(box[1]) : int(box[1] + box[3]), int(box[0]) : int(box[0] + box[2])]
        box, is_cut = (None if hidden.all() else box), is_cut or bool(hidden.any())
    sar_at = found.sar_at if box is not None else None
    optical_at = _shown_at(found, settings, pair)
    return replace(found, box=box, is_cut=is_cut and box is not None, sar_at=sar_at, optical_at=optical_at)


def _shown_at(found: ObjectTruth, settings: SceneSettings, pair: PairTruth) -> tuple[float, float] | None:
    """Where the optical image shows the object; None where no corner, nor its middle, lies in that image."""
    if found.optical_at is None:
        return None
    shape, (row, col) = (settings.rows, settings.cols), found.optical_at
    was_row, was_col = found.sar_at or found.optical_at
    corners = [(at_row + row - was_row, at_col + col - was_col) for at_row, at_col in found.footprint]
    shown = [lies_at(place, shape, pair) for place in (found.optical_at, *corners)]
    is_shown = any(0 <= at_row < shape[0] and 0 <= at_col < shape[1] for at_row, at_col in shown)
    return shown[0] if is_shown else None


def boxed(objects: tuple[ObjectTruth, ...]) -> tuple[tuple[ObjectBox, ...], tuple[str, ...]]:
    """The boxes and the categories for which they are all objects."""
    are_counted = sum(found.category == "building" and found.box is not None for found in objects) <= MOST_BUILDINGS
    labelled = (*SARDET_CATEGORIES, "building") if are_counted else tuple(SARDET_CATEGORIES)
    boxes = tuple(
        ObjectBox(found.object_id, found.category, *found.box, is_cut=found.is_cut)
        for found in objects
        if found.box is not None and found.category in labelled
    )
    return boxes, labelled
