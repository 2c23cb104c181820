"""Who somebody is stands in one table; all that outlives a person knows a pseudonym alone."""

from __future__ import annotations

import uuid

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts import workflow as accounts
from app.db import SessionMaker, transaction
from app.release import workflow as release
from tests.app.review.factories import add_packets, rows, value

EMAIL, NAME = "ruth.unmistakable@example.org", "Ruth Unmistakable"
MAY_KNOW = {"person"}


@pytest.fixture
def reviewer(application: FastAPI, sessions: SessionMaker) -> uuid.UUID:
    """Somebody who guessed their password wrongly, logged in, claimed, saved, submitted and was released."""
    with transaction(sessions) as session:
        add_packets(session)
        password = accounts.add_person(session, EMAIL, NAME, None, ["reviewer"]).password or ""
        with pytest.raises(accounts.LoginRefusedError):
            accounts.log_in(session, EMAIL, "wrong", secret=b"s")
        accounts.log_in(session, EMAIL, password, secret=b"s")
        token = accounts.make_token(session, EMAIL)
    with TestClient(application, base_url="http://127.0.0.1", headers={"Authorization": f"Bearer {token}"}) as client:
        packet = client.post("/api/v1/queue/claim", json={}).json()["packet"]
        hand = packet["assignment"]
        saved = client.put(f"/api/v1/assignments/{hand['id']}/progress", json={"version": 0, "body": {"focus": None}})
        verdicts = [{"draft_id": draft["draft_id"], "verdict": "accept"} for draft in packet["drafts"]]
        body = {"submission_id": str(uuid.uuid4()), "assignment_id": hand["id"], "packet_id": hand["packet_id"]}
        sent = client.post("/api/v1/reviews", json={**body, "scene": {"verdict": "usable"}, "verdicts": verdicts})
    assert (saved.status_code, sent.status_code) == (200, 200), sent.text
    with transaction(sessions) as session:
        release.create_release(session, "bench", ["harbours"])
        return uuid.UUID(str(value(session, "select reviewer from review")))


def tables(session: Session) -> list[str]:
    return [row[0] for row in rows(session, "select tablename from pg_tables where schemaname = 'public'")]


def test_name_and_address_are_in_the_table_of_people_alone(session: Session, reviewer: uuid.UUID) -> None:
    told = [
        table
        for table in tables(session)
        if value(session, f'select exists (select from "{table}" t where t::text ~* :who)', who="unmistakable")
    ]
    assert set(told) == MAY_KNOW
    assert value(session, "select count(*) from release_text where entry::text like :who", who=f"%{reviewer}%") == 3


def test_no_other_table_has_a_place_for_a_name_or_an_address(session: Session) -> None:
    telling = (
        "select distinct table_name from information_schema.columns where column_name ~ 'e?mail|display_name|phone'"
    )
    assert {row[0] for row in rows(session, telling)} == MAY_KNOW


def test_only_what_goes_with_a_person_points_to_one(session: Session) -> None:
    pointing = (
        "select conrelid::regclass::text, confdeltype::text from pg_constraint where confrelid = 'person'::regclass"
    )
    assert sorted(rows(session, pointing)) == [("api_token", "c"), ("session", "c")]


def test_erasing_a_person_leaves_what_they_did_under_the_pseudonym(session: Session, reviewer: uuid.UUID) -> None:
    before = rows(session, "select * from review"), rows(session, "select * from release_text")
    session.execute(text("delete from person"))
    assert (rows(session, "select * from review"), rows(session, "select * from release_text")) == before
    assert value(session, "select count(*) from pseudonym where pseudonym = :one", one=reviewer) == 1
    assert value(session, "select count(*) from session") == value(session, "select count(*) from api_token") == 0
