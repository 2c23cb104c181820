"""Counting what the drafts of a file name."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from pipeline.__main__ import main
from pipeline.extraction import EXTRACTOR_VERSION, counting
from pipeline.extraction.command import CategoriesError, count_categories
from pipeline.extraction.counting import Tally
from pipeline.records import Draft

CAPTION = {"id": 1, "kind": "concise_caption", "text": "Two vessels and a boat beside a bollard."}
QUESTION = {"image": "a.png", "question_type": "counting", "question": "How many ships are visible?", "answer": "2"}
GENERAL = QUESTION | {"question_type": "general", "question": "What is the land cover?", "answer": "Forest."}


def written(folder, *lines):
    file = folder / "in.jsonl"
    file.write_bytes(b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines))
    return file


def test_lines_of_screen_and_of_draft_boxes_are_counted_together(tmp_path):
    counts = count_categories(written(tmp_path, CAPTION, b"", QUESTION, GENERAL))
    assert (counts["texts"], counts["questions"], counts["extractor_version"]) == (3, 2, EXTRACTOR_VERSION)
    # A ship is named by two drafts, twice by one of them.
    assert counts["categories"]["most_frequent"][0] == {"name": "ship", "texts": 2}
    assert counts["open_categories"]["distinct"] == counts["open_categories"]["named_once"] == 1
    assert {each["name"] for each in counts["question_types"]["most_frequent"]} == {"how many", "what land cover"}
    assert counts["general_types"]["most_frequent"] == [{"name": "land_cover", "texts": 1}]
    assert counts["land_covers"]["most_frequent"] == [{"name": "forest", "texts": 1}]


def test_the_command_prints_lines_for_people_and_json_for_scripts(tmp_path, capsys):
    file = written(tmp_path, CAPTION, QUESTION)
    assert main(["categories", str(file)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"extractor version {EXTRACTOR_VERSION}: 2 drafts, 1 questions",
        "object categories: 1: ship 2",
        "open categories: 1, 1 of them named once: bollard 1",
        "question types: 1: how many 1",
        "types of general questions: 0",
        "land covers: 0",
    ]
    assert main(["categories", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == count_categories(file)


def test_an_empty_file_counts_nothing(tmp_path):
    assert count_categories(written(tmp_path))["texts"] == 0


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"{", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        ([], "an object"),
        ({"id": 1}, 'must have "text"'),
        ({"question": "What?"}, 'must have "text"'),
        ({"question": "What?", "answer": 7}, 'must have "text"'),
    ],
)
def test_a_bad_line_is_told_with_its_number(tmp_path, capsys, line, told):
    file = written(tmp_path, CAPTION, line)
    with pytest.raises(CategoriesError, match="line 2") as refusal:
        count_categories(file)
    assert told in str(refusal.value)
    assert main(["categories", str(file)]) == 1
    assert "line 2" in capsys.readouterr().err


def test_odd_keys_and_hostile_texts_are_counted(tmp_path):
    odd = QUESTION | {"question_type": 7, "general_type": ["x"], "question": "\ud83d\0 שלום", "answer": ""}
    assert count_categories(written(tmp_path, odd, QUESTION | {"general_type": "shape"}))["texts"] == 2


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(CategoriesError, match="cannot be read"):
        count_categories(tmp_path / "none.jsonl")


def test_memory_does_not_grow_with_the_number_of_different_nouns(monkeypatch):
    monkeypatch.setattr(counting, "MOST_NAMES", 50)
    letters = "abcdefghij"
    nouns = [f"z{letters[n // 100]}{letters[n // 10 % 10]}{letters[n % 10]}k" for n in range(1_000)]
    counts = Tally().add(Draft("concise_caption", f"A {noun}.") for noun in nouns).as_json()
    assert counts["open_categories"]["distinct"] == 50
    assert counts["open_categories"]["unnamed"] == 950


def test_twelve_thousand_drafts_are_counted_in_little_memory(tmp_path):
    file = tmp_path / "in.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        for number in range(12_000):
            asked = f"What is the object in the area [{number}.0, 1.0, 2.0, 3.0]?"
            lines.write(json.dumps(QUESTION | {"question": asked}) + "\n")
    tracemalloc.start()
    counts = count_categories(file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert counts["questions"] == 12_000
    assert peak < 25e6
