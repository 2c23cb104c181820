"""The corpus of a COCO file, written without a database."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from pipeline.__main__ import main
from pipeline.drafting.coco_boxes import CocoError, read_coco_boxes
from pipeline.drafting.command import draft_boxes

from .oracle import canonical, every_question, true_answer


def coco(folder: Path, boxes=((0, [10, 20, 30, 40]),), **changes) -> Path:
    """A COCO file of one 600 × 400 image; ``changes`` replace whole parts."""
    content = {
        "images": [{"id": 1, "file_name": "a b.png", "width": 600, "height": 400}],
        "categories": [{"id": 0, "name": "ship"}, {"id": 1, "name": "aircraft"}],
        "annotations": [
            {"id": 10 + number, "image_id": 1, "category_id": category, "bbox": bbox}
            for number, (category, bbox) in enumerate(boxes)
        ],
    } | changes
    file = folder / "coco.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def lines(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_each_line_has_the_image_the_question_and_how_the_answer_follows(tmp_path):
    draft_boxes(coco(tmp_path), tmp_path / "out.jsonl", policy="complete")
    written = {canonical(line["question"]): line for line in lines(tmp_path / "out.jsonl")}
    counted = written["How many ships are visible in the image?"]
    assert counted == {
        "image": "a b.png",
        "question_type": "counting",
        "question": counted["question"],
        "answer": "1",
        "box_ids": ["10"],
        "program": 'count(category="ship")',
    }
    assert written["Are there any aircraft in the image?"]["answer"] == "No"


def test_a_real_file_gets_right_answers_throughout(shared_data, tmp_path):
    source = shared_data / "sardet100k" / "Annotations" / "train.json"
    draft_boxes(source, tmp_path / "out.jsonl", policy="complete")
    scenes = read_coco_boxes(source)
    by_image = {image.file_name: image for image in scenes.images}
    written = lines(tmp_path / "out.jsonl")
    for line in written:
        image = by_image[line["image"]]
        assert true_answer(line["question"], image.boxes, image.size, scenes.categories) == line["answer"]
    expected = sum(
        true_answer(question, image.boxes, image.size, scenes.categories) is not None
        for image in scenes.images
        for question in every_question(image.boxes, scenes.categories)
    )
    assert len(written) == expected > 19 * 30


def test_the_same_seed_writes_the_same_bytes_and_per_scene_limits_each_scene(tmp_path):
    source = coco(tmp_path, boxes=[(0, [10 * number, 20, 30, 40]) for number in range(9)])
    for name in ("one", "two"):
        draft_boxes(source, tmp_path / name, seed=5, per_scene=7)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert len(lines(tmp_path / "one")) == 7


def test_without_a_word_the_paper_s_proportions_come_out_and_every_answer_is_right(shared_data, tmp_path):
    source = shared_data / "sardet100k" / "Annotations" / "train.json"
    draft_boxes(source, tmp_path / "out.jsonl")
    scenes = read_coco_boxes(source)
    by_image = {image.file_name: image for image in scenes.images}
    written = lines(tmp_path / "out.jsonl")
    for line in written:
        image = by_image[line["image"]]
        assert true_answer(line["question"], image.boxes, image.size, scenes.categories) == line["answer"]
    counted = Counter(line["question_type"] for line in written)
    assert counted["referring"] == sum(len(image.boxes) for image in scenes.images)
    assert 3.5 < counted["identification"] / len(scenes.images) < 5.7


def test_the_command_tells_how_many_of_each_type_came_and_what_is_short(tmp_path, capsys):
    file = coco(tmp_path, categories=[{"id": 0, "name": "ship"}])
    assert main(["draft-boxes", str(file), str(tmp_path / "out.jsonl")]) == 0
    told = capsys.readouterr()
    assert "referring 1" in told.out
    assert f"{len(lines(tmp_path / 'out.jsonl'))} questions: " in told.out
    assert main(["draft-boxes", str(file), str(tmp_path / "out.jsonl"), "--policy", "complete"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("boxes", "changes", "told"),
    [
        ([(7, [1, 1, 5, 5])], {}, "annotation 10 is of category 7, which is not listed"),
        ([(0, [1, 1, 0, 5])], {}, "annotation 10 has an empty bbox"),
        ([(0, [600, 1, 5, 5])], {}, "annotation 10 lies outside its image"),
        ([(0, [1, 1, 5])], {}, "annotation 10 has no bbox of four numbers"),
        ([(0, [1, 1, 5, float("nan")])], {}, "annotation 10 has no bbox of four numbers"),
        ([], {"annotations": [{"id": 3, "image_id": 9, "category_id": 0, "bbox": [1, 1, 2, 2]}]}, "image 9"),
        ([], {"annotations": [{"id": 3, "image_id": 1, "category_id": 0, "bbox": [1, 1, 2, 2]}] * 2}, "second one"),
        ([], {"images": [{"id": 1, "file_name": "a.png"}]}, "image 'a.png' has no positive width and height"),
        (
            [],
            {"images": [{"id": 1, "file_name": "a", "height": 10**400, "width": 9}]},
            "no positive width and height below",
        ),
        (
            [],
            {"images": [{"id": 1, "file_name": "a", "height": True, "width": 9}]},
            "no positive width and height below",
        ),
        ([], {"annotations": [{"id": "\ud800", "image_id": 1, "category_id": 0, "bbox": [1, 1, 2, 2]}]}, "in its id"),
        ([], {"images": [{"id": 1, "file_name": "a\0.png"}]}, "image 0 has no usable file_name"),
        ([], {"categories": [{"id": 0, "name": "ship"}, {"id": 0, "name": "car"}]}, "no id of its own"),
        ([], {"annotations": {}}, 'no list "annotations"'),
    ],
)
def test_a_faulty_file_is_refused_whole_with_the_place_of_the_fault(tmp_path, boxes, changes, told):
    (tmp_path / "out.jsonl").write_text("kept")
    with pytest.raises(CocoError) as refusal:
        draft_boxes(coco(tmp_path, boxes, **changes), tmp_path / "out.jsonl")
    assert told in str(refusal.value)
    assert "coco.json" in str(refusal.value)
    assert (tmp_path / "out.jsonl").read_text() == "kept"
    assert {file.name for file in tmp_path.iterdir()} == {"out.jsonl", "coco.json"}


@pytest.mark.parametrize("content", [b"", b"<html>", b"[" * 100_000, b"[]", b'"images"'])
def test_what_is_not_coco_is_refused(tmp_path, content):
    (tmp_path / "coco.json").write_bytes(content)
    with pytest.raises(CocoError, match=r"not (JSON|COCO)"):
        draft_boxes(tmp_path / "coco.json", tmp_path / "out.jsonl")


def test_names_and_ids_in_a_fault_are_short_and_on_one_line(tmp_path):
    file = coco(tmp_path, annotations=[{"id": "\x1b[2J\n\0" + "i" * 10**6, "image_id": "\n" * 10**6}])
    with pytest.raises(CocoError) as refusal:
        read_coco_boxes(file)
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 2000


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(CocoError, match="cannot be read"):
        draft_boxes(tmp_path / "none.json", tmp_path / "out.jsonl")


def test_ids_that_repeat_within_an_image_are_refused_because_a_program_could_mean_either(shared_data, tmp_path):
    with pytest.raises(CocoError, match="annotation 1 is a second one with this id in its image"):
        draft_boxes(shared_data / "odd" / "coco_repeated_annotation_ids.json", tmp_path / "out.jsonl")


def test_ids_that_begin_anew_in_each_image_are_read(tmp_path):
    images = [{"id": number, "file_name": f"{number}.png", "width": 60, "height": 40} for number in (1, 2)]
    boxes = [{"id": 1, "image_id": number, "category_id": 0, "bbox": [1, 1, 9, 9]} for number in (1, 2)]
    draft_boxes(coco(tmp_path, images=images, annotations=boxes), tmp_path / "out.jsonl")
    assert {line["image"] for line in lines(tmp_path / "out.jsonl")} == {"1.png", "2.png"}
