"""The history of a draft: everything that happened, whose it was, and to whom it is shown when."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from app.accounts.workflow import add_person, make_token
from app.db import SessionMaker, transaction
from app.release.workflow import create_release
from app.review.workflow import FlaggedSpan, GivenVerdict, give_first_verdict, submit
from app.review.workflow.differences import differences
from tests.app.review.factories import Hand, add_client, add_hand, add_packets, add_screening, rows, submission, value

LOOKED = {"ms": 4200, "zoom": 1.5, "limits": [-18, -2], "panel": "pair", "window": [0, 0, 100, 80], "both_loaded": True}
REVISED = GivenVerdict(0, "revise", revised_text="A ship 🚢 lies at the quay 1", flags=("colour",), view=LOOKED,
                       spans=(FlaggedSpan("colour", "text", 2, 6),), marks=((3.0, 4.0), (5.0, 6.0)))  # fmt: skip


def headers(session: Session, name: str, *roles: str) -> dict[str, str]:
    add_person(session, f"{name}@example.org", name, "correct horse battery", list(roles))
    return {"Authorization": f"Bearer {make_token(session, f'{name}@example.org')}"}


@pytest.fixture
def client(application: FastAPI) -> Iterator[TestClient]:
    with TestClient(application, base_url="http://127.0.0.1") as opened:
        yield opened


def of(hand: Hand, given: GivenVerdict) -> GivenVerdict:
    return replace(given, draft_id=hand.drafts[0])


def add_two_reviews(session: Session) -> Hand:
    """A packet whose first draft Ruth revised after a first verdict, and Otto accepted."""
    add_packets(session, 1, wanted=2, hides=True)
    add_screening(session, "colour.word", version="v7")
    hands = []
    for name, given in (("Ruth", REVISED), ("Otto", GivenVerdict(0, "accept"))):
        reviewer, _ = add_client(session, name)
        hand = add_hand(session, reviewer)
        for draft in hand.drafts:
            give_first_verdict(session, reviewer, hand.assignment_id, draft, "unsure", ("vague",))
        submit(session, reviewer, submission(hand, of(hand, given)))
        hands.append(hand)
    return hands[0]


def decide(session: Session, draft_id: int, adjudicator: str) -> None:
    """The adjudicator takes Ruth's side, says why, and the text is released."""
    decision = """with decided as (
        insert into adjudication (draft_id, packet_id, adjudicator, submission_id, body_sha256, choice, side_review_id,
            note)
        select d.draft_id, d.packet_id, p.pseudonym, :id, 'x', 'side', r.review_id, 'Grey is no colour of <SAR>'
        from disagreement d, person p, review r
        where d.draft_id = :draft_id and p.display_name = :who and r.packet_id = d.packet_id
        order by r.review_id limit 1 returning adjudication_id, side_review_id
    ), closed as (update disagreement set closed_at = now() where draft_id = :draft_id)
    insert into resolution (draft_id, outcome, text, support, is_revised, review_ids, adjudication_id)
    select :draft_id, 'verified', 'A ship 🚢 lies at the quay 1', 'sar', true, array[side_review_id], adjudication_id
    from decided"""
    session.execute(text(decision), {"draft_id": draft_id, "who": adjudicator, "id": uuid.uuid4()})
    comment = """insert into comment (draft_id, packet_id, written_by, text)
        select :draft_id, packet_id, reviewer, 'Is this a quay?' from review limit 1"""
    session.execute(text(comment), {"draft_id": draft_id})
    to_both = """insert into comment (draft_id, packet_id, written_by, to_reviewer, text)
        select :draft_id, r.packet_id, p.pseudonym, r.reviewer, 'Look at the shadow' from review r, person p
        where p.display_name = :who"""
    session.execute(text(to_both), {"draft_id": draft_id, "who": adjudicator})


