"""A hold while it lasts: renewed, given back, its progress saved under the version that it was read at."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.review.errors import AlreadyReviewedError, HoldEndedError, NotHeldError, ProgressDiffersError
from app.review.queries.viewing import packet_rows
from app.review.workflow import ReviewConfig, give_back, renew, save_progress, submit
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

BODY = {"focus": 1, "scene": {"verdict": "usable", "reason": None}, "verdicts": {"1": {"verdict": "accept"}}}


def held(session: Session, packets: int = 1) -> Hand:
    add_packets(session, packets)
    return add_hand(session, add_reviewer(session))


def expired(session: Session) -> Hand:
    """A hold that somebody else's claim has ended; the other took another packet."""
    hand = held(session, 2)
    end_hold(session, hand)
    add_hand(session, add_reviewer(session))
    assert value(session, "select state from assignment where assignment_id = :id", id=hand.assignment_id) == "expired"
    return hand


def test_progress_is_saved_and_handed_out_again_with_its_packet(session: Session) -> None:
    hand = held(session)
    saved, _ = save_progress(session, hand.reviewer, hand.assignment_id, 0, BODY, CONFIG)
    assert saved.version == 1
    again = packet_rows(session, add_hand(session, hand.reviewer).assignment_id).hand
    assert (again["progress_version"], again["progress_body"]) == (1, BODY)


def test_each_save_needs_the_version_before_it(session: Session) -> None:
    hand = held(session)
    for version in range(3):
        saved, _ = save_progress(session, hand.reviewer, hand.assignment_id, version, {"focus": version}, CONFIG)
        assert (saved.version, saved.body) == (version + 1, {"focus": version})


@pytest.mark.parametrize("version", [0, 1, 3])
def test_a_stale_or_invented_version_changes_nothing_and_brings_both(session: Session, version: int) -> None:
    hand = held(session)
    for known in range(2):
        save_progress(session, hand.reviewer, hand.assignment_id, known, {"focus": known}, CONFIG)
    with pytest.raises(ProgressDiffersError) as raised:
        save_progress(session, hand.reviewer, hand.assignment_id, version, BODY, CONFIG)
    current = raised.value.facts["current"]
    assert isinstance(current, dict)
    assert (current["version"], current["body"]) == (2, {"focus": 1})
    assert value(session, "select body from progress") == {"focus": 1}


def test_a_first_save_under_an_invented_version_is_refused(session: Session) -> None:
    hand = held(session)
    with pytest.raises(ProgressDiffersError) as raised:
        save_progress(session, hand.reviewer, hand.assignment_id, 5, BODY, CONFIG)
    assert raised.value.facts["current"] is None


def test_saving_renews_the_hold(session: Session) -> None:
    add_packets(session)
    hand = add_hand(session, add_reviewer(session), config=ReviewConfig(lease_s=1))
    _, renewal = save_progress(session, hand.reviewer, hand.assignment_id, 0, BODY, CONFIG)
    assert (renewal.expires_at - renewal.server_time).total_seconds() == pytest.approx(1800)
    assert value(session, "select expires_at from assignment") == renewal.expires_at


def test_a_save_of_a_packet_in_hand_is_one_statement(session: Session) -> None:
    hand = held(session)
    statements: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *given: statements.append(given[2]))
    for version in range(2):
        save_progress(session, hand.reviewer, hand.assignment_id, version, BODY, CONFIG)
    assert len(statements) == 2


def test_a_submit_ends_the_progress(session: Session) -> None:
    hand = held(session)
    save_progress(session, hand.reviewer, hand.assignment_id, 0, BODY, CONFIG)
    submit(session, hand.reviewer, submission(hand))
    assert value(session, "select count(*) from progress") == 0
    with pytest.raises(AlreadyReviewedError):
        save_progress(session, hand.reviewer, hand.assignment_id, 1, BODY, CONFIG)


def test_an_ended_hold_is_renewed_while_its_slot_is_free(session: Session) -> None:
    hand = expired(session)
    assert renew(session, hand.reviewer, hand.assignment_id, CONFIG).is_held
    slot = "select is_free from slot where packet_id = :p"
    assert (value(session, slot, p=hand.packet_id)) is False
    state = "select state, ended_at from assignment where assignment_id = :id"
    assert rows(session, state, id=hand.assignment_id) == [("held", None)]


def test_a_hold_that_was_given_on_is_not_renewed_but_its_progress_is_kept(session: Session) -> None:
    hand = held(session)
    end_hold(session, hand)
    add_hand(session, add_reviewer(session))
    with pytest.raises(HoldEndedError):
        renew(session, hand.reviewer, hand.assignment_id, CONFIG)
    saved, renewal = save_progress(session, hand.reviewer, hand.assignment_id, 0, BODY, CONFIG)
    assert (saved.version, renewal.is_held) == (1, False)
    held_now = "select count(*) from assignment where state = 'held' and packet_id = :p"
    assert value(session, held_now, p=hand.packet_id) == 1


def test_renewing_an_ended_hold_keeps_to_the_limit(session: Session) -> None:
    hand = expired(session)
    with pytest.raises(HoldEndedError):
        renew(session, hand.reviewer, hand.assignment_id, ReviewConfig(max_held=0))
    assert renew(session, hand.reviewer, hand.assignment_id, ReviewConfig(max_held=1)).is_held


def test_returning_frees_the_slot_and_can_be_said_twice(session: Session) -> None:
    hand = held(session)
    for _ in range(2):
        give_back(session, hand.reviewer, hand.assignment_id)
        assert rows(session, "select state, is_free from assignment join slot using (packet_id, slot)") == [
            ("returned", True)
        ]


def test_returning_an_ended_hold_leaves_the_slot_to_whoever_has_it(session: Session) -> None:
    hand = held(session)
    end_hold(session, hand)
    add_hand(session, add_reviewer(session))
    give_back(session, hand.reviewer, hand.assignment_id)
    assert value(session, "select is_free from slot") is False


def test_others_holds_can_be_neither_renewed_nor_saved_nor_returned(session: Session) -> None:
    hand = held(session)
    stranger = add_reviewer(session)
    for assignment_id in (hand.assignment_id, uuid.uuid4()):
        with pytest.raises(NotHeldError):
            renew(session, stranger, assignment_id, CONFIG)
        with pytest.raises(NotHeldError):
            give_back(session, stranger, assignment_id)
        with pytest.raises(NotHeldError):
            save_progress(session, stranger, assignment_id, 0, BODY, CONFIG)
    assert value(session, "select state from assignment") == "held"


def test_a_reviewed_packet_is_neither_renewed_nor_returned(session: Session) -> None:
    hand = held(session)
    submit(session, hand.reviewer, submission(hand))
    with pytest.raises(AlreadyReviewedError):
        renew(session, hand.reviewer, hand.assignment_id, CONFIG)
    with pytest.raises(AlreadyReviewedError):
        give_back(session, hand.reviewer, hand.assignment_id)
