"""Packets that hide their findings: nothing leaks before a first verdict, and the first one stays."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.db import SessionMaker, transaction
from app.review.workflow import give_first_verdict, submit
from app.web.policy import PEOPLE, POLICY, REVIEWERS
from tests.app.review.factories import (
    add_hand,
    add_packets,
    add_reviewer,
    add_screening,
    end_hold,
    rows,
    submission,
    value,
)
from tests.app.review.test_review_api import claimed, client_of, refused, review_of

Client = TestClient
RULES = ("colour.secret", "contradiction.secret", "duplicate.secret", "vague.secret")
GIVEN = "select draft_id, verdict, flags, screening_version from first_verdict order by draft_id"


@pytest.fixture
def packets(sessions: SessionMaker) -> list[int]:
    """Three packets of three drafts; every draft has four findings, which are hidden."""
    with transaction(sessions) as session:
        found = add_packets(session, 3, hides=True)
        add_screening(session, *RULES)
        return found


@pytest.fixture
def client(application: FastAPI, sessions: SessionMaker, packets: list[int]) -> Iterator[Client]:
    with client_of(application, sessions, "one") as opened:
        yield opened


def first_path(packet: dict[str, Any]) -> str:
    return f"/api/v1/assignments/{packet['assignment']['id']}/first-verdicts"


def give(client: Client, packet: dict[str, Any], at: int, verdict: str = "reject", *flags: str) -> dict[int, list[str]]:
    """Give a first verdict on the packet's draft; the rules that are shown since, by draft."""
    body = {"draft_id": packet["drafts"][at]["draft_id"], "verdict": verdict, "flags": list(flags)}
    response = client.post(first_path(packet), json=body)
    assert response.status_code == 200, response.text
    return {one["draft_id"]: [found["rule"] for found in one["findings"]] for one in response.json()["shown"]}


def leaks(answer: Response) -> bool:
    return "secret" in answer.text or "found-" in answer.text


def test_no_answer_to_a_reviewer_has_a_finding_before_the_first_verdict(client: Client) -> None:
    packet = claimed(client)
    path = f"/api/v1/assignments/{packet['assignment']['id']}"
    words = {"packet_id": packet["assignment"]["packet_id"], "draft_id": packet["drafts"][0]["draft_id"]}
    progress = {"version": 0, "body": {"focus": None}}
    calls: dict[str, Callable[[], list[Response]]] = {
        "claim_packet": lambda: [
            client.post("/api/v1/queue/claim", json={"have": have}) for have in ([], [packet["assignment"]["id"]])
        ],
        "save_progress": lambda: [client.put(f"{path}/progress", json=progress) for _ in range(2)],
        "renew_assignment": lambda: [client.post(f"{path}/renew")],
        "screen_text": lambda: [
            client.post("/api/v1/screen", json=words | {"text": each, "answer": None})
            for each in ("A red ship.", packet["drafts"][0]["text"])
        ],
        "give_first_verdict": lambda: [
            client.post(first_path(packet), json={"draft_id": 1, "verdict": "perhaps"}),
            client.post(first_path(packet), json={"draft_id": 999_999, "verdict": "accept"}),
            client.post(
                f"/api/v1/assignments/{uuid.uuid4()}/first-verdicts", json={"draft_id": 1, "verdict": "accept"}
            ),
        ],
        "review_page": lambda: [client.get("/review")],
        "queue_page": lambda: [client.get("/queue")],
        "home_page": lambda: [client.get("/")],
        "account_page": lambda: [client.get("/account")],
        "openapi": lambda: [client.get("/openapi.json")],
        "docs_page": lambda: [client.get("/docs")],
        "return_packet": lambda: [
            client.post(
                f"/api/v1/assignments/{claimed(client, have=[packet['assignment']['id']])['assignment']['id']}/return"
            )
        ],
        "submit_review": lambda: [client.post("/api/v1/reviews", json=review_of(packet, next=True)) for _ in range(2)],
    }
    walked = {name: call() for name, call in calls.items()}
    assert {
        name: [leaks(answer) for answer in answers] for name, answers in walked.items() if any(map(leaks, answers))
    } == {}
    assert walked["submit_review"][0].json()["next"]["hides_findings"] is True
    # What is not walked here shows no packet.
    others = {name for name, roles in POLICY.items() if roles in (PEOPLE, REVIEWERS)} - set(calls)
    assert others == SHOW_NO_FINDING


