"""``python -m pipeline judge``: by rule, and by a model that fails in the middle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.__main__ import main
from pipeline.drafting.replay import REPLIES

LINES: list[dict[str, Any]] = [
    {"id": "a", "question_type": "counting", "question": "How many ships?", "answer": "1", "prediction": "11"},
    {"id": 2, "question_type": "referring", "question": "What?", "answer": "ship", "prediction": "boat", "more": [1]},
    {"id": "c", "question_type": None, "question": "What?", "answer": "trees", "prediction": "dense trees \ud800"},
    {"id": "d", "question": "What?", "answer": "ship", "prediction": ""},
]


def written(folder: Path, lines: list[dict[str, Any]]) -> Path:
    path = folder / "in.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def replay(folder: Path, **said: dict[str, Any]) -> Path:
    lines = [{"scene": name, "kind": "judgement", **reply} for name, reply in said.items()]
    folder.mkdir(exist_ok=True)
    (folder / REPLIES).write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def test_each_line_comes_back_with_what_the_judge_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.jsonl"
    assert main(["judge", str(written(tmp_path, LINES)), str(out), "--judge", "synonyms"]) == 0
    assert capsys.readouterr().out == "1 of 4 right (0.2500), 1 undecided\n"
    judged = read(out)
    assert [line["is_right"] for line in judged] == [False, True, None, False]
    assert {line["judge"] for line in judged} == {"synonyms"}
    assert judged[1]["more"] == [1]
    assert judged[1]["compared_as"] == {"answer": "ship", "prediction": "ship"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"id": "a"', "line 5: the line is not JSON"),
        ("[]", "line 5: the line is no object"),
        ('{"question": "q"}', '"id" must be text'),
        ('{"id": "x", "question": "q", "answer": "a"}', '"prediction" is missing'),
        ('{"id": "x", "question": "q", "answer": "a", "prediction": 3}', '"prediction" is no text'),
        ('{"id": "a", "question": "q", "answer": "a", "prediction": "a"}', "the id 'a' is there twice"),
    ],
)
def test_a_line_that_is_no_answer_is_named_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, said: str
) -> None:
    source, out = written(tmp_path, LINES), tmp_path / "out.jsonl"
    source.write_text(source.read_text() + line + "\n")
    assert main(["judge", str(source), str(out)]) == 1
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_a_model_that_fails_in_the_middle_is_asked_only_what_it_has_not_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = written(tmp_path, LINES), tmp_path / "out.jsonl"
    command = ["judge", str(source), str(out), "--judge", "llm", "--concurrency", "1", "--replay"]
    failing = replay(tmp_path / "first", a={"content": "0"}, **{"2": {"status": 401, "content": ""}})
    assert main([*command, str(failing)]) == 1
    assert "run the same command to go on" in capsys.readouterr().err
    assert not out.exists()
    kept = out.with_name("out.jsonl.replies")
    # A run that was killed while it wrote.
    kept.write_text(kept.read_text() + '{"key": "half')
    # Nothing is prepared for the first: it is not asked again.
    again = replay(tmp_path / "again", c={"content": "perhaps"}, **{"2": {"content": "1"}})
    assert main([*command, str(again)]) == 0
    judged = read(out)
    assert [line["is_right"] for line in judged] == [False, True, None, False]
    assert (judged[0]["judge"], judged[0]["judge_model"], judged[0]["judge_temperature"]) == ("llm", "replay", 0.0)
    assert "perhaps" in judged[2]["note"]
    assert [line["said"] for line in read(kept)] == ["0", "1", "perhaps"]


def test_a_refused_question_is_undecided_and_the_run_goes_on(tmp_path: Path) -> None:
    source, out = written(tmp_path, LINES), tmp_path / "out.jsonl"
    prepared = replay(
        tmp_path / "replies",
        a={"content": "0"},
        c={"status": 400, "content": "", "body": '{"error": {"message": "not this one"}}'},
        **{"2": {"content": "", "refusal": "I will not"}},
    )
    assert main(["judge", str(source), str(out), "--judge", "llm", "--replay", str(prepared)]) == 0
    judged = read(out)
    assert [line["is_right"] for line in judged] == [False, None, None, False]
    assert "I will not" in judged[1]["note"]
    assert "not this one" in judged[2]["note"]


def test_a_model_needs_an_address_and_a_result_another_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = written(tmp_path, LINES)
    assert main(["judge", str(source), str(tmp_path / "out.jsonl"), "--judge", "llm"]) == 2
    assert "--base-url" in capsys.readouterr().err
    assert main(["judge", str(source), str(source)]) == 2
    assert "name another" in capsys.readouterr().err
