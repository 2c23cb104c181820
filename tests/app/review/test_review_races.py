"""Many at once: who waits for whom, and that nothing is given, counted or resolved twice."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.db.errors import DomainError
from app.review.errors import TooManyHeldError
from app.review.queries.counting import fold_counters
from app.review.workflow import ReviewConfig, claim, give_back, renew, save_progress, submit
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

SLOT_STATES = """
select count(*) from slot s where s.is_free = exists (select from assignment a
    where a.packet_id = s.packet_id and a.slot = s.slot and a.state in ('held', 'done'))"""


@contextmanager
def meanwhile(sessions: SessionMaker, act: Callable[[Session], Any]) -> Any:
    """Runs ``act`` in another transaction, which waits for a lock when the block begins; gives its future result."""
    with ThreadPoolExecutor(1) as pool:
        future: Future[Any] = pool.submit(lambda: run_in(sessions, act))
        with transaction(sessions) as watching:
            while not future.done() and not value(watching, "select count(*) from pg_locks where not granted"):
                watching.execute(text("select pg_sleep(0.01)"))
        yield future


def run_in(sessions: SessionMaker, act: Callable[[Session], Any]) -> Any:
    with transaction(sessions) as session:
        return act(session)


def test_a_claim_waits_for_nobody_elses_claim(sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        packets = add_packets(session, 3)
        reviewers = [add_reviewer(session) for _ in range(3)]
    with sessions() as first, sessions() as second, sessions() as third:
        hands = []
        for session, reviewer in zip((first, second, third), reviewers, strict=True):
            session.execute(text("set local lock_timeout = '50ms'"))
            hands.append(add_hand(session, reviewer))
        assert [hand.packet_id for hand in hands] == packets


def test_a_claim_waits_for_nobody_who_ends_the_same_hold(sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        add_packets(session, 2)
        hand = add_hand(session, add_reviewer(session))
        end_hold(session, hand)
        reviewers = [add_reviewer(session) for _ in range(2)]
    with sessions() as first, sessions() as second:
        assert add_hand(first, reviewers[0]).packet_id != hand.packet_id
        second.execute(text("set local lock_timeout = '50ms'"))
        assert claim(second, reviewers[1], None, [], CONFIG).assignment_id is None


def test_a_claim_waits_for_nobody_who_ends_ones_own_hold(sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        add_packets(session, 2)
        hand = add_hand(session, add_reviewer(session))
        end_hold(session, hand)
        other = add_reviewer(session)
    with sessions() as first, sessions() as second:
        assert add_hand(first, other).packet_id != hand.packet_id
        second.execute(text("set local lock_timeout = '50ms'"))
        assert claim(second, hand.reviewer, None, [], CONFIG).assignment_id is None


def test_a_second_tab_of_the_same_reviewer_waits_and_keeps_to_the_limit(sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        add_packets(session, 3)
        reviewer = add_reviewer(session)
    config = ReviewConfig(max_held=1)
    with sessions() as first:
        held = claim(first, reviewer, None, [], config).assignment_id
        with meanwhile(sessions, lambda other: claim(other, reviewer, None, [held], config)) as second:
            assert not second.done()
            first.commit()
            with pytest.raises(TooManyHeldError):
                second.result(5)


def test_the_same_submission_from_two_tabs_is_one_review(sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        add_packets(session)
        hand = add_hand(session, add_reviewer(session))
    sent = submission(hand)
    with sessions() as first:
        told = submit(first, hand.reviewer, sent)
        with meanwhile(sessions, lambda other: submit(other, hand.reviewer, sent)) as second:
            assert not second.done()
            first.commit()
            assert second.result(5) == told


def test_the_last_two_reviews_at_once_make_one_outcome_a_draft(sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        add_packets(session, 1, wanted=2)
        one, two = (add_hand(session, add_reviewer(session)) for _ in range(2))
    with sessions() as first:
        assert submit(first, one.reviewer, submission(one)).resolved == 0
        with meanwhile(sessions, lambda other: submit(other, two.reviewer, submission(two))) as second:
            assert not second.done()
            first.commit()
            assert second.result(5).resolved == 3


def test_a_late_submit_and_a_claim_never_both_get_the_slot(sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        add_packets(session, 2)
        hand = add_hand(session, add_reviewer(session))
        end_hold(session, hand)
        add_hand(session, add_reviewer(session))
        other = add_reviewer(session)
    with sessions() as late, sessions() as claiming:
        assert submit(late, hand.reviewer, submission(hand)).counted_as == "slot"
        assert claim(claiming, other, None, [], CONFIG).assignment_id is None


def test_a_hold_that_is_ended_while_its_renewal_waits_takes_its_slot_again(sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        add_packets(session, 2)
        hand = add_hand(session, add_reviewer(session))
        end_hold(session, hand)
        other = add_reviewer(session)
    with sessions() as claiming:
        assert claim(claiming, other, None, [], CONFIG).assignment_id is not None
        with meanwhile(sessions, lambda late: renew(late, hand.reviewer, hand.assignment_id, CONFIG)) as renewal:
            assert not renewal.done()
            claiming.commit()
            renewal.result(5)
    with transaction(sessions) as session:
        assert value(session, SLOT_STATES) == 0
        assert value(session, "select count(*) from assignment where state = 'held'") == 2


def test_counters_are_right_while_they_are_folded(sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        add_packets(session, 2)
        add = "insert into counter_delta (dataset_id, name, delta) select dataset_id, 'reviewed', 1 from dataset"
        for _ in range(10):
            session.execute(text(add))
    total = "select name, sum(delta)::int from counter_delta group by name order by name"
    with sessions() as folding, sessions() as other:
        assert fold_counters(folding, at_most=8) == 6
        assert rows(other, total) == rows(folding, total) == [("reviewed", 10), ("reviews_wanted", 2)]
        other.execute(text("set local lock_timeout = '50ms'"))
        fold_counters(other)
        assert rows(other, total) == rows(folding, total)
        folding.commit()
        other.commit()
        assert rows(other, total) == [("reviewed", 10), ("reviews_wanted", 2)]


def act_at_random(sessions: SessionMaker, reviewer: uuid.UUID, seed: int, steps: int) -> list[str]:
    """A reviewer in a hurry with a short lease: claims, dawdles, returns, saves, submits late and twice."""
    chance, config = random.Random(seed), ReviewConfig(lease_s=0.03, max_held=2)
    hands: list[Hand] = []
    refused: list[str] = []
    for step in range(steps):
        try:
            with transaction(sessions) as session:
                act = chance.choice(("claim", "claim", "submit", "submit", "save", "renew", "return"))
                if act == "claim" or not hands:
                    have = [hand.assignment_id for hand in hands]
                    if claim(session, reviewer, None, have, config).assignment_id is not None:
                        session.rollback() if chance.random() < 0.1 else hands.append(latest(session, reviewer))
                    continue
                hand = chance.choice(hands)
                if act == "submit":
                    sent = submission(hand, verdict=chance.choice(("accept", "accept", "reject", "unsure")))
                    assert submit(session, reviewer, sent) == submit(session, reviewer, sent)
                elif act == "save":
                    save_progress(session, reviewer, hand.assignment_id, 0, {"focus": step}, config)
                elif act == "renew":
                    renew(session, reviewer, hand.assignment_id, config)
                else:
                    give_back(session, reviewer, hand.assignment_id)
        except DomainError as error:
            refused.append(error.code)
    return refused


def latest(session: Session, reviewer: uuid.UUID) -> Hand:
    """The hand that the reviewer was last given in this transaction."""
    last = "select assignment_id, packet_id from assignment where reviewer = :r order by expires_at desc limit 1"
    ((assignment_id, packet_id),) = rows(session, last, r=reviewer)
    members = rows(session, "select draft_id from packet_draft where packet_id = :p order by position", p=packet_id)
    return Hand(reviewer, assignment_id, packet_id, [row[0] for row in members])


@pytest.mark.parametrize("wanted", [1, 2])
def test_thirty_two_reviewers_in_a_hurry_leave_everything_in_order(sessions: SessionMaker, wanted: int) -> None:
    with transaction(sessions) as session:
        add_packets(session, 40, wanted=wanted)
        reviewers = [add_reviewer(session) for _ in range(32)]
    with ThreadPoolExecutor(32) as pool:
        futures = [pool.submit(act_at_random, sessions, reviewer, seed, 25) for seed, reviewer in enumerate(reviewers)]
        refused = {code for future in futures for code in future.result(60)}
    assert refused <= {"hold_ended", "too_many_held", "already_reviewed", "progress_differs"}
    with transaction(sessions) as session:
        assert value(session, SLOT_STATES) == 0
        finish(session, reviewers)
        check_everything(session, wanted)


def finish(session: Session, reviewers: list[uuid.UUID]) -> None:
    """Let everybody review what is left, one after another."""
    for reviewer in reviewers:
        while claim(session, reviewer, None, [], CONFIG).assignment_id is not None:
            hand = latest(session, reviewer)
            submit(session, reviewer, submission(hand))


def check_everything(session: Session, wanted: int) -> None:
    counted = "select count(*), count(distinct (packet_id, slot)) from review where not is_extra"
    assert rows(session, counted) == [(40 * wanted, 40 * wanted)]
    assert value(session, "select count(*) from assignment where state = 'done'") == 40 * wanted
    assert value(session, "select count(*) from slot where is_free") == 0
    assert value(session, SLOT_STATES) == 0
    outcomes = "select count(*), count(distinct draft_id) from (select draft_id from resolution {}) as o"
    assert rows(session, outcomes.format("union all select draft_id from disagreement")) == [(120, 120)]
    assert value(session, "select count(*) from resolution where cardinality(review_ids) <> :k", k=wanted) == 0
    sums = dict(rows(session, "select name, sum(delta)::int from counter_delta group by name"))
    assert (sums["reviewed"], sums["reviews_wanted"]) == (40 * wanted, 40 * wanted)
    assert sums.get("extra_reviews", 0) == value(session, "select count(*) from review where is_extra")
    assert sums["verified"] + sums.get("rejected", 0) == value(session, "select count(*) from resolution")


def test_a_claim_that_would_wait_is_told_apart_from_one_that_does(sessions: SessionMaker) -> None:
    """The watch of these tests works: a plain lock on the same row does wait."""
    with transaction(sessions) as session:
        reviewer = add_reviewer(session)
    lock = "select 1 from pseudonym where pseudonym = :r for update"
    with sessions() as first, sessions() as second:
        first.execute(text(lock), {"r": reviewer})
        second.execute(text("set local lock_timeout = '50ms'"))
        with pytest.raises(OperationalError):
            second.execute(text(lock), {"r": reviewer})
