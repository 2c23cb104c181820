"""Leads: who has what in hand, taking it back, and packets for which nobody is left."""

from __future__ import annotations

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.review.errors import HoldEndedError
from app.review.queries.blocked import blocked_of, count_blocked
from app.review.workflow import claim, releasing, renew, save_progress, submit
from app.review.workflow.releasing import holds_of, release_hold, release_stale
from app.review.workflow.submitting import EXTRA, LATE
from tests.app.review.factories import (
    CONFIG,
    Hand,
    add_client,
    add_hand,
    add_packets,
    add_pool,
    add_reviewer,
    add_skill,
    end_hold,
    rows,
    submission,
    value,
)


def told(session: Session, hand: Hand) -> str:
    """What the reviewer's page is told when it renews."""
    with pytest.raises(HoldEndedError) as refused:
        renew(session, hand.reviewer, hand.assignment_id, CONFIG)
    return refused.value.message


def test_a_released_packet_goes_to_others_and_its_late_review_is_kept(session: Session) -> None:
    packets = add_packets(session, 2)
    lead, other, hands = add_reviewer(session), add_reviewer(session), [add_hand(session, add_reviewer(session))]
    hands.append(add_hand(session, add_reviewer(session)))
    for hand in hands:
        save_progress(session, hand.reviewer, hand.assignment_id, 0, {"focus": None}, CONFIG)
        assert release_hold(session, "harbours", hand.assignment_id, lead, CONFIG)
        assert not release_hold(session, "harbours", hand.assignment_id, lead, CONFIG)
        assert told(session, hand).startswith("A lead took this packet back")
    assert add_hand(session, other).packet_id == packets[0]
    saved, renewal = save_progress(session, hands[0].reviewer, hands[0].assignment_id, 1, {"focus": None}, CONFIG)
    assert (saved.version, renewal.is_held) == (2, False)
    sent = [submit(session, hand.reviewer, submission(hand)) for hand in hands]
    assert [(one.counted_as, one.message) for one in sent] == [("extra", EXTRA), ("slot", LATE)]
    released = rows(
        session, "select state, released_by from assignment where released_by is not null order by packet_id"
    )
    assert released == [("returned", lead), ("done", lead)]


def test_holds_are_listed_with_who_seems_to_be_gone_and_all_of_those_are_taken_back_at_once(session: Session) -> None:
    add_packets(session, 8)
    add_packets(session, 1, dataset="another")
    people = [add_client(session, name)[0] for name in ("active", "ended", "quiet", "elsewhere")]
    active, ended, quiet = (add_hand(session, person, "harbours") for person in people[:3])
    ahead = add_hand(session, people[0], "harbours", have=[active.assignment_id])
    far = add_hand(session, people[3], "another")
    end_hold(session, ended)
    old = "update assignment set claimed_at = now() - interval '20 minutes' where assignment_id = any(:ids)"
    session.execute(text(old), {"ids": [hand.assignment_id for hand in (quiet, ahead, far)]})
    found = holds_of(session, "harbours", CONFIG)
    assert [(hold.who, hold.is_over, hold.is_quiet) for hold in found.rows] == [
        ("ended", True, False),
        ("active", False, False),
        ("quiet", False, True),
        ("active", False, False),
    ]
    assert (found.count.held, found.count.stale, found.next) == (4, 2, None)
    lead = add_reviewer(session)
    assert release_stale(session, "harbours", lead, CONFIG) == 2
    assert release_stale(session, "harbours", lead, CONFIG) == 0
    assert not release_hold(session, "harbours", far.assignment_id, lead, CONFIG)
    states = "select state from assignment where assignment_id = :id"
    assert [value(session, states, id=hand.assignment_id) for hand in (active, ahead, far)] == ["held"] * 3
    slots = "select count(*) from slot where is_free and came_back"
    assert value(session, slots) == 2


