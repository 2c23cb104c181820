"""Boxes against the image that was read, and against the chips that it is cut into."""

from __future__ import annotations

from pathlib import Path

from app.intake.workflow.fitting import chipped, fitted
from pipeline.imaging.prepared import ChipWindow
from pipeline.records import ObjectBox, Scene, SceneMetadata

WINDOW = ChipWindow(row=100, col=200, rows=50, cols=60, parent_rows=400, parent_cols=500)


def scene(*boxes: ObjectBox) -> Scene:
    labelled = SceneMetadata(labelled=("ship", "tank"))
    return Scene("sar/a.tif", Path("a.tif"), size=(400, 500), boxes=boxes, metadata=labelled)


def test_a_chip_has_its_own_name_size_and_the_boxes_that_lie_in_it() -> None:
    inside, outside = ObjectBox("1", "ship", 210, 110, 10, 5), ObjectBox("2", "ship", 10, 10, 10, 5)
    chip = chipped(scene(inside, outside), WINDOW)
    assert (chip.name, chip.size) == ("sar/a.tif#100_200", (50, 60))
    assert chip.boxes == (ObjectBox("1", "ship", 10, 10, 10, 5),)
    assert chip.metadata.labelled == ("ship", "tank")


def test_a_box_at_the_edge_of_a_chip_is_kept_cut_or_makes_its_category_unsure() -> None:
    mostly = ObjectBox("1", "ship", 195, 110, 10, 5)
    hardly = ObjectBox("2", "tank", 192, 120, 10, 5)
    chip = chipped(scene(mostly, hardly), WINDOW)
    assert chip.boxes == (ObjectBox("1", "ship", 0, 10, 5, 5, is_cut=True),)
    assert chip.metadata.labelled == ("ship",)


def test_a_box_that_hangs_over_its_image_is_marked_as_cut() -> None:
    kept, refusals = fitted(scene(ObjectBox("1", "ship", 495, 10, 10, 5)), 400, 500)
    assert (kept.boxes, refusals) == ((ObjectBox("1", "ship", 495, 10, 5, 5, is_cut=True),), ())
