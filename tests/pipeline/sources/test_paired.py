"""The reader of paired folders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.records import SceneMetadata
from pipeline.sources.options import SourceOptions
from pipeline.sources.paired import read_paired
from pipeline.sources.reading import SourceError, SourceReading


def read(folder: Path, **more: Any) -> SourceReading:
    return read_paired(SourceOptions(folder, **more))


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
    reading = read(shared_data / "paired")
    (scene,) = reading
    assert (scene.name, reading.expected, reading.refusals) == ("sar/Spain_7370579.tif", 1, [])
    assert scene.optical_path == shared_data / "paired" / "optical" / "Spain_7370579.tif"


def test_partners_may_differ_in_ending_and_may_be_missing(tmp_path: Path) -> None:
    scenes = list(read(folder_with(tmp_path, "sar/a.tif", "sar/b.tif", "sar/sub/a.tif", "optical/a.png")))
    found = [(scene.name, scene.optical_path and scene.optical_path.name) for scene in scenes]
    assert found == [("sar/a.tif", "a.png"), ("sar/b.tif", None), ("sar/sub/a.tif", None)]


def test_without_a_sar_folder_the_images_right_there_are_sar_only(tmp_path: Path) -> None:
    scenes = list(read(folder_with(tmp_path, "a.tif", "b.png", "notes.txt", "optical/a.tif")))
    assert [(scene.name, scene.optical_path) for scene in scenes] == [("a.tif", None), ("b.png", None)]


def test_the_partners_may_lie_elsewhere(tmp_path: Path) -> None:
    folder_with(tmp_path, "source/sar/a.tif", "elsewhere/a.jpg", "elsewhere/z.jpg")
    reading = read(tmp_path / "source", optical=tmp_path / "elsewhere")
    assert [scene.optical_path for scene in reading] == [tmp_path / "elsewhere" / "a.jpg"]
    assert [refusal.file for refusal in reading.refusals] == ["z.jpg"]


def test_what_has_no_partner_or_is_no_image_is_reported_and_junk_is_ignored(tmp_path: Path) -> None:
    names = ("sar/a.tif", "sar/._a.tif", "sar/.hidden/x.tif", "sar/a.png", "sar/list.txt", "optical/only.tif")
    reading = read(folder_with(tmp_path, *names, "__MACOSX/sar/q.tif"))
    assert [scene.name for scene in reading] == ["sar/a.png"]
    assert sorted(refusal.file for refusal in reading.refusals) == ["optical/only.tif", "sar/a.tif", "sar/list.txt"]


def test_links_that_leave_the_folder_and_names_with_line_breaks_are_refused(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "source", "sar/a.tif", "sar/b\nc.tif")
    folder_with(tmp_path, "outside.tif", "more/x.tif")
    (folder / "sar" / "link.tif").symlink_to(tmp_path / "outside.tif")
    (folder / "sar" / "more").symlink_to(tmp_path / "more")
    reading = read(folder)
    assert [scene.name for scene in reading] == ["sar/a.tif"]
    assert sorted(refusal.file for refusal in reading.refusals) == ["sar/b\\nc.tif", "sar/link.tif", "sar/more"]


def test_links_to_themselves_and_to_folders_are_refused_and_stop_nothing(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "sar/a.png")
    (folder / "sar" / "self.png").symlink_to("self.png")
    (folder / "sar" / "round").symlink_to(".")
    reading = read(folder)
    assert [scene.name for scene in reading] == ["sar/a.png"]
    reasons = {refusal.file: refusal.reason for refusal in reading.refusals}
    assert reasons["sar/self.png"] == "not a regular file"
    assert "link to a folder" in reasons["sar/round"]


@pytest.mark.parametrize("listed", ["sar/a.tif", "a.tif", "a", "a.png"])
def test_boxes_find_their_scene_with_or_without_folder_and_ending(tmp_path: Path, listed: str) -> None:
    folder = folder_with(tmp_path, "sar/a.tif", "sar/b.tif")
    write_boxes(folder, listed)
    first, second = read(folder, labelled=("ship",))
    assert [(box.category, box.x_min) for box in first.boxes] == [("ship", 0.0)]
    assert first.metadata.labelled == ("ship",)
    assert (second.boxes, second.metadata.labelled) == ((), ()), "a scene that nobody annotated shows no absence"


def test_boxes_of_no_scene_are_reported(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "sar/a.tif")
    write_boxes(folder, "a.tif", "z.tif")
    reading = read(folder)
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
    reading = read(folder)
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
        read(folder)


def test_a_folder_without_images_says_what_to_give(tmp_path: Path) -> None:
    folder_with(tmp_path, "sar/notes.txt")
    with pytest.raises(SourceError, match="sar/ and"):
        read(tmp_path)
    with pytest.raises(SourceError, match="no such file"):
        read(folder_with(tmp_path, "sar/a.tif"), boxes=tmp_path / "gone.json")


def test_metadata_with_numbers_beyond_all_bounds_is_told(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "sar/a.png")
    (folder / "metadata.json").write_text('{"sar/a.png": {"incidence_deg": 1' + "0" * 400 + "}}")
    assert "incidence_deg cannot be" in read(folder).refusals[0].reason
    (folder / "metadata.json").write_text('{"sar/a.png": {"incidence_deg": 1' + "0" * 5000 + "}}")
    with pytest.raises(SourceError, match=r"metadata\.json: it has a number with too many digits"):
        read(folder)


def test_a_scene_without_its_partner_is_noted_where_partners_are_expected(tmp_path: Path) -> None:
    reading = read(folder_with(tmp_path, "sar/a.tif", "sar/b.tif", "optical/a.png"))
    assert len(list(reading)) == 2
    assert [(note.file, "no optical partner" in note.reason) for note in reading.notes] == [("sar/b.tif", True)]


def test_folders_and_endings_in_capitals_are_found(tmp_path: Path) -> None:
    (scene,) = read(folder_with(tmp_path, "SAR/a.TIF", "Optical/a.JPG"))
    assert (scene.name, scene.optical_path) == ("SAR/a.TIF", tmp_path / "Optical" / "a.JPG")


def test_a_word_tells_the_images_of_spacenet(shared_data: Path) -> None:
    reading = read(shared_data / "spacenet6", pair="SAR-Intensity:PS-RGB")
    (scene,) = reading
    assert scene.optical_path is not None
    assert scene.optical_path.name.startswith("SN6_Train_AOI_11_Rotterdam_PS-RGB_20190804111224")
    assert (reading.refusals, reading.notes) == ([], [])


def test_a_word_in_name_and_folder_tells_partners_as_in_bright_and_fusar(tmp_path: Path) -> None:
    bright = ("post-event/bata_00000000_post_disaster.tif", "pre-event/bata_00000000_pre_disaster.tif")
    folder_with(tmp_path / "bright", *bright, "target/bata_00000000_building_damage.tif")
    reading = read(tmp_path / "bright", pair="post:pre")
    assert [(scene.name, scene.optical_path) for scene in reading] == [(bright[0], tmp_path / "bright" / bright[1])]
    assert [note.reason.startswith("1 image is left out") for note in reading.notes] == [True]
    fusar = ("FUSAR-Map/SAR/SAR_1001.tif", "FUSAR-Map/Opt/Opt_1001.tif")
    (scene,) = read(folder_with(tmp_path / "fusar", *fusar), pair="SAR:Opt")
    assert (scene.name, scene.optical_path) == (fusar[0], tmp_path / "fusar" / fusar[1])


def test_partners_missing_on_either_side_are_named(tmp_path: Path) -> None:
    reading = read(folder_with(tmp_path, "a_sar.tif", "b_sar.tif", "a_opt.tif", "c_opt.tif"), pair="sar:opt")
    assert [scene.optical_path is not None for scene in reading] == [True, False]
    assert [note.file for note in reading.notes] == ["b_sar.tif"]
    assert [refusal.file for refusal in reading.refusals] == ["c_opt.tif"]


def test_the_same_name_in_two_folders_makes_two_scenes(tmp_path: Path) -> None:
    names = ("x/SAR/1.tif", "y/SAR/1.tif", "x/OPT/1.tif", "y/OPT/1.tif")
    scenes = list(read(folder_with(tmp_path, *names), pair="SAR:OPT"))
    assert [(scene.name, scene.optical_path) for scene in scenes] == [
        ("x/SAR/1.tif", tmp_path / "x/OPT/1.tif"),
        ("y/SAR/1.tif", tmp_path / "y/OPT/1.tif"),
    ]


@pytest.mark.parametrize("pair", ["", ":", "a", "a:", ":b", "a:a", "a/b:c", "a:b:c", "x:y"])
def test_a_pair_of_words_that_tells_nothing_is_asked_about(tmp_path: Path, pair: str) -> None:
    with pytest.raises(SourceError, match="--pair"):
        read(folder_with(tmp_path, "a.tif"), pair=pair)


def test_an_optical_folder_and_words_are_not_both_taken(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="Give one of them"):
        read(folder_with(tmp_path, "a_sar.tif", "o/a.tif"), pair="sar:opt", optical=tmp_path / "o")


@pytest.mark.parametrize(("band", "file"), [("VV", "VV"), ("hv", "HV"), (None, "HH"), (1, "HH")])
def test_of_files_a_polarisation_one_is_the_scene(shared_data: Path, band: Any, file: str) -> None:
    reading = read(shared_data / "quadpol", band=band)
    scenes = list(reading)
    assert [scene.name for scene in scenes] == [f"1_{file}.tiff", f"3_{file}.tiff"]
    assert [scene.band for scene in scenes] == [1, 1]
    assert [scene.metadata.polarisations[0] for scene in scenes] == [file, file]
    assert {len(scene.metadata.polarisations) for scene in scenes} == {4}
    assert (reading.refusals, len(reading.notes)) == ([], 0 if file in ("VV", "HV") else 1)


def test_a_scene_without_the_wanted_polarisation_is_refused(tmp_path: Path) -> None:
    names = ("sar/a_VV.tif", "sar/a_VH.tif", "sar/b_VH.tif", "sar/c.tif", "optical/a.tif", "optical/c.tif")
    reading = read(folder_with(tmp_path, *names), band="VV")
    scenes = list(reading)
    assert [(scene.name, scene.optical_path is not None, scene.band) for scene in scenes] == [
        ("sar/a_VV.tif", True, 1),
        ("sar/c.tif", True, None),
    ]
    assert [(each.file, each.reason) for each in reading.refusals] == [("sar/b", "it has no VV file; it has VH")]


def test_words_and_polarisations_go_together(tmp_path: Path) -> None:
    names = ("SAR/7_HH.tif", "SAR/7_VV.tif", "OPT/7.tif")
    (scene,) = read(folder_with(tmp_path, *names), band="VV", pair="SAR:OPT")
    assert (scene.name, scene.optical_path) == ("SAR/7_VV.tif", tmp_path / "OPT" / "7.tif")


def test_letters_that_are_no_polarisation_change_nothing(tmp_path: Path) -> None:
    scenes = list(read(folder_with(tmp_path, "sar/HH_1.tif", "sar/HH_2.tif", "sar/SHHV.tif")))
    assert [(scene.name, scene.band) for scene in scenes] == [
        ("sar/HH_1.tif", None),
        ("sar/HH_2.tif", None),
        ("sar/SHHV.tif", None),
    ]


@pytest.mark.parametrize("band", [0, 3, "-1", "XY"])
def test_a_band_that_is_no_polarisation_is_not_passed_over(tmp_path: Path, band: int | str) -> None:
    folder = folder_with(tmp_path, "1_HH.tif", "1_VV.tif")
    with pytest.raises(SourceError, match=r"--band: .* is no polarisation, .* Give one of HH, HV, VH, VV"):
        read(folder, band=band)
