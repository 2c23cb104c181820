"""The JSON API of reviewing, over HTTP with real requests, to its contract with the page."""

from __future__ import annotations

import json
import typing
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event, text

from app.db import SessionMaker, transaction
from app.review.schemas import requests
from app.web.signing import AssetSigner
from pipeline import vocabulary
from tests.app.review.factories import add_client, add_packets, value

Client = TestClient
PACKET_KEYS = {
    "assignment",
    "dataset",
    "scene",
    "boxes",
    "drafts",
    "hides_findings",
    "optical_hidden",
    "progress",
    "viewer_settings",
    "judging",
}


def client_of(application: FastAPI, sessions: SessionMaker, name: str) -> Client:
    with transaction(sessions) as session:
        _, token = add_client(session, name)
    return TestClient(
        application, base_url="http://127.0.0.1", headers={"Authorization": f"Bearer {token}"},
        raise_server_exceptions=False,
    )  # fmt: skip


@pytest.fixture
def client(application: FastAPI, sessions: SessionMaker) -> Iterator[Client]:
    with client_of(application, sessions, "one") as opened:
        yield opened


@pytest.fixture
def packets(sessions: SessionMaker) -> list[int]:
    with transaction(sessions) as session:
        return add_packets(session, 5)


def claimed(client: Client, **body: Any) -> dict[str, Any]:
    response = client.post("/api/v1/queue/claim", json=body)
    assert response.status_code == 200, response.text
    packet = response.json()["packet"]
    assert packet is not None, response.json()
    return dict(packet)


def review_of(packet: dict[str, Any], **changed: Any) -> dict[str, Any]:
    verdicts = [{"draft_id": draft["draft_id"], "verdict": "accept"} for draft in packet["drafts"]]
    body = {"submission_id": str(uuid.uuid4()), "assignment_id": packet["assignment"]["id"]}
    body |= {"packet_id": packet["assignment"]["packet_id"], "scene": {"verdict": "usable", "reason": None}}
    return {**body, "verdicts": verdicts, "next": False, "have": [], "dataset": None, **changed}


