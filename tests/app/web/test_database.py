"""A request is one transaction, and what it answers is committed by then."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.db import SessionMaker, transaction
from tests.app.review.factories import add_client, add_packets, value

FAIL_AT_COMMIT = """
create function fail() returns trigger language plpgsql as $$
begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$;
create constraint trigger fail_at_commit after insert on assignment deferrable initially deferred
    for each row execute function fail();
"""


def test_what_could_not_be_committed_is_never_acknowledged(application: FastAPI, sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        add_packets(session)
        token = add_client(session)[1]
        session.execute(text(FAIL_AT_COMMIT))
    headers = {"Authorization": f"Bearer {token}"}
    client = TestClient(application, "http://127.0.0.1", raise_server_exceptions=False, headers=headers)
    assert client.post("/api/v1/queue/claim", json={}).status_code >= 500
    with transaction(sessions) as session:
        session.execute(text("drop trigger fail_at_commit on assignment"))
        assert value(session, "select count(*) from assignment") == 0
    assert client.post("/api/v1/queue/claim", json={}).status_code == 200


def test_an_error_in_the_middle_undoes_the_whole_request(application: FastAPI, sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        packets = add_packets(session, 2)
        headers = {"Authorization": f"Bearer {add_client(session)[1]}"}
    client = TestClient(application, "http://127.0.0.1", raise_server_exceptions=False, headers=headers)
    hand = client.post("/api/v1/queue/claim", json={}).json()["packet"]["assignment"]
    with transaction(sessions) as session:
        session.execute(text(FAIL_AT_COMMIT.replace("deferrable initially deferred", "")))
        drafts = session.execute(text("select draft_id from packet_draft where packet_id = :p"), {"p": packets[0]})
        verdicts = [{"draft_id": draft_id, "verdict": "accept"} for (draft_id,) in drafts]
    body = {"submission_id": hand["id"], "assignment_id": hand["id"], "packet_id": packets[0], "verdicts": verdicts}
    sent = client.post("/api/v1/reviews", json={**body, "scene": {"verdict": "usable"}, "next": True})
    assert sent.status_code >= 500
    with transaction(sessions) as session:
        assert value(session, "select count(*) from review") == 0
        assert value(session, "select state from assignment") == "held"


def test_more_requests_than_threads_that_wait_for_each_other_all_end(
    application: FastAPI, sessions: SessionMaker
) -> None:
    # Those of one person wait for each other's commit. Were they given threads and connections to wait with, the one
    # that has ended would get no thread to commit in.
    with transaction(sessions) as session:
        add_packets(session)
        headers = {"Authorization": f"Bearer {add_client(session)[1]}"}
    with TestClient(application, "http://127.0.0.1", headers=headers) as client, ThreadPoolExecutor(90) as pool:
        answers = list(pool.map(lambda _: client.post("/api/v1/queue/claim", json={}).status_code, range(90)))
    assert set(answers) == {200}
