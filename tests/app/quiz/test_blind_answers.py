"""Reading what a model answered without the images."""

from __future__ import annotations

import pytest

from app.quiz.errors import BlindAnswersError
from app.quiz.workflow.blind import read_blind_text

A, B = "a" * 64, "b" * 64


def test_lines_and_tables_give_the_same_answers() -> None:
    lines = f'\n{{"text_sha256": "{A}", "prediction": "Yes,\\nall"}}\n{{"id": "{B}", "answer": "3", "more": 1}}\n'
    table = f'\ufeffID,Answer,more\r\n{A},"Yes,\nall",\r\n\r\n{B},3\r\n'
    assert read_blind_text(lines.encode()) == read_blind_text(table.encode()) == {A: "Yes,\nall", B: "3"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "has no rows"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"text,score\n1,2\n", "line 1: its columns must be text_sha256 (or id) and prediction (or answer)"),
        (b"{broken\n{}\n", "line 1: it is no JSON; line 2: its id 'None' is no id of a text"),
        (b"[]\n", "its columns must be"),
        (b'{"a": [' + b"[" * 100_000, "line 1: it is no JSON"),
        (f'{{"id": "{A}", "prediction": 3}}'.encode(), "line 1: it has no prediction, or one that is no text"),
        (f'{{"id": "{A}", "prediction": "a\\u0000"}}'.encode(), "line 1: its prediction is not taken: it has a NUL"),
        (f'{{"id": "{A}", "prediction": "\\ud800"}}'.encode(), "a lone surrogate"),
        (f"id,prediction\n{A},{'x' * 20_001}\n".encode(), "it has 20,001 characters; at most 20,000"),
        (f"id,prediction\n{A},{'x' * 1_000_000}\n".encode(), "field larger than field limit"),
        (f"id,prediction\n{A},1\n{A},1\n{A},2\n".encode(), "line 4: the text aaaaaaaaaaaa… has another prediction"),
        (b"id,prediction\n" + b"x,1\n" * 30, "line 2: its id 'x' is no id"),
    ],
)
def test_what_is_wrong_is_told_by_row(content: bytes, said: str) -> None:
    with pytest.raises(BlindAnswersError) as refused:
        read_blind_text(content)
    assert said in refused.value.message
    assert len(refused.value.facts.get("faults", [])) <= 20
