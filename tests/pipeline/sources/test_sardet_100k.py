"""SARDet-100K, in both folder forms and by halves."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipeline.records import Scene
from pipeline.sources.options import SourceOptions
from pipeline.sources.reading import SourceError, SourceReading
from pipeline.sources.sardet_100k import read_sardet_100k
from pipeline.vocabulary import SARDET_CATEGORIES

CATEGORIES = [{"id": at, "name": name} for at, name in enumerate(SARDET_CATEGORIES)]


def read(folder: Path, **more: Any) -> tuple[list[Scene], SourceReading]:
    reading = read_sardet_100k(SourceOptions(folder, **more))
    return list(reading), reading


def write_split(root: Path, split: str, *names: str, folder: str | None = None, missing: tuple[str, ...] = ()) -> None:
    images = [{"id": at, "file_name": name, "width": 64, "height": 64} for at, name in enumerate(names)]
    boxes = [{"id": at, "image_id": at, "category_id": at % 6, "bbox": [1, 2, 3, 4]} for at in range(len(names))]
    (root / "Annotations").mkdir(parents=True, exist_ok=True)
    document = {"images": images, "annotations": boxes, "categories": CATEGORIES}
    (root / "Annotations" / f"{split}.json").write_text(json.dumps(document))
    into = root / "JPEGImages" / folder if folder else root / "JPEGImages"
    into.mkdir(parents=True, exist_ok=True)
    for name in set(names) - set(missing):
        (into / name).touch()


def test_the_real_files_are_all_there_with_their_boxes_and_splits(shared_data: Path) -> None:
    scenes, reading = read(shared_data / "sardet100k")
    assert (len(scenes), reading.refusals, reading.notes) == (33, [], [])
    assert Counter(scene.published_split for scene in scenes) == {"train": 19, "val": 8, "test": 6}
    boxes = Counter(box.category for scene in scenes for box in scene.boxes)
    assert boxes == {"ship": 38, "aircraft": 26}
    assert {(scene.quantity, scene.optical_path, scene.metadata.labelled) for scene in scenes} == {("dn", None, ())}
    assert Counter(scene.sar_path.suffix for scene in scenes) == {".jpg": 31, ".png": 1, ".bmp": 1}
    assert reading.about is not None
    assert reading.about.licence is not None


def test_labelled_is_what_the_user_says(shared_data: Path) -> None:
    scenes, _ = read(shared_data / "sardet100k", labelled=("ship",))
    assert {scene.metadata.labelled for scene in scenes} == {("ship",)}
    with pytest.raises(SourceError, match="no category boat"):
        read(shared_data / "sardet100k", labelled=("boat",))


@pytest.mark.parametrize("folder", ["by split", "together"])
def test_both_folder_forms_give_the_same_scenes_but_for_the_folder(tmp_path: Path, folder: str) -> None:
    for number, split in enumerate(("train", "val", "test")):
        names = [f"{number}00000{at}.{suffix}" for at, suffix in enumerate(("jpg", "png", "bmp"))]
        write_split(tmp_path, split, *names, folder=split if folder == "by split" else None)
    scenes, reading = read(tmp_path)
    assert [scene.published_split for scene in scenes] == ["train"] * 3 + ["val"] * 3 + ["test"] * 3
    assert [len(scene.boxes) for scene in scenes] == [1] * 9
    assert len({scene.name for scene in scenes}) == 9
    assert (reading.refusals, reading.notes) == ([], [])


def test_the_same_name_in_two_splits_is_two_scenes(tmp_path: Path) -> None:
    write_split(tmp_path, "train", "0000001.jpg", folder="train")
    write_split(tmp_path, "val", "0000001.jpg", folder="val")
    scenes, reading = read(tmp_path)
    assert [scene.name for scene in scenes] == ["JPEGImages/train/0000001.jpg", "JPEGImages/val/0000001.jpg"]
    assert reading.refusals == []


def test_half_a_download_is_taken_and_every_missing_file_named(tmp_path: Path) -> None:
    write_split(
        tmp_path / "SARDet_100K", "train", "a.jpg", "b.jpg", "c.jpg", folder="train", missing=("b.jpg", "c.jpg")
    )
    (tmp_path / "SARDet_100K" / "JPEGImages" / "val").mkdir()
    (tmp_path / "SARDet_100K" / "JPEGImages" / "val" / "d.jpg").touch()
    scenes, reading = read(tmp_path)
    assert [scene.name for scene in scenes] == ["JPEGImages/train/a.jpg"]
    assert [(each.file, each.reason) for each in reading.refusals] == [
        ("b.jpg", "the image file is missing"),
        ("c.jpg", "the image file is missing"),
    ]
    told = "left out, since no COCO file lists them; images: 1, the first is d.jpg"
    assert [(note.file, note.reason) for note in reading.notes] == [("JPEGImages/val", told)]


def test_a_folder_without_annotations_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no Annotations folder"):
        read(tmp_path)
    (tmp_path / "Annotations").mkdir()
    with pytest.raises(SourceError, match=r"no COCO \.json file"):
        read(tmp_path)
