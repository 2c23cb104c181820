"""A sampled stratum: what its sample says, and that the rest is taken over on it, once, and never before."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.intake.queries import packets
from app.intake.queries.policies import Policy, Stratum, policies_in_force
from app.review.queries.sampling import NOTHING, SampleCount, count_samples, list_results
from app.review.workflow import GivenVerdict, submit
from app.review.workflow.policies import apply_policy, set_policy
from app.review.workflow.sampling import SampleError, begin_take_over, interval_of, take_over, why_not
from app.work import StopAskedError
from pipeline.scoring.intervals import wilson
from tests.app.review.drafted import add_drafts, review_all
from tests.app.review.factories import add_hand, add_reviewer, rows, submission, value

QUESTIONS = Stratum(kind="question")
TAKEN = "select count(*) from resolution where basis = 'sample'"


def sampled(sessions: SessionMaker, share: float = 0.2, *, reviews: int = 1, scenes: int = 60) -> tuple[int, int]:
    """A dataset of four questions and a caption a scene, of which the questions are sampled; dataset and policy."""
    with transaction(sessions) as session:
        dataset_id = add_drafts(session, scenes, captions=1, questions=4)
    return dataset_id, resample(sessions, dataset_id, share, reviews)


def resample(sessions: SessionMaker, dataset_id: int, share: float, reviews: int = 1) -> int:
    with transaction(sessions) as session:
        run_id = set_policy(session, "harbours", Policy(QUESTIONS, "sample", reviews, share), "command")
    assert run_id is not None
    apply_policy(sessions, run_id)
    with sessions() as session:
        return policies_in_force(session, dataset_id)[0].review_policy_id


def counted(sessions: SessionMaker, of: tuple[int, int]) -> SampleCount:
    with sessions() as session:
        return count_samples(session, of[0]).get(of[1], NOTHING)


def begin(sessions: SessionMaker, policy: int) -> int:
    with transaction(sessions) as session:
        return begin_take_over(session, "harbours", policy, "command")


def refused(sessions: SessionMaker, policy: int) -> str:
    with pytest.raises(SampleError) as error, transaction(sessions) as session:
        begin_take_over(session, "harbours", policy, "command")
    return error.value.message


def add_error(session: Session, draft_id: int, severity: str = "error", version: str = "v1") -> None:
    finding = """insert into finding (draft_id, screening_version, rule, severity, field, start_, end_, span_text,
            message)
        values (:draft, :version, 'count.number', :severity, 'question', 0, 1, 'A', 'wrong')"""
    session.execute(text(finding), {"draft": draft_id, "version": version, "severity": severity})


def test_the_rest_is_taken_over_on_the_sample_and_only_once_it_is_read(sessions: SessionMaker) -> None:
    of = sampled(sessions)
    before = counted(sessions, of)
    assert 25 <= before.drawn <= 75
    assert (before.read, before.rest, before.to_take) == (0, 240 - before.drawn, 240 - before.drawn)
    assert f"{before.drawn} of {before.drawn} drawn texts are still to be reviewed" in refused(sessions, of[1])
    with transaction(sessions) as session:
        loose = (
            "select draft_id from draft d where not exists (select from packet_draft m where m.draft_id = d.draft_id)"
        )
        rest = [row[0] for row in rows(session, f"{loose} order by 1")]
        review_all(session, reject=6)
        found = [(rest[0], "error", "v1"), (rest[1], "warning", "v1"), (rest[2], "error", "v0")]
        for draft, severity, version in found:
            add_error(session, draft, severity, version)
    done = counted(sessions, of)
    assert (done.read, done.with_error, done.to_take, why_not(done)) == (done.drawn, 1, len(rest) - 1, "")
    interval = interval_of(done)
    assert done.wrong > 0
    assert interval is not None
    plain = wilson(done.wrong, done.read)
    assert 0 < interval.low < done.wrong / done.read < interval.high < 1
    assert interval.high - interval.low >= plain.high - plain.low, "the scene is the unit"
    run_id = begin(sessions, of[1])
    assert f"in run {run_id}" in refused(sessions, of[1])

    def leave() -> None:
        raise StopAskedError

    with pytest.raises(StopAskedError):
        take_over(sessions, run_id, leave)
    assert take_over(sessions, run_id)["taken_over"] == len(rest) - 1
    with sessions() as session:
        assert value(session, TAKEN) == len(rest) - 1
        same = """select distinct outcome, support, review_ids, r.text = d.text, r.answer = d.answer, is_revised
            from resolution r join draft d using (draft_id) where basis = 'sample'"""
        told = rows(session, same)
        assert told == [("verified", "sar", [], True, True, False)]
        [result] = list_results(session, of[0])
        assert (result.read, result.wrong, result.interval) == (done.read, done.wrong, interval)
        assert packets.loose_scenes(session, of[0]) == []
        assert rows(session, "select state, done, total from run where kind = 'sample'") == [
            ("done", len(rest) - 1, len(rest) - 1)
        ]
    assert "no text left" in refused(sessions, of[1])
    again = counted(sessions, of)
    assert (again.taken_over, again.rest, again.read) == (len(rest) - 1, 1, done.read)


def test_a_larger_share_is_read_and_takes_the_place_of_what_was_taken_over(sessions: SessionMaker) -> None:
    of = sampled(sessions)
    with transaction(sessions) as session:
        review_all(session)
    take_over(sessions, begin(sessions, of[1]))
    more = (of[0], resample(sessions, of[0], 0.4))
    first = counted(sessions, more)
    assert first.read < first.drawn
    with transaction(sessions) as session:
        review_all(session, reject=1)
    second = counted(sessions, more)
    assert (second.read, second.wrong, second.taken_over) == (second.drawn, 1, 240 - second.drawn)
    with sessions() as session:
        current = """select count(*) from resolution r where revision = 2 and supersedes = 1 and basis = 'reviews'"""
        assert value(session, current) == second.drawn - first.read
    assert "was changed" in refused(sessions, of[1]), "the earlier policy holds no longer"


def test_what_is_in_dispute_unscreened_or_drafted_later_holds_it_up(sessions: SessionMaker) -> None:
    of = sampled(sessions, 0.3, reviews=2, scenes=12)
    with transaction(sessions) as session:
        review_all(session)
        questions = {row[0] for row in rows(session, "select draft_id from draft where kind = 'question'")}
        second, differs = add_reviewer(session), False
        while not differs:
            hand = add_hand(session, second)
            differs = hand.drafts[0] in questions
            submit(session, second, submission(hand, GivenVerdict(hand.drafts[0], "reject" if differs else "accept")))
        review_all(session, reviewer=second)
    assert "differ: adjudicate first" in refused(sessions, of[1])
    with transaction(sessions) as session:
        session.execute(text("update disagreement set closed_at = now()"))
        decided = """insert into resolution (draft_id, outcome, text, answer, support, review_ids)
            select draft_id, 'verified', text, answer, 'sar', array[1] from disagreement join draft using (draft_id)"""
        session.execute(text(decided))
    assert why_not(counted(sessions, of)) == ""
    run_id = begin(sessions, of[1])
    with transaction(sessions) as session:
        later = """insert into draft (scene_id, drafter_id, run_id, kind, question_type, text, answer, draft_sha256)
            select scene_id, drafter_id, run_id, kind, question_type, 'How many?', '2', 'later' || draft_id
            from draft where kind = 'question' order by draft_id limit 4"""
        session.execute(text(later))
    assert "4 texts are not screened" in refused(sessions, of[1])
    with transaction(sessions) as session:
        session.execute(text("insert into screened select draft_id, 'v1', run_id from draft on conflict do nothing"))
    take_over(sessions, run_id)
    with sessions() as session:
        assert value(session, f"{TAKEN} and text = 'How many?'") == 0, "of what was drafted later nothing was read"
        assert value(session, TAKEN) > 0


def test_a_scene_that_a_reviewer_found_unusable_gives_nothing(sessions: SessionMaker) -> None:
    of = sampled(sessions, 0.3, scenes=20)
    with transaction(sessions) as session:
        reviewer = add_reviewer(session)
        hand = add_hand(session, reviewer)
        submit(session, reviewer, submission(hand, scene="unusable", reason="artefact"))
        review_all(session, reviewer=reviewer)
        scene = value(session, "select scene_id from packet where packet_id = :id", id=hand.packet_id)
    count = counted(sessions, of)
    assert count.unusable > 0
    take_over(sessions, begin(sessions, of[1]))
    with sessions() as session:
        taken = f"{TAKEN} and draft_id in (select draft_id from draft where scene_id = :scene)"
        assert value(session, taken, scene=scene) == 0
        assert value(session, TAKEN) == count.to_take


def test_packets_that_were_sealed_before_the_sample_say_nothing_of_the_rest(sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        dataset_id = add_drafts(session, 20, captions=0, questions=4)
        early = [row[0] for row in rows(session, "select scene_id from scene order by 1 limit 10")]
        packets.seal_scenes(session, early)
    policy = resample(sessions, dataset_id, 0.5)
    count = counted(sessions, (dataset_id, policy))
    assert count.drawn + count.rest == 40
    with transaction(sessions) as session:
        assert count.drawn == value(session, "select count(*) from packet_draft where scene_id > :at", at=max(early))
        otherwise = "select packet_id from packet where review_policy_id is null"
        session.execute(text(f"update slot set is_free = false where packet_id in ({otherwise})"))
        review_all(session)
    take_over(sessions, begin(sessions, policy))
    with sessions() as session:
        assert value(session, TAKEN) == count.rest


def test_too_small_a_sample_tells_nothing(sessions: SessionMaker) -> None:
    of = sampled(sessions, 0.001, scenes=3)
    assert counted(sessions, of).drawn == 0
    assert "No text was drawn" in refused(sessions, of[1])
    assert "was changed" in refused(sessions, 999)
