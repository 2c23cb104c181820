"""Nothing that a senior gets tells who reviewed: no name, no id, no time, no order."""

from __future__ import annotations

import json
import re
import uuid

from sqlalchemy import event, text

from app.adjudication.schemas.views import AdjudicationView
from app.adjudication.workflow.sides import Blind, Said, sides_of
from app.db import SessionMaker, transaction
from app.review.workflow.verdicts import FlaggedSpan
from tests.app.adjudication.conftest import AddPerson
from tests.app.adjudication.factories import add_differing, says
from tests.app.review.factories import rows

FIRST_REVIEW = 7_654_321_000


def test_no_page_and_no_answer_tells_who_reviewed(sessions: SessionMaker, someone: AddPerson) -> None:
    people = [someone(f"unmistakable{number}", "reviewer") for number in range(3)]
    senior = someone("vera", "adjudicator", "admin")
    pseudonyms = [person.pseudonym for person in people]
    with transaction(sessions) as session:
        # Ids and times that stand out wherever they are.
        session.execute(text(f"alter table review alter column review_id restart with {FIRST_REVIEW}"))
        revised = says(
            "revise", revised_text="A ship.", spans=(FlaggedSpan("colour", "text", 2, 6),), marks=((1.5, 2.5),)
        )
        packet = add_differing(session, {1: revised, 2: says("unsure")}, {}, {1: says("reject")}, people=pseudonyms)
        add_differing(session, {}, {}, scenes={0: "artefact"}, dataset="quays", people=pseudonyms[:2])
        session.execute(
            text("""insert into comment (draft_id, packet_id, written_by, text)
                values (:draft, :packet, :who, 'Is it one?'), (null, :packet, :who, 'A hard scene.')"""),
            {"draft": packet.drafts[0], "packet": packet.packet_id, "who": pseudonyms[0]},
        )
        telling = {str(value) for value in pseudonyms} | {"unmistakable", str(FIRST_REVIEW)[:7]}
        telling |= {str(row[0]) for row in rows(session, "select assignment_id from assignment")}
        # To the minute, as pages and JSON write them.
        formats = "array['YYYY-MM-DD\"T\"HH24:MI', 'YYYY-MM-DD HH24:MI']"
        times = f"select to_char(submitted_at, f) from review, unnest({formats}) as f"
        telling |= {row[0] for row in rows(session, times)}
    client, answers = senior.client, []
    # The note's own time is on no page either.
    pages = [
        "/adjudication", "/adjudication?show=all&flag=colour", "/adjudication/notes?show=all", "/adjudication/figures",
        "/adjudication/figures.csv?dataset=harbours", f"/adjudication/{packet.packet_id}",
        f"/adjudication/{packet.packet_id + 1}",
    ]  # fmt: skip
    answers += [client.get(path) for path in pages]
    shown = view_of(answers[5].text)
    hold = client.post(f"/api/v1/adjudications/{packet.packet_id}/hold", json={})
    said = {"draft_id": packet.drafts[0], "choice": "side", "side": "A", "comments": [{"to": "A", "text": "Look."}]}
    body = {"submission_id": str(uuid.uuid4()), "packet_id": packet.packet_id, "decisions": [said]}
    answers.append(client.post("/api/v1/adjudications", json=body))
    comment = {"note_id": str(uuid.uuid4()), "draft_id": packet.drafts[1], "to": "B", "text": "Sure?"}
    answers.append(client.post(f"/api/v1/adjudications/{packet.packet_id}/comments", json=comment))
    assert [answer.status_code for answer in (*answers, hold)] == [200] * (len(answers) + 1)
    for answer in answers:
        told = {word for word in telling if word in answer.text or word in str(answer.headers)}
        assert told == set(), (answer.request.url, told)
    # And no field that could: these and no more.
    assert set(shown) == set(AdjudicationView.model_fields)
    [first, second] = shown["drafts"]
    assert set(first["sides"][0]) == {
        "letter", "reviews", "verdict", "text", "answer", "flags", "spans", "support", "tallies", "notes",
        "may_be_taken",
    }  # fmt: skip
    by_verdict = {side["verdict"]: side for side in first["sides"]}
    assert by_verdict["revise"] | {"letter": ""} == {
        "letter": "", "reviews": 1, "verdict": "revise", "text": "A ship.", "answer": None, "flags": ["colour"],
        "spans": [{"flag": "colour", "field": "text", "start": 2, "end": 6}], "support": "sar",
        "tallies": [[[1.5, 2.5]]], "notes": ["Is it one?"], "may_be_taken": True,
    }  # fmt: skip
    assert shown["notes"] == ["A hard scene."]
    # Two accept: one side.
    assert {side["verdict"]: side["reviews"] for side in second["sides"]} == {"unsure": 1, "accept": 2}
    assert [side["letter"] for side in first["sides"]] == ["A", "B", "C"]


