"""Screening a file of drafts without a database."""

from __future__ import annotations

import json
import os
import threading
import tracemalloc

import pytest

from pipeline.records import Draft
from pipeline.screening.command import ScreenError, screen_file
from pipeline.screening.scene_lines import SceneLines

CAPTION = {"id": "a", "kind": "concise_caption", "text": "A green bank."}
QUESTION = {
    "id": 7,
    "kind": "question",
    "question_type": "counting",
    "question": "How many ships are visible?",
    "answer": "2",
    "image_size": [600, 400],
    "gsd_m": 0.5,
    "boxes": [["ship", 1, 2, 3, 4], ["ship", 10, 2, 3, 4], ["ship", 20.5, 2, 3, 4]],
    "labelled": ["ship"],
}


def screened(folder, *lines) -> list[dict]:
    """The answers to ``lines``; text and bytes are written as they are, all else as JSON."""
    written = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    (folder / "in.jsonl").write_bytes(b"\n".join(written) + b"\n")
    screen_file(folder / "in.jsonl", folder / "out.jsonl")
    return [json.loads(line) for line in (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()]


def test_each_line_gets_its_findings_in_the_same_order(tmp_path):
    caption, question = screened(tmp_path, CAPTION, b"", QUESTION)
    assert caption == {
        "id": "a",
        "findings": [
            {
                "rule": "colour.hue",
                "severity": "error",
                "field": "text",
                "start": 2,
                "end": 7,
                "text": "green",
                "message": "“green” cannot be seen by radar",
                "suggestion": "A bank.",
            }
        ],
    }
    assert question["id"] == 7
    assert [(found["rule"], found["field"], found["suggestion"]) for found in question["findings"]] == [
        ("count.answer", "answer", "3")
    ]


@pytest.mark.parametrize("missing", ["boxes", "labelled", "image_size", "gsd_m"])
def test_what_is_unknown_of_the_scene_may_be_left_out(tmp_path, missing):
    [answer] = screened(tmp_path, {key: value for key, value in QUESTION.items() if key != missing})
    assert bool(answer["findings"]) == (missing in ("image_size", "gsd_m"))


@pytest.mark.parametrize(
    ("text", "start"),
    [("🚢 A green bank.", 4), ("\0A green bank.", 3), ("\ud83d A green bank.", 4), ("שלום green bank.", 5)],
)
def test_hostile_texts_are_screened_with_spans_in_code_points(tmp_path, text, start):
    [answer] = screened(tmp_path, CAPTION | {"text": text})
    [finding] = [finding for finding in answer["findings"] if finding["rule"] == "colour.hue"]
    assert (finding["start"], finding["text"]) == (start, "green")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        ([], '"id"'),
        ({"kind": "question"}, '"id"'),
        (CAPTION | {"kind": "label"}, '"kind" must be one of'),
        (CAPTION | {"text": 7}, 'needs "text" as text'),
        ({"id": 1, "kind": "question", "question": "What?", "question_type": "general"}, 'needs "answer"'),
        (QUESTION | {"boxes": [["ship", 1, 2, 3]]}, '"boxes" must be'),
        (QUESTION | {"boxes": [["ship", 1, 2, 3, float("nan")]]}, '"boxes" must be'),
        (QUESTION | {"boxes": [["ship", 1, 2, 3, 10**400]]}, '"boxes" must be'),
        (QUESTION | {"boxes": [["ship", 1, 2, -3, 4]]}, '"boxes" must be'),
        (QUESTION | {"labelled": "ship"}, '"labelled" must be'),
        (QUESTION | {"image_size": [600]}, '"image_size" must be'),
        (QUESTION | {"gsd_m": "half"}, '"gsd_m" must be'),
        (QUESTION | {"gsd_m": 0}, '"gsd_m" must be'),
        (QUESTION | {"gsd_m": -1.5}, '"gsd_m" must be'),
    ],
)
def test_a_bad_line_is_told_with_its_number_and_nothing_is_written(tmp_path, line, told):
    (tmp_path / "out.jsonl").write_text("kept")
    with pytest.raises(ScreenError) as refusal:
        screened(tmp_path, CAPTION, line)
    assert "in.jsonl, line 2" in str(refusal.value)
    assert told in str(refusal.value)
    assert (tmp_path / "out.jsonl").read_text() == "kept"


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(ScreenError, match="cannot be read"):
        screen_file(tmp_path / "none.jsonl", tmp_path / "out.jsonl")