SHOW_NO_FINDING = {
    "logout", "change_password", "save_viewer_settings", "change_review_settings", "review_boxes", "nudge_pair",
    "write_note", "comments_page", "see_comments", "own_figures_page", "download_own_hours", "read_guidelines",
    "set_credit",
    "give_sar_verdicts",
}  # fmt: skip


def test_a_hidden_packet_says_so_and_the_first_verdict_brings_the_findings(
    client: Client, sessions: SessionMaker
) -> None:
    packet = claimed(client)
    assert packet["hides_findings"] is True
    assert [(draft["hides_findings"], draft["findings"]) for draft in packet["drafts"]] == [(True, [])] * 3
    first, second, third = (draft["draft_id"] for draft in packet["drafts"])
    assert give(client, packet, 1, "reject", "count", "colour", "count") == {second: ["colour.secret", "vague.secret"]}
    with transaction(sessions) as session:
        assert rows(session, GIVEN) == [(second, "reject", ["colour", "count"], "v1")]
    again = claimed(client)
    assert [draft["hides_findings"] for draft in again["drafts"]] == [True, False, True]
    assert [found["message"] for found in again["drafts"][1]["findings"]] == [f"found-message {second}"] * 2
    assert not again["drafts"][0]["findings"] + again["drafts"][2]["findings"]
    # What is said of two texts is shown when none of them is hidden any more.
    give(client, packet, 0)
    assert give(client, packet, 2) == {draft_id: list(RULES) for draft_id in (first, second, third)}


def test_the_first_verdict_stays_whatever_comes_after_it(client: Client, sessions: SessionMaker) -> None:
    packet = claimed(client)
    shown = give(client, packet, 0, "accept")
    assert give(client, packet, 0, "accept") == shown
    assert give(client, packet, 0, "reject", "colour") == shown
    with transaction(sessions) as session:
        assert [row[1:3] for row in rows(session, GIVEN)] == [("accept", [])]
        for change in ("update first_verdict set verdict = 'reject'", "delete from first_verdict"):
            with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
                session.execute(text(change))


def test_two_tabs_that_judge_at_once_store_one_and_both_see_the_findings(
    client: Client, application: FastAPI, sessions: SessionMaker
) -> None:
    packet = claimed(client)
    verdicts = ["accept", "reject", "unsure", "revise"] * 3
    with ThreadPoolExecutor(6) as pool:
        shown = list(pool.map(lambda verdict: give(client, packet, 0, verdict), verdicts))
    assert all(each == shown[0] for each in shown)
    with transaction(sessions) as session:
        assert value(session, "select count(*) from first_verdict") == 1


def test_ones_own_wording_is_screened_once_the_first_verdict_is_given(client: Client) -> None:
    packet = claimed(client)
    words = {"packet_id": packet["assignment"]["packet_id"], "draft_id": packet["drafts"][0]["draft_id"]}
    asked = words | {"text": "A red ship.", "answer": None}
    assert client.post("/api/v1/screen", json=asked).json() == {"findings": [], "hides_findings": True}
    give(client, packet, 0, "revise")
    told = client.post("/api/v1/screen", json=asked).json()
    assert (told["hides_findings"], [found["family"] for found in told["findings"]]) == (False, ["colour"])


