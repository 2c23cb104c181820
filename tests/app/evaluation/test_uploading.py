"""Predictions that were made elsewhere: all rows are checked, told by line, and stored all or none."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.evaluation.errors import EvaluationError, IncompleteError, PredictionsError
from app.evaluation.queries.items import Target
from app.evaluation.workflow.reading import read_predictions
from app.evaluation.workflow.targets import quiz_target, split_target
from app.evaluation.workflow.uploading import Upload, upload_predictions
from tests.app.evaluation.predicted import captioned_release, question_ids, questions_release
from tests.app.quiz.composed import force_state, make_quiz


def upload(session: Session, target: Target, rows: list[dict[str, object]], **how: object) -> int:
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    given = Upload(**{"model": "gazer-7b", **how})
    return upload_predictions(session, target, given, io.StringIO(lines), "command").evaluation_id


def test_tables_are_read_as_lines_are_and_rows_that_are_too_long_do_not_end_the_reading() -> None:
    assert read_predictions(io.StringIO('\n{"text_sha256": "a", "answer": "1"}\n')).predictions == {"a": "1"}
    table = 'ID,more,Prediction\r\na,x,"yes,\r\nall"\r\n\r\nb,y,\r\n' + f"c,z,{'x' * 1_000_000}\r\nd,z,4\r\n"
    rows = read_predictions(io.StringIO("\ufeff" + table, newline=""))
    assert rows.predictions == {"a": "yes,\r\nall", "b": "", "d": "4"}
    assert [(fault.line, fault.what[:17]) for fault in rows.faults] == [(6, "it cannot be read")]
    for content, said in (
        ("text,score\n1,2\n", "it is no header"),
        ('{"id": "a"\n', "it is no JSON"),
        ('{"a": ' + "[" * 100_000, "it is no JSON"),
        ('{"prediction": "x"}', "it has no id"),
        ('{"id": "a\\u0000", "prediction": "x"}', "its id is none"),
        ('{"id": "a", "prediction": 3}', "it has no prediction"),
        ('{"id": "a", "prediction": "\\ud800"}', "its prediction cannot be kept: it has a broken"),
        (json.dumps({"id": "a", "prediction": "x" * 1_000_000}), "its prediction cannot be kept: it has 1,000,000"),
    ):
        assert read_predictions(io.StringIO(content)).faults[0].what.startswith(said)


def test_every_row_that_cannot_be_taken_is_told_by_line_and_nothing_is_stored(session: Session, tmp_path: Path) -> None:
    target = questions_release(session, tmp_path)
    ids, train = question_ids(session, target), question_ids(session, split_target(session, target.release, "train"))
    rows: list[dict[str, object]] = [{"id": each, "prediction": "Yes"} for each in ids]
    bad = [*rows, rows[0], {"id": "0" * 64, "prediction": "1"}, {"id": train[0], "prediction": "1"}, {"id": "\u202ex"}]
    with pytest.raises(PredictionsError) as refused:
        upload(session, target, bad)
    faults = refused.value.facts["faults"]
    assert isinstance(faults, list)
    assert [(fault["line"], fault["what"]) for fault in faults] == [
        (37, "line 1 has a prediction for it already"),
        (38, "the release has no such text"),
        (39, "it is of the split train"),
        (40, "it has no prediction, or one that is no text"),
    ]
    assert all(fault["advice"] for fault in faults)
    assert "Nothing was stored: 4 rows cannot be taken. Line 37, " in refused.value.message
    with pytest.raises(PredictionsError, match="no rows"):
        upload(session, target, [])
    with pytest.raises(IncompleteError, match="2 of 36 items have no prediction"):
        upload(session, target, rows[2:])
    assert session.execute(text("select count(*) from evaluation")).scalar_one() == 0
    upload(session, target, rows[2:], is_partial=True)
    told = "select state, items, predictions, (select count(*) from prediction) from evaluation"
    assert tuple(session.execute(text(told)).one()) == ("stored", 36, 34, 34)
    for model in ("", "  ", "a\0", "x" * 201):
        with pytest.raises(EvaluationError, match="model"):
            upload(session, target, rows, model=model)
    with pytest.raises(EvaluationError, match="no text of the split 'val'; it has train, test"):
        split_target(session, target.release, "val")


def test_captions_are_given_by_image_or_by_a_caption_of_it(session: Session, tmp_path: Path) -> None:
    target = captioned_release(session, tmp_path)
    rows: list[dict[str, object]] = [
        {"image": "ports/a.png", "caption": "A harbour with two ships."},
        {"image": "ports/b.png", "caption": ""},
    ]
    upload(session, target, rows, task="captions")
    upload(session, target, rows[:1], task="captions", kinds=("complex_caption",))
    of_a = "select text_sha256 from release_text where entry ->> 'scene' = 'a.png' limit 1"
    by_id: dict[str, object] = {"id": session.execute(text(of_a)).scalar_one(), "prediction": "A harbour."}
    with pytest.raises(PredictionsError, match="line 1 has a caption of this image already"):
        upload(session, target, [rows[0], by_id, {"image": "ports/c.png", "caption": "x"}], task="captions")
    with pytest.raises(PredictionsError, match="it is of the split train"):
        upload(session, target, [{"image": "ports/c.png", "caption": "x"}], task="captions")


def test_a_quiz_asks_its_own_questions_once_they_stand(session: Session, tmp_path: Path) -> None:
    questions_release(session, tmp_path)
    quiz = make_quiz(session)
    with pytest.raises(EvaluationError, match="Freeze it"):
        quiz_target(session, quiz.name)
    force_state(session, quiz, "frozen")
    target = quiz_target(session, quiz.name)
    asked = question_ids(session, target)
    assert len(asked) == 6
    upload(session, target, [{"id": each, "prediction": "No"} for each in asked])
    other = next(each for each in question_ids(session, split_target(session, "bench")) if each not in asked)
    with pytest.raises(PredictionsError, match="the quiz pilot does not ask it"):
        upload(session, target, [{"id": other, "prediction": "No"}])
    with pytest.raises(EvaluationError, match="A quiz asks questions only"):
        upload(session, target, [{"id": other, "prediction": "No"}], task="captions")
