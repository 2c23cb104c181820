"""Bad pairs are held back by policy until an admin decides; the pages on which they look and decide."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.accounts import workflow as accounts
from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.intake.jobs import jobs
from app.intake.queries import drafts, pairs, runs
from app.intake.queries.drafts import SceneDraft
from app.intake.views import pair_notice
from app.intake.workflow.pairs import (
    NoSuchSceneError,
    PairStateError,
    decide_pair,
    decide_pairs,
    set_held_pairs,
)
from app.intake.workflow.screening import screen_dataset
from app.web.signing import csrf_token
from app.work import worker
from pipeline.records import Draft, Drafter
from tests.app.intake.made_scenes import found, make_dataset

STATES = ("misregistered", "misregistered", "unknown", "shifted", "registered")
ADMIN = uuid.UUID(int=3)
DRAFTER = Drafter("test", "1")


def registration(state: str) -> dict[str, Any]:
    """As preparation measures it: no offset where nothing could be told."""
    offset = None if state == "unknown" else [3.25, -1.5]
    return {
        "state": state, "offset_px": offset, "spread_px": None if offset is None else 0.7, "blocks": 12, "agreeing": 9,
        "relief_px": 2.5, "note": f"it is {state}",
    }  # fmt: skip


@pytest.fixture
def dataset_id(sessions: SessionMaker, tmp_path: Path) -> int:
    """Scenes 1 to 5 in the states of ``STATES``, scene 6 without an optical image; each with a screened draft."""
    dataset_id = make_dataset(sessions, AssetStore(tmp_path / "assets"), tmp_path, count=6)
    with transaction(sessions) as session:
        change = text("update scene set pair_state = :state, registration = cast(:found as jsonb) where scene_id = :id")
        for number, state in enumerate(STATES, 1):
            session.execute(change, {"state": state, "found": json.dumps(registration(state)), "id": number})
    add_drafts(sessions, dataset_id, "A quay.")
    screen_dataset(sessions, "harbour")
    return dataset_id


def add_drafts(sessions: SessionMaker, dataset_id: int, words: str) -> None:
    with transaction(sessions) as session:
        run_id = runs.add_run(session, dataset_id, "draft", {})
        listed = [SceneDraft(scene_id, Draft("concise_caption", words)) for scene_id in range(1, 7)]
        drafts.add_drafts(session, run_id, DRAFTER, drafts.add_drafter(session, DRAFTER), listed)


def sealed(sessions: SessionMaker) -> list[int]:
    return found(sessions, "select distinct scene_id from packet order by 1")


def test_scenes_with_a_bad_pair_get_no_packets_and_their_drafts_stay_loose(
    sessions: SessionMaker, dataset_id: int
) -> None:
    assert sealed(sessions) == [3, 4, 5, 6]
    assert found(sessions, "select count(*) from draft") == [6]


@pytest.mark.parametrize("decision", ["use", "use_shifted", "without_optical"])
def test_a_decision_lets_a_scene_through_in_the_background(
    sessions: SessionMaker, database_url: str, dataset_id: int, decision: str
) -> None:
    with transaction(sessions) as session:
        decide_pair(session, "harbour", 1, decision, ADMIN)
    assert sealed(sessions) == [3, 4, 5, 6]
    worker.run(database_url, blueprints={"intake": jobs}, until_idle=True)
    assert sealed(sessions) == [1, 3, 4, 5, 6]


def test_the_newest_decision_counts_and_hold_keeps_back_what_the_policy_lets_through(
    sessions: SessionMaker, dataset_id: int
) -> None:
    with transaction(sessions) as session:
        decide_pair(session, "harbour", 1, "use", ADMIN)
        decide_pair(session, "harbour", 1, "hold", ADMIN)
        decide_pair(session, "harbour", 5, "hold", ADMIN)
    add_drafts(sessions, dataset_id, "A pier.")
    screen_dataset(sessions, "harbour")
    assert found(sessions, "select scene_id, count(*) from packet group by 1 order by 1") == [
        (3, 2), (4, 2), (5, 1), (6, 2),
    ]  # fmt: skip


def test_another_policy_holds_others_back_and_lets_these_through(
    sessions: SessionMaker, database_url: str, dataset_id: int
) -> None:
    with transaction(sessions) as session:
        set_held_pairs(session, "harbour", ["unknown", "shifted"])
        assert pairs.held_pairs(session, dataset_id) == ["shifted", "unknown"]
    worker.run(database_url, blueprints={"intake": jobs}, until_idle=True)
    assert sealed(sessions) == [1, 2, 3, 4, 5, 6]
    add_drafts(sessions, dataset_id, "A pier.")
    screen_dataset(sessions, "harbour")
    assert found(sessions, "select scene_id from packet group by 1 having count(*) > 1 order by 1") == [1, 2, 5, 6]


def test_what_cannot_be_decided_is_refused_and_nothing_is_written(sessions: SessionMaker, dataset_id: int) -> None:
    with transaction(sessions) as session:
        with pytest.raises(PairStateError, match="No offset was measured"):
            decide_pair(session, "harbour", 3, "use_shifted", ADMIN)
        with pytest.raises(PairStateError, match="no decision 'burn'"):
            decide_pair(session, "harbour", 1, "burn", ADMIN)
        with pytest.raises(NoSuchSceneError):
            decide_pair(session, "harbour", 99, "use", ADMIN)
        with pytest.raises(NoSuchSceneError):
            decide_pair(session, "another", 1, "use", ADMIN)
        with pytest.raises(PairStateError, match="No pair is 'crooked'"):
            set_held_pairs(session, "harbour", ["crooked"])
    deferred = "select 1 from procrastinate_jobs where task_name like 'intake.%'"
    assert found(sessions, f"select 1 from pair_decision union all {deferred}") == []


def test_deciding_on_all_of_a_state_leaves_earlier_decisions_unless_asked(
    sessions: SessionMaker, dataset_id: int
) -> None:
    with transaction(sessions) as session:
        decide_pair(session, "harbour", 1, "hold", ADMIN)
        assert pairs.count_decidable(session, dataset_id, "misregistered", "use", also_decided=False) == 1
        assert decide_pairs(session, "harbour", "misregistered", "use", ADMIN) == 1
        assert decide_pairs(session, "harbour", "misregistered", "use", ADMIN) == 0
        assert decide_pairs(session, "harbour", "misregistered", "use", ADMIN, also_decided=True) == 1
        assert decide_pairs(session, "harbour", "unknown", "use_shifted", ADMIN) == 0
    assert found(sessions, "select scene_id, decision from pair_decision order by pair_decision_id") == [
        (1, "hold"), (2, "use"), (1, "use"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "change", ["update pair_decision set decision = 'hold'", "delete from pair_decision", "truncate pair_decision"]
)
def test_a_decision_is_never_changed(sessions: SessionMaker, dataset_id: int, change: str) -> None:
    with transaction(sessions) as session:
        decide_pair(session, "harbour", 1, "use", ADMIN)
    with pytest.raises(DBAPIError, match="pair_decision is append-only"), transaction(sessions) as session:
        session.execute(text(change))
    assert found(sessions, "select decision from pair_decision") == ["use"]


def test_a_page_of_pairs_goes_on_where_the_one_before_ended(sessions: SessionMaker, dataset_id: int) -> None:
    with sessions() as session:
        listed, after = [], ("", 0)
        while page := pairs.list_pairs(session, dataset_id, STATES, after=after, limit=2):
            listed += [(pair.state, pair.scene_id) for pair in page]
            after = (page[-1].state, page[-1].scene_id)
    assert listed == sorted(zip(STATES, range(1, 6), strict=True))


@pytest.mark.parametrize(
    ("state", "decision", "said"),
    [
        ("none", None, None),
        ("registered", None, None),
        ("shifted", None, "off by 3.2 px down, 1.5 px left"),
        ("shifted", "use_shifted", "drawn moved by the measured 3.2 px down, 1.5 px left"),
        ("misregistered", None, "does not fit"),
        ("misregistered", "use", "found usable by an admin"),
        ("unknown", None, "check before you trust it"),
        ("registered", "without_optical", "set aside by an admin"),
    ],
)
def test_a_reviewer_is_told_how_far_to_trust_the_optical_image(
    state: str, decision: str | None, said: str | None
) -> None:
    notice = pair_notice(state, (3.2, -1.5), decision)
    assert (notice is None) if said is None else said in (notice or "")


@pytest.fixture
def client(application: FastAPI, sessions: SessionMaker) -> Iterator[TestClient]:
    with transaction(sessions) as session:
        added = accounts.add_person(session, "admin@example.org", "Ada", None, ["admin"])
        token = accounts.log_in(session, added.email, added.password or "")
    with TestClient(application, base_url="http://127.0.0.1", follow_redirects=False) as opened:
        opened.cookies.set("trihedral_session", token)
        opened.headers["x-csrf-token"] = csrf_token(application.state.secret, token)
        yield opened


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_page_lists_pairs_by_state_with_what_was_measured(client: TestClient, dataset_id: int) -> None:
    page = words(client.get("/datasets/harbour/pairs").text)
    assert "misregistered the two images do not fit 2 0 2" in page
    assert "scene 0.tif misregistered 3.2 px down, 1.5 px left 0.7 px 9 of 12 it is misregistered held back" in page
    only = client.get("/datasets/harbour/pairs?state=shifted").text
    assert "scene 3.tif" in only
    assert "scene 0.tif" not in only
    assert "These were all" in client.get("/datasets/harbour/pairs?after=unknown-9").text
    assert client.get("/datasets/harbour/pairs?after=nonsense").status_code == 200
    assert client.get("/datasets/harbour/pairs?state=crooked").status_code == 422
    assert client.get("/datasets/nothing/pairs").status_code == 404
    assert client.get("/datasets/%00/pairs").status_code == 422


def test_deciding_on_all_asks_first_with_the_count(client: TestClient, sessions: SessionMaker, dataset_id: int) -> None:
    form = {"state": "misregistered", "decision": "without_optical"}
    asked = client.post("/datasets/harbour/pairs", data=form)
    assert "2 wait for a decision" in words(asked.text)
    assert found(sessions, "select 1 from pair_decision") == []
    answer = client.post("/datasets/harbour/pairs", data={**form, "step": "undecided"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/datasets/harbour/pairs?state=misregistered")
    assert found(sessions, "select scene_id, decision from pair_decision order by 1") == [
        (1, "without_optical"), (2, "without_optical"),
    ]  # fmt: skip
    assert client.post("/datasets/harbour/pairs", data={**form, "decision": "burn"}).status_code == 422
    assert client.post("/datasets/harbour/pairs", data={**form, "state": "none"}).status_code == 422


def test_the_policy_is_set_on_the_page(client: TestClient, sessions: SessionMaker, dataset_id: int) -> None:
    assert client.post("/datasets/harbour/pairs/policy", data={"held": ["unknown"]}).status_code == 303
    assert found(sessions, "select held_pairs from dataset") == [["unknown"]]
    assert client.post("/datasets/harbour/pairs/policy").status_code == 303
    assert found(sessions, "select held_pairs from dataset") == [[]]


def test_a_scene_shows_what_is_known_and_a_decision_leads_to_the_next_in_its_state(
    client: TestClient, sessions: SessionMaker, dataset_id: int
) -> None:
    with transaction(sessions) as session:
        session.execute(
            text("""update scene set land_cover = '{"water": 0.75, "bareland": 0.25}', metadata = metadata ||
                '{"sensor": "Capella", "place": "<b>Rotterdam</b>", "incidence_deg": 34.5, "geometry": "slant",
                  "resolution_m": [0.5, 0.7], "licence": "CC BY 4.0"}',
                provenance = '{"looks": 4.0, "looks_estimated": true, "filter": "refined Lee", "notes": ["odd"],
                  "filter_options": {"weight": "lee1981"}}' where scene_id = 1""")
        )
    html = client.get("/datasets/harbour/scenes/1").text
    page = words(html)
    for part in ("Capella", "34.5°", "slant range", "0.5 × 0.7 m", "CC BY 4.0", "water 75.0%", "4, estimated",
                 "refined Lee: weight lee1981", "odd", "10 m", "it is misregistered", "9 of 12",
                 "2.5 px toward the radar", "Held back : its 1 text waits", "digital numbers"):  # fmt: skip
        assert part in page, part
    assert "<b>Rotterdam" not in html
    assert 'href="/datasets/harbour/scenes/2"' in html
    answer = client.post("/datasets/harbour/scenes/1/pair", data={"decision": "use_shifted", "go_on": "1"})
    assert answer.headers["location"] == "/datasets/harbour/scenes/2"
    answer = client.post("/datasets/harbour/scenes/2/pair", data={"decision": "hold", "go_on": "1"})
    assert answer.headers["location"] == "/datasets/harbour/scenes/2"
    assert '"optical_offset_px": [3.25, -1.5]' in client.get("/datasets/harbour/scenes/1").text
    decided_by = found(sessions, "select distinct decided_by from pair_decision")
    assert decided_by == [str(one) for one in found(sessions, "select pseudonym from person")]


