"""An admin's first page: progress and pace, what holds the work up, charts as tables, and what is counted when."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from app.accounts.workflow import add_person, make_token
from app.db import SessionMaker, transaction
from app.review.pages import overview as overview_pages
from app.review.queries import figures
from app.review.workflow import GivenVerdict, submit
from app.review.workflow.overview import count_all_blocked, count_pace, count_verdicts, pace_of
from pipeline.screening.rule_set import rule_set
from tests.app.review.factories import (
    add_client,
    add_hand,
    add_packets,
    add_reviewer,
    add_screening,
    end_hold,
    rows,
    submission,
    value,
)

PATH = "/overview?dataset=harbours"
NOW = dt.datetime(2026, 5, 8, 12, tzinfo=dt.UTC)


@pytest.fixture
def client(application: FastAPI, sessions: SessionMaker) -> Iterator[TestClient]:
    with transaction(sessions) as session:
        add_person(session, "ada@example.org", "Ada", "correct horse battery", ["admin"])
        token = make_token(session, "ada@example.org")
    headers = {"Authorization": f"Bearer {token}"}
    with TestClient(application, base_url="http://127.0.0.1", headers=headers) as opened:
        yield opened


def add_reviews(session: Session) -> int:
    """Two of four packets reviewed: of six texts four accepted, one revised for its colour, one rejected as vague."""
    add_packets(session, 4)
    add_screening(session, "colour.word", version=rule_set({}).version)
    for verdict, flag in (("revise", "colour"), ("reject", "vague")):
        hand = add_hand(session, add_reviewer(session), "harbours")
        revised = "A ship" if verdict == "revise" else None
        submit(session, hand.reviewer, submission(hand, GivenVerdict(hand.drafts[0], verdict, revised, flags=(flag,))))
    return int(value(session, "select dataset_id from dataset"))


def count(sessions: SessionMaker, dataset_id: int) -> None:
    count_pace(sessions)
    count_verdicts(sessions, dataset_id)
    count_all_blocked(sessions)


def jobs(session: Session) -> list[str]:
    return sorted(name for (name,) in rows(session, "select task_name from procrastinate_jobs where status = 'todo'"))


def test_pages_without_datasets_or_reviews_say_what_to_do_next(client: TestClient, sessions: SessionMaker) -> None:
    assert "trihedral dataset import coco" in client.get("/overview").text
    assert client.get("/", follow_redirects=False).headers["location"] == "/overview"
    with transaction(sessions) as session:
        session.execute(text("insert into dataset (name, source) values ('empty', 'coco')"))
    page = client.get("/overview").text
    assert "no packets yet" in page
    assert "No worker is running" in page
    assert "Being counted" in page
    with transaction(sessions) as session:
        dataset_id = value(session, "select dataset_id from dataset")
    count(sessions, dataset_id)
    page = client.get("/overview").text
    assert page.count("Nothing was reviewed yet") == 3
    assert "Reviewed a day" in page


def test_progress_pace_and_charts_are_those_of_the_reviews(client: TestClient, sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        dataset_id = add_reviews(session)
    count(sessions, dataset_id)
    # Of those who may review nobody has an account yet: no number of days would be true.
    page = client.get(PATH).text
    assert "blocked: 2 packets" in page
    assert "1 day<" not in page
    with transaction(sessions) as session:
        add_client(session, "one")
        session.execute(text("update dataset_figures set counted_at = now() - interval '11 minutes'"))
    count(sessions, dataset_id)
    page = client.get(PATH).text
    assert "blocked:" not in page
    for told in (
        "2 / 4", "2 · 6", "1 day<", "(50%)", 'data-value="50.00">1 <span class="dim">50.0%',
        "captions 1, gpt-4o, prompt 1", "colour.word", 'data-value="66.67">4 <span', "As of ",
    ):  # fmt: skip
        assert told in page, told
    days = list(csv.reader(io.StringIO(client.get("/overview/days.csv?dataset=harbours").text)))
    assert days[0] == ["Day", "texts", "reviews"]
    assert (len(days), days[-1][1:], days[-2][1:]) == (15, ["6", "2"], ["0", "0"])
    types = list(csv.reader(io.StringIO(client.get("/overview/types.csv?dataset=harbours").text)))
    assert types[0][:4] == ["Kind or type", "judged", "colour", "wrong_statement"]
    assert {row[0]: (row[1], row[2], row[5]) for row in types[1:]} == {
        "Concise caption": ("2", "1", "1"), "Complex caption": ("2", "0", "0"), "Instance counting": ("2", "0", "0"),
    }  # fmt: skip
    rules = list(csv.reader(io.StringIO(client.get("/overview/rules.csv?dataset=harbours").text)))
    assert rules == [
        ["Rule", "judged", "accept", "revise", "reject", "unsure"],
        ["colour.word", "6", "4", "1", "1", "0"],
    ]
    assert client.get("/overview/drafters.csv?dataset=harbours").status_code == 200
    assert client.get("/overview/people.csv?dataset=harbours").status_code == 422
    assert client.get("/overview/days.csv?dataset=none").status_code == 404


def test_figures_are_counted_by_jobs_only_when_they_are_old_and_something_has_changed(
    client: TestClient, sessions: SessionMaker
) -> None:
    with transaction(sessions) as session:
        dataset_id = add_reviews(session)
    for _ in range(2):
        client.get(PATH)
    with transaction(sessions) as session:
        counts = ["review.count_all_blocked", "review.count_pace", "review.count_verdicts"]
        assert jobs(session) == counts, "once, however often one looks"
        assert figures.kept(session, dataset_id) == {}, "never counted in the request"
        session.execute(text("delete from procrastinate_jobs"))
    count(sessions, dataset_id)
    assert "being counted anew" not in client.get(PATH).text
    with transaction(sessions) as session:
        assert jobs(session) == []
        session.execute(text("update dataset_figures set counted_at = now() - interval '2 minutes'"))
    client.get(PATH)
    with transaction(sessions) as session:
        assert jobs(session) == ["review.count_pace"], "no review since: what was said is as it was"
        hand = add_hand(session, add_reviewer(session), "harbours")
        submit(session, hand.reviewer, submission(hand))
    assert "being counted anew" in client.get(PATH).text
    with transaction(sessions) as session:
        assert jobs(session) == ["review.count_pace", "review.count_verdicts"]


def test_stale_holds_and_runs_that_go_on_or_failed_are_listed(client: TestClient, sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        add_packets(session, 3)
        over, idle, busy = (add_hand(session, add_reviewer(session), "harbours") for _ in range(3))
        end_hold(session, over)
        session.execute(text("update assignment set claimed_at = now() - interval '2 hours'"))
        session.execute(
            text("insert into progress (assignment_id, version, body) values (:id, 1, '{}')"),
            {"id": busy.assignment_id},
        )
        runs = """insert into run (dataset_id, kind, state, total, done, error, finished_at)
            select dataset_id, k, s, 10, 4, e, f from dataset,
            (values ('import', 'running', null, null::timestamptz),
            ('draft', 'failed', 'It <broke>.', now()), ('screen', 'failed', 'Long ago.', now() - interval '8 days'))
            as r (k, s, e, f)"""
        session.execute(text(runs))
    page = client.get(PATH).text
    assert page.count("untouched for an hour</span>") == 1
    assert page.count("time is over</span>") == 1
    assert "40%" in page
    assert "It &lt;broke&gt;." in page
    assert "Long ago." not in page
    assert idle.packet_id != busy.packet_id


def test_hundreds_of_datasets_are_paged_and_cost_no_more_statements(
    application: FastAPI, client: TestClient, sessions: SessionMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview_pages, "DATASETS_A_PAGE", 10)
    with transaction(sessions) as session:
        add_packets(session, 1)
    said: list[str] = []
    event.listen(application.state.engine, "before_cursor_execute", lambda *sent: said.append(sent[2]))

    def statements(path: str) -> int:
        said.clear()
        assert client.get(path).status_code == 200
        return len([each for each in said if "procrastinate_defer" not in each and "SAVEPOINT" not in each])

    client.get(PATH)
    of_one = statements(PATH)
    with transaction(sessions) as session:
        session.execute(
            text("insert into dataset (name, source) select 'z' || n, 'coco' from generate_series(1000, 1299) n")
        )
    assert statements(PATH) == statements(f"{PATH}&show=all") == of_one
    assert "in work (1)" in client.get("/overview").text
    page = client.get("/overview?show=all").text
    assert "all (301)" in page
    assert "/overview?after=z1008&amp;show=all" in page
    assert "z1009" in client.get("/overview?after=z1008&show=all").text
    assert client.get("/overview?dataset=%00none").status_code == 404


def test_pace_is_of_a_week_or_of_the_days_since_it_began() -> None:
    def body(hours: float, reviews: int) -> dict[str, object]:
        return {"reviews": reviews, "texts": 6 * reviews, "since": (NOW - dt.timedelta(hours=hours)).isoformat()}

    assert pace_of(None, 100, NOW).eta_days is None
    assert pace_of(body(1, 10), 100, NOW).reviews_a_day == 10, "what began today is told as a day's work"
    two_days = pace_of(body(48, 10), 100, NOW)
    assert (two_days.reviews_a_day, two_days.texts_a_day, two_days.eta_days) == (5, 30, 20)
    assert pace_of(body(200, 70), 0, NOW).eta_days is None
    assert pace_of(body(200, 70), 35, NOW).eta_days == 3.5
