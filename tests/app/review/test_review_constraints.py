"""What the database itself refuses, whoever asks: each rule broken by SQL, past all of our code."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from psycopg import errors as postgres
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.review.errors import BY_CONSTRAINT, domain_errors
from app.review.workflow import submit
from tests.app.review.factories import Hand, add_hand, add_packets, add_reviewer, rows, submission, value

ASSIGN = """insert into assignment (packet_id, slot, reviewer, state, expires_at, ended_at)
    values (:packet_id, :slot, :reviewer, :state, now(), case when :state <> 'held' then now() end)"""
REVIEW = """insert into review (packet_id, reviewer, slot, is_extra, revision, supersedes, submission_id, body_sha256,
        acknowledgement, scene_verdict)
    values (:packet_id, :reviewer, :slot, :is_extra, :revision, :supersedes, gen_random_uuid(), 'x', '{}', 'usable')"""
VERDICT = """insert into draft_verdict (review_id, packet_id, draft_id, verdict, revised_text, revised_answer, flags)
    values (:review_id, :packet_id, :draft_id, :verdict, :text, :answer, :flags)"""


def broken_by(session: Session, statement: str, **given: Any) -> str:
    """The name of the constraint that refuses the statement."""
    with pytest.raises(IntegrityError) as raised, session.begin_nested():
        session.execute(text(statement), given)
    assert isinstance(raised.value.orig, postgres.Error)
    return str(raised.value.orig.diag.constraint_name)


@pytest.fixture
def reviewed(session: Session) -> Hand:
    """A packet that wants two reviews and has one."""
    add_packets(session, 1, wanted=2)
    hand = add_hand(session, add_reviewer(session))
    submit(session, hand.reviewer, submission(hand))
    return hand


def review_of(hand: Hand, **changed: Any) -> dict[str, Any]:
    return {
        "packet_id": hand.packet_id,
        "reviewer": hand.reviewer,
        "slot": 1,
        "is_extra": False,
        "revision": 1,
        "supersedes": None,
        **changed,
    }


@pytest.mark.parametrize("state", ["held", "done"])
def test_a_slot_is_held_or_done_once(session: Session, reviewed: Hand, state: str) -> None:
    asked = {"packet_id": reviewed.packet_id, "slot": 1, "reviewer": add_reviewer(session), "state": state}
    assert broken_by(session, ASSIGN, **asked) == "uq_assignment_slot_taken"
    session.execute(text(ASSIGN), {**asked, "state": "expired"})


@pytest.mark.parametrize("state", ["held", "done", "expired"])
def test_a_packet_is_in_one_hand_of_a_reviewer_unless_returned(session: Session, reviewed: Hand, state: str) -> None:
    asked = {"packet_id": reviewed.packet_id, "slot": 2, "reviewer": add_reviewer(session)}
    session.execute(text(ASSIGN), {**asked, "state": "returned"})
    session.execute(text(ASSIGN), {**asked, "state": state})
    assert broken_by(session, ASSIGN, **asked, state="expired") == "uq_assignment_packet_reviewer"
    session.execute(text(ASSIGN), {**asked, "state": "returned"})


def test_a_hold_that_ended_says_when(session: Session, reviewed: Hand) -> None:
    asked = {"packet_id": reviewed.packet_id, "slot": 2, "reviewer": add_reviewer(session)}
    for state, wrong in (("held", "now()"), ("expired", "null")):
        ended = ASSIGN.replace("case when :state <> 'held' then now() end", wrong)
        assert broken_by(session, ended, **asked, state=state) == "ck_assignment_ended_when_not_held"


def test_nobody_holds_a_slot_that_the_packet_has_not(session: Session, reviewed: Hand) -> None:
    asked = {"packet_id": reviewed.packet_id, "slot": 3, "reviewer": add_reviewer(session), "state": "held"}
    assert broken_by(session, ASSIGN, **asked) == "fk_assignment_packet_id_slot_slot"


@pytest.mark.parametrize("table", ["review", "draft_verdict", "resolution", "packet", "packet_draft", "draft"])
@pytest.mark.parametrize("change", ["delete from {}", "update {} set {} = {}", "truncate {} cascade"])
def test_what_is_append_only_stays(session: Session, table: str, change: str) -> None:
    add_packets(session)
    hand = add_hand(session, add_reviewer(session))
    submit(session, hand.reviewer, submission(hand))
    columns = "select column_name from information_schema.columns where table_name = :t and is_identity = 'NO' limit 1"
    column = value(session, columns, t=table)
    assert broken_by(session, change.format(table, column, column)) == "append_only"


def test_a_reviewer_reviews_a_packet_once_a_revision(session: Session, reviewed: Hand) -> None:
    assert broken_by(session, REVIEW, **review_of(reviewed, is_extra=True)) == "uq_review_packet_id_reviewer_revision"


def test_only_the_revision_before_is_superseded_and_once(session: Session, reviewed: Hand) -> None:
    second = review_of(reviewed, revision=2, supersedes=1)
    third = {**second, "revision": 3}
    assert broken_by(session, REVIEW, **third) == "ck_review_supersedes_the_one_before"
    assert broken_by(session, REVIEW, **third | {"supersedes": 2}).startswith("fk_review_packet_id_reviewer_supersedes")
    assert broken_by(session, REVIEW, **second | {"supersedes": None}) == "ck_review_supersedes_the_one_before"
    session.execute(text(REVIEW), second)
    assert broken_by(session, REVIEW, **second) == "uq_review_packet_id_reviewer_revision"


def test_a_slot_counts_one_review(session: Session, reviewed: Hand) -> None:
    other = review_of(reviewed, reviewer=add_reviewer(session))
    assert broken_by(session, REVIEW, **other) == "uq_review_slot_counted"
    session.execute(text(REVIEW), other | {"is_extra": True})


def test_a_verdict_is_of_a_draft_of_the_reviews_own_packet(session: Session, reviewed: Hand) -> None:
    add_packets(session, 1, dataset="other")
    foreign = add_hand(session, reviewed.reviewer, "other")
    review_id = value(session, "select review_id from review")
    asked = {"review_id": review_id, "verdict": "accept", "text": None, "answer": None, "flags": []}
    of_own = asked | {"packet_id": reviewed.packet_id, "draft_id": foreign.drafts[0]}
    assert broken_by(session, VERDICT, **of_own) == "fk_draft_verdict_packet_id_draft_id_packet_draft"
    of_other = of_own | {"packet_id": foreign.packet_id}
    assert broken_by(session, VERDICT, **of_other) == "fk_draft_verdict_review_id_packet_id_review"


def test_a_draft_has_one_verdict_a_review(session: Session, reviewed: Hand) -> None:
    review_id = value(session, "select review_id from review")
    asked = {"review_id": review_id, "packet_id": reviewed.packet_id, "draft_id": reviewed.drafts[0]}
    said = {"verdict": "accept", "text": None, "answer": None, "flags": []}
    assert broken_by(session, VERDICT, **asked, **said) == "pk_draft_verdict"


@pytest.mark.parametrize(
    ("said", "constraint"),
    [
        ({"verdict": "revise"}, "ck_draft_verdict_revise_has_text"),
        ({"verdict": "accept", "text": "A ship."}, "ck_draft_verdict_revise_has_text"),
        ({"verdict": "accept", "answer": "3"}, "ck_draft_verdict_answer_only_revised"),
        ({"verdict": "fine"}, "ck_draft_verdict_verdict_known"),
        ({"verdict": "accept", "flags": ["ugly"]}, "ck_draft_verdict_flags_known"),
    ],
)
def test_a_verdict_has_its_form(session: Session, said: dict[str, Any], constraint: str) -> None:
    add_packets(session)
    hand = add_hand(session, add_reviewer(session))
    session.execute(text(REVIEW), review_of(hand))
    asked = {"review_id": value(session, "select review_id from review"), "packet_id": hand.packet_id}
    given = {"draft_id": hand.drafts[0], "text": None, "answer": None, "flags": [], **said}
    assert broken_by(session, VERDICT, **asked, **given) == constraint


def test_a_submission_is_stored_once_a_reviewer(session: Session, reviewed: Hand) -> None:
    add_packets(session, 1, dataset="other")
    again = REVIEW.replace("gen_random_uuid()", "(select submission_id from review)")
    other = add_hand(session, reviewed.reviewer, "other")
    assert broken_by(session, again, **review_of(other)) == "uq_review_reviewer_submission_id"


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"outcome": "verified"}, "ck_resolution_verified_has_text"),
        ({"words": "A ship."}, "ck_resolution_verified_has_text"),
        ({"reviews": []}, "ck_resolution_rests_on_reviews"),
        ({"outcome": "perhaps"}, "ck_resolution_outcome_known"),
        ({"revision": 2}, "ck_resolution_supersedes_the_one_before"),
        ({"supersedes": 1}, "ck_resolution_supersedes_the_one_before"),
    ],
)
def test_a_resolution_has_its_form(session: Session, reviewed: Hand, changed: dict[str, Any], constraint: str) -> None:
    resolve = """insert into resolution (draft_id, outcome, text, revision, supersedes, review_ids)
        values (:draft, :outcome, :words, :revision, :supersedes, cast(:reviews as bigint[]))"""
    given = {"outcome": "rejected", "words": None, "revision": 1, "supersedes": None, "reviews": [1], **changed}
    assert broken_by(session, resolve, draft=reviewed.drafts[0], **given) == constraint


def test_a_draft_is_in_one_packet_and_of_its_scene(session: Session, reviewed: Hand) -> None:
    add_packets(session, 1, dataset="other")
    packets = dict(rows(session, "select scene_id, packet_id from packet"))
    own = value(session, "select scene_id from packet where packet_id = :p", p=reviewed.packet_id)
    [foreign] = set(packets) - {own}
    join = "insert into packet_draft (packet_id, position, draft_id, scene_id) values (:packet, 12, :draft, :scene)"
    again = {"packet": reviewed.packet_id, "draft": reviewed.drafts[0], "scene": own}
    assert broken_by(session, join, **again) == "uq_packet_draft_draft_id"
    loose = value(
        session,
        """insert into draft (scene_id, drafter_id, run_id, kind, text, draft_sha256)
        select scene_id, drafter_id, run_id, 'concise_caption', 'A loose draft.', 'x' from draft
        where scene_id = :scene limit 1 returning draft_id""",
        scene=foreign,
    )
    given = {"packet": reviewed.packet_id, "draft": loose}
    assert broken_by(session, join, **given, scene=own) == "fk_packet_draft_draft_id_scene_id_draft"
    assert broken_by(session, join, **given, scene=foreign) == "fk_packet_draft_packet_id_scene_id_packet"
    fitting = {**given, "packet": packets[foreign], "scene": foreign}
    assert broken_by(session, join, **fitting) == "sealed"


def test_a_draft_has_one_resolution_a_revision(session: Session) -> None:
    add_packets(session)
    hand = add_hand(session, add_reviewer(session))
    submit(session, hand.reviewer, submission(hand))
    resolve = """insert into resolution (draft_id, outcome, revision, supersedes, review_ids)
        values (:d, 'rejected', :n, :s, '{1}')"""
    asked = {"d": hand.drafts[0]}
    assert broken_by(session, resolve, **asked, n=1, s=None) == "uq_resolution_draft_id_revision"
    assert broken_by(session, resolve, **asked, n=3, s=2) == "fk_resolution_draft_id_supersedes_resolution"
    session.execute(text(resolve), {**asked, "n": 2, "s": 1})


def test_a_draft_waits_for_a_known_reason(session: Session, reviewed: Hand) -> None:
    wait = "insert into disagreement (draft_id, packet_id, reason) values (:d, :p, 'whim')"
    asked = {"d": reviewed.drafts[0], "p": reviewed.packet_id}
    assert broken_by(session, wait, **asked) == "ck_disagreement_reason_known"


def test_violations_become_domain_errors_by_the_name_of_the_constraint(session: Session, reviewed: Hand) -> None:
    names = {
        row[0]
        for row in rows(session, "select conname::text from pg_constraint union select indexname from pg_indexes")
    }
    assert set(BY_CONSTRAINT) <= names
    for given, name in (
        (review_of(reviewed, is_extra=True), "uq_review_packet_id_reviewer_revision"),
        (review_of(reviewed, reviewer=add_reviewer(session)), "uq_review_slot_counted"),
    ):
        with pytest.raises(BY_CONSTRAINT[name]), session.begin_nested(), domain_errors():
            session.execute(text(REVIEW), given)


def test_a_violation_that_means_nothing_to_people_stays_what_it_is(session: Session, reviewed: Hand) -> None:
    with pytest.raises(IntegrityError, match="fk_review_reviewer_pseudonym"), session.begin_nested(), domain_errors():
        session.execute(text(REVIEW), review_of(reviewed, reviewer=uuid.uuid4(), is_extra=True))
