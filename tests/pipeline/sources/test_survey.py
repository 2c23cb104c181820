"""The figures of a rehearsal."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.sources.options import SourceOptions
from pipeline.sources.readers import read_source
from pipeline.sources.survey import SHOWN, survey


def half_a_download(tmp_path: Path, images: int) -> Path:
    """Every second image is there."""
    listed = [{"id": at, "file_name": f"{at:07d}.jpg", "width": 9, "height": 9} for at in range(images)]
    boxes = [{"id": at, "image_id": at, "category_id": at % 2, "bbox": [1, 1, 2 + at % 9, 2]} for at in range(images)]
    categories = [{"id": 0, "name": "ship"}, {"id": 1, "name": "car"}]
    for folder in ("Annotations", "JPEGImages"):
        (tmp_path / folder).mkdir()
    document = {"images": listed, "annotations": boxes, "categories": categories}
    (tmp_path / "Annotations" / "val.json").write_text(json.dumps(document))
    for at in range(0, images, 2):
        (tmp_path / "JPEGImages" / f"{at:07d}.jpg").touch()
    return tmp_path


def test_scenes_boxes_splits_and_what_is_missing_are_counted(tmp_path: Path) -> None:
    figures = survey(read_source("sardet-100k", SourceOptions(half_a_download(tmp_path, 180))))
    assert figures.as_json() == {
        "scenes": 90,
        "pairs": 0,
        "land_covers": 0,
        "refused": 90,
        "noted": 40,
        "boxes": {"ship": 90},
        "splits": {"val": 90},
        "reasons": {"the image file is missing": 90, "clipped to its image": 40},
    }
    assert [each.file for each in figures.refusals] == [f"{at:07d}.jpg" for at in range(1, 180, 2)]


def test_all_are_counted_and_the_first_thousand_shown(tmp_path: Path) -> None:
    figures = survey(read_source("sardet-100k", SourceOptions(half_a_download(tmp_path, 3000))))
    assert (figures.refused, len(figures.refusals)) == (1500, SHOWN)
