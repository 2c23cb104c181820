"""OpenEarthMap-SAR, as published and in parts."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.records import Scene
from pipeline.sources.openearthmap_sar import LAND_COVER, read_openearthmap_sar
from pipeline.sources.options import SourceOptions
from pipeline.sources.reading import SourceError, SourceReading


def folder_with(tmp_path: Path, *names: str) -> Path:
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def read(folder: Path) -> tuple[list[Scene], SourceReading]:
    reading = read_openearthmap_sar(SourceOptions(folder))
    return list(reading), reading


@pytest.mark.parametrize("below", ["", "train"])
def test_the_real_pairs_are_found_from_any_folder_above_them(shared_data: Path, below: str) -> None:
    scenes, reading = read(shared_data / "openearthmap_sar" / below)
    assert (len(scenes), reading.expected, reading.refusals) == (9, 9, [])
    assert all(scene.optical_path == scene.sar_path.parents[1] / "rgb_images" / scene.sar_path.name for scene in scenes)
    first = scenes[0]
    assert first.name.endswith("sar_images/TrainArea_001.tif")
    assert (first.quantity, first.published_split, first.metadata.band) == ("dn", "train", "X")
    assert (first.metadata.sensor, first.metadata.optical_sensor, first.metadata.place) == ("Umbra", None, None)
    assert first.metadata.licence is not None
    assert "CC BY 4.0" in first.metadata.licence
    assert (first.land_cover_path, dict(first.land_cover_classes)) == (None, {})
    assert [note.reason for note in reading.notes] == ["this folder is missing: 9 scenes are taken without land cover"]


def test_land_cover_comes_with_its_eight_classes_and_0_is_none(tmp_path: Path) -> None:
    names = [f"train/{folder}/TrainArea_001.tif" for folder in ("sar_images", "rgb_images", "labels")]
    names += ["val/sar_images/ValArea_001.tif", "test/sar_images/TestArea_001.tif"]
    scenes, reading = read(folder_with(tmp_path, *names))
    assert [(scene.published_split, scene.land_cover_path is not None) for scene in scenes] == [
        ("test", False),
        ("train", True),
        ("val", False),
    ]
    assert scenes[1].land_cover_classes == LAND_COVER
    assert sorted(LAND_COVER) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert reading.refusals == []
    assert sorted(note.file for note in reading.notes) == [
        "test/labels",
        "test/rgb_images",
        "val/labels",
        "val/rgb_images",
    ]


def test_single_files_that_are_missing_are_named(tmp_path: Path) -> None:
    names = ("train/sar_images/TrainArea_001.tif", "train/sar_images/TrainArea_002.tif")
    more = (
        "train/rgb_images/TrainArea_001.tif",
        "train/rgb_images/TrainArea_009.tif",
        "train/labels/TrainArea_002.tif",
    )
    scenes, reading = read(folder_with(tmp_path, *names, *more, "train/labels/TrainArea_008.tif"))
    assert [(scene.optical_path is not None, scene.land_cover_path is not None) for scene in scenes] == [
        (True, False),
        (False, True),
    ]
    assert [refusal.file for refusal in reading.refusals] == [
        "train/rgb_images/TrainArea_009.tif",
        "train/labels/TrainArea_008.tif",
    ]
    assert sorted(note.file for note in reading.notes) == sorted(names)


def test_a_place_in_the_name_is_kept(tmp_path: Path) -> None:
    ((scene,), _) = read(folder_with(tmp_path, "train/sar_images/France_Alpes-Maritimes_Nice_3.tif"))
    assert scene.metadata.place == "France, Alpes-Maritimes, Nice"


def test_folders_that_are_not_it_say_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no folder sar_images"):
        read(tmp_path)
    (tmp_path / "sar_images").mkdir()
    with pytest.raises(SourceError, match="no SAR image"):
        read(tmp_path)
    with pytest.raises(SourceError, match="Give the folder above it"):
        read(tmp_path / "sar_images")
