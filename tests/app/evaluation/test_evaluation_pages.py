"""The pages, the interface for scripts and the command: an upload from its form to its row in the leaderboard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from app.accounts.workflow import add_person, make_token
from app.cli.command import command
from app.db import SessionMaker, transaction
from app.evaluation.workflow import scoring
from tests.app.evaluation.predicted import question_ids, questions_release, truths


@pytest.fixture
def asked(sessions: SessionMaker, tmp_path: Path) -> dict[str, str]:
    """The truth of each question of the test split of ``bench@1``."""
    with transaction(sessions) as session:
        target = questions_release(session, tmp_path)
        truth = truths(session)
        return {id_: truth[id_] for id_ in question_ids(session, target)}


@pytest.fixture
def client(application: FastAPI, sessions: SessionMaker) -> Iterator[TestClient]:
    with transaction(sessions) as session:
        add_person(session, "ada@example.org", "Ada", None, ["admin"])
        token = make_token(session, "ada@example.org")
    headers = {"Authorization": f"Bearer {token}"}
    with TestClient(application, base_url="http://127.0.0.1", headers=headers) as opened:
        yield opened


def lines(told: dict[str, str]) -> bytes:
    return "".join(json.dumps({"id": id_, "prediction": said}) + "\n" for id_, said in told.items()).encode()


def test_an_upload_is_refused_by_row_then_stored_scored_shown_and_withdrawn(
    client: TestClient, sessions: SessionMaker, asked: dict[str, str]
) -> None:
    assert "Nothing was evaluated yet" in client.get("/evaluations").text
    assert "No model yet" in client.get("/leaderboard?release=bench").text
    assert "bench@1, test" in client.get("/evaluations/new?of=release bench@1 test").text
    form = {"model": "<b>gazer</b>", "of": "release bench@1 test", "kind": "questions", "note": "by hand"}
    for content, status, said in (
        (lines(asked) + b"{}\n", 422, "it has no id, or one that is no text"),
        (b"\xff\xfe", 422, "is not UTF-8"),
        (lines(dict(list(asked.items())[3:])), 409, "3 of 36 items have no prediction"),
        (b"", 422, "The file has no rows"),
    ):
        refused = client.post("/evaluations", data=form, files={"predictions": ("a.jsonl", content)})
        assert (refused.status_code, said in refused.text) == (status, True)
    for of in ("", "release nothing@1 test", "quiz none", "release bench@1 val"):
        assert client.post("/evaluations", data={**form, "of": of}).status_code in {404, 422}
    made = client.post("/evaluations", data=form, files={"predictions": ("a.jsonl", lines(asked))})
    number = int(made.url.path.rsplit("/", 1)[1])
    assert "A worker scores it" in made.text
    scoring.score(sessions, number)
    page = client.get(f"/evaluations/{number}").text
    assert "36 answers to questions" in page
    assert "&lt;b&gt;gazer" in page
    assert "Truth against prediction" in page
    board = client.get(f"/leaderboard?release=bench@1&judge=exact&against={number}").text
    assert "100.0 %" in board
    assert "by hand" in board
    table = client.get("/leaderboard.csv?release=bench@1&judge=exact")
    assert table.headers["content-disposition"] == 'attachment; filename="bench-1-test-leaderboard.csv"'
    assert table.text.splitlines()[1].startswith('"bench@1, test",<b>gazer</b>')
    assert client.post(f"/evaluations/{number}/withdraw").text.count("stands in no leaderboard") == 1
    assert "No model yet" in client.get("/leaderboard?release=bench").text
    assert client.get("/evaluations/999").status_code == 404


def test_scripts_upload_and_read_back_and_are_told_each_fault(client: TestClient, asked: dict[str, str]) -> None:
    where = "/api/v1/evaluations?model=gazer&release=bench@1"
    refused = client.post(where, content=lines(asked) + lines(dict(list(asked.items())[:1])))
    assert refused.status_code == 422
    assert refused.json()["code"] == "predictions_invalid"
    assert refused.json()["faults"][0]["line"] == 37
    partial = client.post(f"{where}&partial=true", content=lines(dict(list(asked.items())[:30])))
    assert partial.status_code == 202
    read = client.get(partial.headers["location"]).json()
    assert (read["state"], read["predictions"], read["items"], read["is_partial"]) == ("stored", 30, 36, True)
    assert [each["model"] for each in client.get("/api/v1/evaluations").json()["evaluations"]] == ["gazer"]
    assert client.post("/api/v1/evaluations?model=x", content=b"").json()["code"] == "evaluation_invalid"


def test_the_command_uploads_scores_lists_and_shows(
    database_url: str, asked: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("TRIHEDRAL_DATA", str(tmp_path / "data"))
    file = tmp_path / "said.csv"
    file.write_text("id,prediction\n" + "".join(f"{id_},{said}\n" for id_, said in asked.items()) + "x,1\n")
    runner = CliRunner()
    refused = runner.invoke(command, ["evaluate", "upload", "bench@1", str(file), "--model", "gazer"])
    assert "line 38, x: the release has no such text" in refused.stderr
    file.write_text(file.read_text().removesuffix("x,1\n"))
    made = runner.invoke(command, ["evaluate", "upload", "bench@1", str(file), "--model", "gazer", "--json"])
    told = json.loads(made.stdout)
    assert {score["measure"]: score["figures"]["right"] for score in told["scores"]} == dict.fromkeys(
        scoring.JUDGES, 36
    )
    number = str(told["evaluation_id"])
    assert "gazer, 36 questions of bench@1, test, scored" in runner.invoke(command, ["evaluate", "list"]).stdout
    again = runner.invoke(command, ["evaluate", "vqa", number, "--judge", "exact"]).stdout
    assert "exact (version 1): 36 of 36 right, 1.0000" in again
    assert runner.invoke(command, ["evaluate", "show", number]).stdout == again