def view_of(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" data-slot="view">(.*?)</script>', page, re.S)
    assert found
    return dict(json.loads(found[1]))


def test_the_order_of_sides_is_drawn_anew_for_each_packet_and_senior_and_stays() -> None:
    secret, seniors = b"secret", [uuid.UUID(int=number) for number in range(10)]
    said = [Said(1, uuid.UUID(int=91), "accept"), Said(2, uuid.UUID(int=92), "reject")]

    def verdicts(senior: uuid.UUID, packet_id: int, secret: bytes = secret) -> tuple[str, ...]:
        return tuple(side.verdict for side in sides_of(said, Blind(secret, senior, packet_id)))

    drawn = [verdicts(senior, packet_id) for senior in seniors for packet_id in range(40)]
    firsts = sum(one == ("accept", "reject") for one in drawn)
    # 400 throws of a coin: outside of this once in more than a million.
    assert 150 < firsts < 250
    assert drawn == [verdicts(senior, packet_id) for senior in seniors for packet_id in range(40)]
    assert len({verdicts(seniors[0], packet_id) for packet_id in range(40)}) == 2
    assert len({verdicts(senior, 1) for senior in seniors}) == 2
    assert drawn != [verdicts(senior, packet_id, b"other") for senior in seniors for packet_id in range(40)]
    # A fourth and fifth review do not change who is before whom.
    more = [*said, Said(3, uuid.UUID(int=93), "unsure"), Said(4, uuid.UUID(int=94), "reject", text=None)]
    for packet_id in range(20):
        sides = sides_of(more, Blind(secret, seniors[0], packet_id))
        assert {side.verdict: len(side.said) for side in sides} == {"accept": 1, "reject": 2, "unsure": 1}
        assert [side.letter for side in sides] == ["A", "B", "C"]


def test_who_reviewed_a_packet_sees_no_other_verdict_of_it(sessions: SessionMaker, someone: AddPerson) -> None:
    both = someone("both", "adjudicator", "admin")
    with transaction(sessions) as session:
        other = says("reject", flags=("language",))
        packet = add_differing(session, {1: other}, {}, people=[uuid_of(session), both.pseudonym])
    page = both.client.get(f"/adjudication/{packet.packet_id}")
    assert page.status_code == 403
    assert "You reviewed this packet" in page.text
    listed = both.client.get("/adjudication?show=all").text
    assert "you reviewed it" in listed
    assert ">language<" not in listed.split("<tbody>")[1]
    for path, body in (
        ("hold", {}),
        ("screen", {"draft_id": packet.drafts[0], "text": "x"}),
        ("comments", {"note_id": str(uuid.uuid4()), "draft_id": packet.drafts[0], "to": "A", "text": "x"}),
    ):
        refused = both.client.post(f"/api/v1/adjudications/{packet.packet_id}/{path}", json=body)
        assert (refused.status_code, refused.json()["code"]) == (403, "own_review")


def uuid_of(session) -> uuid.UUID:
    return session.execute(text("insert into pseudonym default values returning pseudonym")).scalar_one()


def test_a_packets_page_takes_a_fixed_number_of_statements(application, sessions, someone: AddPerson) -> None:
    senior = someone("vera", "adjudicator")
    with transaction(sessions) as session:
        small = add_differing(session, {1: says("reject")}, {}, drafts=1)
        large = add_differing(
            session, {n: says("reject", flags=("count",)) for n in range(1, 13)}, {}, drafts=12, dataset="quays"
        )
    statements: list[str] = []
    event.listen(application.state.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    counts = []
    for packet in (small, large):
        statements.clear()
        assert senior.client.get(f"/adjudication/{packet.packet_id}").status_code == 200
        counts.append(len(statements))
    # The viewer, their standing, six for the packet, their keys, and the next one behind this or from the start.
    assert max(counts) <= 11
    statements.clear()
    assert senior.client.get("/adjudication").status_code == 200
    assert len(statements) <= 8
