"""DFC2023, as published and in parts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.records import Scene
from pipeline.sources.dfc2023 import read_dfc2023
from pipeline.sources.options import SourceOptions
from pipeline.sources.reading import SourceError, SourceReading

NAMES = ("GF2_NewDelhi_28.6139_77.2090.tif", "SV_NewYork_40.7128_-74.0060.tif")


def split_with(tmp_path: Path, split: str, *names: str, rgb: bool = True, track: str = "track1") -> Path:
    for folder in ("sar", "rgb") if rgb else ("sar",):
        for name in names:
            file = tmp_path / track / split / folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
    return tmp_path


def write_outlines(file: Path, *file_names: str, annotations: list[Any] | None = None) -> None:
    images = [{"id": at, "file_name": name, "width": 512, "height": 512} for at, name in enumerate(file_names)]
    boxes = [
        {"id": 1, "image_id": 0, "category_id": 3, "bbox": [10, 20, 30, 40], "iscrowd": 0, "segmentation": []},
        {"id": 2, "image_id": 0, "category_id": 7, "segmentation": [[1, 2, 11, 2, 11, 9]]},
        {
            "id": 3,
            "image_id": 0,
            "category_id": 7,
            "segmentation": {"size": [512, 512], "counts": [0, 5, 262_139]},
        },
    ]
    categories = [{"id": 3, "name": "flat_roof"}, {"id": 7, "name": "gable_roof"}]
    document = {
        "images": images,
        "categories": categories,
        "annotations": boxes if annotations is None else annotations,
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document))


def read(folder: Path, **more: Any) -> tuple[list[Scene], SourceReading]:
    reading = read_dfc2023(SourceOptions(folder, **more))
    return list(reading), reading


def test_the_real_pairs_have_place_and_sensors_from_their_names(shared_data: Path) -> None:
    scenes, reading = read(shared_data / "dfc2023")
    assert (len(scenes), reading.expected, reading.refusals) == (4, 4, [])
    found = [(scene.name, scene.metadata.optical_sensor, scene.metadata.place) for scene in scenes]
    assert found == [
        ("track1/train/sar/GF2_Barcelona_41.3870_2.1700.tif", "Gaofen-2", "Barcelona (41.3870, 2.1700)"),
        ("track1/train/sar/GF2_NewDelhi_28.6139_77.2090.tif", "Gaofen-2", "New Delhi (28.6139, 77.2090)"),
        ("track1/train/sar/SV_Copenhagen_55.6761_12.5683.tif", "SuperView-1", "Copenhagen (55.6761, 12.5683)"),
        ("track1/train/sar/SV_NewYork_40.7128_-74.0060.tif", "SuperView-1", "New York (40.7128, -74.0060)"),
    ]
    assert all(scene.optical_path == scene.sar_path.parents[1] / "rgb" / scene.sar_path.name for scene in scenes)
    assert {(scene.metadata.sensor, scene.metadata.band, scene.published_split) for scene in scenes} == {
        ("Gaofen-3", "C", "train")
    }
    assert [note.file for note in reading.notes] == ["track1/train"]


def test_splits_and_tracks_are_read_together(tmp_path: Path) -> None:
    split_with(tmp_path, "train", *NAMES)
    split_with(tmp_path, "val", "P_0001.tif")
    split_with(tmp_path, "test", "P_0001.tif", track="track2")
    (tmp_path / "track2" / "test" / "dsm").mkdir()
    (tmp_path / "track2" / "test" / "sar" / "._P_0001.tif").touch()
    scenes, reading = read(tmp_path)
    assert [(scene.name, scene.published_split) for scene in scenes] == [
        ("track1/train/sar/" + NAMES[0], "train"),
        ("track1/train/sar/" + NAMES[1], "train"),
        ("track1/val/sar/P_0001.tif", "val"),
        ("track2/test/sar/P_0001.tif", "test"),
    ]
    assert (scenes[2].metadata.place, scenes[2].metadata.optical_sensor, reading.refusals) == (None, None, [])


@pytest.mark.parametrize(
    "place",
    [
        "track1/roof_fine_train.json",
        "track1/annotations/roof_fine_train.json",
        "track1/train/train.json",
        "track1/train/annotations/buildings_only_train.json",
        "track1/JSON/buildings_only_train.json",
    ],
)
def test_outlines_of_all_forms_become_boxes_of_buildings(tmp_path: Path, place: str) -> None:
    write_outlines(split_with(tmp_path, "train", *NAMES) / place, NAMES[0])
    scenes, reading = read(tmp_path)
    boxes = [(box.category, box.x_min, box.y_min, box.width, box.height) for box in scenes[0].boxes]
    assert boxes == [("building", 10, 20, 30, 40), ("building", 1, 2, 10, 7), ("building", 0, 0, 1, 5)]
    assert [scene.metadata.labelled for scene in scenes] == [("building",), ()], "the second was not annotated"
    assert (scenes[0].size, reading.refusals, len(reading.notes)) == ((512, 512), [], 2)


def test_of_several_files_single_buildings_hold_and_the_rest_is_told(tmp_path: Path) -> None:
    folder = split_with(tmp_path, "train", *NAMES)
    write_outlines(folder / "track1" / "roof_fine_train.json", NAMES[0], annotations=[])
    write_outlines(folder / "track1" / "buildings_only_train.json", NAMES[0])
    scenes, reading = read(tmp_path)
    assert len(scenes[0].boxes) == 3
    assert "track1/roof_fine_train.json" in [note.file for note in reading.notes]
    scenes, _ = read(tmp_path, boxes=folder / "track1" / "roof_fine_train.json")
    assert (scenes[0].boxes, scenes[0].metadata.labelled) == ((), ("building",))


def test_half_a_download_names_every_image_that_is_missing(tmp_path: Path) -> None:
    write_outlines(split_with(tmp_path, "train", NAMES[0], rgb=False) / "track1/train.json", *NAMES, "../x.tif")
    scenes, reading = read(tmp_path)
    assert [scene.optical_path for scene in scenes] == [None]
    assert [refusal.file for refusal in reading.refusals] == [NAMES[1], "../x.tif"]
    assert [note.reason for note in reading.notes if note.file == "track1/train/rgb"] == [
        "this folder is missing: 1 scene is taken without an optical partner"
    ]


def test_early_copies_with_the_product_in_the_name_pair_too(tmp_path: Path) -> None:
    for name in ("sar/P0001_SAR.tif", "rgb/P0001_RGB.tif"):
        (tmp_path / "train" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "train" / name).touch()
    write_outlines(tmp_path / "annotations" / "roof_fine_train_merge.json", "P0001_MERGE.tif")
    (scene,), reading = read(tmp_path)
    assert (scene.optical_path, len(scene.boxes)) == (tmp_path / "train/rgb/P0001_RGB.tif", 3)
    assert reading.refusals == []


def test_folders_that_are_not_it_say_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no folder sar"):
        read(tmp_path)
    (tmp_path / "sar").mkdir()
    with pytest.raises(SourceError, match="no SAR image"):
        read(tmp_path)
    with pytest.raises(SourceError, match="Give the folder above it"):
        read(tmp_path / "sar")
    with pytest.raises(SourceError, match="no such file"):
        read(tmp_path, boxes=tmp_path / "gone.json")
