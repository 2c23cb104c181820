"""The list of what waits, page by page, under filters; what is not for the reader; and the figures."""

from __future__ import annotations

import csv
import io
import re

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.adjudication.queries import waiting
from app.adjudication.queries.waiting import Filters, Whose
from app.adjudication.workflow import figures
from app.adjudication.workflow.figures import FEW, count_again, figures_of
from app.db import SessionMaker, transaction
from app.work import queued
from tests.app.adjudication.conftest import AddPerson
from tests.app.adjudication.factories import add_differing, add_pseudonym, add_someone, says
from tests.app.review.factories import rows, value


def listed(session: Session, person, whose: Whose = "mine", **filters) -> list[int]:
    found = waiting.places(session, person, whose, Filters(**filters), after=None, limit=100)
    return [place.packet_id for place in found]


def test_the_list_is_filtered_ordered_by_age_and_read_page_by_page(session: Session) -> None:
    senior = add_pseudonym(session)
    flagged = says("reject", flags=("count",))
    first = add_differing(session, {1: says("reject")}, {}, dataset="one").packet_id
    second = add_differing(session, {3: flagged}, {3: says("accept")}, dataset="two").packet_id
    third = add_differing(
        session, {2: says("unsure"), 3: says("revise", revised_answer="2")}, {}, dataset="three"
    ).packet_id
    fourth = add_differing(session, {}, {}, scenes={0: "no_data"}, dataset="four").packet_id
    add_differing(session, {}, {}, dataset="agreed")
    # The second has waited longest.
    session.execute(
        text("update disagreement set opened_at = now() - interval '3 days' where packet_id = :id"), {"id": second}
    )
    assert listed(session, senior) == [second, first, third, fourth]
    dataset_id = value(session, "select dataset_id from dataset where name = 'one'")
    drafter_id = value(session, "select drafter_id from drafter where identity = 'two-drafter'")
    asked: list[tuple[dict[str, int | str], list[int]]] = [
        ({"dataset_id": dataset_id}, [first]),
        ({"reason": "verdicts_differ"}, [second, first, third]),
        ({"reason": "unsure"}, [third]),
        ({"reason": "scene_differs"}, [fourth]),
        ({"flag": "count"}, [second]),
        ({"flag": "other"}, []),
        ({"kind": "question"}, [second, third, fourth]),
        ({"kind": "concise_caption"}, [first, fourth]),
        ({"question_type": "counting", "reason": "unsure"}, []),
        ({"question_type": "counting", "reason": "verdicts_differ"}, [second, third]),
        ({"drafter_id": drafter_id}, [second]),
    ]
    for given, expected in asked:
        assert listed(session, senior, **given) == expected, given
        counted = waiting.count_waiting(session, senior, "mine", Filters(**given), 1000)
        assert counted.packets == len(expected), given
    found, after = [], None
    while page := waiting.places(session, senior, "mine", Filters(), after=after, limit=1):
        found += [place.packet_id for place in page]
        after = page[-1].draft_id
    assert found == [second, first, third, fourth]
    [row] = waiting.waiting_packets(session, senior, [second])
    assert (row.drafts, row.reasons, row.kinds, row.flags, row.waiting.days) == (
        1, ["verdicts_differ"], ["counting"], ["count"], 3,
    )  # fmt: skip
    # The next one of each, in the same order, from the start again behind the last; not what another has open.
    key = {
        place.packet_id: place.draft_id
        for place in waiting.places(session, senior, "mine", Filters(), after=None, limit=9)
    }
    nexts = {packet: waiting.next_packet(session, senior, Filters(), packet, key[packet]) for packet in found}
    assert nexts == {second: first, first: third, third: fourth, fourth: second}
    hold = """insert into adjudication_hold (packet_id, adjudicator, expires_at)
        values (:id, :who, now() + interval '1 minute')"""
    session.execute(text(hold), {"id": third, "who": add_pseudonym(session)})
    assert waiting.next_packet(session, senior, Filters(), first, key[first]) == fourth
    assert waiting.next_packet(session, senior, Filters(dataset_id=dataset_id), first, key[first]) is None


def test_what_one_reviewed_waits_for_another_and_what_all_did_is_blocked(session: Session) -> None:
    (vera, _), (noor, _) = add_someone(session, "vera", "adjudicator"), add_someone(session, "noor", "adjudicator")
    of_vera = add_differing(session, {1: says("reject")}, {}, people=[vera, add_pseudonym(session)]).packet_id
    of_both = add_differing(session, {1: says("reject")}, {}, people=[vera, noor], dataset="two").packet_id
    of_none = add_differing(session, {1: says("reject")}, {}, dataset="three").packet_id
    assert listed(session, vera) == [of_none]
    assert listed(session, vera, "others") == [of_vera, of_both]
    assert listed(session, noor) == [of_vera, of_none]
    assert listed(session, noor, "blocked") == [of_both]
    assert listed(session, noor, "all") == [of_vera, of_both, of_none]
    # Who left decides nothing any more; where nobody is left all is blocked.
    session.execute(text("update person set is_active = false where pseudonym = :who"), {"who": noor})
    assert listed(session, vera, "blocked") == [of_vera, of_both]
    session.execute(text("update person set is_active = false"))
    assert listed(session, vera, "blocked") == [of_vera, of_both, of_none]


