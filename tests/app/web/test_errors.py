from __future__ import annotations

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.accounts import workflow as accounts
from app.db import SessionMaker, transaction
from app.web import errors


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        (psycopg.OperationalError("connection refused"), "The database is not reachable just now"),
        (psycopg.errors.DiskFull("could not extend file"), "The disk of the database is full: an admin must free"),
    ],
)
def test_a_database_that_cannot_answer_is_unavailable_and_says_why(cause: Exception, sentence: str) -> None:
    application = FastAPI()
    errors.install(application)

    @application.get("/api/v1/x")
    def fail() -> None:
        raise OperationalError("INSERT", {}, cause)

    answer = TestClient(application).get("/api/v1/x")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert answer.json()["detail"].startswith(sentence)


def test_a_nul_is_the_senders_fault_and_told_as_such(sessions: SessionMaker) -> None:
    application = FastAPI()
    errors.install(application)

    @application.get("/api/v1/x")
    def look(name: str) -> None:
        with sessions() as session:
            session.execute(text("select cast(:name as text)"), {"name": name})

    client = TestClient(application, raise_server_exceptions=False)
    assert client.get("/api/v1/x", params={"name": "a"}).status_code == 200
    told = client.get("/api/v1/x", params={"name": "a\0"})
    assert (told.status_code, told.json()["code"]) == (422, "unstorable_text")
    assert "NUL" in told.json()["detail"]


@pytest.mark.parametrize(
    ("body", "kind", "status", "says"),
    [
        (b"[" * 100_000, "application/json", 400, "must be JSON in UTF-8, not nested deep"),
        (b'{"a": "\xff"}', "application/json", 400, "must be JSON in UTF-8, not nested deep"),
        (b"{}", "text/plain", 422, "with the header Content-Type: application/json"),
        (b"x" * 5_000_000, "application/json", 413, "nothing of it was stored"),
        (b'{"' + b"k" * 1_000_000 + b'": 1}', "application/json", 422, "submission_id: Field required"),
    ],
    ids=["deep", "no text", "other kind", "large", "long name"],
)
def test_a_body_that_cannot_be_taken_is_a_short_sentence_with_all_headers(
    application: FastAPI, sessions: SessionMaker, body: bytes, kind: str, status: int, says: str
) -> None:
    with transaction(sessions) as session:
        accounts.add_person(session, "a@example.org", "Ada", None, ["reviewer"])
        token = accounts.make_token(session, "a@example.org")
    with TestClient(application) as client:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
        told = client.post("/api/v1/reviews", content=body, headers=headers)
        assert (told.status_code, told.headers["content-type"]) == (status, "application/problem+json")
        assert says in told.json()["detail"]
        assert len(told.content) < 10_000
        assert "Content-Security-Policy" in told.headers


def test_a_body_that_is_too_large_in_pieces_is_refused_too(application: FastAPI) -> None:
    with TestClient(application) as client:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        told = client.post("/login", content=(b"x" * 1_000_000 for _ in range(6)), headers=form)
        assert told.status_code == 413
        assert "nothing of it was stored" in told.text
        assert "<h1" in told.text


def test_a_fault_of_our_own_tells_nothing_of_the_inside(caplog: pytest.LogCaptureFixture) -> None:
    application = FastAPI()
    errors.install(application)

    @application.get("/api/v1/x")
    def fail() -> None:
        raise RuntimeError("at the inside")

    answer = TestClient(application, raise_server_exceptions=False).get("/api/v1/x")
    assert (answer.status_code, answer.json()["code"]) == (500, "unexpected")
    assert "inside" not in answer.text
    assert "at the inside" in caplog.text
