"""Comments back to reviewers, for them alone; notes to the leads, seen and answered."""

from __future__ import annotations

import uuid

from sqlalchemy import text

from app.adjudication.workflow import CommentBack, Decision, decide
from app.db import SessionMaker, transaction
from app.review.queries.notes import count_unseen
from tests.app.adjudication.conftest import AddPerson
from tests.app.adjudication.factories import SECRET, add_differing, add_pseudonym, decisions, letter_of, says
from tests.app.review.factories import add_hand, add_packets, rows, value


def test_a_reviewer_reads_what_was_decided_and_what_a_senior_wrote_and_nothing_else(
    sessions: SessionMaker, someone: AddPerson
) -> None:
    ruth, omar = someone("ruth", "reviewer"), someone("omar", "reviewer")
    senior = someone("vera", "adjudicator")
    assert "No comments yet" in ruth.client.get("/queue/comments").text
    with transaction(sessions) as session:
        of_ruth = says("revise", revised_text="A boat of Ruth's", flags=("count",))
        of_omar = says("revise", revised_text="A boat of Omar's")
        packet = add_differing(session, {1: of_ruth}, {1: of_omar}, people=[ruth.pseudonym, omar.pseudonym])
        letter = letter_of(session, senior.pseudonym, packet, 0)
        written = Decision(
            packet.drafts[0],
            "written",
            text="A ship at the quay",
            comments=(CommentBack(letter, "<i>Count</i> the quay once.\nTwice."), CommentBack("all", "Thank you.")),
        )
        decide(session, SECRET, senior.pseudonym, decisions(packet, written))
        assert count_unseen(session, ruth.pseudonym) == 2
        assert count_unseen(session, omar.pseudonym) == 1
    assert "2 new comments on your reviews" in ruth.client.get("/queue").text
    page = ruth.client.get("/queue/comments").text
    for shown in (
        "&lt;i&gt;Count&lt;/i&gt; the quay once.",
        "A boat of Ruth&#39;s",
        "you revised it",
        "A ship at the quay",
    ):
        assert shown in page, shown
    assert page.count("A senior: ") == 2
    for hidden in ("Omar", "omar", "Vera", "vera", str(omar.pseudonym), str(senior.pseudonym)):
        assert hidden not in page, hidden
    newest = {"newest": str(2**62)}
    assert ruth.client.post("/queue/comments/seen", data=newest).status_code == 303
    assert "new comment" not in ruth.client.get("/queue").text
    # Only one's own are seen by it.
    assert "1 new comment on your reviews" in omar.client.get("/queue").text
    assert "A boat of Ruth" not in omar.client.get("/queue/comments").text
    assert ruth.client.post("/queue/comments/seen", data={"newest": "-1"}).status_code == 422


def test_comments_and_notes_are_read_page_by_page(sessions: SessionMaker, someone: AddPerson) -> None:
    ruth, senior = someone("ruth", "reviewer"), someone("vera", "adjudicator")
    with transaction(sessions) as session:
        add_packets(session, 1)
        many = """insert into comment (packet_id, draft_id, written_by, to_reviewer, text)
            select m.packet_id, m.draft_id, :by, cast(:to as uuid), 'Words ' || n || '.'
            from packet_draft m cross join generate_series(1, 25) as n where m.position = 1 order by n"""
        session.execute(text(many), {"by": senior.pseudonym, "to": ruth.pseudonym})
        session.execute(text(many), {"by": ruth.pseudonym, "to": None})
    for client, path in ((ruth.client, "/queue/comments"), (senior.client, "/adjudication/notes")):
        first = client.get(path).text
        assert "Words 25." in first
        assert "Words 5." not in first
        older = first.split("before=")[1].split('"')[0]
        second = client.get(f"{path}?before={older}").text
        assert [f"Words {number}." in second for number in (6, 5, 1)] == [False, True, True]


