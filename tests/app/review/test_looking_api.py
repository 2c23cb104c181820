"""What the viewer is told and keeps: other polarisations, a moved optical image, and how a person likes to look."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.db import SessionMaker, transaction
from tests.app.review.factories import add_client, add_packets, value

DECIDE = """insert into pair_decision (scene_id, decision, decided_by)
    select scene_id, :decision, 'x' from pair_nudge order by pair_nudge_id limit 1"""


@pytest.fixture
def clients(application: FastAPI, sessions: SessionMaker) -> list[TestClient]:
    """Two reviewers."""
    with transaction(sessions) as session:
        add_packets(session, 2, wanted=2)
        tokens = [add_client(session, name)[1] for name in ("one", "two")]
    return [
        TestClient(
            application,
            base_url="http://127.0.0.1",
            headers={"Authorization": f"Bearer {token}"},
            raise_server_exceptions=False,
        )
        for token in tokens
    ]


def claimed(client: TestClient) -> dict[str, Any]:
    return dict(client.post("/api/v1/queue/claim", json={}).json()["packet"])


def problem(client: TestClient, method: str, path: str, body: Any) -> tuple[int, str]:
    answer = client.request(
        method, f"/api/v1{path}", content=json.dumps(body), headers={"Content-Type": "application/json"}
    )
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert answer.json()["detail"]
    return answer.status_code, answer.json()["code"]


def test_a_nudge_moves_the_pair_for_all_until_an_admin_decides(
    clients: list[TestClient], sessions: SessionMaker
) -> None:
    mine, theirs = clients
    packet = claimed(mine)
    path = f"/assignments/{packet['assignment']['id']}/nudge"
    moved = mine.post(f"/api/v1{path}", json={"down_px": 2, "right_px": -0.5})
    notice = "was moved by a reviewer: 2.0 px down, 0.5 px left"
    assert moved.json() == {"optical_offset_px": [2, -0.5], "pair_notice": None}  # the made scene's pair is "none"
    with transaction(sessions) as session:
        session.execute(text("update scene set pair_state = 'registered', registration = '{\"offset_px\": [1, 1]}'"))
    mine.post(f"/api/v1{path}", json={"down_px": 2, "right_px": -0.5})
    seen = claimed(theirs)["scene"]
    assert (seen["optical_offset_px"], seen["pair_notice"]) == ([2, -0.5], notice)
    with transaction(sessions) as session:
        assert value(session, "select count(*) from pair_nudge") == 1
        session.execute(text(DECIDE), {"decision": "use_shifted"})
    decided = claimed(theirs)["scene"]
    assert (decided["optical_offset_px"], decided["decided_offset_px"]) == ([1, 1], [1, 1])
    mine.post(f"/api/v1{path}", json={"down_px": 0, "right_px": 0})
    assert claimed(theirs)["scene"]["pair_notice"] == "was moved by a reviewer: 0.0 px down, 0.0 px right"
    put_back = mine.post(f"/api/v1{path}", json={"down_px": 1, "right_px": 1})
    assert put_back.json()["pair_notice"] == "is drawn moved by the measured 1.0 px down, 1.0 px right"
    with transaction(sessions) as session:
        assert value(session, "select count(*) from pair_nudge") == 3
        session.execute(text(DECIDE), {"decision": "without_optical"})
    assert problem(mine, "POST", path, {"down_px": 3, "right_px": 0}) == (409, "nothing_to_move")


def test_only_who_holds_the_packet_moves_its_pair_and_only_so_far(
    clients: list[TestClient], sessions: SessionMaker
) -> None:
    mine, theirs = clients
    assignment = claimed(mine)["assignment"]["id"]
    path, body = f"/assignments/{assignment}/nudge", {"down_px": 1, "right_px": 0}
    assert problem(theirs, "POST", path, body) == (404, "not_held")
    assert problem(mine, "POST", f"/assignments/{uuid.uuid4()}/nudge", body) == (404, "not_held")
    for wrong in ({"down_px": 201, "right_px": 0}, {"down_px": "far", "right_px": 0}, {"down_px": 1}, []):
        assert problem(mine, "POST", path, wrong)[0] == 422
    mine.post(f"/api/v1/assignments/{assignment}/return", json={})
    assert problem(mine, "POST", path, body) == (409, "hold_ended")
    with transaction(sessions) as session:
        assert value(session, "select count(*) from pair_nudge") == 0


def test_settings_come_back_with_the_next_packet_to_this_person_alone(
    clients: list[TestClient], sessions: SessionMaker
) -> None:
    mine, theirs = clients
    assert claimed(mine)["viewer_settings"] is None
    path = "/datasets/harbours/viewer-settings"
    chosen = {"palette": "magma", "share": "2-98", "brightness": 1.5, "is_inverted": True}
    assert mine.put(f"/api/v1{path}", json={**chosen, "palette": "viridis"}).status_code == 200
    assert mine.put(f"/api/v1{path}", json=chosen).json() == chosen
    assert claimed(mine)["viewer_settings"] == chosen
    assert claimed(theirs)["viewer_settings"] is None
    assert problem(mine, "PUT", "/datasets/nowhere/viewer-settings", chosen) == (404, "unknown_dataset")
    fixed = {"low": -20, "high": 0, "unit": "relative_db"}
    assert mine.put(f"/api/v1{path}", json={"fixed": fixed}).json() == {"fixed": fixed}
    wrong: list[Any] = [
        {"colour": "red"}, {"palette": "jet"}, {"share": "3-97"}, {"brightness": 90}, {"is_inverted": "a" * 100_000},
        {"fixed": {**fixed, "low": 1}}, {"fixed": {**fixed, "unit": "volt"}}, {"mode": "\ud800"}, [], 7,
    ]  # fmt: skip
    for body in wrong:
        assert problem(mine, "PUT", path, body)[0] == 422, body
    with transaction(sessions) as session:
        assert value(session, "select count(*) from viewer_setting") == 1


def test_other_polarisations_come_under_addresses_of_this_reader(
    application: FastAPI, clients: list[TestClient], sessions: SessionMaker
) -> None:
    with transaction(sessions) as session:
        session.execute(
            text("""
insert into polarisation (scene_id, polarisation, sar_sha256, unit, scale, nodata, limits_low, limits_high, histogram)
select scene_id, called, repeat('b', 64), 'sigma0_db', 0.01, -32768, -30, -5,
    '{"low": -40, "high": 0, "counts": [1, 2]}'
from scene cross join (values ('VV'), ('HV')) as other (called)""")
        )
    scene = claimed(clients[0])["scene"]
    assert scene["polarisation"] == "HH"
    assert scene["geometry"] == "unknown"
    assert [other.pop("polarisation") for other in scene["polarisations"]] == ["HV", "VV"]
    address = {other.pop("sar").partition("?")[0] for other in scene["polarisations"]}
    assert address == {"/assets/" + "b" * 64}
    assert scene["polarisations"][0] == {
        "unit": "sigma0_db", "scale": 0.01, "nodata": -32768, "limits": [-30, -5],
        "histogram": {"low": -40, "high": 0, "counts": [1, 2]},
    }  # fmt: skip
