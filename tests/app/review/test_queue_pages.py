"""The pages and commands of the queue: pools and skills, orders, holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from app.accounts.workflow import add_person, make_token
from app.cli.command import command
from app.db import SessionMaker, transaction
from app.review.queries.blocked import count_blocked
from app.review.workflow.ordering import order_queue
from tests.app.review.factories import add_client, add_hand, add_packets, end_hold, rows, value

HOSTILE = "a\x00b", "😀\u202e", "x" * 500, "", "Ships!", "<b>"


@pytest.fixture
def client(application: FastAPI, sessions: SessionMaker) -> Iterator[TestClient]:
    """An admin; a dataset of six packets, and two reviewers: rosa, who is person 2, and sam."""
    with transaction(sessions) as session:
        add_packets(session, 6)
        add_person(session, "ada@example.org", "Ada", "correct horse battery", ["admin"])
        token = make_token(session, "ada@example.org")
        for name in ("rosa", "sam"):
            add_client(session, name)
    headers = {"Authorization": f"Bearer {token}"}
    with TestClient(application, base_url="http://127.0.0.1", headers=headers) as opened:
        yield opened


def test_an_admin_makes_pools_and_says_who_belongs_to_them(client: TestClient, sessions: SessionMaker) -> None:
    page = client.post("/people/pools", data={"pool": "urban", "description": "Towns", "skills": "Urban,  high  rise"})
    assert page.url.path == "/people/pools/urban"
    assert "Nobody can review what is in this pool." in page.text
    assert "high rise, urban" in page.text
    page = client.post("/people/pools/urban/members", data={"person_id": "3"})
    assert "1 active person belongs to it" in page.text
    page = client.post("/people/2/skills", data={"skills": "urban, HIGH RISE"})
    assert page.url.path == "/people/pools"
    assert 'value="high rise, urban"' in page.text
    assert "or</span> 1 member" in page.text
    page = client.post("/people/pools/urban/members/3/remove")
    assert "Nobody is named; its skills say who belongs to it." in page.text
    with transaction(sessions) as session:
        assert rows(session, "select skill from reviewer_skill order by skill") == [("high rise",), ("urban",)]
    assert client.post("/people/pools/urban", data={"description": "x", "skills": ""}).status_code == 200
    assert client.post("/people/pools/urban/delete").url.path == "/people/pools"
    assert client.get("/people/pools/urban").status_code == 404


def test_a_pool_in_use_and_main_stay_and_bad_names_are_told_what_is_wrong(
    client: TestClient, sessions: SessionMaker
) -> None:
    client.post("/people/pools", data={"pool": "urban"})
    with transaction(sessions) as session:
        value(session, "update slot set pool = 'urban' where packet_id = 1 returning 1")
    for pool in ("urban", "main"):
        answer = client.post(f"/people/pools/{pool}/delete")
        assert (answer.status_code, "stays" in answer.text) == (422, True)
    assert "open to everybody" in client.post("/people/pools/main", data={"skills": "ships"}).text
    assert client.post("/people/pools/main/members", data={"person_id": 2}).status_code == 422
    assert "already" in client.post("/people/pools", data={"pool": "urban"}).text
    for text in HOSTILE:
        assert client.post("/people/pools", data={"pool": text}).status_code == 422
        assert client.get(f"/people/pools/{quote(text) or 'none'}").status_code in (404, 422)
    for text in ("Ships!", "<b>", "😀"):
        for address in ("/people/2/skills", "/people/pools/urban"):
            answer = client.post(address, data={"skills": text})
            assert (answer.status_code, "cannot be a skill" in answer.text) == (422, True), (address, text)
    towns = "Towns 😀 " * 300
    for address in ("/people/pools", "/people/pools/urban"):
        answer = client.post(address, data={"pool": "wide", "description": towns, "skills": "ships"})
        assert (answer.status_code, "at most 300" in answer.text) == (422, True), address
        assert f'value="{towns}"' in answer.text
    assert client.post("/people/99/skills", data={"skills": "x"}).status_code == 404
    assert client.post("/people/1/skills", data={"skills": "x"}).status_code == 404, "an admin does not review"
    assert client.post("/people/pools/urban/members", data={"person_id": "x"}).status_code == 422


def test_an_admin_orders_the_queue_and_sees_how_far_it_is(client: TestClient, sessions: SessionMaker) -> None:
    page = client.get("/datasets/harbours/queue")
    assert "Packets come at random, as they were sealed." in page.text
    page = client.post("/datasets/harbours/queue", data={"order_by": "risk", "seed": "7"})
    assert "0 / 6 packets are in their place" in page.text
    order_queue(sessions, 1)
    assert "seed 7" in client.get("/datasets/harbours/queue").text
    for bad in ({"order_by": "beauty"}, {"order_by": "risk", "seed": "x"}, {"order_by": "risk", "seed": "9" * 30}, {}):
        assert client.post("/datasets/harbours/queue", data=bad).status_code == 422
    page = client.post("/datasets/harbours/queue", data={"order_by": "place", "seed": "7½ \u202e<b>"})
    assert "is no seed. Give a whole number" in page.text
    assert 'value="7½ \u202e&lt;b&gt;"' in page.text, "what was typed is there to be mended"
    assert 'value="place" required checked' in page.text
    assert client.get("/datasets/none/queue").status_code == 404


def test_a_lead_takes_packets_back_and_sees_what_is_blocked(client: TestClient, sessions: SessionMaker) -> None:
    assert "Nobody has a packet of this dataset in hand." in client.get("/datasets/harbours/holds").text
    with transaction(sessions) as session:
        people = [
            row[0] for row in rows(session, "select pseudonym from person where person_id > 1 order by person_id")
        ]
        hands = [add_hand(session, one) for one in people]
        end_hold(session, hands[1])
        value(session, "insert into pool (pool, description) values ('nobodys', '') returning 1")
        value(session, "update slot set pool = 'nobodys' where packet_id = 6 returning 1")
        count_blocked(session, 1)
        lead = add_person(session, "lea@example.org", "Lea", None, ["adjudicator"]).email
        token = make_token(session, lead)
    client.headers["Authorization"] = f"Bearer {token}"
    page = client.get("/datasets/harbours/holds")
    for words in (
        "2 in hand",
        "rosa",
        "time is over",
        "at work",
        "Take back 1 stale",
        "1 blocked",
        "Nobody who is active",
    ):
        assert words in page.text
    page = client.post("/datasets/harbours/holds/release", data={"which": "stale"})
    assert (
        "1 packet was</strong>" in page.text.replace(" taken back.", "</strong>", 1)
        or "1 packet was taken" in page.text
    )
    which = {"which": str(hands[0].assignment_id)}
    assert "1 packet was taken back" in client.post("/datasets/harbours/holds/release", data=which).text
    assert "Nothing was taken back" in client.post("/datasets/harbours/holds/release", data=which).text
    for bad in ({"which": "all"}, {}):
        assert client.post("/datasets/harbours/holds/release", data=bad).status_code == 422
    for after in ("x", "2026-01-01~x", "2026-01-01T00:00:00~00000000-0000-0000-0000-000000000000"):
        assert client.get("/datasets/harbours/holds", params={"after": after}).status_code == 200
    assert client.get("/datasets/harbours/queue").status_code == 403


def test_pools_and_orders_at_the_command_line(
    sessions: SessionMaker, database_url: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("TRIHEDRAL_DATA", str(tmp_path_factory.mktemp("data")))
    with transaction(sessions) as session:
        add_packets(session, 6)
        add_client(session, "rosa")

    def run(*words: str) -> str:
        told = CliRunner().invoke(command, words)
        assert told.exit_code == 0, told.output
        return told.output

    run("pool", "add", "urban", "--skill", "urban", "--description", "Towns")
    run("pool", "member", "urban", "rosa@example.org")
    assert "urban (Towns): urban, 1 member; 1 active" in run("pool", "list")
    run("pool", "member", "urban", "rosa@example.org", "--remove")
    assert "ships, urban" in run("pool", "skill", "rosa@example.org", "urban", "ships")
    listed = json.loads(run("pool", "list", "--json"))
    assert [(each["pool"], each["people"], each["members"]) for each in listed] == [("main", 1, 0), ("urban", 1, 0)]
    assert "6 packets come by place" in run("dataset", "order", "harbours", "--by", "place")
    with transaction(sessions) as session:
        assert value(session, "select finished_at is not null from queue_ordering")
        assert value(session, "select decided_by from queue_ordering") == "command"
