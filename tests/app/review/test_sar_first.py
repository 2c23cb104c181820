"""Packets that are judged from the SAR image first: the optical one is kept back, and what was said first stays."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.web.policy import PEOPLE, POLICY, REVIEWERS
from tests.app.review.factories import add_packets, rows, value
from tests.app.review.test_review_api import claimed, client_of, refused, review_of
from tests.app.web.test_policy import routes

OPTICAL = "c" * 64
GIVEN = "select draft_id, verdict, revised_text, flags, has_seen_optical from sar_verdict order by draft_id"


@pytest.fixture
def client(application: FastAPI, sessions: SessionMaker) -> Iterator[TestClient]:
    """A reviewer; there are three packets of three drafts, all judged from the SAR image first."""
    with transaction(sessions) as session:
        add_packets(session, 3, sar_first=True)
    with client_of(application, sessions, "one") as opened:
        yield opened


def path_of(packet: dict[str, Any]) -> str:
    return f"/api/v1/assignments/{packet['assignment']['id']}/sar-verdicts"


def said_of(packet: dict[str, Any], *verdicts: dict[str, Any]) -> dict[str, Any]:
    """A body with these verdicts on the first drafts, and accept on all others."""
    listed = [{"draft_id": draft["draft_id"], "verdict": "accept"} for draft in packet["drafts"]]
    return {"verdicts": [one | changed for one, changed in zip(listed, [*verdicts, {}, {}, {}], strict=False)]}


def give(client: TestClient, packet: dict[str, Any], *verdicts: dict[str, Any]) -> dict[str, Any]:
    response = client.post(path_of(packet), json=said_of(packet, *verdicts))
    assert response.status_code == 200, response.text
    return dict(response.json()["scene"])


def set_aside(session: Session) -> None:
    session.execute(
        text("insert into pair_decision (scene_id, decision, decided_by) select scene_id, 'without_optical', 'x'"
             " from scene")
    )  # fmt: skip


def test_no_answer_to_a_reviewer_has_the_optical_image_before_their_verdicts(client: TestClient) -> None:
    packet = claimed(client)
    assert packet["optical_hidden"] is True
    assert packet["scene"]["assets"]["optical"] is None
    path = f"/api/v1/assignments/{packet['assignment']['id']}"
    have = {"have": [packet["assignment"]["id"]]}
    first = packet["drafts"][0]
    calls: dict[str, Callable[[], list[Response]]] = {
        "claim_packet": lambda: [client.post("/api/v1/queue/claim", json=body) for body in ({}, have)],
        "save_progress": lambda: [
            client.put(f"{path}/progress", json={"version": 0, "body": {"focus": None}}) for _ in range(2)
        ],
        "renew_assignment": lambda: [client.post(f"{path}/renew")],
        "screen_text": lambda: [
            client.post(
                "/api/v1/screen",
                json={
                    "packet_id": packet["assignment"]["packet_id"],
                    "draft_id": first["draft_id"],
                    "text": "A red ship.",
                },
            )
        ],
        "give_first_verdict": lambda: [
            client.post(f"{path}/first-verdicts", json={"draft_id": first["draft_id"], "verdict": "accept"})
        ],
        # Not all drafts, another's hold, a verdict that is none.
        "give_sar_verdicts": lambda: [
            client.post(path_of(packet), json={"verdicts": said_of(packet)["verdicts"][:2]}),
            client.post(f"/api/v1/assignments/{uuid.uuid4()}/sar-verdicts", json=said_of(packet)),
            client.post(path_of(packet), json=said_of(packet, {"verdict": "revise"})),
        ],
        "submit_review": lambda: [
            client.post("/api/v1/reviews", json=review_of(packet)),
            client.post(
                "/api/v1/reviews",
                json=review_of(packet, scene={"verdict": "unusable", "reason": "no_data"}, verdicts=[], next=True),
            ),
        ],
        "return_packet": lambda: [client.post(f"{path}/return")],
        **{name: lambda at=at: [client.get(at)] for name, at in PAGES.items()},
    }
    walked = {name: call() for name, call in calls.items()}
    assert [name for name, answers in walked.items() if any(OPTICAL in answer.text for answer in answers)] == []
    assert walked["submit_review"][1].json()["next"]["optical_hidden"] is True
    assert client.get(f"/assets/{OPTICAL}").status_code == 403
    # What is not walked here shows no packet.
    others = {name for name, roles in POLICY.items() if roles in (PEOPLE, REVIEWERS)} - set(calls)
    assert others == SHOW_NO_PACKET


SHOW_NO_PACKET = {
    "logout", "change_password", "save_viewer_settings", "change_review_settings", "review_boxes", "nudge_pair",
    "write_note", "see_comments", "download_own_hours", "read_guidelines", "set_credit",
}  # fmt: skip
PAGES = {
    "review_page": "/review",
    "queue_page": "/queue",
    "home_page": "/",
    "account_page": "/account",
    "openapi": "/openapi.json",
    "docs_page": "/docs",
    "own_figures_page": "/me",
    "comments_page": "/queue/comments",
}


def test_verdicts_on_all_drafts_show_the_optical_image_once_and_stay(
    client: TestClient, sessions: SessionMaker
) -> None:
    packet = claimed(client)
    first, second, third = (draft["draft_id"] for draft in packet["drafts"])
    said = ({"verdict": "reject", "flags": ["not_visible_in_sar", "colour"]},
            {"verdict": "revise", "revised_text": "A ship lies at the quay."})  # fmt: skip
    scene = give(client, packet, *said)
    assert OPTICAL in scene["assets"]["optical"]
    assert scene["assets"]["sar"] == packet["scene"]["assets"]["sar"]
    assert give(client, packet, *said) == scene
    # Others are refused with what holds; the next look at the packet has the image, and the review is taken.
    answer = client.post(path_of(packet), json=said_of(packet))
    assert (answer.status_code, answer.json()["code"]) == (409, "sar_verdicts_differ")
    assert [each["verdict"] for each in answer.json()["verdicts"]] == ["reject", "revise", "accept"]
    again = claimed(client)
    assert (again["optical_hidden"], again["scene"]) == (False, scene)
    assert client.post("/api/v1/reviews", json=review_of(packet)).status_code == 200
    assert give(client, packet, *said)["name"] == scene["name"]
    with transaction(sessions) as session:
        assert rows(session, GIVEN) == [
            (first, "reject", None, ["colour", "not_visible_in_sar"], False),
            (second, "revise", "A ship lies at the quay.", [], False),
            (third, "accept", None, [], False),
        ]
        assert rows(session, "select verdict from draft_verdict") == [("accept",)] * 3
        for change in ("update sar_verdict set verdict = 'reject'", "delete from sar_verdict"):
            with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
                session.execute(text(change))


def test_what_cannot_be_taken_is_refused_with_what_to_do(
    client: TestClient, application: FastAPI, sessions: SessionMaker
) -> None:
    packet, other = claimed(client), claimed(client, have=[claimed(client)["assignment"]["id"]])
    path = path_of(packet)
    assert refused(client, review_of(packet)) == (409, "optical_hidden")
    assert refused(client, said_of(other), path) == (422, "wrong_drafts")
    twice = said_of(packet)["verdicts"]
    assert refused(client, {"verdicts": [*twice, twice[0]]}, path) == (422, "wrong_drafts")
    for wrong in ({"verdict": "revise"}, {"revised_text": "A ship."}, {"verdict": "revise", "revised_text": " "}):
        assert refused(client, said_of(packet, wrong), path) == (422, "invalid_verdict"), wrong
    for hostile in ("a\ud800b", "x" * 1_000_000):
        said = said_of(packet, {"verdict": "revise", "revised_text": hostile})
        assert refused(client, said, path)[0] in (413, 422), hostile[:4]
    for body in ({}, {"verdicts": None}, {"verdicts": [{"draft_id": 1, "verdict": "perhaps"}]},
                 said_of(packet, {"flags": ["purple"]}), said_of(packet, {"support": "sar"})):  # fmt: skip
        assert refused(client, body, path) == (422, "invalid"), body
    with client_of(application, sessions, "two") as two:
        assert refused(two, said_of(packet), path) == (404, "not_held")
    with transaction(sessions) as session:
        assert value(session, "select count(*) from sar_verdict") == 0
        add_packets(session, 1, dataset="shown")
    shown = claimed(client, dataset="shown")
    assert shown["scene"]["assets"]["optical"]
    assert refused(client, said_of(shown), path_of(shown)) == (409, "optical_shown")
    assert client.post("/api/v1/reviews", json=review_of(shown)).status_code == 200
    assert refused(client, said_of(shown), path_of(shown)) == (409, "already_reviewed")


def test_where_an_admin_set_the_optical_image_aside_nothing_is_hidden(
    client: TestClient, sessions: SessionMaker
) -> None:
    packet = claimed(client)
    with transaction(sessions) as session:
        set_aside(session)
    assert refused(client, said_of(packet), path_of(packet)) == (409, "optical_shown")
    again = claimed(client)
    assert (again["optical_hidden"], again["scene"]["assets"]["optical"]) == (False, None)
    assert client.post("/api/v1/reviews", json=review_of(packet)).status_code == 200


def test_an_unusable_scene_and_a_late_hold_pass(client: TestClient, sessions: SessionMaker) -> None:
    packet = claimed(client)
    unusable = review_of(packet, scene={"verdict": "unusable", "reason": "artefact"}, verdicts=[])
    assert client.post("/api/v1/reviews", json=unusable).status_code == 200
    assert refused(client, said_of(packet), path_of(packet)) == (409, "already_reviewed")
    late = claimed(client)
    with transaction(sessions) as session:
        session.execute(text("update assignment set expires_at = now() - interval '1 s' where state = 'held'"))
    assert give(client, late)["assets"]["optical"]
    assert client.post("/api/v1/reviews", json=review_of(late)).json()["counted_as"] == "slot"


def test_two_tabs_at_once_store_one_and_the_other_is_told(client: TestClient, sessions: SessionMaker) -> None:
    packet = claimed(client)
    verdicts = ["accept", "reject", "unsure"] * 4
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda each: client.post(
            path_of(packet), json=said_of(packet, {"verdict": each})).status_code, verdicts))  # fmt: skip
    assert sorted(set(answers)) == [200, 409]
    with transaction(sessions) as session:
        stored = value(session, "select verdict from sar_verdict order by draft_id limit 1")
        assert value(session, "select count(*) from sar_verdict") == 3
    assert [verdict for verdict, status in zip(verdicts, answers, strict=True) if status == 200] == [stored] * 4


SAME_SCENE = """
with added as (
    insert into packet (dataset_id, scene_id, number, draft_count, reviews_wanted, sar_first)
    select dataset_id, scene_id, 2, 1, 1, :sar_first from packet where number = 1
    returning packet_id, scene_id, dataset_id
), text_of as (
    insert into draft (scene_id, drafter_id, run_id, kind, text, draft_sha256)
    select scene_id, (select max(drafter_id) from drafter), (select max(run_id) from run), 'concise_caption', 'A quay.',
        'x' from added returning draft_id, scene_id
), member as (
    insert into packet_draft (packet_id, position, draft_id, scene_id)
    select packet_id, 1, draft_id, scene_id from added join text_of using (scene_id)
)
insert into slot (packet_id, slot, dataset_id, sort_key) select packet_id, 1, dataset_id, packet_id from added
"""


@pytest.mark.parametrize(
    ("sar_first", "is_shown", "has_seen"),
    [(False, False, True), (True, False, False), (True, True, True)],
    ids=["a packet that shows it", "one that hides it still", "one in which it was shown"],
)
def test_who_saw_the_optical_image_with_another_packet_of_the_scene_is_told_apart(
    application: FastAPI, sessions: SessionMaker, sar_first: bool, is_shown: bool, has_seen: bool
) -> None:
    with transaction(sessions) as session:
        add_packets(session, 1, sar_first=True)
        session.execute(text(SAME_SCENE), {"sar_first": sar_first})
    with client_of(application, sessions, "one") as client:
        packet = claimed(client)
        other = claimed(client, have=[packet["assignment"]["id"]])
        if is_shown:
            give(client, other)
        give(client, packet)
    with transaction(sessions) as session:
        told = "select distinct has_seen_optical from sar_verdict where packet_id = :id"
        assert rows(session, told, id=packet["assignment"]["packet_id"]) == [(has_seen,)]


def test_who_reviews_and_leads_sees_the_optical_image_nowhere_while_a_packet_may_come(
    application: FastAPI, sessions: SessionMaker
) -> None:
    with transaction(sessions) as session:
        add_packets(session, 2, sar_first=True)
    with client_of(application, sessions, "one") as client:
        make_lead(sessions)
        packet = claimed(client)
        answers = [*asked_of_all(client, sessions)]
        assert len(answers) > 15
        assert [answer.request.url.path for answer in answers if OPTICAL in answer.text] == []
        assert any("The optical image is hidden here." in answer.text for answer in answers)
        give(client, packet)
        # Of the other scene it is still hidden.
        shown = [answer.request.url.path for answer in asked_of_all(client, sessions) if OPTICAL in answer.text]
        assert shown == [scene_path(sessions, packet)]


def test_what_others_said_of_a_packet_reaches_no_reviewer_before_their_own_review(
    application: FastAPI, sessions: SessionMaker
) -> None:
    """Walk every address that a reviewer may use, with a packet that another has judged in words found nowhere else."""
    secret = "unmistakable wording of another"
    with transaction(sessions) as session:
        add_packets(session, 1, wanted=3, sar_first=True)
    with client_of(application, sessions, "one") as one, client_of(application, sessions, "two") as two:
        theirs = claimed(one)
        path = f"/api/v1/assignments/{theirs['assignment']['id']}"
        words = {"verdict": "revise", "revised_text": secret, "flags": ["position"]}
        give(one, theirs, words)
        one.put(f"{path}/progress", json={"version": 0, "body": {"note": secret}})
        draft_id = theirs["drafts"][0]["draft_id"]
        one.post(f"{path}/notes", json={"note_id": str(uuid.uuid4()), "draft_id": draft_id, "text": secret})
        reviewed = review_of(theirs, verdicts=said_of(theirs, words)["verdicts"])
        assert one.post("/api/v1/reviews", json=reviewed).status_code == 200
        for is_lead in (False, True):
            if is_lead:
                make_lead(sessions)
            packet = claimed(two)
            answers = [*asked_of_all(two, sessions), *sent_to_all(two, packet, theirs)]
            assert [answer.request.url.path for answer in answers if secret in answer.text] == []
            assert not any(draft.get("verdict") or draft.get("flags") for draft in packet["drafts"])
            assert packet["progress"] is None or "note" not in packet["progress"]["body"]
        # Behind one's own review a lead reads all of it.
        give(two, packet)
        assert two.post("/api/v1/reviews", json=review_of(packet)).status_code == 200
        assert secret in two.get(f"/drafts/{draft_id}").text


def make_lead(sessions: SessionMaker) -> None:
    """Everybody decides on differences too."""
    with transaction(sessions) as session:
        session.execute(text("update person set roles = array['reviewer', 'adjudicator']"))


def scene_path(sessions: SessionMaker, packet: dict[str, Any]) -> str:
    with transaction(sessions) as session:
        known = "select scene_id from packet where packet_id = :id"
        return f"/datasets/harbours/scenes/{value(session, known, id=packet['assignment']['packet_id'])}"


def asked_of_all(client: TestClient, sessions: SessionMaker) -> Iterator[Response]:
    """Every page and JSON address of the policy's reviewers and leads that is read, for each draft, scene and packet
    that there is."""
    with transaction(sessions) as session:
        there = {
            "scene_id": [row[0] for row in rows(session, "select scene_id from scene")],
            "draft_id": [row[0] for row in rows(session, "select draft_id from draft")],
            "packet_id": [row[0] for row in rows(session, "select packet_id from packet")],
            "name": ["harbours"],
            # None: models are evaluated by what was released, and nothing of that is in an open packet.
            "evaluation_id": [1],
        }
    asked = {(name, path) for name, method, path in routes(application_of(client)) if method == "GET"}
    for _, path in sorted(each for each in asked if POLICY.get(each[0], frozenset()) & REVIEWERS):
        needed = [part for part in there if f"{{{part}}}" in path]
        for chosen in product(*(there[part] for part in needed)):
            filled = path
            for part, one in zip(needed, chosen, strict=True):
                filled = filled.replace(f"{{{part}}}", str(one))
            assert "{" not in filled, f"the walk has nothing to fill into {filled}"
            yield client.get(filled)


def application_of(client: TestClient) -> FastAPI:
    assert isinstance(client.app, FastAPI)
    return client.app


def sent_to_all(client: TestClient, mine: dict[str, Any], theirs: dict[str, Any]) -> Iterator[Response]:
    """What the page sends while it works on a packet, of one's own hold and of the other's."""
    yield client.post("/api/v1/queue/claim", json={})
    for packet in (mine, theirs):
        path = f"/api/v1/assignments/{packet['assignment']['id']}"
        draft_id = packet["drafts"][0]["draft_id"]
        yield client.put(f"{path}/progress", json={"version": 7, "body": {}})
        yield client.post(f"{path}/renew")
        yield client.post(f"{path}/first-verdicts", json={"draft_id": draft_id, "verdict": "accept"})
        yield client.post(f"{path}/sar-verdicts", json={"verdicts": []})
        yield client.post(f"{path}/notes", json={"note_id": str(uuid.uuid4()), "draft_id": draft_id, "text": "Hm."})
        yield client.post(f"{path}/box-reviews", json={"submission_id": str(uuid.uuid4()), "verdicts": []})
        asked = {"packet_id": packet["assignment"]["packet_id"], "draft_id": draft_id, "text": "A ship."}
        yield client.post("/api/v1/screen", json=asked)
        yield client.post("/api/v1/reviews", json=review_of(packet))