def test_the_page_says_what_waits_for_whom_and_what_to_do(sessions: SessionMaker, someone: AddPerson) -> None:
    senior, admin = someone("vera", "adjudicator"), someone("ada", "admin")
    assert "Nothing waits to be adjudicated" in senior.client.get("/adjudication").text
    assert "Reviews have not differed" in admin.client.get("/adjudication/figures").text
    with transaction(sessions) as session:
        own = add_differing(session, {1: says("reject")}, {}, people=[senior.pseudonym, add_pseudonym(session)])
        for number in range(21):
            add_differing(session, {1: says("reject")}, {}, dataset=f"set{number}", drafts=1)
    page = senior.client.get("/adjudication").text
    assert "21 texts in 21 packets wait for you" in page
    assert "1 packet waits for another senior" in page
    assert f'/adjudication/{own.packet_id}"' not in page
    [following] = re.findall(r'href="(/adjudication\?after=\d+)"', page)
    assert page.count('<th scope="row"') == 20
    assert senior.client.get(following).text.count('<th scope="row"') == 1
    nothing = senior.client.get("/adjudication?flag=vague&type=counting")
    assert "Nothing of this kind waits" in nothing.text
    assert "blocked" not in page
    # An admin reads what waits and what is blocked, and decides nothing.
    page = admin.client.get("/adjudication").text
    assert "22 texts in 22 packets wait" in page
    assert "1 blocked: nobody may decide" in page
    assert f"/adjudication/{own.packet_id}" in admin.client.get("/adjudication?show=blocked").text
    assert '"may_decide": false' in admin.client.get(f"/adjudication/{own.packet_id}").text
    refused = admin.client.post(f"/api/v1/adjudications/{own.packet_id}/hold", json={})
    assert refused.status_code == 403
    # An adjudicator asks for everything in vain.
    assert "21 texts" in senior.client.get("/adjudication?show=all").text


def test_a_wrong_address_is_told_in_words(someone: AddPerson) -> None:
    client = someone("vera", "adjudicator").client
    wrong = {
        422: (
            "?reason=dull",
            "?flag=%00",
            "?type=1",
            "?drafter=x",
            "?after=0",
            "?show=theirs",
            "/x",
            "/notes?before=x",
        ),
        404: ("?dataset=nowhere", "?dataset=%00", "/999", "/figures?dataset=%00x", "/figures.csv?dataset=nowhere"),
    }
    wrong[422] += ("/99999999999999999999",)
    for status, paths in wrong.items():
        for path in paths:
            answer = client.get(f"/adjudication{path}")
            assert (path, answer.status_code) == (path, status)
            assert "<h1>" in answer.text


def test_figures_tell_who_differs_in_what_and_are_kept_where_there_are_many(
    sessions: SessionMaker, someone: AddPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = someone("ada", "admin")
    with transaction(sessions) as session:
        count, both = says("reject", flags=("count", "vague")), says("accept", flags=("vague",))
        packet = add_differing(session, {1: count, 2: says("unsure"), 3: says("revise", revised_answer="2")}, {1: both})
        session.execute(
            text("update disagreement set closed_at = now() where draft_id = :id"), {"id": packet.drafts[0]}
        )
        dataset_id = value(session, "select dataset_id from dataset")
        found = figures_of(session, dataset_id, None)
        assert found is not None
        assert [(row.kind, {name: (one.drafts, one.open) for name, one in row.by_difference.items() if one.drafts})
                for row in found.types] == [
            ("complex_caption", {"unsure": (1, 1)}),
            ("concise_caption", {"accept/reject": (1, 0)}),
            ("counting", {"accept/revise": (1, 1)}),
        ]  # fmt: skip
        assert [(row.flag, row.total.drafts, row.total.by_some) for row in found.flags] == [
            ("count", 1, 1),
            ("vague", 1, 0),
        ]
        assert figures_of(session, dataset_id, 999_999).types == []  # type: ignore[union-attr]
    table = list(csv.DictReader(io.StringIO(admin.client.get("/adjudication/figures.csv?dataset=harbours").text)))
    columns = ("kind", "question_type", "differ_in", "flag", "texts", "texts_open", "flagged_by_some")
    assert [tuple(row[column] for column in columns) for row in table] == [
        ("complex_caption", "", "unsure", "", "1", "1", ""),
        ("concise_caption", "", "accept/reject", "", "1", "0", ""),
        ("question", "counting", "accept/revise", "", "1", "1", ""),
        ("concise_caption", "", "", "count", "1", "0", "1"),
        ("concise_caption", "", "", "vague", "1", "0", "0"),
    ]
    page = admin.client.get("/adjudication/figures").text
    assert "accept or revise" in page
    assert "Download CSV" in page
    # Of many, a job counts.
    assert FEW > 3
    monkeypatch.setattr(figures, "FEW", 2)
    assert "are being counted" in admin.client.get("/adjudication/figures").text
    assert admin.client.get("/adjudication/figures.csv?dataset=harbours").status_code == 503
    with transaction(sessions) as session:
        assert queued(session, ["adjudication.count_differences"], dataset_id=dataset_id).waiting == 1
        count_again(session, dataset_id)
        assert [row.kind for row in figures_of(session, dataset_id, None).types] == [row.kind for row in found.types]  # type: ignore[union-attr]
        assert rows(session, "select name from dataset_figures") == [("differences",)]
    assert "Counted 2" in admin.client.get("/adjudication/figures").text