def test_everything_that_happened_is_told_with_who_and_how_it_was_looked_at(
    client: TestClient, sessions: SessionMaker
) -> None:
    with transaction(sessions) as session:
        hand = add_two_reviews(session)
        ada, draft_id = headers(session, "Ada", "admin"), hand.drafts[0]
        add_person(session, "senior@example.org", "Senta", None, ["adjudicator"])
    open_page = client.get(f"/drafts/{draft_id}", headers=ada).text
    with transaction(sessions) as session:
        decide(session, draft_id, "Senta")
        create_release(session, "bench", ["harbours"])
        session.execute(text("delete from person where display_name = 'Otto'"))
    page = client.get(f"/drafts/{draft_id}", headers=ada).text
    assert "disagreement</span>" in open_page
    for told in (
        "scene 1", "captions 1", "gpt-4o", "2 reviews wanted, findings hidden first", "version v7", "1 finding",
        "text 1 of 3 in packet 1 of the scene", "Before the findings were shown", "by <bdi>Ruth</bdi>",
        "by <bdi>erased</bdi>", "by <bdi>Senta</bdi>", "<del>grey </del>", "colour: “<bdi>grey</bdi>”",
        "in focus <span", "4.2 s", "1.50 screen pixels", "-18.0 to -2.0", "100 × 80 px", "both images on screen",
        "marks <span", "Disagreement", "verdicts differ", "took one side", "that of review 1",
        "rests on reviews of the text",
        "Grey is no colour of &lt;SAR&gt;", "bench@1", "Comment", "found-message", ">revised</span>",
    ):  # fmt: skip
        assert told in page, told
    assert "Otto" not in page
    assert page.count("Look at the shadow") == page.count("to 2 reviewers") == 1


def test_who_may_still_judge_sees_what_others_said_only_behind_their_own(
    client: TestClient, sessions: SessionMaker
) -> None:
    with transaction(sessions) as session:
        hand = add_two_reviews(session)
        draft_id = hand.drafts[0]
        senior = headers(session, "Senta", "adjudicator")
        both = headers(session, "Bo", "admin", "reviewer")
        ruth = value(session, "select pseudonym from person where display_name = 'Ruth'")
        session.execute(text("update person set roles = array['adjudicator'] where pseudonym = :id"), {"id": ruth})
        own = {"Authorization": f"Bearer {make_token(session, 'Ruth@example.org')}"}
    for reader in (senior, both):
        page = client.get(f"/drafts/{draft_id}", headers=reader).text
        assert "What others said is not shown yet" in page
        for hidden in ("Ruth", "Otto", "found-message", "<del>", "disagreement</span>"):
            assert hidden not in page, hidden
    assert "by <bdi>Otto</bdi>" in client.get(f"/drafts/{draft_id}", headers=own).text
    with transaction(sessions) as session:
        decide(session, draft_id, "Senta")
    assert "by <bdi>Ruth</bdi>" in client.get(f"/drafts/{draft_id}", headers=senior).text


def test_a_history_takes_as_many_statements_whatever_happened(
    application: FastAPI, client: TestClient, sessions: SessionMaker
) -> None:
    with transaction(sessions) as session:
        hand = add_two_reviews(session)
        add_packets(session, 1, dataset="coast")
        ada = headers(session, "Ada", "admin")
        untouched = rows(session, "select max(draft_id) from draft")[0][0]
    said: list[str] = []
    event.listen(application.state.engine, "before_cursor_execute", lambda *sent: said.append(sent[2]))
    counts = []
    for draft_id in (hand.drafts[0], untouched):
        said.clear()
        assert client.get(f"/drafts/{draft_id}", headers=ada).status_code == 200
        counts.append(len(said))
    assert counts[0] == counts[1] <= 12
    assert client.get(f"/drafts/{10**15}", headers=ada).status_code == 404
    assert client.get("/drafts/0", headers=ada).status_code == 422


def test_differences_put_together_are_both_texts() -> None:
    pairs = [
        ("A grey ship lies at the quay.", "A ship lies at a pier."),
        ("", "new"), ("gone", ""), ("same", "same"), ("🚢 شفينة", "🚢🚢 شفينة"), ("a b " * 2000, "b c " * 2000),
    ]  # fmt: skip
    for before, after in pairs:
        changes = differences(before, after)
        assert "".join(change.text for change in changes if change.kind != "new") == before
        assert "".join(change.text for change in changes if change.kind != "gone") == after
    assert [change.kind for change in differences(*pairs[0])] == ["same", "gone", "same", "gone", "new", "same"]
    assert [change.text for change in differences(*pairs[0])][3:5] == ["the quay", "a pier"]
