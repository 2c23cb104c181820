"""A senior's decision: stored once, with its resolution, its counters and its comments, and never on one's own."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.adjudication.errors import (
    AlreadyDecidedError,
    DecisionDiffersError,
    HeldByAnotherError,
    InvalidDecisionError,
    NoDisagreementError,
    OwnReviewError,
    SidesChangedError,
)
from app.adjudication.workflow import (
    AdjudicationConfig,
    CommentBack,
    Decision,
    Decisions,
    SceneDecision,
    comment_back,
    decide,
    leave,
    take,
)
from app.db.errors import DomainError
from app.review.errors import UnstorableTextError
from tests.app.adjudication.factories import (
    SECRET,
    add_differing,
    add_pseudonym,
    counted,
    decisions,
    letter_of,
    says,
)
from tests.app.review.factories import rows, value

CONFIG = AdjudicationConfig()
RESOLVED = """
select revision, outcome, text, answer, support, is_revised, cardinality(review_ids), adjudication_id is not null
from resolution where draft_id = :id order by revision"""


@pytest.fixture
def senior(session: Session) -> uuid.UUID:
    return add_pseudonym(session)


def refused(session: Session, senior: uuid.UUID, given: Decisions) -> type[DomainError]:
    """The error that the decisions are refused with; it says what to do, and nothing is stored."""
    counters = "select name, sum(delta) from counter_delta group by name order by name"
    before = rows(session, counters)
    with pytest.raises(DomainError) as found, session.begin_nested():
        decide(session, SECRET, senior, given)
    assert found.value.message.endswith(".")
    assert value(session, "select count(*) from adjudication") == 0
    assert rows(session, counters) == before
    return type(found.value)


def test_each_choice_makes_its_resolution_closes_the_disagreement_and_counts(
    session: Session, senior: uuid.UUID
) -> None:
    revised = "A grey ship lies at the quay."
    packet = add_differing(
        session,
        {1: says("revise", revised_text=revised, flags=("position",)), 2: says("reject"), 3: says("unsure")},
        {1: says("reject"), 4: says("revise", revised_text="B"), 5: says("accept", support="sar_with_optical")},
        {4: says("revise", revised_text="b "), 5: says("unsure")},
        drafts=5,
    )
    # Draft 4: two write the same words, one accepts.
    assert counted(session, "disagreements") == 5
    first, second, third, fourth, fifth = packet.drafts
    letter = next(
        letter
        for letter in "ABC"
        if _takes(session, senior, decisions(packet, Decision(first, "side", side=letter))) == revised
    )
    told = decide(
        session,
        SECRET,
        senior,
        decisions(
            packet,
            Decision(first, "side", side=letter, flags=("other", "position"), note="It is at the quay."),
            Decision(second, "reject"),
            Decision(third, "written", answer="4", support="sar"),
            Decision(fourth, "as_drafted"),
            Decision(fifth, "as_drafted"),
        ),
    )
    assert [(one.draft_id, one.outcome) for one in told.decided] == [
        (first, "verified"), (second, "rejected"), (third, "verified"), (fourth, "verified"), (fifth, "verified"),
    ]  # fmt: skip
    assert rows(session, RESOLVED, id=first) == [(1, "verified", revised, None, "sar", True, 3, True)]
    assert rows(session, RESOLVED, id=second) == [(1, "rejected", None, None, None, False, 3, True)]
    [(_, outcome, question, answer, support, is_revised, *_)] = rows(session, RESOLVED, id=third)
    assert (outcome, question, answer, support, is_revised) == (
        "verified", "How many ships are in the image?", "4", "sar", True,
    )  # fmt: skip
    # The weakest support that any side found, unless one is given.
    assert [row[4] for draft in (fourth, fifth) for row in rows(session, RESOLVED, id=draft)] == [
        "sar", "sar_with_optical",
    ]  # fmt: skip
    assert value(session, "select count(*) from disagreement where closed_at is null") == 0
    assert [counted(session, name) for name in ("disagreements", "verified", "rejected")] == [0, 4, 1]
    kept = "select choice, flags, note, side_review_id is not null from adjudication where draft_id = :id"
    assert rows(session, kept, id=first) == [("side", ["position", "other"], "It is at the quay.", True)]


def _takes(session: Session, senior: uuid.UUID, given: Decisions) -> str | None:
    """The text that a decision would make; nothing of it stays."""
    trial = session.begin_nested()
    try:
        return decide(session, SECRET, senior, given).decided[0].text
    finally:
        trial.rollback()


def test_the_same_submission_is_acknowledged_again_and_another_body_refused(
    session: Session, senior: uuid.UUID
) -> None:
    packet = add_differing(session, {1: says("reject")}, {})
    given = decisions(packet, Decision(packet.drafts[0], "reject", comments=(CommentBack("all", "No ship."),)))
    first = decide(session, SECRET, senior, given)
    assert decide(session, SECRET, senior, given) == first
    with pytest.raises(DecisionDiffersError):
        decide(session, SECRET, senior, replace(given, decisions=(Decision(packet.drafts[0], "as_drafted"),)))
    assert value(session, "select count(*) from adjudication") == 1
    assert value(session, "select count(*) from comment") == 2
    assert [counted(session, name) for name in ("disagreements", "verified", "rejected")] == [0, 2, 1]
    # Under another id it is a stale decision: what another decided stays.
    with pytest.raises(AlreadyDecidedError) as stale:
        decide(session, SECRET, add_pseudonym(session), replace(given, submission_id=uuid.uuid4()))
    assert stale.value.facts == {"decided": [packet.drafts[0]]}


def test_an_outcome_that_was_there_before_is_followed_and_counted_over(session: Session, senior: uuid.UUID) -> None:
    packet = add_differing(session, {1: says("reject")}, {})
    draft_id = packet.drafts[0]
    session.execute(
        text("""insert into resolution (draft_id, outcome, review_ids)
            values (:id, 'rejected', array[(select min(review_id) from review)])"""),
        {"id": draft_id},
    )
    session.execute(
        text("insert into counter_delta (dataset_id, name, delta) select dataset_id, 'rejected', 1 from packet")
    )
    decide(session, SECRET, senior, decisions(packet, Decision(draft_id, "as_drafted")))
    assert [row[:2] for row in rows(session, RESOLVED, id=draft_id)] == [(1, "rejected"), (2, "verified")]
    assert [counted(session, name) for name in ("disagreements", "verified", "rejected")] == [0, 3, 0]


def test_an_unusable_scene_rejects_all_and_a_usable_one_leaves_the_side_that_judged(
    session: Session, senior: uuid.UUID
) -> None:
    unusable = add_differing(session, {}, {}, scenes={0: "artefact"}, dataset="one")
    usable = add_differing(session, {1: says("reject")}, {}, scenes={1: "no_data"}, dataset="two")
    letter = letter_of(session, senior, unusable, 0)
    to_first = (CommentBack(letter, "Well seen."),)
    scene = SceneDecision("artefact", "Ghosts of the bridge.", to_first)
    assert len(decide(session, SECRET, senior, decisions(unusable, scene=scene)).decided) == 3
    kept = "select distinct choice, unusable_reason, note from adjudication where packet_id = :id"
    assert rows(session, kept, id=unusable.packet_id) == [("reject", "artefact", "Ghosts of the bridge.")]
    assert rows(session, "select to_reviewer, draft_id, text from comment") == [
        (unusable.reviewers[0], None, "Well seen.")
    ]
    # Only one judged its drafts: a side A.
    first, second, third = usable.drafts
    told = decide(
        session, SECRET, senior, decisions(usable, Decision(first, "side", "A"), Decision(second, "side", "A"))
    )
    assert [one.outcome for one in told.decided] == ["rejected", "verified"]
    with pytest.raises(AlreadyDecidedError, match="taken for usable"):
        decide(session, SECRET, senior, decisions(usable, scene=scene))
    assert [counted(session, name) for name in ("disagreements", "verified", "rejected")] == [1, 1, 4]
    decide(session, SECRET, senior, decisions(usable, Decision(third, "reject")))
    assert counted(session, "disagreements") == 0


def test_nobody_decides_what_they_reviewed(session: Session) -> None:
    packet = add_differing(session, {1: says("reject")}, {})
    given = decisions(packet, Decision(packet.drafts[0], "reject"))
    for reviewer in packet.reviewers:
        assert refused(session, reviewer, given) is OwnReviewError
        with pytest.raises(OwnReviewError):
            take(session, reviewer, packet.packet_id, CONFIG)
        with pytest.raises(OwnReviewError):
            comment_back(session, SECRET, reviewer, packet.packet_id, None, CommentBack("all", "x"), uuid.uuid4())
    # The database itself, whatever the code does.
    stored = """insert into adjudication (draft_id, packet_id, adjudicator, submission_id, body_sha256, choice)
        values (:draft, :packet, :who, gen_random_uuid(), 'x', 'reject')"""
    keys = {"draft": packet.drafts[0], "packet": packet.packet_id}
    for who in packet.reviewers:
        with pytest.raises(IntegrityError, match="nobody adjudicates"), session.begin_nested():
            session.execute(text(stored), {**keys, "who": who})
    session.execute(text(stored), {**keys, "who": add_pseudonym(session)})
    for change in ("update adjudication set note = 'x'", "delete from adjudication", "delete from comment"):
        if value(session, f"select count(*) from {change.split()[-1] if 'delete' in change else 'adjudication'}"):
            with pytest.raises(IntegrityError, match="append-only"), session.begin_nested():
                session.execute(text(change))


def test_a_packet_is_open_to_one_senior_until_they_leave_or_stay_away(session: Session, senior: uuid.UUID) -> None:
    packet = add_differing(session, {1: says("reject")}, {})
    other = add_pseudonym(session)
    given = decisions(packet, Decision(packet.drafts[0], "reject"))
    first = take(session, senior, packet.packet_id, CONFIG)
    assert take(session, senior, packet.packet_id, CONFIG).expires_at >= first.expires_at
    with pytest.raises(HeldByAnotherError) as held:
        take(session, other, packet.packet_id, CONFIG)
    assert held.value.facts["expires_at"]
    assert refused(session, other, given) is HeldByAnotherError
    leave(session, other, packet.packet_id)
    assert refused(session, other, given) is HeldByAnotherError
    session.execute(text("update adjudication_hold set expires_at = now() - interval '1 second'"))
    take(session, other, packet.packet_id, CONFIG)
    leave(session, other, packet.packet_id)
    # Without any hold a decision is taken too, and the last one of a packet leaves none behind.
    take(session, senior, packet.packet_id, CONFIG)
    decide(session, SECRET, senior, given)
    assert value(session, "select count(*) from adjudication_hold") == 0
    with pytest.raises(NoDisagreementError):
        take(session, senior, 999_999, CONFIG)


UNSTORABLE: list[tuple[dict[str, Any], type[DomainError]]] = [
    ({"choice": "side"}, InvalidDecisionError),
    ({"choice": "side", "side": "C"}, InvalidDecisionError),
    ({"choice": "reject", "side": "A"}, InvalidDecisionError),
    ({"choice": "side", "side": "unsure"}, InvalidDecisionError),
    ({"choice": "reject", "text": "x"}, InvalidDecisionError),
    ({"choice": "written"}, InvalidDecisionError),
    ({"choice": "written", "text": " "}, InvalidDecisionError),
    ({"choice": "written", "text": "its own"}, InvalidDecisionError),
    ({"choice": "written", "text": "A ship.", "answer": "1"}, InvalidDecisionError),
    ({"choice": "written", "text": "A ship\0."}, UnstorableTextError),
    ({"choice": "written", "text": "A ship \ud800."}, UnstorableTextError),
    ({"choice": "written", "text": "x" * 1_000_000}, UnstorableTextError),
    ({"choice": "reject", "note": ""}, UnstorableTextError),
    ({"choice": "reject", "note": "x" * 4001}, UnstorableTextError),
    ({"choice": "reject", "comments": (CommentBack("C", "x"),)}, InvalidDecisionError),
    ({"choice": "reject", "comments": (CommentBack("A", "\0"),)}, UnstorableTextError),
    ({"choice": "reject", "seen": "x"}, SidesChangedError),
    ({"choice": "reject", "draft_id": 999_999}, InvalidDecisionError),
    ({"choice": "reject", "draft_id": "accepted"}, InvalidDecisionError),
]


def test_a_decision_that_cannot_be_stored_is_refused_and_nothing_is_lost(session: Session, senior: uuid.UUID) -> None:
    packet = add_differing(session, {1: says("unsure"), 3: says("reject")}, {3: says("unsure")})
    own = value(session, "select text || '  ' from draft where draft_id = :id", id=packet.drafts[0])
    meant = {"unsure": letter_of(session, senior, packet, 0), "its own": own, "accepted": packet.drafts[1]}
    for fault, error in UNSTORABLE:
        given = {"draft_id": packet.drafts[0], **fault}
        given = {name: meant.get(value, value) if isinstance(value, str) else value for name, value in given.items()}
        assert refused(session, senior, decisions(packet, Decision(**given))) is error, fault


def test_decisions_in_no_form_are_refused(session: Session, senior: uuid.UUID) -> None:
    packet = add_differing(session, {1: says("reject")}, {})
    reject = Decision(packet.drafts[0], "reject")
    assert refused(session, senior, decisions(packet)) is InvalidDecisionError
    assert refused(session, senior, decisions(packet, reject, reject)) is InvalidDecisionError
    scene = SceneDecision("artefact")
    assert refused(session, senior, decisions(packet, scene=scene)) is InvalidDecisionError
    assert refused(session, senior, decisions(packet, reject, scene=scene)) is InvalidDecisionError
    assert refused(session, senior, replace(decisions(packet, reject), packet_id=999_999)) is NoDisagreementError


def test_a_comment_reaches_the_reviewers_behind_its_letter_once(session: Session, senior: uuid.UUID) -> None:
    packet = add_differing(session, {1: says("reject")}, {}, {})
    draft_id, note_id = packet.drafts[0], uuid.uuid4()

    def write(to: str, words: str, note_id: uuid.UUID, draft_id: int = draft_id) -> int:
        return comment_back(session, SECRET, senior, packet.packet_id, draft_id, CommentBack(to, words), note_id)

    majority = next(letter for letter in "AB" if write(letter, "Hm.", uuid.uuid4()) == 2)
    before = value(session, "select count(*) from comment")
    assert [write(majority, "Look.", note_id) for _ in range(2)] == [2, 2]
    assert value(session, "select count(*) from comment") == before + 2
    reached = rows(session, "select to_reviewer from comment where text = 'Look.'")
    assert {row[0] for row in reached} == set(packet.reviewers[1:])
    assert write("all", "All.", uuid.uuid4()) == 3
    with pytest.raises(InvalidDecisionError):
        write("C", "x", uuid.uuid4())
    with pytest.raises(NoDisagreementError):
        write("A", "x", uuid.uuid4(), packet.drafts[1])
