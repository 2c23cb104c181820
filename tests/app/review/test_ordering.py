"""The order of a queue: what comes first, while reviewers go on, and what is sealed later."""

from __future__ import annotations

from itertools import groupby

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.intake.workflow.running import DatasetMissingError
from app.review.errors import InvalidOrderError
from app.review.queries.ordering import Ordering, newest_ordering
from app.review.workflow import ordering as workflow
from app.review.workflow import submit
from app.review.workflow.ordering import order_dataset, order_new_packets, order_queue
from tests.app.review.factories import add_hand, add_packets, add_reviewer, add_screening, rows, submission, value


def ordered(sessions: SessionMaker, order_by: str, seed: int = 0) -> list[int]:
    """The packets in the order of the queue, once it is carried out."""
    with transaction(sessions) as session:
        dataset_id = order_dataset(session, "harbours", order_by, seed, "command")
    done = order_queue(sessions, dataset_id)
    assert done is not None
    assert (done.total, done.done) == (done.done, value_of(sessions, "select count(*) from packet"))
    with transaction(sessions) as session:
        return [row[0] for row in rows(session, "select packet_id from slot order by sort_key, packet_id, slot")]


def value_of(sessions: SessionMaker, query: str) -> int:
    with transaction(sessions) as session:
        return int(value(session, query))


