from __future__ import annotations

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.db import SessionMaker
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