def refused(client: Client, body: dict[str, Any], path: str = "/api/v1/reviews") -> tuple[int, str]:
    """Status and code of a problem, which says what to do."""
    response = client.post(path, content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert response.headers["content-type"] == "application/problem+json", response.text
    problem = response.json()
    assert problem["detail"]
    assert problem["status"] == response.status_code
    return response.status_code, problem["code"]


def test_a_claimed_packet_has_all_that_the_page_shows(
    client: Client, packets: list[int], sessions: SessionMaker
) -> None:
    with transaction(sessions) as session:
        add_findings(session)
    packet = claimed(client, dataset="harbours", have=[])
    assert set(packet) == PACKET_KEYS
    assert packet["dataset"] == {"name": "harbours", "reviewed": 0, "wanted": 5}
    scene = packet["scene"]
    assert (scene["rows"], scene["cols"], scene["unit"], scene["limits"]) == (100, 200, "relative_db", [-25.0, 0.0])
    assert (scene["scale"], scene["nodata"], scene["polarisation"]) == (0.01, -32768.0, "HH")
    assert (scene["place"], scene["sensor"], scene["labelled"], scene["has_processed"]) == (
        "Kiel",
        None,
        ["ship"],
        True,
    )
    assert [(box["number"], box["id"], box["x_min"]) for box in packet["boxes"]] == [
        (1, "box-1", 10.0),
        (2, "box-2", 20.0),
        (3, "box-3", 30.0),
    ]
    assert [(draft["position"], draft["title"]) for draft in packet["drafts"]] == [
        (1, "Concise caption"),
        (2, "Complex caption"),
        (3, "Instance counting"),
    ]
    first, *others = packet["drafts"]
    assert (first["drafter"], first["box_numbers"], first["answer"]) == ("gpt-4o · prompt 1", [1, 3], None)
    assert [(found["rule"], found["family"], found["start"], found["end"]) for found in first["findings"]] == [
        ("colour.word", "colour", 2, 6)
    ]
    assert not any(draft["findings"] for draft in others)
    assert packet["progress"] is None


def add_findings(session: Any) -> None:
    """Of the first draft of each packet: one finding of an old screening, one of the newest."""
    session.execute(
        text("""
with firsts as (select draft_id from packet_draft where position = 1),
runs as (insert into run (dataset_id, kind, state)
    select dataset_id, 'screen', 'done' from dataset cross join generate_series(1, 2) returning run_id),
screenings as (insert into screened (draft_id, screening_version, run_id)
    select draft_id, 'v' || row_number() over (partition by draft_id order by run_id), run_id
    from firsts cross join runs)
insert into finding (draft_id, screening_version, rule, severity, field, start_, end_, span_text, message)
select draft_id, version, rule, 'error', 'text', 2, 6, 'grey', 'SAR shows no colour.' from firsts
cross join (values ('v1', 'colour.old'), ('v2', 'colour.word')) as found (version, rule)""")
    )


def test_images_are_under_addresses_that_only_this_reader_may_use(
    application: FastAPI, client: Client, packets: list[int]
) -> None:
    assets = claimed(client)["scene"]["assets"]
    assert set(assets) == {"sar", "processed", "optical"}
    signer: AssetSigner = application.state.asset_signer
    path, _, query = assets["optical"].partition("?")
    given = dict(part.split("=", 1) for part in query.split("&"))
    assert signer.allows(path.removeprefix("/assets/"), given["e"], given["u"], given["s"])
    assert not signer.allows(path.removeprefix("/assets/"), given["e"], str(uuid.uuid4()), given["s"])


def test_a_submit_brings_the_next_packet(client: Client, packets: list[int]) -> None:
    packet = claimed(client)
    told = client.post("/api/v1/reviews", json=review_of(packet, next=True, dataset="harbours")).json()
    assert (told["revision"], told["counted_as"], told["resolved"], told["disagreements"]) == (1, "slot", 3, 0)
    assert told["next"]["assignment"]["packet_id"] == packets[1]
    assert told["next"]["dataset"]["reviewed"] == 1


def test_a_submit_sent_again_is_acknowledged_again_with_a_next_packet_of_its_own(
    client: Client, packets: list[int], sessions: SessionMaker
) -> None:
    body = review_of(claimed(client), next=True)
    first = client.post("/api/v1/reviews", json=body).json()
    again = client.post("/api/v1/reviews", json=body | {"have": [first["next"]["assignment"]["id"]]}).json()
    assert {**again, "next": None} == {**first, "next": None}
    assert again["next"]["assignment"]["id"] != first["next"]["assignment"]["id"]
    assert (
        client.post("/api/v1/reviews", json=body).json()["next"]["assignment"]["id"]
        == first["next"]["assignment"]["id"]
    )
    with transaction(sessions) as session:
        assert value(session, "select count(*) from review") == 1


def test_the_last_packet_brings_no_next_and_a_claim_says_why(client: Client, sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        add_packets(session, 1)
    assert client.post("/api/v1/reviews", json=review_of(claimed(client), next=True)).json()["next"] is None
    assert client.post("/api/v1/queue/claim", json={}).json() == {"packet": None, "reason": "nothing_left"}


@pytest.mark.parametrize("verdicts", [[], [{"draft_id": 1, "verdict": "accept"}]])
def test_verdicts_that_are_not_of_the_packets_drafts_are_named(
    client: Client, packets: list[int], verdicts: list[dict[str, Any]]
) -> None:
    packet = claimed(client)
    body = review_of(packet) | {"verdicts": [*verdicts, {"draft_id": 999_999, "verdict": "accept"}]}
    response = client.post("/api/v1/reviews", json=body)
    problem = response.json()
    assert (response.status_code, problem["code"], problem["foreign"]) == (422, "wrong_drafts", [999_999])
    assert len(problem["missing"]) == 3 - len(verdicts)


def test_what_cannot_be_reviewed_is_a_problem_and_stores_nothing(
    client: Client, application: FastAPI, packets: list[int], sessions: SessionMaker
) -> None:
    packet = claimed(client)
    whole = review_of(packet)
    client.post("/api/v1/reviews", json=whole)
    reject = [{**verdict, "verdict": "reject"} for verdict in whole["verdicts"]]
    assert refused(client, whole | {"verdicts": reject}) == (409, "submission_differs")
    assert refused(client, review_of(packet)) == (409, "already_reviewed")
    assert refused(client, review_of(packet, assignment_id=str(uuid.uuid4()))) == (404, "not_held")
    with client_of(application, sessions, "two") as stranger:
        assert refused(stranger, review_of(packet)) == (404, "not_held")
    with transaction(sessions) as session:
        assert value(session, "select count(*) from review") == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"flags": ["ugly"]},
        {"verdict": "fine"},
        {"support": "hearsay"},
        {"spans": [{"flag": "colour", "field": "text", "start": 0, "end": 999}]},
        {"spans": [{"flag": "colour", "field": "margin", "start": 0, "end": 1}]},
        {"spans": [{"flag": "ugly", "field": "text", "start": 0, "end": 1}]},
        {"verdict": "revise"},
        {"verdict": "revise", "revised_text": "A ship\u0000"},
        {"verdict": "revise", "revised_text": "A ship \ud800"},
        {"verdict": "revise", "revised_text": "A ship " * 3000},
        {"revised_text": "A ship."},
        {"draft_id": 2**63},
        {"draft_id": "1; drop table review"},
        {"view": {"zoom": float("nan")}},
        {"view": {"panel": "\u0000"}},
        {"verdikt": "reject"},
    ],
)
def test_a_verdict_that_cannot_be_stored_is_refused(
    client: Client, packets: list[int], sessions: SessionMaker, fault: dict[str, Any]
) -> None:
    body = review_of(claimed(client))
    body["verdicts"][0] |= fault
    assert refused(client, body)[0] == 422
    with transaction(sessions) as session:
        assert value(session, "select count(*) from review") == 0


