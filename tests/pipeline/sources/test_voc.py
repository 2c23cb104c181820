"""Pascal VOC folders, as published, turned, broken and hostile."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest

from pipeline.records import Scene
from pipeline.sources.options import SourceOptions
from pipeline.sources.reading import SourceError, SourceReading
from pipeline.sources.voc import read_voc


def png(cols: int = 100, rows: int = 80) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", cols, rows)


def upright(x_min: Any, y_min: Any, x_max: Any, y_max: Any) -> str:
    return f"<bndbox><xmin>{x_min}</xmin><ymin>{y_min}</ymin><xmax>{x_max}</xmax><ymax>{y_max}</ymax></bndbox>"


def thing(box: str, name: str = "ship", more: str = "") -> str:
    return f"<object><name>{name}</name>{more}{box}</object>"


def annotation(*objects: str, size: tuple[int, int] | None = (100, 80)) -> str:
    stated = "" if size is None else f"<size><width>{size[0]}</width><height>{size[1]}</height></size>"
    return f"<annotation><filename>x.png</filename>{stated}{''.join(objects)}</annotation>"


def folder_with(tmp_path: Path, xml: dict[str, str], images: tuple[str, ...] = ("a.png",), **lists: str) -> Path:
    for name in images:
        (tmp_path / "JPEGImages" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "JPEGImages" / name).write_bytes(png())
    for name, content in xml.items():
        (tmp_path / "Annotations" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "Annotations" / name).write_text(content)
    for split, content in lists.items():
        (tmp_path / "ImageSets" / "Main").mkdir(parents=True, exist_ok=True)
        (tmp_path / "ImageSets" / "Main" / f"{split}.txt").write_text(content)
    return tmp_path


def read(folder: Path, **more: Any) -> tuple[list[Scene], SourceReading]:
    reading = read_voc(SourceOptions(folder, **more))
    return list(reading), reading


def test_corners_count_from_1_and_are_inside_the_box(tmp_path: Path) -> None:
    xml = annotation(thing(upright(1, 1, 1, 1)), thing(upright(11, 21, 20, 30), more="<truncated>1</truncated>"))
    (scene,), reading = read(folder_with(tmp_path, {"a.xml": xml}), labelled=("ship",))
    boxes = [(box.box_id, box.x_min, box.y_min, box.width, box.height, box.is_cut) for box in scene.boxes]
    assert boxes == [("#1", 0, 0, 1, 1, False), ("#2", 10, 20, 10, 10, True)]
    assert (scene.name, scene.size, scene.metadata.labelled) == ("JPEGImages/a.png", (80, 100), ("ship",))
    assert (reading.refusals, reading.notes, reading.expected) == ([], [], 1)


def test_the_whole_image_is_a_box_and_what_counts_from_0_shows_by_a_note(tmp_path: Path) -> None:
    xml = annotation(thing(upright(1, 1, 100, 80)), thing(upright(0, 0, 9, 9)))
    (scene,), reading = read(folder_with(tmp_path, {"a.xml": xml}))
    assert [(box.width, box.height) for box in scene.boxes] == [(100, 80), (9, 9)]
    assert [(note.file, note.annotation_id) for note in reading.notes] == [("Annotations/a.xml", "#2")]


TURNED = "<robndbox><cx>50</cx><cy>40</cy><w>20</w><h>10</h><angle>1.5707963267948966</angle></robndbox>"
POINTS = [(10, 5), (20, 8), (18, 30), (9, 20)]
CORNERS = "".join(f"<x{n}>{x}</x{n}><y{n}>{y}</y{n}>" for n, (x, y) in enumerate(POINTS, 1))


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        (TURNED, (45, 30, 10, 20)),
        (f"<rotated_bndbox><rotated_bbox_cx>1</rotated_bbox_cx>{CORNERS}</rotated_bndbox>", (9, 5, 11, 25)),
        (f"<bndbox>{CORNERS}</bndbox>", (9, 5, 11, 25)),
        (f"<polygon>{CORNERS}</polygon>", (9, 5, 11, 25)),
        (upright(11, 21, 20, 30) + TURNED, (10, 20, 10, 10)),
    ],
)
def test_of_turned_boxes_the_upright_one_around_them_is_taken(tmp_path: Path, box: str, expected: Any) -> None:
    (scene,), reading = read(folder_with(tmp_path, {"a.xml": annotation(thing(box))}))
    (kept,) = scene.boxes
    assert (kept.x_min, kept.y_min, kept.width, kept.height) == pytest.approx(expected)
    assert reading.refusals == []


@pytest.mark.parametrize(
    "box",
    [
        "",
        upright(20, 5, 10, 9),
        upright("a", 5, 10, 9),
        upright("nan", 5, 10, 9),
        upright(300, 5, 310, 9),
        "<bndbox><xmin>3</xmin></bndbox>",
        "<robndbox><cx>50</cx></robndbox>",
    ],
)
def test_an_impossible_box_is_refused_by_file_and_number(tmp_path: Path, box: str) -> None:
    xml = annotation(thing(upright(1, 1, 5, 5)), thing(box), thing(upright(1, 1, 5, 5), name="car"))
    (scene,), reading = read(folder_with(tmp_path, {"a.xml": xml}), labelled=("ship", "car"))
    assert [kept.box_id for kept in scene.boxes] == ["#1", "#3"]
    assert [(each.file, each.annotation_id) for each in reading.refusals] == [("Annotations/a.xml", "#2")]
    assert scene.metadata.labelled == ("car",)


def test_an_object_without_a_name_may_have_been_of_any_category(tmp_path: Path) -> None:
    xml = annotation(thing(upright(1, 1, 5, 5), name=" "))
    (scene,), reading = read(folder_with(tmp_path, {"a.xml": xml}), labelled=("ship",))
    assert (scene.boxes, scene.metadata.labelled, len(reading.refusals)) == ((), (), 1)


BOMB = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]><annotation><filename>&c;</filename></annotation>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><annotation><filename>&f;</filename></annotation>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (BOMB, "declares a document type"),
        (OUTSIDE, "declares a document type"),
        ('<!DOCTYPE a SYSTEM "x.dtd"><annotation/>', "declares a document type"),
        ("", "not whole XML"),
        ("<annotation>", "not whole XML: no element found at line 1"),
        ("<annotation>\n&nope;</annotation>", "not whole XML"),
        ("<html/>", "not a VOC annotation"),
        ("<annotation>" + "<a>" * 100 + "</a>" * 100 + "</annotation>", "deep within each other"),
        ('<?xml version="1.0" encoding="nope"?><annotation/>', "this is not XML that can be read"),
    ],
)
def test_hostile_and_broken_files_cost_their_boxes_alone(tmp_path: Path, content: str, reason: str) -> None:
    (scene,), reading = read(folder_with(tmp_path, {"a.xml": content}), labelled=("ship",))
    assert (scene.boxes, scene.metadata.labelled) == ((), ())
    assert [(each.file, reason in each.reason) for each in reading.refusals] == [("Annotations/a.xml", True)]


def test_splits_come_from_the_lists_and_what_they_miss_is_named(tmp_path: Path) -> None:
    xml = {f"{name}.xml": annotation() for name in "abcd"}
    images = tuple(f"{name}.png" for name in "abcd")
    folder = folder_with(tmp_path, xml, images, train="a\nb \n", val="c.png\n\n", test="d\na\ngone\n")
    scenes, reading = read(folder)
    assert [scene.published_split for scene in scenes] == ["train", "train", "val", "test"]
    assert [(each.file, each.reason) for each in reading.refusals] == [
        ("ImageSets/Main/test.txt", "line 3: there is no image called gone")
    ]
    assert [note.reason for note in reading.notes] == ["line 2: a is listed in train too, which holds"]


def test_folders_a_split_are_found_with_annotations_together_or_apart(tmp_path: Path) -> None:
    xml = {"train/a.xml": annotation(thing(upright(1, 1, 5, 5))), "b.xml": annotation(thing(upright(1, 1, 5, 5)))}
    scenes, reading = read(folder_with(tmp_path, xml, ("train/a.png", "test/b.png")))
    assert [(scene.name, scene.published_split, len(scene.boxes)) for scene in scenes] == [
        ("JPEGImages/test/b.png", "test", 1),
        ("JPEGImages/train/a.png", "train", 1),
    ]
    assert reading.refusals == []


def test_images_and_files_without_each_other_are_told(tmp_path: Path) -> None:
    xml = {"a.xml": annotation(), "z.xml": annotation(), "y.xml": annotation()}
    scenes, reading = read(folder_with(tmp_path, xml, ("a.png", "b.png", "._a.png")), labelled=("shp",))
    assert [scene.metadata.labelled for scene in scenes] == [("shp",), ()]
    assert [each.file for each in reading.refusals] == ["Annotations/y.xml", "Annotations/z.xml"]
    assert [note.reason for note in reading.notes] == [
        "1 image is taken without boxes: no .xml file is about them",
        "--labelled names shp, but no object is called so",
    ]


def test_a_size_that_is_not_the_images_is_told_and_the_images_holds(tmp_path: Path) -> None:
    xml = annotation(thing(upright(1, 1, 500, 500)), size=(500, 500))
    (scene,), reading = read(folder_with(tmp_path, {"a.xml": xml}))
    assert (scene.size, scene.boxes[0].width) == ((80, 100), 100)
    assert "500 × 500" in reading.notes[0].reason


def test_folders_that_are_not_it_say_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no Annotations folder"):
        read(tmp_path)
    (tmp_path / "Annotations").mkdir()
    with pytest.raises(SourceError, match="no JPEGImages folder"):
        read(tmp_path)
    (tmp_path / "images").mkdir()
    with pytest.raises(SourceError, match="no image in it"):
        read(tmp_path)
    (tmp_path / "images" / "a.png").touch()
    with pytest.raises(SourceError, match=r"no \.xml file in it"):
        read(tmp_path)
