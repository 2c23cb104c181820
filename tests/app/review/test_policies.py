"""What a policy costs, and what it makes of packets that are sealed already."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.intake.queries.datasets import get_dataset
from app.intake.queries.policies import Policy, Stratum, policies_in_force
from app.intake.workflow.sealing import seal_packets
from app.review.queries.strata import Pace
from app.review.workflow import submit
from app.review.workflow.policies import apply_policy, set_policy
from app.review.workflow.previewing import Preview, preview_policy
from app.review.workflow.projecting import Speed
from app.review.workflow.strata import count_strata, counted_strata, keep_strata
from app.work import StopAskedError
from tests.app.review.drafted import add_drafts, review_all
from tests.app.review.factories import add_hand, add_pool, add_reviewer, rows, submission, value

QUESTIONS = Stratum(kind="question")
NEW_YEAR = dt.date(2026, 1, 1)
SLOTS = "select packet_id, count(*)::int, min(pool), count(distinct sort_key)::int from slot group by 1 order by 1"


@pytest.fixture
def dataset_id(sessions: SessionMaker) -> int:
    """Eight packets of two captions and two questions each, one review wanted."""
    with transaction(sessions) as session:
        made = add_drafts(session)
    seal_packets(sessions, made)
    return made


def decide(sessions: SessionMaker, policy: Policy) -> int:
    with transaction(sessions) as session:
        run_id = set_policy(session, "harbours", policy, "command")
    assert run_id is not None
    return run_id


def preview(session: Session, dataset_id: int, policy: Policy) -> Preview:
    held = [decision.policy for decision in policies_in_force(session, dataset_id)]
    return preview_policy(get_dataset(session, dataset_id), held, policy, count_strata(session, dataset_id))


def test_waiting_packets_get_and_lose_slots_and_what_was_begun_stays(sessions: SessionMaker, dataset_id: int) -> None:
    with transaction(sessions) as session:
        hands = [add_hand(session, add_reviewer(session)) for _ in range(2)]
        session.execute(text("insert into pool (pool) values ('counters')"))
        seen = preview(session, dataset_id, Policy(QUESTIONS, "reviews", 3))
    assert (seen.then.stratum.begun, seen.now.stratum.begun) == (2, 0)
    begun = {hand.packet_id for hand in hands}
    run_id = decide(sessions, Policy(QUESTIONS, "reviews", 3, pool="counters"))
    counts = apply_policy(sessions, run_id)
    assert (counts["slots_added"], counts["slots_removed"], counts["packets_moved"]) == (12, 0, 0)
    with sessions() as session:
        told = rows(session, SLOTS)
        # Its captions are for everybody, so a packet with both stays where everybody finds it.
        assert told == [(packet, 1 if packet in begun else 3, "main", 1) for packet, *_ in told]
        assert value(session, "select sum(delta) from counter_delta where name = 'reviews_wanted'") == 20
        run = rows(session, "select state, done, total, counts ->> 'slots_added' from run where kind = 'policy'")
        assert run == [("done", 8, 8, "12")]
    assert apply_policy(sessions, run_id) == {}, "a run that is over is over"
    counts = apply_policy(sessions, decide(sessions, Policy(Stratum(), "reviews", 2, pool="counters")))
    assert counts["packets_moved"] == 6
    counts = apply_policy(sessions, decide(sessions, Policy(QUESTIONS, "none")))
    assert (counts["slots_added"], counts["slots_removed"]) == (0, 6)
    with sessions() as session:
        assert {row[1:3] for row in rows(session, SLOTS)} == {(1, "main"), (2, "counters")}
        assert value(session, "select sum(delta) from counter_delta where name = 'reviews_wanted'") == 14


def test_a_review_counts_as_many_as_the_packet_has_slots(sessions: SessionMaker, dataset_id: int) -> None:
    apply_policy(sessions, decide(sessions, Policy(Stratum(), "reviews", 2)))
    with transaction(sessions) as session:
        told = []
        for _ in range(2):
            reviewer = add_reviewer(session)
            hand = add_hand(session, reviewer)
            told.append(submit(session, reviewer, submission(hand)).resolved)
    assert told == [0, 4]


def test_a_run_that_was_broken_off_goes_on_and_finds_what_was_done(
    sessions: SessionMaker, dataset_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.review.workflow.policies.CHUNK_PACKETS", 3)
    run_id = decide(sessions, Policy(Stratum(), "reviews", 2))

    def leave() -> None:
        raise StopAskedError

    with pytest.raises(StopAskedError):
        apply_policy(sessions, run_id, leave)
    with sessions() as session:
        assert rows(session, "select state, done, total from run where kind = 'policy'") == [("running", 3, 8)]
    assert apply_policy(sessions, run_id)["slots_added"] == 8
    with sessions() as session:
        assert rows(session, "select state, done, total from run where kind = 'policy'") == [("done", 8, 8)]
        assert value(session, "select count(*) from slot") == 16


def test_a_packet_that_is_being_handed_out_at_that_moment_stays_as_it_was(
    sessions: SessionMaker, dataset_id: int
) -> None:
    run_id = decide(sessions, Policy(Stratum(), "reviews", 3))
    with ThreadPoolExecutor(1) as pool, transaction(sessions) as claiming:
        hand = add_hand(claiming, add_reviewer(claiming))
        applied = pool.submit(apply_policy, sessions, run_id)
        waits = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%from slot%'"
        with sessions() as watching:
            while not value(watching, waits):
                watching.rollback()
        claiming.commit()
    assert applied.result()["slots_added"] == 14
    with sessions() as session:
        assert value(session, "select count(*) from slot where packet_id = :id", id=hand.packet_id) == 1


def test_the_preview_tells_texts_reviews_hours_and_the_day(sessions: SessionMaker, dataset_id: int) -> None:
    with transaction(sessions) as session:
        plain = preview(session, dataset_id, Policy(QUESTIONS, "reviews", 2))
    # Sealed together: who reads the questions twice reads the captions twice.
    assert (plain.now.stratum.readings, plain.then.stratum.readings, plain.then.dataset.readings) == (16, 32, 64)
    assert (plain.speed.is_measured, plain.speed.seconds_a_text, plain.then.finished_on) == (False, 15.0, None)
    assert (plain.is_new, plain.then.hours, plain.now.dataset_hours) == (True, 32 * 15 / 3600, 32 * 15 / 3600)
    with transaction(sessions) as session:
        add_pool(session, "urban")
        # Who gives the questions to a pool learns that packets with captions in them do not go there.
        apart = preview(session, dataset_id, Policy(QUESTIONS, "reviews", 1, pool="urban"))
        assert (plain.mixed, apart.mixed) == (0, 8)
        assert preview(session, dataset_id, Policy(Stratum(), "reviews", 1, pool="urban")).mixed == 0
        reviewer = add_reviewer(session)
        for ms in (4_000, 900_000):
            review_all(session, reviewer=reviewer, ms=ms, at_most=4)
        measured = preview(session, dataset_id, Policy(QUESTIONS, "reviews", 2))
    assert (measured.speed.is_measured, measured.speed.verdicts) == (True, 32)
    assert measured.speed.seconds_a_text == (4 + 120) / 2, "who left the desk counts as two minutes"
    assert (measured.then.stratum.reviewed, measured.then.stratum.readings, measured.then.stratum.begun) == (16, 0, 8)
    assert measured.then.finished_on == dt.datetime.now(dt.UTC).date()
    assert Speed.of(Pace(40, 8.0, 100.0, NEW_YEAR)).finished_on(250) == dt.date(2026, 1, 3)
    assert Speed.of(Pace(40, 8.0, 1e-9, NEW_YEAR)).finished_on(250) is None


def test_the_preview_of_a_sample_is_what_sealing_draws(sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        dataset_id = add_drafts(session, 40, drafters=("early", "late"))
        decided = Policy(QUESTIONS, "sample", 2, 0.25)
        seen = preview(session, dataset_id, decided)
        assert (seen.then.stratum.texts, seen.narrower, seen.now.stratum.readings) == (160, 0, 160)
    counts = apply_policy(sessions, decide(sessions, decided))
    with transaction(sessions) as session:
        kind = "select count(*) from packet_draft join draft using (draft_id) where kind = 'question'"
        drawn = value(session, kind)
        assert (seen.then.stratum.to_read, seen.then.stratum.readings) == (drawn, 2 * drawn)
        assert seen.then.stratum.left_out == 160 - drawn
        after = preview(session, dataset_id, decided)
        assert (after.is_new, after.then) == (False, seen.then)
        more = preview(session, dataset_id, Policy(QUESTIONS, "sample", 2, 0.5)).then.stratum
        none = preview(session, dataset_id, Policy(QUESTIONS, "none")).then.stratum
        assert drawn < more.to_read < none.to_read == 160
    assert counts["packets"] > 0
    apply_policy(sessions, decide(sessions, Policy(QUESTIONS, "none")))
    with sessions() as session:
        assert value(session, kind) == 160


def test_the_figures_of_a_large_dataset_are_kept_and_counted_anew_behind_the_page(
    sessions: SessionMaker, dataset_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = "select count(*) from procrastinate_jobs where task_name = 'review.count_strata'"
    with transaction(sessions) as session:
        # As imports and draftings count them.
        counted = "insert into counter_delta (dataset_id, name, delta) values (:id, 'drafts', 60000)"
        session.execute(text(counted), {"id": dataset_id})
        assert counted_strata(session, "harbours", dataset_id) is None
        assert value(session, jobs) == 1
        keep_strata(session, dataset_id)
    with transaction(sessions) as session:
        kept = counted_strata(session, "harbours", dataset_id)
        assert kept is not None
        assert kept.counted_at is not None
        now = count_strata(session, dataset_id)
        assert (kept.cells, kept.sealed, kept.pace, kept.samples) == (now.cells, now.sealed, now.pace, now.samples)
