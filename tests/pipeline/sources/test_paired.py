"""The reader of paired folders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.records import SceneMetadata
from pipeline.sources.paired import read_paired
from pipeline.sources.reading import SourceError


def folder_with(tmp_path: Path, *names: str) -> Path:
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def write_boxes(folder: Path, *file_names: str) -> None:
    document: dict[str, Any] = {"images": [], "annotations": [], "categories": [{"id": 1, "name": "ship"}]}
    for number, name in enumerate(file_names):
        document["images"].append({"id": number, "file_name": name, "width": 50, "height": 40})
        document["annotations"].append({"id": number, "image_id": number, "category_id": 1, "bbox": [number, 2, 3, 4]})
    (folder / "boxes.json").write_text(json.dumps(document))


def test_the_real_pair_is_one_scene_with_its_partner(shared_data: Path) -> None:
    reading = read_paired(shared_data / "paired")
    (scene,) = reading
    assert (scene.name, reading.expected, reading.refusals) == ("sar/Spain_7370579.tif", 1, [])
    assert scene.optical_path == shared_data / "paired" / "optical" / "Spain_7370579.tif"


def test_partners_may_differ_in_ending_and_may_be_missing(tmp_path: Path) -> None:
    scenes = list(read_paired(folder_with(tmp_path, "sar/a.tif", "sar/b.tif", "sar/sub/a.tif", "optical/a.png")))
    found = [(scene.name, scene.optical_path and scene.optical_path.name) for scene in scenes]
    assert found == [("sar/a.tif", "a.png"), ("sar/b.tif", None), ("sar/sub/a.tif", None)]


def test_without_a_sar_folder_the_images_right_there_are_sar_only(tmp_path: Path) -> None:
    scenes = list(read_paired(folder_with(tmp_path, "a.tif", "b.png", "notes.txt", "optical/a.tif")))
    assert [(scene.name, scene.optical_path) for scene in scenes] == [("a.tif", None), ("b.png", None)]


def test_the_partners_may_lie_elsewhere(tmp_path: Path) -> None:
    folder_with(tmp_path, "source/sar/a.tif", "elsewhere/a.jpg", "elsewhere/z.jpg")
    reading = read_paired(tmp_path / "source", optical=tmp_path / "elsewhere")
    assert [scene.optical_path for scene in reading] == [tmp_path / "elsewhere" / "a.jpg"]
    assert [refusal.file for refusal in reading.refusals] == ["z.jpg"]


def test_what_has_no_partner_or_is_no_image_is_reported_and_junk_is_ignored(tmp_path: Path) -> None:
    names = ("sar/a.tif", "sar/._a.tif", "sar/.hidden/x.tif", "sar/a.png", "sar/list.txt", "optical/only.tif")
    reading = read_paired(folder_with(tmp_path, *names, "__MACOSX/sar/q.tif"))
    assert [scene.name for scene in reading] == ["sar/a.png"]
    assert sorted(refusal.file for refusal in reading.refusals) == ["optical/only.tif", "sar/a.tif", "sar/list.txt"]


def test_links_that_leave_the_folder_and_names_with_line_breaks_are_refused(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "source", "sar/a.tif", "sar/b\nc.tif")
    folder_with(tmp_path, "outside.tif", "more/x.tif")
    (folder / "sar" / "link.tif").symlink_to(tmp_path / "outside.tif")
    (folder / "sar" / "more").symlink_to(tmp_path / "more")
    reading = read_paired(folder)
    assert [scene.name for scene in reading] == ["sar/a.tif"]
    assert sorted(refusal.file for refusal in reading.refusals) == ["sar/b\\nc.tif", "sar/link.tif", "sar/more"]


def test_links_to_themselves_and_to_folders_are_refused_and_stop_nothing(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "sar/a.png")
    (folder / "sar" / "self.png").symlink_to("self.png")
    (folder / "sar" / "round").symlink_to(".")
    reading = read_paired(folder)
    assert [scene.name for scene in reading] == ["sar/a.png"]
    reasons = {refusal.file: refusal.reason for refusal in reading.refusals}
    assert reasons["sar/self.png"] == "not a regular file"
    assert "link to a folder" in reasons["sar/round"]


@pytest.mark.parametrize("listed", ["sar/a.tif", "a.tif", "a", "a.png"])
def test_boxes_find_their_scene_with_or_without_folder_and_ending(tmp_path: Path, listed: str) -> None:
    folder = folder_with(tmp_path, "sar/a.tif", "sar/b.tif")
    write_boxes(folder, listed)
    first, second = read_paired(folder, labelled=("ship",))
    assert [(box.category, box.x_min) for box in first.boxes] == [("ship", 0.0)]
    assert first.metadata.labelled == ("ship",)
    assert (second.boxes, second.metadata.labelled) == ((), ()), "a scene that nobody annotated shows no absence"


def test_boxes_of_no_scene_are_reported(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "sar/a.tif")
    write_boxes(folder, "a.tif", "z.tif")
    reading = read_paired(folder)
    assert len(list(reading)) == 1
    assert [(refusal.file, "not here" in refusal.reason) for refusal in reading.refusals] == [("z.tif", True)]


def test_metadata_is_taken_by_scene_name_and_a_wrong_entry_is_refused(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "sar/a.tif", "sar/b.tif", "sar/c.tif")
    write_boxes(folder, "a.tif")
    known = SceneMetadata(sensor="S", polarisations=("VV",), pixel_spacing_m=(1.0, 2.0), labelled=("ship",))
    entries = {
        "sar/a.tif": known.as_json(),
        "sar/b.tif": {"colour": 1},
        "sar/c.tif": {"incidence_deg": "steep"},
        "z": {},
    }
    (folder / "metadata.json").write_text(json.dumps(entries))
    reading = read_paired(folder)
    assert [scene.metadata for scene in reading] == [known, SceneMetadata(), SceneMetadata()]
    assert [refusal.reason.split("(")[-1] for refusal in reading.refusals[:2]] == [
        "scene sar/b.tif)",
        "scene sar/c.tif)",
    ]
    assert "not here: z" in reading.refusals[2].reason


@pytest.mark.parametrize("content", ["[]", "{", '{"a": '])
def test_metadata_that_is_no_object_says_where_it_breaks(tmp_path: Path, content: str) -> None:
    folder = folder_with(tmp_path, "sar/a.tif")
    (folder / "metadata.json").write_text(content)
    with pytest.raises(SourceError, match=r"metadata\.json: this is not"):
        read_paired(folder)


def test_a_folder_without_images_says_what_to_give(tmp_path: Path) -> None:
    folder_with(tmp_path, "sar/notes.txt")
    with pytest.raises(SourceError, match="sar/ and"):
        read_paired(tmp_path)
    with pytest.raises(SourceError, match="no such file"):
        read_paired(folder_with(tmp_path, "sar/a.tif"), boxes=tmp_path / "gone.json")


def test_metadata_with_numbers_beyond_all_bounds_is_told(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "sar/a.png")
    (folder / "metadata.json").write_text('{"sar/a.png": {"incidence_deg": 1' + "0" * 400 + "}}")
    assert "incidence_deg cannot be" in read_paired(folder).refusals[0].reason
    (folder / "metadata.json").write_text('{"sar/a.png": {"incidence_deg": 1' + "0" * 5000 + "}}")
    with pytest.raises(SourceError, match=r"metadata\.json: it has a number with too many digits"):
        read_paired(folder)