@pytest.mark.parametrize(
    "fault",
    [
        {"submission_id": "1"},
        {"assignment_id": None},
        {"packet_id": -1},
        {"scene": {"verdict": "unusable"}},
        {"scene": {"verdict": "usable", "reason": "artefact"}},
        {"scene": {"verdict": "unusable", "reason": "dull"}},
        {"dataset": "a\u0000b"},
        {"have": ["1"]},
    ],
)
def test_a_body_out_of_form_is_refused(client: Client, packets: list[int], fault: dict[str, Any]) -> None:
    assert refused(client, review_of(claimed(client)) | fault)[0] == 422


def test_an_unusable_scene_needs_no_verdicts(client: Client, packets: list[int]) -> None:
    body = review_of(claimed(client), verdicts=[], scene={"verdict": "unusable", "reason": "no_data"})
    assert client.post("/api/v1/reviews", json=body).json()["resolved"] == 3


def test_progress_is_saved_under_versions_and_comes_back_with_the_packet(client: Client, packets: list[int]) -> None:
    packet = claimed(client)
    path = f"/api/v1/assignments/{packet['assignment']['id']}/progress"
    body = {"focus": packet["drafts"][1]["draft_id"], "verdicts": {"1": {"revised_text": "船 🚢"}}}
    saved = client.put(path, json={"version": 0, "body": body}).json()
    assert saved["version"] == 1
    assert saved["expires_at"] > packet["assignment"]["expires_at"]
    stale = client.put(path, json={"version": 0, "body": {"focus": None}})
    assert (stale.status_code, stale.json()["code"]) == (409, "progress_differs")
    assert (stale.json()["current"]["version"], stale.json()["current"]["body"]) == (1, body)
    assert claimed(client)["progress"] == {"version": 1, "body": body}


