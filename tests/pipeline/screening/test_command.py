"""Screening a file of drafts without a database."""

from __future__ import annotations

import json

import pytest

from pipeline.screening.command import ScreenError, screen_file

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
        (QUESTION | {"labelled": "ship"}, '"labelled" must be'),
        (QUESTION | {"image_size": [600]}, '"image_size" must be'),
        (QUESTION | {"gsd_m": "half"}, '"gsd_m" must be'),
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
