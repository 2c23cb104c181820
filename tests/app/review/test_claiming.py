"""Claims: what is handed out, in which order, and when a hold is over."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from app.review.errors import TooManyHeldError, UnknownDatasetError
from app.review.queries.claiming import LOOKED_AT_FIRST
from app.review.workflow import Claim, ReviewConfig, claim, give_back, renew, submit
from tests.app.review.factories import (
    CONFIG,
    Hand,
    add_hand,
    add_packets,
    add_reviewer,
    end_hold,
    rows,
    submission,
    value,
)


def state_of(session: Session, hand: Hand) -> str:
    return str(value(session, "select state from assignment where assignment_id = :id", id=hand.assignment_id))


def is_free(session: Session, packet_id: int, slot: int = 1) -> bool:
    return bool(value(session, "select is_free from slot where packet_id = :p and slot = :s", p=packet_id, s=slot))


def test_packets_come_in_the_order_of_the_queue(session: Session) -> None:
    packets, reviewer = add_packets(session, 3), add_reviewer(session)
    hands: list[Hand] = []
    for _ in packets:
        hands.append(add_hand(session, reviewer, have=[hand.assignment_id for hand in hands]))
    assert [hand.packet_id for hand in hands] == packets
    assert not any(is_free(session, packet_id) for packet_id in packets)


def test_two_reviewers_never_get_the_same_slot(session: Session) -> None:
    packets = add_packets(session, 2)
    first, second = (add_hand(session, add_reviewer(session)) for _ in range(2))
    assert [first.packet_id, second.packet_id] == packets


def test_a_packet_that_wants_two_reviews_goes_to_two_reviewers_and_to_neither_twice(session: Session) -> None:
    packets, reviewers = add_packets(session, 1, wanted=2), [add_reviewer(session) for _ in range(3)]
    hands = [add_hand(session, reviewer) for reviewer in reviewers[:2]]
    assert [hand.packet_id for hand in hands] == packets * 2
    assert claim(session, reviewers[0], None, [hands[0].assignment_id], CONFIG) == Claim(None, "nothing_left")
    assert claim(session, reviewers[2], None, [], CONFIG) == Claim(None, "all_taken")


def test_a_hold_that_the_browser_does_not_have_is_handed_back_with_a_new_lease(session: Session) -> None:
    add_packets(session, 2)
    reviewer = add_reviewer(session)
    hand = add_hand(session, reviewer, config=ReviewConfig(lease_s=5))
    again = add_hand(session, reviewer)
    assert again == hand
    lease = "select extract(epoch from expires_at - now()) from assignment where assignment_id = :id"
    assert float(value(session, lease, id=hand.assignment_id)) > 1700


def test_nobody_holds_more_than_three(session: Session) -> None:
    add_packets(session, 5)
    reviewer = add_reviewer(session)
    hands: list[Hand] = []
    for _ in range(3):
        hands.append(add_hand(session, reviewer, have=[hand.assignment_id for hand in hands]))
    with pytest.raises(TooManyHeldError, match="hold 3 packets"):
        claim(session, reviewer, None, [hand.assignment_id for hand in hands], CONFIG)
    give_back(session, reviewer, hands[0].assignment_id)
    assert claim(session, reviewer, None, [hand.assignment_id for hand in hands], CONFIG).assignment_id


def test_a_hold_that_ended_is_given_to_the_next_who_claims(session: Session) -> None:
    add_packets(session, 1)
    hand = add_hand(session, add_reviewer(session))
    other = add_reviewer(session)
    assert claim(session, other, None, [], CONFIG) == Claim(None, "all_taken")
    end_hold(session, hand)
    given_on = add_hand(session, other)
    assert given_on.packet_id == hand.packet_id
    assert (state_of(session, hand), state_of(session, given_on)) == ("expired", "held")
    assert not is_free(session, hand.packet_id)


def test_expiry_goes_by_the_servers_clock(session: Session) -> None:
    add_packets(session, 2)
    lasting = add_hand(session, add_reviewer(session), config=ReviewConfig(lease_s=3600))
    short = add_hand(session, add_reviewer(session), config=ReviewConfig(lease_s=0.1))
    session.commit()
    session.execute(text("select pg_sleep(0.15)"))
    session.commit()
    assert add_hand(session, add_reviewer(session)).packet_id == short.packet_id
    assert claim(session, add_reviewer(session), None, [], CONFIG).assignment_id is None
    assert state_of(session, lasting) == "held"


def test_a_claim_ends_a_bounded_number_of_holds(session: Session) -> None:
    packets = add_packets(session, 40)
    hands = [add_hand(session, add_reviewer(session)) for _ in packets]
    for hand in hands:
        end_hold(session, hand)
    add_hand(session, add_reviewer(session))
    ended = "select count(*) from assignment where state = 'expired'"
    assert value(session, ended) == 32
    assert value(session, "select count(*) from slot where is_free") == 31


def test_an_ended_hold_comes_back_to_its_reviewer_while_nobody_took_the_slot(session: Session) -> None:
    add_packets(session, 2)
    reviewer, other = add_reviewer(session), add_reviewer(session)
    hand = add_hand(session, reviewer)
    end_hold(session, hand)
    taken = add_hand(session, other)
    assert (taken.packet_id != hand.packet_id, state_of(session, hand), is_free(session, hand.packet_id)) == (
        True,
        "expired",
        True,
    )
    assert add_hand(session, reviewer) == hand
    assert (state_of(session, hand), is_free(session, hand.packet_id)) == ("held", False)


def test_an_ended_hold_whose_slot_was_given_on_does_not_come_back(session: Session) -> None:
    add_packets(session, 1)
    hand = add_hand(session, add_reviewer(session))
    end_hold(session, hand)
    add_hand(session, add_reviewer(session))
    assert claim(session, hand.reviewer, None, [], CONFIG) == Claim(None, "nothing_left")
    assert state_of(session, hand) == "expired"


def test_a_returned_packet_goes_to_others_first_and_comes_round_again(session: Session) -> None:
    packets, reviewer = add_packets(session, 2), add_reviewer(session)
    hand = add_hand(session, reviewer)
    give_back(session, reviewer, hand.assignment_id)
    assert is_free(session, packets[0])
    second = add_hand(session, reviewer)
    assert second.packet_id == packets[1]
    third = add_hand(session, reviewer, have=[second.assignment_id])
    assert (third.packet_id, third.assignment_id != hand.assignment_id) == (packets[0], True)


def test_the_walk_goes_on_from_the_cursor_and_what_came_back_behind_it_comes_first(session: Session) -> None:
    packets, reviewer = add_packets(session, 4), add_reviewer(session)
    hands = [add_hand(session, reviewer)]
    submit(session, reviewer, submission(hands[0]))
    other = add_hand(session, add_reviewer(session))
    hands.append(add_hand(session, reviewer))
    assert (other.packet_id, hands[1].packet_id) == (packets[1], packets[2])
    give_back(session, other.reviewer, other.assignment_id)
    assert add_hand(session, reviewer, have=[hands[1].assignment_id]).packet_id == packets[1]
    assert rows(session, "select packet_id from queue_cursor where reviewer = :r", r=reviewer) == [(packets[2],)]


def test_what_was_sealed_behind_a_cursor_is_found_at_the_end(session: Session) -> None:
    packets, reviewer = add_packets(session, 3), add_reviewer(session)
    session.execute(text("update slot set is_free = false where packet_id <> :p"), {"p": packets[1]})
    submit(session, reviewer, submission(add_hand(session, reviewer)))
    assert claim(session, reviewer, None, [], CONFIG) == Claim(None, "nothing_left")
    session.execute(text("update slot set is_free = true where packet_id = :p"), {"p": packets[0]})
    assert claim(session, reviewer, None, [], CONFIG).assignment_id is None
    # A newer packet of the dataset, for somebody else: the queue is looked through once more.
    session.execute(
        text(
            "insert into packet (dataset_id, scene_id, number, draft_count, reviews_wanted)"
            " select dataset_id, scene_id, 2, 1, 1 from packet where packet_id = :p"
        ),
        {"p": packets[2]},
    )
    assert add_hand(session, reviewer).packet_id == packets[0]


def test_who_has_seen_everything_looks_once_more_after_a_while_or_when_the_clock_went_back(session: Session) -> None:
    packets, reviewer = add_packets(session, 2), add_reviewer(session)
    session.execute(text("update slot set is_free = false"))
    for packet_id, shift in zip(packets, ("- interval '6 minutes'", "+ interval '1 day'"), strict=True):
        assert claim(session, reviewer, None, [], CONFIG).assignment_id is None
        session.execute(text("update slot set is_free = true where packet_id = :p"), {"p": packet_id})
        assert claim(session, reviewer, None, [], CONFIG).assignment_id is None
        session.execute(text(f"update queue_cursor set seen_at = seen_at {shift}"))
        submit(session, reviewer, submission(add_hand(session, reviewer)))
        session.execute(text("update queue_cursor set sort_key = 0, packet_id = 0, seen_at = null"))


def test_what_was_reviewed_is_never_handed_out_again(session: Session) -> None:
    add_packets(session, 1, wanted=2)
    reviewer = add_reviewer(session)
    hand = add_hand(session, reviewer)
    give_back(session, reviewer, hand.assignment_id)
    submit(session, reviewer, submission(hand))
    assert claim(session, reviewer, None, [], CONFIG) == Claim(None, "nothing_left")


def test_who_gave_an_extra_opinion_is_not_handed_another_slot_of_the_packet(session: Session) -> None:
    add_packets(session, 1, wanted=2)
    reviewer = add_reviewer(session)
    hand = add_hand(session, reviewer)
    give_back(session, reviewer, hand.assignment_id)
    add_hand(session, add_reviewer(session))
    assert submit(session, reviewer, submission(hand)).counted_as == "extra"
    assert is_free(session, hand.packet_id, 2)
    assert claim(session, reviewer, None, [], CONFIG) == Claim(None, "nothing_left")


@pytest.mark.parametrize("lost_by", ["ending", "returning"])
@pytest.mark.parametrize("freed_by", ["ending", "returning"])
def test_who_gave_an_extra_opinion_is_not_handed_the_packet_back(session: Session, lost_by: str, freed_by: str) -> None:
    def let_go(hand: Hand, how: str) -> None:
        if how == "ending":
            end_hold(session, hand)
        else:
            give_back(session, hand.reviewer, hand.assignment_id)

    add_packets(session, 1)
    hand = add_hand(session, add_reviewer(session))
    let_go(hand, lost_by)
    taken = add_hand(session, add_reviewer(session))
    assert submit(session, hand.reviewer, submission(hand)).counted_as == "extra"
    let_go(taken, freed_by)
    assert claim(session, hand.reviewer, None, [], CONFIG).assignment_id is None
    assert claim(session, add_reviewer(session), None, [], CONFIG).assignment_id


def test_claims_stay_in_the_dataset_that_was_asked_for(session: Session) -> None:
    add_packets(session, 1, dataset="one")
    second = add_packets(session, 1, dataset="two")
    reviewer = add_reviewer(session)
    assert add_hand(session, reviewer, "two").packet_id == second[0]
    assert claim(session, add_reviewer(session), "two", [], CONFIG).reason == "all_taken"
    with pytest.raises(UnknownDatasetError, match="no dataset named three"):
        claim(session, reviewer, "three", [], CONFIG)


def test_without_a_dataset_one_is_worked_off_after_the_other(session: Session) -> None:
    packets = add_packets(session, 2, dataset="one") + add_packets(session, 1, dataset="two")
    reviewer = add_reviewer(session)
    for packet_id in packets:
        hand = add_hand(session, reviewer)
        assert hand.packet_id == packet_id
        submit(session, reviewer, submission(hand))
    assert claim(session, reviewer, None, [], CONFIG) == Claim(None, "nothing_left")


def test_forged_ids_in_have_change_nothing(session: Session) -> None:
    packets, reviewer = add_packets(session, 1), add_reviewer(session)
    assert add_hand(session, reviewer, have=[uuid.uuid4()]).packet_id == packets[0]


def test_a_claim_is_one_statement_after_the_reviewers_own_lock(session: Session) -> None:
    add_packets(session, 2)
    reviewer = add_reviewer(session)
    statements: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *given: statements.append(given[2]))
    claim(session, reviewer, None, [], CONFIG)
    assert len(statements) == 2
    assert statements[1].lower().count("skip locked") == 5


READ = """select pg_stat_get_xact_tuples_returned('ix_slot_free'::regclass)
    + pg_stat_get_xact_tuples_returned('ix_slot_came_back'::regclass)"""


def test_the_walk_reads_the_index_from_the_cursor_on_and_nothing_else(session: Session) -> None:
    packets, reviewer = add_packets(session, 400, drafts=1), add_reviewer(session)
    session.execute(
        text(
            "insert into queue_cursor (reviewer, dataset_id, sort_key, packet_id)"
            " select :r, dataset_id, packet_id, packet_id from packet where packet_id = :p"
        ),
        {"r": reviewer, "p": packets[350]},
    )
    session.commit()
    before = value(session, READ)
    assert add_hand(session, reviewer).packet_id == packets[351]
    assert value(session, READ) - before == 1


def test_what_a_claim_reads_does_not_grow_with_what_the_reviewer_has_done(session: Session) -> None:
    packets, reviewer = add_packets(session, 400, drafts=1, wanted=2), add_reviewer(session)
    done = """with done as (insert into assignment (packet_id, slot, reviewer, state, expires_at, ended_at)
            select packet_id, 1, :r, 'done', now(), now() from packet where packet_id = any(:packets)
            returning packet_id, slot)
        update slot s set is_free = false from done d where s.packet_id = d.packet_id and s.slot = d.slot"""
    session.execute(text(done), {"r": reviewer, "packets": packets[:200]})
    read = []
    for _ in range(4):
        session.commit()
        before = value(session, READ)
        submit(session, reviewer, submission(add_hand(session, reviewer)))
        read.append(value(session, READ) - before)
    # Without a cursor, as after a new order, what they have done is passed over, once.
    assert (read[0] > 200, read[1:]) == (True, [1, 1, 1])
    session.execute(text(done), {"r": reviewer, "packets": packets[204:]})
    read.clear()
    for _ in range(3):
        session.commit()
        before = value(session, READ)
        assert claim(session, reviewer, None, [], CONFIG) == Claim(None, "nothing_left")
        read.append(value(session, READ) - before)
    assert (read[0] > 396, read[1:]) == (True, [0, 0])


def test_many_that_a_reviewer_handed_back_are_not_read_over_with_each_claim(session: Session) -> None:
    packets, reviewer = add_packets(session, 400, drafts=1), add_reviewer(session)
    back = """with back as (insert into assignment (packet_id, slot, reviewer, state, expires_at, ended_at)
            select packet_id, 1, :r, 'returned', now(), now() from packet where packet_id = any(:packets)),
        cursor as (insert into queue_cursor (reviewer, dataset_id, sort_key, packet_id)
            select :r, dataset_id, max(packet_id), max(packet_id) from packet
            where packet_id = any(:packets) group by dataset_id)
        update slot set came_back = true where packet_id = any(:packets)"""
    session.execute(text(back), {"r": reviewer, "packets": packets[:300]})
    session.commit()
    before = value(session, READ)
    assert add_hand(session, reviewer).packet_id == packets[300]
    assert value(session, READ) - before == LOOKED_AT_FIRST + 1


def test_renewing_makes_a_hold_last(session: Session) -> None:
    add_packets(session, 1)
    reviewer = add_reviewer(session)
    hand = add_hand(session, reviewer, config=ReviewConfig(lease_s=1))
    renewal = renew(session, reviewer, hand.assignment_id, CONFIG)
    assert (renewal.expires_at - renewal.server_time).total_seconds() == pytest.approx(1800)
