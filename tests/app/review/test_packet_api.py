"""What a reviewer sends besides verdicts, how a verdict came about, and who may send at all."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.db import SessionMaker, transaction
from tests.app.review.factories import rows, value
from tests.app.review.test_review_api import Client, claimed, client, client_of, packets, refused, review_of

__all__ = ["client", "packets"]

SETTINGS = "/api/v1/me/review-settings"
FORGED = "/api/v1/assignments/00000000-0000-4000-8000-000000000000/notes"


def note(**changed: Any) -> dict[str, Any]:
    return {"note_id": str(uuid.uuid4()), "draft_id": None, "text": " Is this a quay? 🚢 ", **changed}


def notes_path(packet: dict[str, Any]) -> str:
    return f"/api/v1/assignments/{packet['assignment']['id']}/notes"


def test_a_note_is_stored_once_and_read_by_nobody_else(
    application: FastAPI, client: Client, packets: list[int], sessions: SessionMaker
) -> None:
    packet, written = claimed(client), note()
    draft_id = packet["drafts"][0]["draft_id"]
    first, again = (client.post(notes_path(packet), json=written) for _ in range(2))
    assert first.json() == again.json()
    assert first.json()["note_id"] == written["note_id"]
    assert client.post(notes_path(packet), json=note(draft_id=draft_id)).status_code == 200
    # Also of a packet that is submitted.
    client.post("/api/v1/reviews", json=review_of(packet))
    assert client.post(notes_path(packet), json=note(text="Late")).status_code == 200
    other = note(note_id=written["note_id"], text="Another")
    assert refused(client, other, notes_path(packet)) == (409, "note_differs")
    with client_of(application, sessions, "two") as second:
        assert refused(second, note(), notes_path(packet)) == (404, "not_held")
    with transaction(sessions) as session:
        kept = rows(session, "select packet_id, draft_id, to_reviewer, text from comment order by comment_id")
    words = "Is this a quay? 🚢"
    assert kept == [
        (packets[0], None, None, words),
        (packets[0], draft_id, None, words),
        (packets[0], None, None, "Late"),
    ]


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"text": "  "}, 422),
        ({"text": "a\0b"}, 422),
        ({"text": "\ud800"}, 422),
        ({"text": "x" * 4001}, 422),
        ({"text": "x" * 1_000_000}, 422),
        ({"draft_id": 2**62}, 422),
        ({"draft_id": -1}, 422),
        ({"note_id": "mine"}, 422),
        ({"to_reviewer": str(uuid.uuid4())}, 422),
    ],
)
def test_a_note_that_cannot_be_kept_is_refused(
    client: Client, packets: list[int], sessions: SessionMaker, changed: dict[str, Any], status: int
) -> None:
    assert refused(client, note(**changed), notes_path(claimed(client)))[0] == status
    assert refused(client, note(), FORGED) == (404, "not_held")
    with transaction(sessions) as session:
        assert value(session, "select count(*) from comment") == 0


def test_preferences_are_kept_one_by_one_and_bounded(client: Client, sessions: SessionMaker) -> None:
    assert client.put(SETTINGS, json={"keys": {"accept": ["Q"]}}).json() == {
        "keys": {"accept": ["Q"]},
        "keeps_zoom": False,
    }
    assert client.put(SETTINGS, json={"keeps_zoom": True}).json() == {"keys": {"accept": ["Q"]}, "keeps_zoom": True}
    faults: list[tuple[dict[str, Any], str]] = [
        ({"keys": {"accept": ["Q"], "reject": ["Q"]}}, "review_settings"),
        ({"keys": {"accept": ["\0"]}}, "unstorable_text"),
        ({"keys": {"accept": ["x" * 25]}}, "invalid"),
        ({"keys": {"no action": ["Q"]}}, "invalid"),
        ({"keys": {f"a{'b' * n}": ["Q"] for n in range(121)}}, "invalid"),
        ({"colour": "pink"}, "invalid"),
    ]
    for body, code in faults:
        response = client.put(SETTINGS, json=body)
        assert (response.status_code, response.json()["code"]) == (422, code)
    with transaction(sessions) as session:
        assert value(session, "select settings from reviewer_setting") == {
            "keys": {"accept": ["Q"]},
            "keeps_zoom": True,
        }


def test_guidelines_are_given_to_reviewers_as_they_were_written(
    client: Client, packets: list[int], sessions: SessionMaker
) -> None:
    path = "/api/v1/datasets/harbours/guidelines"
    assert client.get(path).json() == {"text": ""}
    with transaction(sessions) as session:
        session.execute(text("update dataset set guidelines = '<b>Ships</b>'"))
    assert client.get(path).json() == {"text": "<b>Ships</b>"}
    assert client.get("/api/v1/datasets/nothing/guidelines").json()["code"] == "unknown_dataset"


def test_how_a_verdict_came_about_is_stored_with_it(client: Client, packets: list[int], sessions: SessionMaker) -> None:
    packet = claimed(client)
    first, second, third = (draft["draft_id"] for draft in packet["drafts"])
    view = {
        "ms": 900,
        "limits": [-25.0, 0.0],
        "zoom": 2.0,
        "panel": "pair",
        "window": [0, 0, 200, 100],
        "both_loaded": True,
    }
    verdicts = [
        {"draft_id": first, "verdict": "accept", "origin": "accept_all", "view": view},
        {"draft_id": second, "verdict": "revise", "revised_text": "A ship", "origin": "fix"},
        {"draft_id": third, "verdict": "accept", "origin": "tally", "marks": [[-1.5, 0], [201.5, 101.0]]},
    ]
    faults: list[dict[str, Any]] = [
        {"verdict": "reject", "origin": "accept_all"},
        {"verdict": "accept", "origin": "fix"},
        {"verdict": "accept", "origin": "box_set"},
        {"verdict": "accept", "marks": [[203, 5]]},
        {"verdict": "accept", "marks": [[5, -3]]},
    ]
    for fault in faults:
        body = review_of(packet, verdicts=[{"draft_id": first, **fault}, *verdicts[1:]])
        assert refused(client, body) == (422, "invalid_verdict")
    assert client.post("/api/v1/reviews", json=review_of(packet, verdicts=verdicts)).status_code == 200
    with transaction(sessions) as session:
        given = rows(session, "select origin, marks, view from draft_verdict order by draft_id")
    assert [row[0] for row in given] == ["accept_all", "fix", "tally"]
    assert given[2][1] == [[-1.5, 0], [201.5, 101.0]]
    assert given[0][2] == view


def test_whose_role_is_taken_away_sends_nothing_more_and_finds_all_again(
    client: Client, packets: list[int], sessions: SessionMaker
) -> None:
    packet = claimed(client)
    path = f"/api/v1/assignments/{packet['assignment']['id']}/progress"
    assert client.put(path, json={"version": 0, "body": {"focus": 1}}).status_code == 200
    with transaction(sessions) as session:
        session.execute(text("update person set roles = array['admin']"))
    assert refused(client, review_of(packet)) == (403, "forbidden")
    assert client.put(path, json={"version": 1, "body": {}}).status_code == 403
    with transaction(sessions) as session:
        assert value(session, "select count(*) from review") == 0
        session.execute(text("update person set roles = array['adjudicator']"))
    again = claimed(client)
    assert again["progress"] == {"version": 1, "body": {"focus": 1}}
    assert client.post("/api/v1/reviews", json=review_of(again)).json()["counted_as"] == "slot"