def test_who_is_submitting_keeps_the_packet(sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        add_packets(session)
        lead, hand = add_reviewer(session), add_hand(session, add_reviewer(session))
    with sessions() as submitting, sessions() as releasing_:
        submit(submitting, hand.reviewer, submission(hand))
        releasing_.execute(text("set local lock_timeout = '50ms'"))
        assert not release_hold(releasing_, "harbours", hand.assignment_id, lead, CONFIG)
        submitting.commit()


def test_packets_are_blocked_once_everybody_who_may_has_reviewed_or_holds_them(session: Session) -> None:
    packets = add_packets(session, 6, wanted=2)
    one, two = (add_client(session, name)[0] for name in ("one", "two"))
    add_pool(session, "urban", *packets[4:], skills="urban")
    add_reviewer(session)  # without a log-in: nobody

    def blocked() -> list[tuple[str, int, tuple[str, ...]]]:
        count_blocked(session, 1)
        found = blocked_of(session, 1)
        assert found is not None
        return [(packet.pool, packet.packet_id, packet.touched) for packet in found.first]

    nobodys = [("urban", packets[4], ()), ("urban", packets[5], ())]
    assert blocked() == nobodys
    add_skill(session, one, "urban")
    assert blocked() == []
    hands = [add_hand(session, one) for _ in range(1)]
    assert blocked() == [("urban", packets[4], ("one",))]
    submit(session, one, submission(hands[0]))
    submit(session, one, submission(add_hand(session, one)))
    assert [packet for _, packet, _ in blocked()] == packets[4:]
    session.execute(text("update person set is_active = false where pseudonym = :two"), {"two": two})
    hand = add_hand(session, one)
    assert blocked() == [("main", packets[0], ("one",)), *(("urban", each, ("one",)) for each in packets[4:])]
    end_hold(session, hand)
    assert claim(session, add_reviewer(session), None, [], CONFIG).assignment_id
    # Whose hold has ended may still have the packet, while its slot is free.
    assert [packet for _, packet, _ in blocked()] == packets[4:]
    counted = blocked_of(session, 1)
    assert counted is not None
    assert [(pool.pool, pool.packets, pool.people) for pool in counted.pools] == [("urban", 2, 1)]
    # A policy of later asks for a third review: what is told is what is wanted now, not when it was sealed.
    more = """insert into slot (packet_id, slot, dataset_id, pool, sort_key)
        select packet_id, 3, dataset_id, pool, sort_key from slot where packet_id = :packet_id and slot = 1"""
    session.execute(text(more), {"packet_id": packets[4]})
    count_blocked(session, 1)
    assert [packet.reviews_wanted for packet in (blocked_of(session, 1) or counted).first] == [3, 2]


def test_holds_are_read_page_by_page_with_as_many_queries_for_none_as_for_many(session: Session) -> None:
    add_packets(session, 60)
    statements: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert holds_of(session, "harbours", CONFIG).rows == []
    of_none, holders = len(statements), [add_reviewer(session) for _ in range(60)]
    for holder in holders:
        add_hand(session, holder)
    statements.clear()
    page = holds_of(session, "harbours", CONFIG)
    assert len(statements) <= of_none <= 10
    assert (len(page.rows), page.count.held) == (releasing.HOLDS_A_PAGE, 60)
    rest = holds_of(session, "harbours", CONFIG, page.next)
    assert (len(rest.rows), rest.next) == (10, None)
    assert {hold.assignment_id for hold in page.rows}.isdisjoint(hold.assignment_id for hold in rest.rows)


def test_what_is_blocked_is_counted_anew_by_a_job_once_it_is_old(session: Session) -> None:
    add_packets(session)
    deferred = "select count(*) from procrastinate_jobs where task_name = 'review.count_blocked'"
    for _ in range(2):
        found = holds_of(session, "harbours", CONFIG)
        assert (found.blocked, found.is_counting, value(session, deferred)) == (None, True, 1)
    count_blocked(session, 1)
    for shift, is_counting in (("0 s", False), ("2 minutes", True), ("-1 hour", True)):
        session.execute(text(f"update dataset_figures set counted_at = clock_timestamp() - interval '{shift}'"))
        found = holds_of(session, "harbours", CONFIG)
        assert found.blocked is not None
        assert (found.blocked.packets, found.is_counting) == (1, is_counting)