def test_a_note_is_answered_blind_and_seen_once_for_all_leads(sessions: SessionMaker, someone: AddPerson) -> None:
    ruth, senior, admin = someone("ruth", "reviewer"), someone("vera", "adjudicator"), someone("ada", "admin")
    assert "No new notes" in senior.client.get("/adjudication/notes").text
    with transaction(sessions) as session:
        add_packets(session, 1)
        hand = add_hand(session, ruth.pseudonym)
    note = {"note_id": str(uuid.uuid4()), "draft_id": hand.drafts[0], "text": "What is <this>?"}
    assert ruth.client.post(f"/api/v1/assignments/{hand.assignment_id}/notes", json=note).status_code == 200
    assert "1 new" in senior.client.get("/adjudication").text
    page = senior.client.get("/adjudication/notes").text
    assert "What is &lt;this&gt;?" in page
    assert "/scenes/" not in page
    assert "/scenes/" in admin.client.get("/adjudication/notes").text
    with transaction(sessions) as session:
        note_id = value(session, "select comment_id from comment")
    path = f"/adjudication/notes/{note_id}"
    # What cannot be stored is told, and stays in its field.
    refused = senior.client.post(f"{path}/answer", data={"text": "  "})
    assert (refused.status_code, "it is empty" in refused.text) == (422, True)
    refused = senior.client.post(f"{path}/answer", data={"text": "kept " * 1000})
    assert (refused.status_code, "kept kept" in refused.text) == (422, True)
    answer = {"text": "A pier.", "answer_id": str(uuid.uuid4())}
    assert [senior.client.post(f"{path}/answer", data=answer).status_code for _ in range(2)] == [303, 303]
    with transaction(sessions) as session:
        written = "select text, to_reviewer, draft_id from comment where to_reviewer is not null"
        assert rows(session, written) == [("A pier.", ruth.pseudonym, hand.drafts[0])]
    assert "What is" not in admin.client.get("/adjudication/notes").text
    seen = admin.client.get("/adjudication/notes?show=all").text
    assert "A pier." in seen
    assert "ruth" not in seen.lower()
    shown = ruth.client.get("/queue/comments").text
    assert "A pier." in shown
    assert "What is &lt;this&gt;?" in shown
    assert senior.client.post(f"{path}/seen").status_code == 303
    assert senior.client.post("/adjudication/notes/999999/seen").status_code == 404
    assert senior.client.post("/adjudication/notes/999999/answer", data={"text": "x"}).status_code == 404


def test_a_note_about_a_packet_in_ones_own_hands_comes_up_once_it_is_judged(
    sessions: SessionMaker, someone: AddPerson
) -> None:
    senior = someone("vera", "adjudicator")
    with transaction(sessions) as session:
        add_packets(session, 1, wanted=2)
        note = """insert into comment (packet_id, written_by, text) select packet_id, :who, 'Telling.' from packet"""
        session.execute(text(note), {"who": add_pseudonym(session)})
        hand = add_hand(session, senior.pseudonym)
    assert "Telling." not in senior.client.get("/adjudication/notes").text
    with transaction(sessions) as session:
        session.execute(
            text("update assignment set state = 'done', ended_at = now() where assignment_id = :id"),
            {"id": hand.assignment_id},
        )
    assert "Telling." in senior.client.get("/adjudication/notes").text


def test_a_comment_that_cannot_be_sent_says_why(sessions: SessionMaker, someone: AddPerson) -> None:
    with transaction(sessions) as session:
        packet = add_differing(session, {1: says("reject")}, {})
    client = someone("vera", "adjudicator").client
    faults: list[tuple[dict[str, object], int, str]] = [
        ({"to": "J"}, 422, "invalid"),
        ({"to": "C"}, 422, "invalid_decision"),
        ({"text": ""}, 422, "unstorable_text"),
        ({"text": "\0"}, 422, "unstorable_text"),
        ({"draft_id": 999_999}, 404, "no_disagreement"),
        ({"note_id": "1"}, 422, "invalid"),
        ({"texts": "x"}, 422, "invalid"),
    ]
    for fault, status, code in faults:
        whole = {"note_id": str(uuid.uuid4()), "draft_id": packet.drafts[0], "to": "A", "text": "x"} | fault
        answer = client.post(f"/api/v1/adjudications/{packet.packet_id}/comments", json=whole)
        assert (answer.status_code, answer.json()["code"]) == (status, code), fault
