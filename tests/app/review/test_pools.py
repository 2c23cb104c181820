"""Pools: whose packets are whose, and what a claim says where the rest is for others."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.review.workflow import Claim, claim, submit
from tests.app.review.factories import (
    CONFIG,
    add_hand,
    add_packets,
    add_pool,
    add_reviewer,
    add_skill,
    end_hold,
    rows,
    submission,
)


def test_a_pool_is_for_its_members_and_for_those_with_all_of_its_skills(session: Session) -> None:
    first, second, third, fourth = add_packets(session, 4)
    member, expert, beginner = (add_reviewer(session) for _ in range(3))
    add_pool(session, "named", first, members=[member])
    add_pool(session, "ships", second, skills="ships polarimetry")
    add_pool(session, "nobodys", third)
    for skill in ("ships", "polarimetry", "urban"):
        add_skill(session, expert, skill)
    add_skill(session, beginner, "ships")
    assert add_hand(session, beginner).packet_id == fourth
    assert (add_hand(session, member).packet_id, add_hand(session, expert).packet_id) == (first, second)
    add_skill(session, member, "ships")
    add_skill(session, member, "polarimetry")
    other = add_reviewer(session)
    assert claim(session, other, None, [], CONFIG) == Claim(None, "all_taken")
    session.execute(text("update pool set is_open = true where pool = 'nobodys'"))
    assert add_hand(session, other).packet_id == third


def test_who_is_in_none_of_the_pools_of_what_is_left_is_told_so(session: Session) -> None:
    packets, reviewer = add_packets(session, 2), add_reviewer(session)
    add_pool(session, "urban", *packets[1:], skills="urban")
    submit(session, reviewer, submission(add_hand(session, reviewer)))
    assert claim(session, reviewer, "harbours", [], CONFIG) == Claim(None, "not_yours")
    add_skill(session, reviewer, "urban")
    assert add_hand(session, reviewer).packet_id == packets[1]
    assert claim(session, add_reviewer(session), None, [], CONFIG) == Claim(None, "nothing_left")


def test_special_packets_come_before_those_that_anybody_may_review_and_each_pool_has_its_cursor(
    session: Session,
) -> None:
    packets, reviewer = add_packets(session, 4), add_reviewer(session)
    add_pool(session, "urban", packets[1], packets[3], members=[reviewer])
    hands = []
    for _ in packets:
        hands.append(add_hand(session, reviewer))
        submit(session, reviewer, submission(hands[-1]))
    assert [hand.packet_id for hand in hands] == [packets[1], packets[3], packets[0], packets[2]]
    assert claim(session, reviewer, None, [], CONFIG) == Claim(None, "nothing_left")
    cursors = "select pool, seen_at is not null from queue_cursor where reviewer = :r order by pool"
    assert rows(session, cursors, r=reviewer) == [("main", True), ("urban", True)]


def test_who_leaves_a_pool_keeps_a_hold_and_gets_an_ended_one_back_no_more(session: Session) -> None:
    packets, reviewer = add_packets(session, 1), add_reviewer(session)
    add_pool(session, "urban", *packets, members=[reviewer])
    hand = add_hand(session, reviewer)
    session.execute(text("delete from pool_member"))
    assert add_hand(session, reviewer) == hand
    end_hold(session, hand)
    assert claim(session, add_reviewer(session), None, [], CONFIG).assignment_id is None
    assert claim(session, reviewer, None, [], CONFIG) == Claim(None, "not_yours")
