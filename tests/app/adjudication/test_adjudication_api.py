"""The JSON API: decisions as they are sent, two seniors at once, and words that are screened as they are written."""

from __future__ import annotations

import typing
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from app.adjudication.schemas import requests
from app.adjudication.workflow.sides import LETTERS
from app.db import SessionMaker, transaction
from app.db.tables.adjudication import CHOICES
from tests.app.adjudication.conftest import AddPerson
from tests.app.adjudication.factories import Differing, add_differing, counted, says
from tests.app.review.factories import rows, value

PATH = "/api/v1/adjudications"


def body_of(packet: Differing, **changed: Any) -> dict[str, Any]:
    decision = {"draft_id": packet.drafts[0], "choice": "reject", **changed.pop("decision", {})}
    return {"submission_id": str(uuid.uuid4()), "packet_id": packet.packet_id, "decisions": [decision], **changed}


def test_a_decision_is_acknowledged_again_and_a_stale_one_is_told(sessions: SessionMaker, someone: AddPerson) -> None:
    vera, noor = someone("vera", "adjudicator"), someone("noor", "adjudicator")
    with transaction(sessions) as session:
        packet = add_differing(session, {1: says("reject")}, {})
    body = body_of(packet, decision={"choice": "written", "text": "A ship 🚢 ما.", "flags": ["count"], "note": "So."})
    first, again = vera.client.post(PATH, json=body), vera.client.post(PATH, json=body)
    assert (first.status_code, again.json()) == (200, first.json())
    told = first.json()
    assert (told["verified"], told["rejected"], told["decided"][0]["text"]) == (1, 0, "A ship 🚢 ما.")
    other = vera.client.post(PATH, json=body | {"decisions": [{"draft_id": packet.drafts[0], "choice": "reject"}]})
    assert (other.status_code, other.json()["code"]) == (409, "decision_differs")
    stale = noor.client.post(PATH, json=body_of(packet))
    assert (stale.status_code, stale.json()["code"], stale.json()["decided"]) == (
        409,
        "already_decided",
        packet.drafts[:1],
    )


def test_of_two_seniors_at_once_one_decides(sessions: SessionMaker, someone: AddPerson) -> None:
    seniors = [someone(name, "adjudicator") for name in ("vera", "noor")]
    with transaction(sessions) as session:
        packets = [add_differing(session, {1: says("reject")}, {}, dataset=f"set{n}") for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        sent = [
            pool.submit(senior.client.post, PATH, json=body)
            for packet in packets
            for senior in seniors
            for body in [body_of(packet)]
            # A second tab sends the same.
            for _ in range(2)
        ]
        codes = [(answer.result().status_code, answer.result().json().get("code")) for answer in sent]
    assert set(codes) == {(200, None), (409, "already_decided")}
    assert codes.count((200, None)) == 2 * len(packets)
    with transaction(sessions) as session:
        assert value(session, "select count(*) from adjudication") == len(packets)
        assert rows(session, "select max(revision), count(*) from resolution where adjudication_id is not null") == [
            (1, len(packets))
        ]
        assert [counted(session, name) for name in ("disagreements", "rejected")] == [0, len(packets)]
        [holds] = rows(session, "select count(*) from adjudication_hold")
    assert holds == (0,)
    with transaction(sessions) as session:
        packet = add_differing(session, {1: says("reject")}, {}, dataset="held")
    with ThreadPoolExecutor(8) as pool:
        taken = list(
            pool.map(lambda n: seniors[n % 2].client.post(f"{PATH}/{packet.packet_id}/hold", json={}), range(8))
        )
    by_senior = [{answer.status_code for answer in taken[n::2]} for n in range(2)]
    assert sorted(map(sorted, by_senior)) == [[200], [409]]
    loser = seniors[by_senior.index({409})]
    refused = loser.client.post(f"{PATH}/{packet.packet_id}/hold", json={}).json()
    assert (refused["code"], "expires_at" in refused) == ("held_by_another", True)
    winner = seniors[by_senior.index({200})]
    assert winner.client.post(f"{PATH}/{packet.packet_id}/leave", json={}).json() == {"left": True}
    assert loser.client.post(f"{PATH}/{packet.packet_id}/hold", json={}).status_code == 200


OUT_OF_FORM: list[dict[str, Any]] = [
    {"submission_id": "1"},
    {"packet_id": 0},
    {"decisions": []},
    {"decisions": [{"draft_id": 1}]},
    {"decision": {"choice": "unsure"}},
    {"decision": {"choice": "side", "side": "Z"}},
    {"decision": {"flags": ["ugly"]}},
    {"decision": {"support": "hearsay"}},
    {"decision": {"note": "\0"}},
    {"decision": {"text": "x"}},
    {"decision": {"draft_id": 2**63}},
    {"decision": {"verdict": "reject"}},
    {"decision": {"comments": [{"to": "A"}]}},
    {"scene": {"verdict": "unusable"}},
    {"scene": {"verdict": "usable", "reason": "artefact"}},
    {"scene": {"verdict": "usable", "note": "x"}},
    {"scene": {"verdict": "unusable", "reason": "dull"}},
]


def test_a_body_out_of_form_is_refused_in_words(sessions: SessionMaker, someone: AddPerson) -> None:
    with transaction(sessions) as session:
        packet = add_differing(session, {1: says("reject")}, {})
    client = someone("vera", "adjudicator").client
    for fault in OUT_OF_FORM:
        answer = client.post(PATH, json=body_of(packet, **fault))
        assert (fault, answer.status_code) == (fault, 422)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]


def test_a_seniors_own_wording_is_screened(sessions: SessionMaker, someone: AddPerson) -> None:
    vera = someone("vera", "adjudicator")
    with transaction(sessions) as session:
        packet = add_differing(session, {1: says("reject"), 3: says("reject")}, {})
    path = f"{PATH}/{packet.packet_id}/screen"
    found = vera.client.post(path, json={"draft_id": packet.drafts[0], "text": "A 🚢 red ship."}).json()["findings"]
    assert ("colour", "text", 4, 7) in [(one["family"], one["field"], one["start"], one["end"]) for one in found]
    asked = {"draft_id": packet.drafts[2], "text": "How many ships are in the image?", "answer": "3"}
    assert vera.client.post(path, json=asked).status_code == 200
    # Not of a draft that is agreed on, or of nothing.
    for draft_id in (packet.drafts[1], 999_999):
        refused = vera.client.post(path, json={"draft_id": draft_id, "text": "x"})
        assert (refused.status_code, refused.json()["code"]) == (404, "no_disagreement")
    refused = vera.client.post(path, json={"draft_id": packet.drafts[0], "text": "\0"})
    assert (refused.status_code, refused.json()["code"]) == (422, "unstorable_text")


def test_the_words_that_the_api_takes_are_the_vocabularys() -> None:
    assert typing.get_args(requests.Letter) == tuple(LETTERS)
    assert typing.get_args(requests.DecisionBody.model_fields["choice"].annotation) == CHOICES