def rules_of(answers) -> list[list[str]]:
    families = ("contradiction", "duplicate")
    return [
        [found["rule"] for found in answer["findings"] if found["rule"].partition(".")[0] in families]
        for answer in answers
    ]


def told_of(scene: str | int, number: int, text: str, **more) -> dict:
    return {"id": number, "kind": "complex_caption", "scene": scene, "text": text} | more


def test_texts_of_a_scene_are_compared_wherever_they_stand_in_the_file(tmp_path):
    answers = screened(
        tmp_path,
        told_of("one", 1, "Two ships are visible."),
        told_of("two", 2, "Two ships are visible."),
        b"",
        told_of("one", 3, "Three ships are visible 🚢."),
        CAPTION | {"text": "Five ships are visible."},
        told_of("two", 4, "Two ships are visible."),
        told_of(5, 5, "No ships are visible."),
    )
    assert rules_of(answers) == [["contradiction.count"], [], ["contradiction.count"], [], ["duplicate.text"], []]


def test_a_scene_is_named_by_its_image_too_and_lines_of_draft_boxes_are_read_as_they_are(tmp_path):
    drafted = {"image": "a.png", "question_type": "counting", "box_ids": [], "program": "count(ship)"}
    answers = screened(
        tmp_path,
        drafted | {"question": "How many ships are visible in the image?", "answer": "2"},
        drafted | {"question": "What is the number of ships?", "answer": "3"},
    )
    assert [answer["id"] for answer in answers] == [1, 2]
    assert rules_of(answers) == [["contradiction.answer"], ["duplicate.words", "contradiction.answer"]]


def test_the_first_bad_line_is_told_even_where_a_scene_was_read_ahead(tmp_path):
    lines = [told_of("one", 1, "A port."), b"{", told_of("one", 2, 7), told_of("one", 3, "A quay.")]
    with pytest.raises(ScreenError, match="line 2"):
        screened(tmp_path, *lines)
    with pytest.raises(ScreenError, match="line 3: a complex_caption"):
        screened(tmp_path, lines[0], b"", *lines[2:])


def test_a_scene_must_be_a_name(tmp_path):
    with pytest.raises(ScreenError, match='line 1: "scene" must be'):
        screened(tmp_path, told_of("one", 1, "A port.") | {"scene": ["one"]})


def test_what_can_be_read_only_once_is_screened_too(tmp_path):
    source = tmp_path / "pipe"
    os.mkfifo(source)
    line = json.dumps(told_of("one", 1, "A green bank.")).encode() + b"\n"
    writer = threading.Thread(target=source.write_bytes, args=(line,))
    writer.start()
    screen_file(source, tmp_path / "out.jsonl")
    writer.join()
    assert '"green"' in (tmp_path / "out.jsonl").read_text()


def test_the_texts_of_few_scenes_are_in_memory_at_a_time(tmp_path):
    text = "lies by the river. " * 800
    with (tmp_path / "in.jsonl").open("w") as lines:
        for turn in range(3):
            lines.writelines(json.dumps(told_of(f"s{n}", turn, f"Port {n} {turn} {text}")) + "\n" for n in range(700))
    assert (tmp_path / "in.jsonl").stat().st_size > 30e6
    with (tmp_path / "in.jsonl").open("rb") as lines:
        tracemalloc.start()
        scenes = SceneLines(lines, scene_named_in, draft_in)
        for number in [*range(700), *range(700)]:
            assert [draft.text.split()[2] for draft in scenes.texts(f"s{number}").values()] == ["0", "1", "2"]
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 8e6


def scene_named_in(line: bytes) -> str:
    return json.loads(line)["scene"]


def draft_in(line: bytes) -> Draft:
    return Draft("complex_caption", json.loads(line)["text"])
