"""Counters, and the job that folds them."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.review import jobs
from app.review.queries.counting import fold_counters, queue_of
from app.review.workflow import submit, submitting
from app.work import worker
from tests.app.review.factories import add_hand, add_packets, add_reviewer, end_hold, rows, submission, value


def reviewed_once(session: Session) -> uuid.UUID:
    reviewer = add_reviewer(session)
    submit(session, reviewer, submission(add_hand(session, reviewer, "harbours")))
    return reviewer


def test_the_queue_counts_what_is_done_and_what_is_ones_own(session: Session) -> None:
    add_packets(session, 3, dataset="harbours")
    session.execute(text("insert into dataset (name, source) values ('empty', 'paired')"))
    mine, _ = reviewed_once(session), reviewed_once(session)
    hand = add_hand(session, mine)
    (row,) = queue_of(session, mine)
    assert (row.name, row.reviewed, row.wanted, row.reviewed_by_me, row.held_by_me) == ("harbours", 2, 3, 1, 1)
    end_hold(session, hand)
    assert queue_of(session, mine)[0].held_by_me == 0


def test_folding_keeps_each_sum_and_leaves_one_row_of_it(session: Session) -> None:
    add_packets(session, 3, dataset="harbours")
    add_packets(session, 2, dataset="airfields")
    for _ in range(3):
        reviewed_once(session)
    sums = "select dataset_id, name, sum(delta)::int from counter_delta group by 1, 2 order by 1, 2"
    before = rows(session, sums)
    assert fold_counters(session) == 4
    assert rows(session, sums) == before
    assert value(session, "select count(*) from counter_delta") == len(before)


def test_a_review_now_and_then_has_the_counters_folded(
    sessions: SessionMaker, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submitting, "FOLD_EVERY", 2)
    with transaction(sessions) as session:
        add_packets(session, 3, dataset="harbours")
        for _ in range(3):
            reviewed_once(session)
        assert value(session, "select count(*) from procrastinate_jobs") == 1
        before = value(session, "select count(*) from counter_delta")
    worker.run(database_url, blueprints={"review": jobs.jobs}, until_idle=True)
    with transaction(sessions) as session:
        assert value(session, "select count(*) from counter_delta") == 3 < before
        assert value(session, "select sum(delta) from counter_delta where name = 'reviewed'") == 3
