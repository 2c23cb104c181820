"""YOLO folders in both forms, with turned boxes, outlines and bad lines."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest

from pipeline.records import Scene
from pipeline.sources.boxes import SceneBoxes
from pipeline.sources.options import SourceOptions
from pipeline.sources.reading import SourceError, SourceReading
from pipeline.sources.yolo import _read_lines, read_yolo


def png(cols: int = 200, rows: int = 100) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", cols, rows)


def folder_with(tmp_path: Path, files: dict[str, str | bytes], names: str | None = "ship\naircraft\n") -> Path:
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    if names is not None:
        (tmp_path / "classes.txt").write_text(names)
    return tmp_path


def one(tmp_path: Path, lines: str | bytes) -> Path:
    return folder_with(tmp_path, {"images/a.png": png(), "labels/a.txt": lines})


def read(folder: Path, **more: Any) -> tuple[list[Scene], SourceReading]:
    reading = read_yolo(SourceOptions(folder, **more))
    return list(reading), reading


def test_fractions_become_pixels_of_the_image(tmp_path: Path) -> None:
    (scene,), reading = read(one(tmp_path, "0 0.5 0.5 0.1 0.2\n\n1 0.05 0.1 0.1 0.2\n"), labelled=("ship",))
    boxes = [(box.box_id, box.category, box.x_min, box.y_min, box.width, box.height) for box in scene.boxes]
    assert boxes == [
        ("line 1", "ship", pytest.approx(90), pytest.approx(40), pytest.approx(20), pytest.approx(20)),
        ("line 3", "aircraft", pytest.approx(0), pytest.approx(0), pytest.approx(20), pytest.approx(20)),
    ]
    assert (scene.name, scene.size, scene.metadata.labelled) == ("images/a.png", (100, 200), ("ship",))
    assert (reading.refusals, reading.notes, reading.expected) == ([], [], 1)


def test_of_turned_boxes_and_outlines_the_upright_box_around_them_is_taken(tmp_path: Path) -> None:
    lines = "0 0.1 0.2 0.3 0.1 0.4 0.5 0.2 0.6\n0 0.1 0.1 0.5 0.1 0.3 0.9\n"
    (scene,), reading = read(one(tmp_path, lines))
    boxes = [(box.x_min, box.y_min, box.width, box.height) for box in scene.boxes]
    assert boxes == [pytest.approx((20, 10, 60, 50)), pytest.approx((20, 10, 80, 80))]
    assert reading.refusals == []


def test_rounding_at_the_edge_is_no_clipping_and_more_is(tmp_path: Path) -> None:
    (scene,), reading = read(one(tmp_path, "0 0.99996 0.5 0.0001 0.2\n0 0.98 0.5 0.1 0.2\n"))
    assert [box.is_cut for box in scene.boxes] == [False, True]
    assert [note.annotation_id for note in reading.notes] == ["line 2"]
    assert all(box.x_min + box.width <= 200 for box in scene.boxes)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("7 0.5 0.5 0.1 0.1", "has no name"),
        ("ship 0.5 0.5 0.1 0.1", "has no name"),
        ("-1 0.5 0.5 0.1 0.1", "has no name"),
        ("0 0.5 0.5 0.1", "numbers after the category"),
        ("0", "numbers after the category"),
        ("0 0.5 0.5 0.1 0.1 0.9", "numbers after the category"),
        ("0 0.5 0.5 0.1 x", "not a number"),
        ("0 0.5 0.5 0.1 nan", "not a number"),
        ("0 100 50 20 20", "outside 0 to 1"),
        ("0 0.5 0.5 -0.1 0.1", "outside 0 to 1"),
        ("0 0.5 0.5 0 0.1", "no area"),
        ("0 0.1 0.1 0.2 0.1 0.3 0.1", "no area"),
    ],
)
def test_a_bad_line_is_refused_by_file_and_line(tmp_path: Path, line: str, reason: str) -> None:
    (scene,), reading = read(one(tmp_path, f"1 0.5 0.5 0.1 0.2\n{line}\n"), labelled=("ship", "aircraft"))
    assert [box.box_id for box in scene.boxes] == ["line 1"]
    assert [(each.file, each.annotation_id) for each in reading.refusals] == [("labels/a.txt", "line 2")]
    assert reason in reading.refusals[0].reason
    assert "ship" not in scene.metadata.labelled


def test_a_file_that_is_no_text_or_an_image_of_no_size_costs_the_boxes_alone(tmp_path: Path) -> None:
    folder = one(tmp_path, b"\xff\xfe0 0.5")
    folder_with(tmp_path, {"images/b.png": b"?", "labels/b.txt": "0 0.5 0.5 0.1 0.1"})
    scenes, reading = read(folder, labelled=("ship",))
    assert [(scene.boxes, scene.metadata.labelled) for scene in scenes] == [((), ()), ((), ())]
    assert [each.file for each in reading.refusals] == ["labels/a.txt", "labels/b.txt"]


def test_an_empty_file_says_that_there_are_none_and_a_missing_one_says_nothing(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"images/a.png": png(), "images/b.png": png(), "labels/a.txt": ""}
    files |= {"labels/z.txt": "", "labels/._a.txt": ""}
    scenes, reading = read(folder_with(tmp_path, files), labelled=("ship",))
    assert [scene.metadata.labelled for scene in scenes] == [("ship",), ()]
    assert [note.reason.partition(",")[0] for note in reading.notes] == ["1 image is taken without boxes"]
    assert [(each.file, each.reason) for each in reading.refusals] == [("labels/z.txt", "its image is missing")]


@pytest.mark.parametrize(
    "form", ["images/{split}/a.png labels/{split}/a.txt", "{split}/images/a.png {split}/labels/a.txt"]
)
def test_both_folder_forms_have_splits(tmp_path: Path, form: str) -> None:
    files: dict[str, str | bytes] = {}
    for split in ("train", "valid", "test"):
        image, label = (part.format(split=split) for part in form.split())
        files |= {image: png(), label: "0 0.5 0.5 0.1 0.1"}
    scenes, reading = read(folder_with(tmp_path, files))
    assert sorted((scene.published_split or "", len(scene.boxes)) for scene in scenes) == [
        ("test", 1),
        ("train", 1),
        ("val", 1),
    ]
    assert (len({scene.name for scene in scenes}), reading.refusals, reading.expected) == (3, [], 3)


def test_text_files_that_links_lead_out_to_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("root 0.5 0.5 0.1 0.1")
    folder = folder_with(tmp_path / "source", {"images/a.png": png(), "labels/b.txt": ""})
    (folder / "labels" / "a.txt").symlink_to(tmp_path / "secret.txt")
    scenes, reading = read(folder, labelled=("ship",))
    assert [(scene.boxes, scene.metadata.labelled) for scene in scenes] == [((), ())]
    assert next((each.file, "link" in each.reason) for each in reading.refusals) == ("labels/a.txt", True)
    assert "root" not in str(reading.refusals)


def test_failing_storage_is_no_fault_of_a_file(tmp_path: Path) -> None:
    """The file of a process's memory cannot be read at 0, as no file can of a disk that was pulled."""
    folder = one(tmp_path, "")
    (folder / "labels" / "a.txt").unlink()
    (folder / "labels" / "a.txt").symlink_to("/proc/self/mem")
    boxes = SceneBoxes("labels/a.txt", (10, 10), SourceReading())
    with pytest.raises(OSError, match="Input/output error"):
        _read_lines(folder / "labels" / "a.txt", {0: "ship"}, boxes)


def test_folders_that_are_not_it_say_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no images/ beside a labels/"):
        read(tmp_path)
    (tmp_path / "images").mkdir()
    (tmp_path / "labels").mkdir()
    with pytest.raises(SourceError, match=r"Write classes\.txt"):
        read(tmp_path)
    (tmp_path / "classes.txt").write_text("ship")
    with pytest.raises(SourceError, match="no image in this folder"):
        read(tmp_path)
    with pytest.raises(SourceError, match=r"boat.*may name: ship"):
        read(tmp_path, labelled=("boat",))
