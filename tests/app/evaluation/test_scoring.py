"""Scores of stored predictions: by rules, by a model whose endpoint fails in the middle, and of captions."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from sqlalchemy import text

from app.db import SessionMaker, transaction
from app.evaluation.errors import EndpointFailedError, EvaluationError, EvaluationStateError
from app.evaluation.queries.items import Target
from app.evaluation.queries.scores import Score, whole_scores
from app.evaluation.workflow import scoring
from app.evaluation.workflow.leaderboard import csv_rows, leaderboard
from app.evaluation.workflow.uploading import Upload, upload_predictions
from pipeline.drafting.endpoints import Endpoint
from pipeline.drafting.replay import ReplayServer
from pipeline.scoring.captions import score_captions
from tests.app.evaluation.predicted import CAPTIONED, captioned_release, question_ids, questions_release, truths


def upload(sessions: SessionMaker, target: Target, told: dict[str, str], model: str = "gazer", **how: object) -> int:
    lines = "".join(json.dumps({"id": id_, "prediction": said}) + "\n" for id_, said in told.items())
    given = Upload(**{"model": model, **how})
    with transaction(sessions) as session:
        return upload_predictions(session, target, given, io.StringIO(lines), "command").evaluation_id


def scores(sessions: SessionMaker, evaluation_id: int) -> dict[tuple[str, str], Score]:
    with transaction(sessions) as session:
        return {(each.kind, each.measure): each for each in whole_scores(session, evaluation_id)}


def test_answers_are_scored_by_each_rule_with_types_intervals_and_confusion(
    sessions: SessionMaker, tmp_path: Path
) -> None:
    with transaction(sessions) as session:
        target = questions_release(session, tmp_path)
        truth = truths(session)
        asked = question_ids(session, target)
    # "11" has "1" in it, which the published rule takes for right.
    told = {
        id_: "11" if truth[id_] == "1" else "Yes, there is." if truth[id_] == "Yes" else truth[id_] for id_ in asked
    }
    ones = sum(truth[id_] == "1" for id_ in asked)
    good, bad = upload(sessions, target, told), upload(sessions, target, dict.fromkeys(asked, "dunno"), "guesser")
    for evaluation_id in (good, bad):
        scoring.score(sessions, evaluation_id)
        scoring.score(sessions, evaluation_id)
    found = scores(sessions, good)
    assert {measure for _, measure in found} == set(scoring.JUDGES)
    figures = found["question", "synonyms"].figures
    assert (figures["answers"], figures["right"], figures["clusters"]) == (36, 36 - ones, 12)
    assert figures["method"] == "scenes"
    assert figures["low"] < figures["value"] < figures["high"]
    assert found["question", "sarlang-substring"].figures["right"] == 36
    assert found["question", "exact"].figures["right"] == 36 - ones - 6
    assert {name: each["answers"] for name, each in figures["types"].items()} == {
        "counting": 12, "identification": 12, "referring": 12
    }  # fmt: skip
    assert ["1", "11", ones] in figures["confusion"]["counting"]
    with transaction(sessions) as session:
        board = leaderboard(session, target, against=good)
    assert [row.title for row in board.answers] == ["gazer", "guesser"]
    difference = board.answers[1].difference
    assert difference is not None
    assert (difference["only_chosen"], difference["only_other"]) == (36 - ones, 0)
    assert difference["value"] == pytest.approx(figures["value"])
    assert difference["p"] < 1e-6
    rows = list(csv_rows(board))
    assert [row["figure"] for row in rows] == ["accuracy"] * 8
    with pytest.raises(EvaluationError, match="There is no judge 'best'"):
        scoring.score_answers(sessions, good, ["best"])
    with pytest.raises(EvaluationStateError, match="is of questions, not of captions"):
        scoring.score_captions(sessions, good)


def test_a_judge_whose_endpoint_fails_in_the_middle_goes_on_with_what_has_no_reply(
    sessions: SessionMaker, tmp_path: Path
) -> None:
    with transaction(sessions) as session:
        target = questions_release(session, tmp_path)
        asked = question_ids(session, target)
    # Each of its own words, so that each is asked about; but for one that is empty, and therefore wrong.
    evaluation_id = upload(sessions, target, {id_: f"word {at}" if at else "" for at, id_ in enumerate(asked)})
    lines = [{"scene": id_, "kind": "judgement", "content": "1"} for id_ in asked]
    broken = [*lines[:20], {**lines[20], "status": 401, "content": "no such key"}]
    for folder, replies in (("broken", broken), ("mended", lines)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "replies.jsonl").write_text("".join(json.dumps(line) + "\n" for line in replies))
    count = "select (select count(*) from judge_reply), (select count(*) from judgement)"
    with ReplayServer(tmp_path / "broken") as server:
        endpoint = Endpoint(server.base_url, "sage", None, 0.0, is_replay=True)
        with pytest.raises(EndpointFailedError, match="the same command"):
            scoring.judge_by_model(sessions, evaluation_id, endpoint, 1)
    with transaction(sessions) as session:
        assert tuple(session.execute(text(count)).one()) == (19, 0)
    with ReplayServer(tmp_path / "mended") as server:
        endpoint = Endpoint(server.base_url, "sage", None, 0.0, is_replay=True)
        assert scoring.judge_by_model(sessions, evaluation_id, endpoint, 4) == "llm:sage"
    with transaction(sessions) as session:
        assert tuple(session.execute(text(count)).one()) == (35, 36)
    assert scores(sessions, evaluation_id)["question", "llm:sage"].figures["right"] == 35


def test_captions_have_the_figures_of_the_scorer_concise_and_complex_apart(
    sessions: SessionMaker, tmp_path: Path
) -> None:
    with transaction(sessions) as session:
        target = captioned_release(session, tmp_path)
    told = {"ports/a.png": "Two ships lie at a pier.", "ports/b.png": "A river and fields."}
    evaluation_id = upload(sessions, target, told, task="captions")
    scoring.score(sessions, evaluation_id)
    found = scores(sessions, evaluation_id)
    assert {(kind, measure) for kind, measure in found} == {
        (kind, mode) for kind in ("concise_caption", "complex_caption") for mode in ("ptb", "raw")
    }
    references = {
        f"ports/{view.name}": [each.text for each in view.texts if each.kind == "concise_caption"]
        for view in CAPTIONED[:2]
    }
    for mode in scoring.MODES:
        figures = found["concise_caption", mode].figures
        wanted = score_captions(references, told, mode)
        assert {name: figures[name] for name in ("BLEU_1", "BLEU_4", "ROUGE_L", "CIDEr")} == {
            name: pytest.approx(value, abs=1e-12)
            for name, value in wanted.published().items()
            if name in {"BLEU_1", "BLEU_4", "ROUGE_L", "CIDEr"}
        }
        low, high = figures["intervals"]["ROUGE_L"]
        assert low <= figures["ROUGE_L"] <= high
    assert found["complex_caption", "ptb"].figures["images"] == 1
