"""Boxes against the image that was really read: sources may not know its size, or know another."""

from __future__ import annotations

from dataclasses import replace

from pipeline.imaging.chips import boxes_in_chip
from pipeline.imaging.prepared import ChipWindow
from pipeline.records import ObjectBox, Refusal, Scene

ROUNDING_PX = 1e-6
"""Sums of decimals overshoot the edge by this much; that is worth no line in the report."""


def misfit(scene: Scene, rows: int, cols: int) -> str | None:
    """Why the boxes cannot belong to an image of this size, or None."""
    if scene.size is None or not scene.boxes or scene.size == (rows, cols):
        return None
    return (
        f"the image has {rows} × {cols} pixels, but its boxes were drawn on {scene.size[0]} × {scene.size[1]}"
        " (rows × columns)"
    )


def fitted(scene: Scene, rows: int, cols: int) -> tuple[Scene, tuple[Refusal, ...]]:
    """The scene with its boxes cut to the image, and those that lie outside of it.

    A category of which a box is refused is no longer labelled: its boxes are not all objects any more.
    """
    cut = [(box, _cut(box, rows, cols)) for box in scene.boxes]
    lost = [box for box, kept in cut if kept is None]
    if not lost and all(kept is box for box, kept in cut):
        return scene, ()
    unsure = {box.category for box in lost}
    labelled = tuple(category for category in scene.metadata.labelled if category not in unsure)
    inside = tuple(kept for _, kept in cut if kept is not None)
    refusals = tuple(Refusal(scene.name, "the box lies outside its image", box.box_id) for box in lost)
    return replace(scene, boxes=inside, metadata=replace(scene.metadata, labelled=labelled)), refusals


def chipped(scene: Scene, window: ChipWindow) -> Scene:
    """The chip of a scene whose boxes were :func:`fitted` to it: its name, its size, and what lies inside of it.

    A category of which an object reaches into the chip but has no box there is not labelled in it: there, an absent box
    does not mean an absent object.
    """
    boxes, unboxed = boxes_in_chip(scene.boxes, window)
    labelled = tuple(category for category in scene.metadata.labelled if category not in unboxed)
    return replace(
        scene,
        name=scene.name + window.name,
        size=(window.rows, window.cols),
        boxes=boxes,
        metadata=replace(scene.metadata, labelled=labelled),
    )


def _cut(box: ObjectBox, rows: int, cols: int) -> ObjectBox | None:
    left, top = max(box.x_min, 0.0), max(box.y_min, 0.0)
    right, bottom = min(box.x_min + box.width, float(cols)), min(box.y_min + box.height, float(rows))
    if right <= left or bottom <= top:
        return None
    overhang = max(left - box.x_min, top - box.y_min, box.x_min + box.width - right, box.y_min + box.height - bottom)
    if overhang <= ROUNDING_PX:
        return box
    return replace(box, x_min=left, y_min=top, width=right - left, height=bottom - top, is_cut=True)