@pytest.mark.parametrize("body", ['{"x": NaN}', '{"x": "\\u0000"}', '{"x": "\\ud800"}', '{"\\u0000": 1}', "[]"])
def test_a_progress_that_cannot_be_stored_is_refused(client: Client, packets: list[int], body: str) -> None:
    path = f"/api/v1/assignments/{claimed(client)['assignment']['id']}/progress"
    response = client.put(
        path, content=f'{{"version": 0, "body": {body}}}', headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 422, response.text


def test_a_hold_is_renewed_and_returned(client: Client, packets: list[int]) -> None:
    packet = claimed(client)
    path = f"/api/v1/assignments/{packet['assignment']['id']}"
    renewal = client.post(f"{path}/renew").json()
    assert renewal["expires_at"] > packet["assignment"]["expires_at"] > renewal["server_time"]
    assert client.post(f"{path}/return").json() == {"returned": True}
    assert refused(client, {}, f"{path}/renew") == (409, "hold_ended")
    assert refused(client, {}, f"/api/v1/assignments/{uuid.uuid4()}/renew") == (404, "not_held")
    assert refused(client, {}, "/api/v1/assignments/1/renew")[0] == 422


def test_a_fourth_packet_and_an_unknown_dataset_are_refused(
    client: Client, packets: list[int], sessions: SessionMaker
) -> None:
    with transaction(sessions) as session:
        add_packets(session, dataset="coasts")
    have: list[str] = []
    for dataset in ("coasts", "harbours", "harbours"):
        have.append(claimed(client, have=have, dataset=dataset)["assignment"]["id"])
    problem = client.post("/api/v1/queue/claim", json={"have": have})
    assert (problem.status_code, problem.json()["code"]) == (409, "too_many_held")
    assert "3 packets already (2 of harbours, 1 of coasts)" in problem.json()["detail"]
    told = [("harbours", 2), ("coasts", 1)]
    assert problem.json()["datasets"] == [{"name": name, "packets": packets} for name, packets in told]
    assert refused(client, {"dataset": "nowhere"}, "/api/v1/queue/claim") == (404, "unknown_dataset")


def test_a_reviewers_own_wording_is_screened(client: Client, packets: list[int]) -> None:
    packet = claimed(client)
    words = {"packet_id": packet["assignment"]["packet_id"], "draft_id": packet["drafts"][0]["draft_id"]}
    found = client.post("/api/v1/screen", json=words | {"text": "A 🚢 red ship.", "answer": None}).json()["findings"]
    assert ("colour", "text", 4, 7) in [(one["family"], one["field"], one["start"], one["end"]) for one in found]
    assert refused(client, words | {"draft_id": 999_999, "text": "x"}, "/api/v1/screen") == (404, "not_held")
    assert refused(client, words | {"text": "a\u0000"}, "/api/v1/screen") == (422, "unstorable_text")
    other = {"packet_id": packets[4], "draft_id": 13, "text": "x"}
    assert refused(client, other, "/api/v1/screen") == (404, "not_held")


@pytest.mark.parametrize("drafts", [1, 12])
def test_a_submit_with_its_next_packet_takes_a_fixed_number_of_statements(
    application: FastAPI, client: Client, sessions: SessionMaker, drafts: int
) -> None:
    with transaction(sessions) as session:
        add_packets(session, 3, drafts=drafts)
    body = review_of(claimed(client), next=True)
    statements: list[str] = []
    event.listen(application.state.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert client.post("/api/v1/reviews", json=body).json()["next"] is not None
    # The viewer; the lock with a look, and the write; the claim with what is shown.
    assert len(statements) == 1 + 2 + 1


def test_the_words_that_the_api_takes_are_the_vocabularys() -> None:
    assert typing.get_args(requests.Flag) == vocabulary.FLAGS
    assert typing.get_args(requests.UnusableReason) == vocabulary.UNUSABLE_REASONS
    fields = requests.VerdictBody.model_fields
    assert typing.get_args(fields["verdict"].annotation) == vocabulary.VERDICTS
    assert typing.get_args(fields["support"].annotation) == vocabulary.SUPPORTS
    scene = requests.SceneVerdictBody.model_fields["verdict"]
    assert typing.get_args(scene.annotation) == vocabulary.SCENE_VERDICTS