def test_each_reviewer_gives_a_first_verdict_of_their_own(application: FastAPI, sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        add_packets(session, 1, wanted=2, hides=True)
        add_screening(session, "colour.secret")
    with client_of(application, sessions, "one") as one, client_of(application, sessions, "two") as two:
        packet = claimed(one)
        give(one, packet, 0)
        theirs = claimed(two)
        assert theirs["assignment"]["packet_id"] == packet["assignment"]["packet_id"]
        assert [draft["hides_findings"] for draft in theirs["drafts"]] == [True, True, True]
        body = {"draft_id": packet["drafts"][1]["draft_id"], "verdict": "accept"}
        assert refused(two, body, first_path(packet)) == (404, "not_held")


def test_a_submit_without_first_verdicts_is_taken_and_measures_nothing(client: Client, sessions: SessionMaker) -> None:
    packet = claimed(client)
    assert client.post("/api/v1/reviews", json=review_of(packet)).json()["counted_as"] == "slot"
    late = {"draft_id": packet["drafts"][0]["draft_id"], "verdict": "accept"}
    assert refused(client, late, first_path(packet)) == (409, "already_reviewed")
    with transaction(sessions) as session:
        assert value(session, "select count(*) from first_verdict") == 0


def test_a_first_verdict_is_kept_though_the_hold_has_ended_and_not_after_it_was_given_back(
    client: Client, sessions: SessionMaker
) -> None:
    with transaction(sessions) as session:
        reviewer, other = add_reviewer(session), add_reviewer(session)
        hand = add_hand(session, reviewer)
        end_hold(session, hand)
        add_hand(session, other)
        shown = give_first_verdict(session, reviewer, hand.assignment_id, hand.drafts[0], "unsure", ["other"])
        assert hand.drafts[0] not in shown.hidden
        late = submit(session, reviewer, submission(hand))
        assert late.counted_as in {"slot", "extra"}
    packet = claimed(client)
    give(client, packet, 0)
    client.post(f"/api/v1/assignments/{packet['assignment']['id']}/return")
    body = {"draft_id": packet["drafts"][1]["draft_id"], "verdict": "accept"}
    assert refused(client, body, first_path(packet)) == (409, "hold_ended")
    # Handed the same packet again they see what they have judged, and no more.
    again = claimed(client)
    assert [draft["hides_findings"] for draft in again["drafts"]] == [False, True, True]


def test_findings_of_other_packets_are_shown_from_the_start_and_measure_nothing(
    application: FastAPI, sessions: SessionMaker
) -> None:
    with transaction(sessions) as session:
        add_packets(session, 1)
        add_screening(session, *RULES)
    with client_of(application, sessions, "one") as client:
        packet = claimed(client)
        assert packet["hides_findings"] is False
        assert [len(draft["findings"]) for draft in packet["drafts"]] == [4, 4, 4]
        body = {"draft_id": packet["drafts"][0]["draft_id"], "verdict": "accept"}
        assert refused(client, body, first_path(packet)) == (409, "findings_shown")


def test_the_screening_that_is_then_shown_is_kept_with_the_verdict(client: Client, sessions: SessionMaker) -> None:
    packet = claimed(client)
    give(client, packet, 0)
    with transaction(sessions) as session:
        add_screening(session, "colour.newer", version="v2")
    assert give(client, packet, 1)[packet["drafts"][1]["draft_id"]] == ["colour.newer"]
    with transaction(sessions) as session:
        assert [row[3] for row in rows(session, GIVEN)] == ["v1", "v2"]


@pytest.mark.parametrize(
    "fault",
    [
        {"verdict": None},
        {"flags": ["ugly"]},
        {"flags": ["colour"] * 9},
        {"draft_id": 2**63},
        {"draft_id": "1\u0000"},
        {"revised_text": "A ship."},
    ],
)
def test_a_first_verdict_out_of_form_is_refused(client: Client, fault: dict[str, Any]) -> None:
    packet = claimed(client)
    body = {"draft_id": packet["drafts"][0]["draft_id"], "verdict": "accept", "flags": []} | fault
    assert refused(client, body, first_path(packet))[0] == 422


def test_a_first_verdict_is_of_a_draft_of_its_packet(
    client: Client, sessions: SessionMaker, packets: list[int]
) -> None:
    packet = claimed(client)
    with transaction(sessions) as session:
        foreign = value(session, "select draft_id from packet_draft where packet_id = :id limit 1", id=packets[2])
    body = {"draft_id": foreign, "verdict": "accept"}
    assert refused(client, body, first_path(packet)) == (422, "wrong_drafts")
    with transaction(sessions) as session:
        stranger = {"packet": packets[0], "draft": foreign, "reviewer": add_reviewer(session)}
        columns = "packet_id, draft_id, reviewer, verdict"
        forged = f"insert into first_verdict ({columns}) values (:packet, :draft, :reviewer, 'accept')"
        with pytest.raises(IntegrityError, match="packet_draft"), session.begin_nested():
            session.execute(text(forged), stranger)