def test_the_worst_findings_come_first_and_the_seed_decides_between_equals(sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        packets = add_packets(session, 40)
        add_screening(session, "colour.word")
        add_screening(session, version="v2")
        found = """insert into finding
                (draft_id, screening_version, rule, severity, field, start_, end_, span_text, message)
            select m.draft_id, 'v2', 'any.rule', :severity, 'text', m.position, 9, 'x', 'x' from packet_draft m
            where m.packet_id = :packet and m.position <= :number"""
        for packet, severity, number in ((7, "warning", 3), (20, "error", 1), (30, "error", 2), (31, "info", 1)):
            asked = {"packet": packets[packet], "severity": severity, "number": number}
            session.execute(text(found), asked)
    order = ordered(sessions, "risk")
    assert order[:4] == [packets[nth] for nth in (30, 20, 7, 31)]
    assert order[4:] != sorted(order[4:])
    assert (ordered(sessions, "risk"), ordered(sessions, "risk", 1)[:4]) == (order, order[:4])
    assert ordered(sessions, "risk", 1) != order
    assert ordered(sessions, "random", 1) != ordered(sessions, "random", 2)
    assert ordered(sessions, "import") == packets


def test_neighbours_on_the_ground_come_one_after_another(sessions: SessionMaker) -> None:
    places = {
        1: "ground_cells = '{100:200}'",
        2: "parent = 'frame', chip_window = '{512,0,512,512,2048,2048}'",
        3: "ground_cells = '{-5000:64}'",
        4: "parent = 'frame', chip_window = '{0,512,512,512,2048,2048}'",
        5: "ground_cells = '{101:200,101:201}'",
        6: "parent = 'frame', chip_window = '{512,512,512,512,2048,2048}'",
        8: "metadata = '{}'",
        9: "ground_cells = '{100:201}'",
        10: "parent = 'frame', chip_window = '{0,0,512,512,2048,2048}'",
    }
    with transaction(sessions) as session:
        add_packets(session, 10)
        for number, change in places.items():
            # Colons are parameters to SQLAlchemy.
            escaped = change.replace(":", r"\:")
            session.execute(text(f"update scene set {escaped} where name = 'scene {number}'"))
    order = ordered(sessions, "place")
    assert order[:4] == [3, 1, 9, 5]
    chips = order[order.index(10) :][:4]
    assert chips == [10, 4, 6, 2]
    assert order[-1] == 8


def test_texts_of_one_type_come_together(sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        packets = add_packets(session, 12, drafts=1)
        session.execute(text("alter table draft disable trigger user"))
        made = """update draft set kind = 'question', question_type = :type, answer = '3'
            where draft_id in (select draft_id from packet_draft where packet_id = any(:those))"""
        for type_, those in (("referring", packets[::3]), ("counting", packets[1::3])):
            session.execute(text(made), {"type": type_, "those": those})
        session.execute(text("alter table draft enable trigger user"))
    order = ordered(sessions, "type")
    types = """select coalesce(d.question_type, d.kind) from packet_draft m join draft d using (draft_id)
        where m.packet_id = :p"""
    with transaction(sessions) as session:
        told = [value(session, types, p=packet) for packet in order]
    assert [name for name, _ in groupby(told)] == ["concise_caption", "counting", "referring"]


def test_reviewers_go_on_while_the_order_changes_and_then_begin_at_its_front(
    sessions: SessionMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "CHUNK_PACKETS", 10)
    with transaction(sessions) as session:
        add_packets(session, 25, wanted=2)
        reviewer = add_reviewer(session)
        dataset_id = order_dataset(session, "harbours", "random", 3, "command")
    claimed: list[int] = []

    def review_one(_: Ordering) -> None:
        with transaction(sessions) as session:
            session.execute(text("set local lock_timeout = '50ms'"))
            claimed.append(add_hand(session, reviewer).packet_id)
            submit(session, reviewer, submission(add_hand(session, reviewer)))

    order_queue(sessions, dataset_id, review_one)
    assert len(claimed) == 3
    with transaction(sessions) as session:
        left = rows(session, "select packet_id from slot where slot = 2 order by sort_key, packet_id")
        expected = [packet for (packet,) in left if packet not in claimed]
        for packet in expected[:4]:
            hand = add_hand(session, reviewer)
            assert hand.packet_id == packet
            submit(session, reviewer, submission(hand))


def test_an_order_goes_on_where_it_broke_off_unless_there_is_a_newer_one(
    sessions: SessionMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "CHUNK_PACKETS", 10)
    with transaction(sessions) as session:
        packets = add_packets(session, 25)
        dataset_id = order_dataset(session, "harbours", "random", 3, "command")

    def stop(_: Ordering) -> None:
        raise InterruptedError

    for done in (10, 20):
        with pytest.raises(InterruptedError):
            order_queue(sessions, dataset_id, stop)
        with transaction(sessions) as session:
            found = newest_ordering(session, dataset_id)
            assert found is not None
            assert (found.done, found.total, found.finished_at) == (done, 25, None)
    assert ordered(sessions, "import") == packets
    assert value_of(sessions, "select count(*) from queue_ordering where finished_at is not null") == 1
    assert value_of(sessions, "select count(*) from procrastinate_jobs where task_name = 'review.order_queue'") == 1


def test_what_is_sealed_later_gets_its_place_and_is_seen_by_who_has_passed_it(sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        packets, reviewer = add_packets(session, 3), add_reviewer(session)
        hands = [add_hand(session, reviewer)]
        order_new_packets(session, 1)
        assert value(session, "select count(*) from queue_cursor") == 0
    ordered(sessions, "import")
    with transaction(sessions) as session:
        hands += [add_hand(session, reviewer, have=[hands[0].assignment_id])]
        assert [hand.packet_id for hand in hands] == packets[:2]
        late = """with added as (insert into packet (dataset_id, scene_id, number, draft_count, reviews_wanted)
                select dataset_id, scene_id, 2, 1, 1 from packet where packet_id = :p returning packet_id, dataset_id)
            insert into slot (packet_id, slot, dataset_id, sort_key) select packet_id, 1, dataset_id, 1000000 from added
            returning packet_id"""
        added = value(session, late, p=packets[0])
        order_new_packets(session, 1)
    assert order_queue(sessions, 1) is not None
    with transaction(sessions) as session:
        order = [row[0] for row in rows(session, "select packet_id from slot order by sort_key, packet_id")]
        assert order == [packets[0], added, *packets[1:]]
        assert add_hand(session, reviewer, have=[hand.assignment_id for hand in hands]).packet_id == added


def test_no_such_order_no_such_dataset_and_no_such_seed_are_refused(session: Session) -> None:
    add_packets(session)
    for order_by, seed in (("beauty", 0), ("random", 2**63)):
        with pytest.raises(InvalidOrderError):
            order_dataset(session, "harbours", order_by, seed, "command")
    with pytest.raises(DatasetMissingError):
        order_dataset(session, "none", "random", 0, "command")
    assert value(session, "select count(*) from queue_ordering") == 0
