"""The COCO reader on the published layout and on hostile files."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from pipeline.records import Scene
from pipeline.sources.coco import read_coco, split_of
from pipeline.sources.options import SourceOptions
from pipeline.sources.reading import SourceError, SourceReading

CATEGORIES = [{"id": 0, "name": "ship"}, {"id": 1, "name": "aircraft"}]


def box(box_id: int | str, bbox: Any, image_id: int = 1, category_id: Any = 0, **more: Any) -> dict[str, Any]:
    return {"id": box_id, "image_id": image_id, "category_id": category_id, "bbox": bbox, **more}


def image(image_id: int = 1, name: str = "a.png", width: int = 100, height: int = 80) -> dict[str, Any]:
    return {"id": image_id, "file_name": name, "width": width, "height": height}


def folder_with(tmp_path: Path, annotations: list[Any], images: list[Any] | None = None, write: bool = True) -> Path:
    listed = [image()] if images is None else images
    document = {"images": listed, "annotations": annotations, "categories": CATEGORIES}
    (tmp_path / "boxes.json").write_text(json.dumps(document))
    for entry in listed if write else []:
        (tmp_path / entry["file_name"]).touch()
    return tmp_path


def read(folder: Path, **more: Any) -> tuple[list[Scene], SourceReading]:
    reading = read_coco(SourceOptions(folder, **more))
    return list(reading), reading


def test_the_published_layout_gives_every_image_with_its_boxes_and_split(shared_data: Path) -> None:
    scenes, reading = read(shared_data / "sardet100k", labelled=("ship", "aircraft"))
    assert (len(scenes), reading.expected, reading.refusals, reading.notes) == (33, 33, [], [])
    assert sum(len(scene.boxes) for scene in scenes) == 34 + 14 + 16
    assert [sum(scene.published_split == split for scene in scenes) for split in ("train", "val", "test")] == [19, 8, 6]
    first = scenes[0]
    assert (first.name, first.size) == ("JPEGImages/train/0000001.jpg", (800, 800))
    assert (first.boxes[0].category, first.boxes[0].x_min, first.boxes[0].height) == ("ship", 270.0, 28.0)
    assert first.metadata.labelled == ("ship", "aircraft")


def test_images_without_a_folder_a_split_are_found_too(tmp_path: Path) -> None:
    (tmp_path / "Annotations").mkdir()
    (tmp_path / "JPEGImages").mkdir()
    for split, name in (("val", "b.png"), ("train", "a.png")):
        document = {"images": [image(name=name)], "annotations": [], "categories": CATEGORIES}
        (tmp_path / "Annotations" / f"{split}.json").write_text(json.dumps(document))
        (tmp_path / "JPEGImages" / name).touch()
    scenes, _ = read(tmp_path)
    assert [(scene.name, scene.published_split) for scene in scenes] == [
        ("JPEGImages/a.png", "train"),
        ("JPEGImages/b.png", "val"),
    ]


def test_repeated_annotation_ids_of_a_real_file_are_refused_by_id(shared_data: Path, tmp_path: Path) -> None:
    for name in ("000001.jpg", "000006.jpg"):
        (tmp_path / name).touch()
    boxes = shared_data / "odd" / "coco_repeated_annotation_ids.json"
    scenes, reading = read(tmp_path, boxes=boxes, labelled=("ship",))
    assert [(refusal.file, refusal.annotation_id) for refusal in reading.refusals] == [
        (boxes.name, "1"),
        (boxes.name, "1"),
    ]
    assert [len(scene.boxes) for scene in scenes] == [1, 1]
    assert [scene.metadata.labelled for scene in scenes] == [("ship",), ()], (
        "a refused ship may not become an absent one"
    )


@pytest.mark.parametrize(
    ("bbox", "reason"),
    [
        ([5, 5, 0, 9], "no area"),
        ([5, 5, 9, -2], "no area"),
        ([5, 5, float("nan"), 9], "not a number"),
        ([float("-inf"), 5, 9, 9], "not a number"),
        (["5", 5, 9, 9], "not a number"),
        ([True, 5, 9, 9], "not a number"),
        ([5, 5, 9], "not [x, y, width, height]"),
        (None, "not [x, y, width, height]"),
        ([100, 5, 9, 9], "outside its image"),
        ([-20, -20, 10, 10], "outside its image"),
    ],
)
def test_an_impossible_box_is_refused_by_file_and_id(tmp_path: Path, bbox: Any, reason: str) -> None:
    scenes, reading = read(folder_with(tmp_path, [box(7, bbox), box(8, [1, 2, 3, 4])]))
    assert [kept.box_id for kept in scenes[0].boxes] == ["8"]
    (refusal,) = reading.refusals
    assert (refusal.file, refusal.annotation_id) == ("boxes.json", "7")
    assert reason in refusal.reason


def test_a_box_across_the_edge_is_clipped_and_noted(tmp_path: Path) -> None:
    scenes, reading = read(folder_with(tmp_path, [box(7, [-10, 70, 30, 20])]), labelled=("ship",))
    kept = scenes[0].boxes[0]
    assert (kept.x_min, kept.y_min, kept.width, kept.height) == (0, 70, 20, 10)
    assert [(note.annotation_id, "10.00 px outside" in note.reason) for note in reading.notes] == [("7", True)]
    assert reading.refusals == []
    assert scenes[0].metadata.labelled == ("ship",)


def test_unknown_categories_images_and_crowds_are_refused(tmp_path: Path) -> None:
    wrong = [
        box(1, [1, 1, 5, 5], category_id=9),
        box(2, [1, 1, 5, 5], image_id=99),
        box(3, [1, 1, 5, 5], iscrowd=1),
        17,
    ]
    wrong += [box(4, [1, 1, 5, 5], category_id=[0]), box(5, [1, 1, 5, 5], image_id={})]
    scenes, reading = read(folder_with(tmp_path, wrong), labelled=("ship",))
    assert scenes[0].boxes == ()
    assert scenes[0].metadata.labelled == ()
    assert [refusal.annotation_id for refusal in reading.refusals] == ["1", "2", "3", None, "4", "5"]


@pytest.mark.parametrize(
    "name", ["../secret.png", "/etc/passwd.png", "a\nb.png", "a\x00.png", "C:\\a.png", "", "\ud800.png"]
)
def test_a_name_that_is_no_path_below_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    (tmp_path / "secret.png").touch()
    scenes, reading = read(folder_with(folder, [], [image(name=name)], write=False))
    assert scenes == []
    assert len(reading.refusals) == 1
    assert not set(reading.refusals[0].file) & {"\n", "\x00", "\ud800"}


def test_spaces_and_letters_of_any_script_are_good_names_and_apple_junk_is_ignored(tmp_path: Path) -> None:
    listed = [image(1, "été à 横浜.png"), image(2, "a b.png"), image(3, "._a b.png")]
    scenes, reading = read(folder_with(tmp_path, [], listed))
    assert [scene.name for scene in scenes] == ["été à 横浜.png", "a b.png"]
    assert reading.refusals == []


def test_missing_files_other_formats_and_links_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    (tmp_path / "outside.png").touch()
    (folder / "link.png").symlink_to(tmp_path / "outside.png")
    (folder / "readme.txt").touch()
    listed = [image(1, "gone.png"), image(2, "link.png"), image(3, "readme.txt"), image(4, "x" * 300 + ".png")]
    scenes, reading = read(folder_with(folder, [], listed, write=False))
    assert scenes == []
    assert [refusal.reason.split()[0] for refusal in reading.refusals] == ["the", "a", "not", "the"]


def test_an_image_listed_twice_keeps_its_first_listing_and_claims_no_absence(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, [box(1, [1, 1, 5, 5]), box(2, [9, 9, 5, 5], image_id=2)], [image(1), image(2)])
    scenes, reading = read(folder, labelled=("ship", "aircraft"))
    assert [(len(scene.boxes), scene.metadata.labelled) for scene in scenes] == [(1, ())]
    assert "listed twice" in reading.refusals[0].reason


def test_broken_json_is_one_sentence_with_the_byte(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, [box(1, [1, 1, 5, 5])])
    whole = (folder / "boxes.json").read_bytes()
    broken = whole.replace(b'"bbox": [1,', b'"bbox": [1;')
    (folder / "boxes.json").write_bytes(broken)
    with pytest.raises(SourceError, match=rf"breaks at byte {broken.index(b';')}\."):
        read(folder)
    (folder / "boxes.json").write_bytes(whole[:-40])
    with pytest.raises(SourceError, match=rf"breaks at byte {len(whole) - 40}\."):
        read(folder)


def test_the_byte_is_exact_far_into_a_large_file(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, [box(number, [1, 1, 5, 5]) for number in range(4000)])
    whole = (folder / "boxes.json").read_bytes()
    at = whole.index(b'"id": 3900')
    (folder / "boxes.json").write_bytes(whole[:at] + b"?" + whole[at + 1 :])
    with pytest.raises(SourceError, match=f"breaks at byte {at:,}"):
        read(folder)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"<html>", b'{"images": 3, "categories": 4}', b"\xff\xfe"])
def test_a_file_that_is_no_coco_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "boxes.json").write_bytes(content)
    with pytest.raises(SourceError, match=r"boxes\.json: this"):
        read(tmp_path)


def test_not_a_number_is_found_where_a_chunk_of_the_file_ends(tmp_path: Path) -> None:
    document = {"images": [image()], "categories": CATEGORIES, "annotations": [box(7, [float("nan"), 5, 9, 9])]}
    text = json.dumps(document)
    (tmp_path / "a.png").touch()
    for shift in range(12):
        padding = (1 << 16) - text.index("NaN") - 6 + shift
        (tmp_path / "boxes.json").write_text(" " * padding + text)
        _, reading = read(tmp_path)
        assert "not a number" in reading.refusals[0].reason


@pytest.mark.parametrize("start", [b"", b'{"images":[{"id":1,"name":"\\"]]]]","x":'], ids=["at once", "in an entry"])
def test_lists_without_end_within_each_other_are_refused_before_they_take_all_memory(
    tmp_path: Path, start: bytes
) -> None:
    (tmp_path / "boxes.json").write_bytes(start + b"[" * 2_000_000)
    with pytest.raises(SourceError, match=r"boxes\.json: lists and objects lie more than 100 deep"):
        read(tmp_path)


def test_brackets_in_texts_and_polygons_are_not_taken_for_nesting(tmp_path: Path) -> None:
    more: dict[str, Any] = {"note": '[{"' * 20_000 + "\\", "segmentation": [[1, 2, 3, 4]] * 20_000}
    scenes, reading = read(folder_with(tmp_path, [box(1, [1, 1, 5, 5], **more), box(2, [2, 2, 5, 5])]))
    assert ([len(scene.boxes) for scene in scenes], reading.refusals) == ([2], [])


def test_a_number_beyond_what_is_counted_with_is_named_as_such(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"boxes\.json: a number is too large at byte \d+"):
        read(folder_with(tmp_path, [box(10**30, [1, 1, 5, 5])]))


def test_what_a_report_quotes_is_one_short_line(tmp_path: Path) -> None:
    """A NUL in an id once cost the whole import: its report could not be stored."""
    bad = [box("a\0b", [1, 1, 5, 5], category_id="k" * 10**6), box("i" * 10**6, [1, 1, 5, 5], image_id=9)]
    twice = [image("\x1b\0", "a.png"), image("\x1b\0", "b.png")]  # type: ignore[arg-type]
    _, reading = read(folder_with(tmp_path, bad, twice))
    told = [
        text for refusal in reading.refusals for text in (refusal.file, refusal.reason, refusal.annotation_id or "")
    ]
    assert len(reading.refusals) == 3
    assert all(text.isprintable() and len(text) <= 1001 for text in told)


def test_a_mark_of_the_byte_order_is_no_fault(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, [])
    (folder / "boxes.json").write_bytes(b"\xef\xbb\xbf" + (folder / "boxes.json").read_bytes())
    assert len(read(folder)[0]) == 1


def test_a_path_that_is_no_folder_says_what_to_give(tmp_path: Path) -> None:
    (tmp_path / "set.zip").touch()
    (tmp_path / "set.json").touch()
    for name, advice in (("set.zip", "Unpack it"), ("set.json", "--boxes"), ("gone", "no such folder")):
        with pytest.raises(SourceError, match=advice):
            read_coco(SourceOptions(tmp_path / name))
    with pytest.raises(SourceError, match="no COCO"):
        read_coco(SourceOptions(tmp_path.joinpath("empty").mkdir() or tmp_path / "empty"))


def test_a_misspelt_labelled_category_is_refused_with_those_that_exist(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"shp.*aircraft, ship"):
        read(folder_with(tmp_path, []), labelled=("shp",))


def test_several_json_files_of_no_split_are_asked_about(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, [])
    (folder / "other.json").write_text("{}")
    with pytest.raises(SourceError, match="--boxes"):
        read_coco(SourceOptions(folder))
    assert len(read(folder, boxes=folder / "boxes.json")[0]) == 1


def test_files_of_a_split_hold_before_one_that_joins_them_as_in_hrsid(tmp_path: Path) -> None:
    (tmp_path / "annotations").mkdir()
    (tmp_path / "JPEGImages").mkdir()
    for name, file in (("train2017", "a.png"), ("test2017", "b.png"), ("train_test2017", "a.png")):
        document = {"images": [image(name=file)], "annotations": [], "categories": CATEGORIES}
        (tmp_path / "annotations" / f"{name}.json").write_text(json.dumps(document))
        (tmp_path / "JPEGImages" / file).touch()
    scenes, reading = read(tmp_path)
    assert [(scene.name, scene.published_split) for scene in scenes] == [
        ("JPEGImages/a.png", "train"),
        ("JPEGImages/b.png", "test"),
    ]
    assert [(note.file, "--boxes" in note.reason) for note in reading.notes] == [
        ("annotations/train_test2017.json", True)
    ]


def test_boxes_keep_their_image_however_the_file_orders_them(tmp_path: Path) -> None:
    annotations = [box(number, [number, 1, 5, 5], image_id=1 + number % 3) for number in range(30)]
    folder = folder_with(tmp_path, annotations, [image(1, "a.png"), image(2, "b.png"), image(3, "c.png")])
    scenes, _ = read(folder)
    for number, scene in enumerate(scenes):
        assert [kept.x_min for kept in scene.boxes] == [float(x) for x in range(number, 30, 3)]


def test_the_split_is_read_from_the_words_of_the_file_name() -> None:
    names = ["train", "instances_val2017", "test", "boxes", "training", "train_and_test"]
    assert [split_of(Path(f"{name}.json")) for name in names] == ["train", "val", "test", None, None, None]


SQUARE = [[20.0, 30.0, 50.0, 30.0, 50.0, 44.0, 20.0, 44.0]]


@pytest.mark.parametrize("bbox", [None, [], [1, 2, 3], [5, 5, 0, 9], [200, 5, 9, 9], [float("nan"), 1, 2, 3]])
def test_a_box_that_is_missing_or_impossible_is_taken_from_its_outline(tmp_path: Path, bbox: Any) -> None:
    scenes, reading = read(folder_with(tmp_path, [box(7, bbox, segmentation=SQUARE)]), labelled=("ship",))
    (kept,) = scenes[0].boxes
    assert (kept.x_min, kept.y_min, kept.width, kept.height) == (20, 30, 30, 14)
    assert [(note.annotation_id, "taken from its outline" in note.reason) for note in reading.notes] == [("7", True)]
    assert (reading.refusals, scenes[0].metadata.labelled) == ([], ("ship",))


@pytest.mark.parametrize("counts", [[80 * 20 + 30, 14, 66, 14, 80 * 79 - 44], "nb1>R20RR6"], ids=["list", "packed"])
def test_run_lengths_give_the_box_too(tmp_path: Path, counts: Any) -> None:
    entry = box(7, None, segmentation={"counts": counts, "size": [80, 100]})
    del entry["bbox"]
    scenes, reading = read(folder_with(tmp_path, [entry]))
    (kept,) = scenes[0].boxes
    assert (kept.x_min, kept.y_min, kept.width, kept.height) == (20, 30, 2, 14)
    assert len(reading.notes) == 1


def test_a_published_box_holds_against_its_outline(tmp_path: Path) -> None:
    scenes, reading = read(folder_with(tmp_path, [box(7, [1, 2, 3, 4], segmentation=SQUARE)]))
    assert (scenes[0].boxes[0].width, reading.notes) == (3.0, [])


@pytest.mark.parametrize(
    "outline",
    [
        [[1, 2, 3]],
        [[1, 2, float("nan"), 4, 5, 6]],
        [],
        [[]],
        "x",
        7,
        {"counts": [5, 5], "size": [80, 100]},
        {"counts": "\x7f", "size": [80, 100]},
        {"counts": [0, 8000], "size": "big"},
        [{"counts": [0, 8000], "size": [80, 100]}],
        {"counts": [-5, 8005], "size": [80, 100]},
        {"counts": [0, 8000]},
    ],
)
def test_an_outline_that_says_nothing_is_no_box(tmp_path: Path, outline: Any) -> None:
    scenes, reading = read(folder_with(tmp_path, [box(7, None, segmentation=outline), box(8, [1, 2, 3, 4])]))
    assert [kept.box_id for kept in scenes[0].boxes] == ["8"]
    assert [refusal.annotation_id for refusal in reading.refusals] == ["7"]


def test_ten_thousand_boxes_on_an_image_are_all_there(tmp_path: Path) -> None:
    scenes, _ = read(folder_with(tmp_path, [box(number, [number % 90, 1, 5, 5]) for number in range(10_000)]))
    assert [kept.box_id for kept in scenes[0].boxes] == [str(number) for number in range(10_000)]


def test_ids_that_are_no_numbers_stay_as_they_are(tmp_path: Path) -> None:
    ids: list[Any] = ["a", "007", 7, "7", 2**62, 2**62, -3, "é"]
    scenes, reading = read(folder_with(tmp_path, [box(each, [1, 1, 5, 5]) for each in ids]))
    assert [kept.box_id for kept in scenes[0].boxes] == ["a", "007", "7", str(2**62), "-3", "é"]
    assert [refusal.annotation_id for refusal in reading.refusals] == ["7", str(2**62)], "7 and '7' are one id"


def test_outlines_cost_no_memory(tmp_path: Path) -> None:
    """Built, the longest one alone would take 6 MB: outlines are folded into their boxes while they are read."""
    outline = [float(number % 90) for number in range(2_000)]
    annotations = [box(number, [1, 2, 3, 4], segmentation=[outline]) for number in range(40)]
    annotations.append(box(40, None, segmentation=[outline * 100]))
    folder = folder_with(tmp_path, annotations)
    tracemalloc.start()
    scenes, _ = read(folder)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(scenes[0].boxes) == 41
    assert peak < 2_000_000


def test_images_that_no_file_lists_are_counted_by_folder(tmp_path: Path) -> None:
    (tmp_path / "Annotations").mkdir()
    document = {"images": [image(name="a.png")], "annotations": [], "categories": CATEGORIES}
    (tmp_path / "Annotations" / "train.json").write_text(json.dumps(document))
    for name in ("train/a.png", "val/b.png", "val/c.png", "val/._c.png"):
        (tmp_path / "JPEGImages" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "JPEGImages" / name).touch()
    scenes, reading = read(tmp_path)
    assert [scene.name for scene in scenes] == ["JPEGImages/train/a.png"]
    told = "left out, since no COCO file lists them; images: 2, the first is b.png"
    assert [(note.file, note.reason) for note in reading.notes] == [("JPEGImages/val", told)]


def test_the_case_of_folders_and_endings_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "annotations").mkdir()
    (tmp_path / "JPEGimages").mkdir()
    document = {"images": [image(name="a.PNG")], "annotations": [], "categories": CATEGORIES}
    (tmp_path / "annotations" / "test.json").write_text(json.dumps(document))
    (tmp_path / "JPEGimages" / "a.PNG").touch()
    assert [(scene.name, scene.published_split) for scene in read(tmp_path)[0]] == [("JPEGimages/a.PNG", "test")]


def test_links_through_a_folder_out_of_the_source_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.png").touch()
    (folder / "images").symlink_to(tmp_path / "elsewhere")
    scenes, reading = read(folder_with(folder, [], [image()], write=False))
    assert (scenes, ["link" in refusal.reason for refusal in reading.refusals]) == ([], [True])


def test_reports_can_be_taken_away_as_they_come(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, [box(1, [1, 1, 0, 0]), box(2, [-1, 1, 5, 5])])
    reading = read_coco(SourceOptions(folder))
    next(reading.scenes)
    refusals, notes = reading.drain()
    assert ([each.annotation_id for each in refusals], [each.annotation_id for each in notes]) == (["1"], ["2"])
    assert reading.drain() == ([], [])


@pytest.mark.parametrize(
    ("content", "reason"),
    [("", "this file is empty"), ("{}", "names no categories"), ("[1]", "names no categories"), ("<!", "at byte 0")],
)
def test_a_tiny_file_is_read_to_its_end(tmp_path: Path, content: str, reason: str) -> None:
    (tmp_path / "boxes.json").write_text(content)
    with pytest.raises(SourceError, match=reason):
        list(read_coco(SourceOptions(tmp_path)))
