"""The admin's page of measured rules, its file and its form, and the same at the command line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from app.accounts.workflow import add_person, make_token
from app.cli.command import command
from app.db import SessionMaker, transaction
from tests.app.review.factories import add_packets, add_reviewer, value
from tests.app.review.test_measuring import ACCEPT, Said, add_found, add_said, drafts_of

PATH = "/datasets/harbours/rules-measured"


@pytest.fixture
def client(application: FastAPI, sessions: SessionMaker) -> Iterator[TestClient]:
    """An admin; there is a dataset."""
    with transaction(sessions) as session:
        add_packets(session, 2, drafts=2)
        add_person(session, "ada@example.org", "Ada", "correct horse battery", ["admin"])
        token = make_token(session, "ada@example.org")
    headers = {"Authorization": f"Bearer {token}"}
    with TestClient(application, base_url="http://127.0.0.1", headers=headers) as opened:
        yield opened


def add_measured(session: Session) -> None:
    """Forty scenes: an error that half of the reviewers accept, and a rule whose name would be a formula."""
    drafts = drafts_of(session, add_packets(session, 40, drafts=2, dataset="coast", hides=True))
    add_found(session, [(draft, "colour.word", "error") for _, draft in drafts] + [(drafts[0][1], "=cmd.x", "info")])
    flagged: Said = ("revise", ("colour",))
    said = [(each, flagged if at % 2 else ACCEPT) for at, each in enumerate(drafts)]
    add_said(session, said, add_reviewer(session))


def test_an_empty_page_says_what_to_do_next(client: TestClient, sessions: SessionMaker) -> None:
    page = client.get(PATH)
    assert page.status_code == 200
    assert "Nothing is measured yet" in page.text
    assert "Set a share before you screen" in page.text
    assert "Download CSV" not in page.text
    client.post(PATH, data={"percent": "10"})
    assert "Packets that are sealed from now on gather first verdicts" in client.get(PATH).text
    with transaction(sessions) as session:
        add_packets(session, 1, dataset="coast", hides=True)
    page = client.get("/datasets/coast/rules-measured")
    assert "1 packet hides its findings now" in page.text
    assert "No reviewer has given a first verdict" in page.text


def test_the_share_is_set_in_percent(client: TestClient, sessions: SessionMaker) -> None:
    answer = client.post(PATH, data={"percent": "2.5 %"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    assert 'value="2.5"' in client.get(PATH).text
    for wrong in ("", "much", "101", "-1", "nan", "1e400"):
        answer = client.post(PATH, data={"percent": wrong})
        assert answer.status_code == 422, wrong
        assert "0 to 100" in answer.text
    with transaction(sessions) as session:
        assert value(session, "select hidden_share from dataset") == 0.025
    assert client.post("/datasets/nowhere/rules-measured", data={"percent": "5"}).status_code == 404
    assert client.get("/datasets/nowhere/rules-measured").status_code == 404


def test_figures_are_shown_with_their_intervals_and_errors_that_are_accepted_are_named(
    client: TestClient, sessions: SessionMaker
) -> None:
    with transaction(sessions) as session:
        add_measured(session)
    page = client.get("/datasets/coast/rules-measured").text
    assert "1 rule says “error” of texts that reviewers accept" in page
    assert "80 first verdicts by 1 reviewer on 40 scenes; the figures hold for this reviewer" in page
    row = page[page.index('<th scope="row">colour.word') :]
    row = row[: row.index("</tr>")]
    assert "accepted too often" in row
    assert row.count("<b>50%</b>") == 2
    assert row.count('class="whisker"') == 2
    assert "not enough yet: 1 of 30 verdicts" in page
    assert client.get("/datasets/coast/rules-measured", params={"version": "none\u0000<b>"}).status_code == 200


def test_the_file_has_all_figures_and_begins_no_formula(client: TestClient, sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        add_measured(session)
    answer = client.get("/datasets/coast/rules-measured.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="coast-rules.csv"'
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(answer.text))}
    word, formula, vague = rows["colour.word"], rows["'=cmd.x"], rows["vague"]
    assert (word["verdicts"], word["scenes"], word["accepted"], word["accepted_share"]) == ("80", "40", "40", "0.5000")
    assert float(word["precision_low"]) < 0.5 < float(word["precision_high"])
    assert (formula["verdicts"], formula["accepted_share"], formula["precision"]) == ("1", "", "")
    assert (vague["flagged"], vague["recall"]) == ("0", "")
    assert (rows["colour"]["flagged"], rows["colour"]["caught"], rows["colour"]["recall"]) == ("40", "40", "1.0000")


def test_the_command_line_tells_the_same(client: TestClient, sessions: SessionMaker, database_url: str) -> None:
    with transaction(sessions) as session:
        add_measured(session)
    environment = {"DATABASE_URL": database_url}

    def told(*words: str) -> str:
        result = CliRunner().invoke(command, ["dataset", *words], env=environment)
        assert result.exit_code == 0, result.output
        return result.stdout

    first, *_ = told("rules", "coast").splitlines()
    assert first.startswith("colour.word (error): accepted 50% (")
    found = {row["name"]: row for row in json.loads(told("rules", "coast", "--json"))}
    assert (found["colour.word"]["accepted_share"], found["fragile"]["precision"]) == (0.5, None)
    assert told("rules", "harbours").startswith("No first verdict has been given")
    assert "0.05" in told("hide", "harbours", "0.05")
    refused = CliRunner().invoke(command, ["dataset", "hide", "harbours", "5"], env=environment)
    assert refused.exit_code == 1
    assert "between 0 and 1" in str(refused.exception)
