"""The admin's page of policies and samples, as a browser without JavaScript uses it, and the command that does it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event
from typer.testing import CliRunner

from app.accounts.workflow import add_person, make_token
from app.cli.command import command
from app.db import SessionMaker, transaction
from app.intake.workflow.sealing import seal_packets
from app.review.workflow.policies import apply_policy
from app.review.workflow.sampling import take_over
from tests.app.review.drafted import add_drafts, drafter_of, review_all
from tests.app.review.factories import rows, value

PATH = "/datasets/harbours/policy"


@pytest.fixture
def client(application: FastAPI, sessions: SessionMaker) -> Iterator[TestClient]:
    """An admin; there are forty scenes of a caption and three questions each."""
    with transaction(sessions) as session:
        add_drafts(session, 40, captions=1, questions=3)
        add_person(session, "ada@example.org", "Ada <b>", "correct horse battery", ["admin"])
        token = make_token(session, "ada@example.org")
    headers = {"Authorization": f"Bearer {token}"}
    with TestClient(application, base_url="http://127.0.0.1", headers=headers, follow_redirects=False) as opened:
        yield opened


def run_of(sessions: SessionMaker, kind: str) -> int:
    with sessions() as session:
        return int(value(session, "select max(run_id) from run where kind = :kind", kind=kind))


def cells(page: str, heading: str) -> list[str]:
    """The figures of a row of a table."""
    row = page[page.index(f">{heading}<") :]
    return [
        re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row[: row.index("</tr>")])
    ]


def test_a_policy_is_shown_with_its_cost_before_it_is_set_and_can_be_taken_back(
    client: TestClient, sessions: SessionMaker
) -> None:
    page = client.get(PATH).text
    assert cells(page, "all texts")[:1] == ["1 review each"]
    asked = {"kind": "question", "mode": "sample", "percent": "25 %", "reviews": "2"}
    seen = client.post(PATH, data=asked)
    assert seen.status_code == 200
    assert "Question</bdi>: 25% sampled, 2 reviews each?" in seen.text
    (now, to_read), (_, wanted) = cells(seen.text, "Texts to read"), cells(seen.text, "Reviews of them wanted")
    assert now == "120"
    assert 15 <= int(to_read) <= 45
    assert int(wanted) == 2 * int(to_read)
    assert cells(seen.text, "Hours, all reviewers together")[0] == "30 min"
    assert "15 s a text is assumed" in seen.text
    assert "Nothing was reviewed in the last seven days" in seen.text
    with sessions() as session:
        assert value(session, "select count(*) from review_policy") == 0, "nothing is changed yet"
    answer = client.post(PATH, data={**asked, "step": "set"})
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    page = client.get(PATH).text
    assert "Waiting packets are brought to the last decision" in page
    apply_policy(sessions, run_of(sessions, "policy"))
    page = client.get(PATH).text
    assert "Waiting packets are brought" not in page
    assert cells(page, "Question")[:5] == ["25% sampled, 2 reviews each", "main", "120", "0", to_read]
    assert "Ada &lt;b&gt;" in page
    assert f"0 of {to_read}</td>" in page
    assert f"{to_read} of {to_read} drawn texts are still to be reviewed" in page
    filled = client.get(PATH, params={"kind": "question"}).text
    assert 'value="question" selected' in filled
    assert 'value="sample" checked' in filled
    assert 'value="25"' in filled
    assert "This holds already" in client.post(PATH, data=asked).text
    back = client.post(PATH, data={"kind": "question", "mode": "none"}).text
    assert "Question</bdi>: taken back?" in back
    assert cells(back, "Left unread")[1] == "0"
    client.post(PATH, data={"kind": "question", "mode": "none", "step": "set"})
    assert cells(client.get(PATH).text, "all texts")[0] == "1 review each"


def test_what_cannot_be_set_is_said_and_what_was_typed_is_kept(client: TestClient, sessions: SessionMaker) -> None:
    wrong = [
        ({"mode": "reviews", "reviews": "x"}, "is not a number of reviews"),
        ({"mode": "reviews", "reviews": "²"}, "is not a number of reviews"),
        ({"mode": "reviews", "reviews": "10"}, "1 to 9"),
        ({"mode": "sample", "percent": "100"}, "less than 100"),
        ({"mode": "sample", "percent": "some"}, "is no share"),
        ({"mode": "all"}, "no policy"),
        ({"split": "<b>\u202e🚢"}, "no split"),
        ({"drafter": "999999999999999999"}, "no drafter"),
        ({"drafter": "early"}, "not the number of a drafter"),
        ({"pool": "nowhere"}, "no pool"),
    ]
    for form, says in wrong:
        answer = client.post(PATH, data={"kind": "question", "reviews": "2", **form, "step": "set"})
        assert (answer.status_code, says in answer.text) == (422, True), (form, says)
        assert 'value="question" selected' in answer.text
    assert client.post(PATH, data={"split": "x" * 1_000_000}).status_code in (413, 422)
    assert client.post("/datasets/nowhere/policy", data={}).status_code == 404
    assert client.get("/datasets/nowhere/policy").status_code == 404
    assert client.get(PATH, params={"kind": "\0", "drafter": "🚢"}).status_code == 200
    with sessions() as session:
        assert value(session, "select count(*) from review_policy") == 0


def test_the_rest_is_taken_over_from_the_page_and_read_afterwards_from_the_run(
    client: TestClient, sessions: SessionMaker
) -> None:
    client.post(PATH, data={"kind": "question", "mode": "sample", "percent": "30", "step": "set"})
    apply_policy(sessions, run_of(sessions, "policy"))
    with sessions() as session:
        policy = value(session, "select review_policy_id from review_policy")
    sample = f"{PATH}/samples/{policy}"
    assert "cannot be taken over" in client.post(sample).text
    early = client.post(sample, data={"step": "take"})
    assert (early.status_code, "still to be reviewed" in early.text) == (409, True)
    with transaction(sessions) as session:
        review_all(session, reject=8)
    page = client.get(PATH).text
    assert 'class="whisker"' in page
    [to_take] = re.findall(r"Take over (\d+) texts…", page)
    confirm = client.post(sample).text
    assert f"Take over {to_take} texts of" in confirm
    assert "called sample-verified, never reviewed" in confirm
    answer = client.post(sample, data={"step": "take"})
    run_id = run_of(sessions, "sample")
    assert answer.headers["location"] == f"/runs/{run_id}"
    assert "Sample of" in client.get(f"/runs/{run_id}").text
    assert "The rest of a sample is taken over" in client.get(PATH).text
    take_over(sessions, run_id)
    page = client.get(PATH).text
    assert "<h2>Taken over</h2>" in page
    assert "There is no text left to take over" in page
    assert client.post(f"{PATH}/samples/999", data={"step": "take"}).status_code == 409
    with sessions() as session:
        assert value(session, "select count(*) from resolution where basis = 'sample'") == int(to_take)


def test_the_page_costs_the_same_number_of_queries_whatever_there_is(
    application: FastAPI, client: TestClient, sessions: SessionMaker
) -> None:
    asked: list[str] = []
    engine = application.state.engine
    event.listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_: asked.append(statement))
    client.get(PATH)
    few, _ = len(asked), asked.clear()
    for form in (
        {"kind": "question", "mode": "sample"},
        {"split": "test", "mode": "sample", "percent": "50"},
        {"split": "train"},
    ):
        client.post(PATH, data={"mode": "reviews", **form, "step": "set"})
    asked.clear()
    client.get(PATH)
    assert len(asked) == few


def test_the_command_line_lists_previews_sets_and_takes_over(
    client: TestClient, sessions: SessionMaker, database_url: str
) -> None:
    def told(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(
            command, ["dataset", "policy", "harbours", *words], env={"DATABASE_URL": database_url}
        )
        assert result.exit_code == code, result.output
        return result.stdout if code == 0 else result.output + str(result.exception)

    with sessions() as session:
        seal_packets(sessions, value(session, "select dataset_id from dataset"))
        early = drafter_of(session, "early")
    assert told().startswith("all texts: 1 review each: 160 texts, 0 reviewed, 160 to read; 40 min left")
    seen = told("--split", "test", "--reviews", "2", "--preview")
    assert "now:  40 of 40 texts to read, 40 reviews of them, 10 min; whole dataset 40 min" in seen
    assert "then: 40 of 40 texts to read, 80 reviews of them, 20 min; whole dataset 50 min" in seen
    assert "set; 10 slots added" in told("--split", "test", "--reviews", "2")
    assert "this holds already" in told("--split", "test", "--reviews", "2")
    assert told("--split", "test", "--none") == "harbours: set; 10 slots removed\n"
    set_ = json.loads(told("--drafter", "early", "--sample", "50", "--json"))
    assert set_["run_id"]
    listed = json.loads(told("--json"))
    assert listed["strata"][0]["policy"]["stratum"] == {"split": None, "kind": None, "drafter_id": early}
    assert "no sampled policy of their own" in told("--kind", "question", "--take-over", code=1)
    assert "No text was drawn" in told("--drafter", str(early), "--take-over", code=1), "all was sealed before"
    assert "no drafter 'nobody'" in told("--drafter", "nobody", "--reviews", "2", code=1)
    assert "give only one of" in told("--none", "--reviews", "2", code=2)
    assert "say what of these texts" in told("--preview", code=2)
    assert "say what of these texts" in told("--kind", "question", "--pool", "main", code=2)
    with sessions() as session:
        assert rows(session, "select distinct decided_by from review_policy") == [("command",)]
    env = {"DATABASE_URL": database_url}
    shown = CliRunner().invoke(command, ["dataset", "show", "harbours"], env=env).stdout
    assert "policy: early 1: 50% sampled, 1 review each; all others: 1 review each" in shown
    told("--reviews", "2")
    shown = CliRunner().invoke(command, ["dataset", "show", "harbours"], env=env).stdout
    assert "policy: early 1: 50% sampled, 1 review each; all texts: 2 reviews each\n" in shown
    assert "reviews wanted" not in shown
    assert "all others" not in told(), "there is none that no policy takes"