def test_a_scene_without_coordinates_metadata_or_optical_image_has_a_page(client: TestClient, dataset_id: int) -> None:
    page = client.get("/datasets/harbour/scenes/6")
    assert page.status_code == 200
    assert "no optical image" in page.text
    assert "Use as it is" not in page.text
    assert client.get("/datasets/harbour/scenes/99").status_code == 404
    assert client.get("/datasets/another/scenes/1").status_code == 404


def test_the_dataset_shows_its_pairs_and_land_cover(
    client: TestClient, sessions: SessionMaker, dataset_id: int
) -> None:
    with transaction(sessions) as session:
        for number, cover in ((1, '{"water": 1.0}'), (2, '{"water": 0.5, "trees": 0.5}')):
            change = text("update scene set land_cover = cast(:cover as jsonb) where scene_id = :id")
            session.execute(change, {"cover": cover, "id": number})
        session.execute(text("update dataset set licence = 'CC BY-SA 4.0', citation = 'Doe <i>2020</i>'"))
    html = client.get("/datasets/harbour").text
    page = words(html)
    for part in ("misregistered 2", "no optical image 1", "Held back now 2", "water 75.0%", "trees 25.0%",
                 "CC BY-SA 4.0", "96 × 96", "Scenes not compared yet 6"):  # fmt: skip
        assert part in page, part
    assert "<i>2020" not in html
