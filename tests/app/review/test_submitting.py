"""Reviews: stored once, counted by rule, and what follows from them."""

from __future__ import annotations

import uuid
from dataclasses import asdict, replace

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from app.review.errors import AlreadyReviewedError, NotHeldError, SubmissionDiffersError, WrongDraftsError
from app.review.workflow import GivenVerdict, claim_next, give_back, submit
from app.review.workflow.submitting import EXTRA, IN_TIME, LATE
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

REVISED = "A ship 🚢 lies at the quay"


def hands_of_two(session: Session) -> tuple[Hand, Hand]:
    """One packet in the hands of the two reviewers that it wants."""
    add_packets(session, 1, wanted=2)
    return add_hand(session, add_reviewer(session)), add_hand(session, add_reviewer(session))


def lose(session: Session, hand: Hand) -> Hand:
    """Let the hold end and somebody else take the slot."""
    end_hold(session, hand)
    taken = add_hand(session, add_reviewer(session))
    assert taken.packet_id == hand.packet_id
    return taken


def counters(session: Session) -> dict[str, int]:
    return dict(rows(session, "select name, sum(delta)::int from counter_delta group by name"))


def test_a_review_is_stored_with_its_verdicts_and_ends_the_hold(session: Session) -> None:
    add_packets(session)
    hand = add_hand(session, add_reviewer(session))
    revised = GivenVerdict(hand.drafts[0], "revise", REVISED, flags=("colour",), support="sar_with_optical")
    told = submit(session, hand.reviewer, submission(hand, revised, verdict="reject"))
    assert (told.revision, told.counted_as, told.message, told.resolved, told.disagreements) == (
        1,
        "slot",
        IN_TIME,
        3,
        0,
    )
    stored = rows(session, "select draft_id, verdict, revised_text, flags, support from draft_verdict order by 1")
    assert stored[0] == (hand.drafts[0], "revise", REVISED, ["colour"], "sar_with_optical")
    assert [row[1] for row in stored] == ["revise", "reject", "reject"]
    assert value(session, "select state from assignment") == "done"
    assert value(session, "select is_free from slot") is False


def test_with_one_wanted_review_each_draft_is_resolved_at_once(session: Session) -> None:
    add_packets(session)
    hand = add_hand(session, add_reviewer(session))
    first, second, third = hand.drafts
    verdicts = (GivenVerdict(first, "revise", REVISED), GivenVerdict(second, "unsure"), GivenVerdict(third, "accept"))
    told = submit(session, hand.reviewer, submission(hand, *verdicts))
    assert (told.resolved, told.disagreements) == (2, 1)
    resolved = "select draft_id, outcome, text, answer, is_revised, review_ids from resolution order by 1"
    assert rows(session, resolved) == [
        (first, "verified", REVISED, None, True, [told.review_id]),
        (third, "verified", "How many ships are in the image?", "3", False, [told.review_id]),
    ]
    assert rows(session, "select draft_id, reason from disagreement") == [(second, "unsure")]
    assert counters(session) == {"reviews_wanted": 1, "reviewed": 1, "verified": 2, "disagreements": 1}


def test_a_draft_is_resolved_only_when_all_wanted_reviews_are_in(session: Session) -> None:
    first, second = hands_of_two(session)
    assert submit(session, first.reviewer, submission(first)).resolved == 0
    assert value(session, "select count(*) from resolution") == 0
    differs = GivenVerdict(second.drafts[0], "reject")
    told = submit(session, second.reviewer, submission(second, differs))
    assert (told.resolved, told.disagreements) == (2, 1)
    assert rows(session, "select draft_id, reason from disagreement") == [(second.drafts[0], "verdicts_differ")]
    rests_on = rows(session, "select distinct review_ids from resolution")
    assert rests_on == [(sorted(row[0] for row in rows(session, "select review_id from review")),)]


def test_only_the_newest_revision_of_a_review_decides(session: Session) -> None:
    first, second = hands_of_two(session)
    submit(session, first.reviewer, submission(first))
    newer = """
        with stored as (
            insert into review (packet_id, reviewer, slot, revision, supersedes, submission_id, body_sha256,
                acknowledgement, scene_verdict)
            select packet_id, reviewer, slot, 2, 1, gen_random_uuid(), 'x', '{}', 'usable' from review
            returning review_id, packet_id)
        insert into draft_verdict (review_id, packet_id, draft_id, verdict)
        select review_id, packet_id, draft_id, 'reject' from stored join packet_draft using (packet_id)"""
    session.execute(text(newer))
    told = submit(session, second.reviewer, submission(second, verdict="reject"))
    assert (told.resolved, told.disagreements) == (3, 0)
    assert rows(session, "select distinct outcome from resolution") == [("rejected",)]


def test_an_unusable_scene_rejects_its_drafts(session: Session) -> None:
    add_packets(session)
    hand = add_hand(session, add_reviewer(session))
    told = submit(session, hand.reviewer, submission(hand, scene="unusable", reason="wrong_pair"))
    assert told.resolved == 3
    assert rows(session, "select distinct outcome, text from resolution") == [("rejected", None)]
    assert rows(session, "select scene_verdict, unusable_reason from review") == [("unusable", "wrong_pair")]


def test_the_same_submission_again_brings_the_same_acknowledgement(session: Session) -> None:
    add_packets(session)
    hand = add_hand(session, add_reviewer(session))
    sent = submission(hand, GivenVerdict(hand.drafts[1], "unsure"))
    told = submit(session, hand.reviewer, sent)
    shuffled = replace(sent, verdicts=tuple(reversed(sent.verdicts)))
    assert submit(session, hand.reviewer, shuffled) == told
    assert value(session, "select count(*) from review") == 1
    assert counters(session)["reviewed"] == 1


def test_the_same_submission_with_another_body_is_refused(session: Session) -> None:
    add_packets(session, 2)
    reviewer = add_reviewer(session)
    hand = add_hand(session, reviewer)
    sent = submission(hand)
    submit(session, reviewer, sent)
    with pytest.raises(SubmissionDiffersError):
        submit(session, reviewer, submission(hand, verdict="reject", submission_id=sent.submission_id))
    with pytest.raises(SubmissionDiffersError):
        submit(session, reviewer, submission(add_hand(session, reviewer), submission_id=sent.submission_id))


def test_submission_ids_of_different_reviewers_never_meet(session: Session) -> None:
    add_packets(session, 2)
    first, second = (add_hand(session, add_reviewer(session)) for _ in range(2))
    shared = uuid.uuid4()
    told = [submit(session, hand.reviewer, submission(hand, submission_id=shared)) for hand in (first, second)]
    assert told[0].review_id != told[1].review_id


def test_a_packet_is_reviewed_once_by_a_reviewer(session: Session) -> None:
    add_packets(session, 1, wanted=2)
    hand = add_hand(session, add_reviewer(session))
    submit(session, hand.reviewer, submission(hand))
    with pytest.raises(AlreadyReviewedError):
        submit(session, hand.reviewer, submission(hand))


def test_nobody_submits_what_they_never_held(session: Session) -> None:
    packets = add_packets(session, 2)
    hand = add_hand(session, add_reviewer(session))
    stranger = add_reviewer(session)
    with pytest.raises(NotHeldError):
        submit(session, stranger, submission(hand))
    with pytest.raises(NotHeldError):
        submit(session, hand.reviewer, submission(replace(hand, assignment_id=uuid.uuid4())))
    with pytest.raises(NotHeldError):
        submit(session, hand.reviewer, submission(replace(hand, packet_id=packets[1])))
    assert value(session, "select count(*) from review") == 0


def test_a_draft_of_another_packet_is_refused(session: Session) -> None:
    add_packets(session, 2)
    hand, other = (add_hand(session, add_reviewer(session)) for _ in range(2))
    with pytest.raises(WrongDraftsError) as raised:
        submit(session, hand.reviewer, submission(replace(hand, drafts=[*hand.drafts[:2], other.drafts[0]])))
    assert raised.value.facts == {"missing": [hand.drafts[2]], "foreign": [other.drafts[0]], "twice": []}


def test_a_late_review_counts_while_its_slot_is_free(session: Session) -> None:
    add_packets(session, 2)
    hand = add_hand(session, add_reviewer(session))
    end_hold(session, hand)
    add_hand(session, add_reviewer(session))
    assert value(session, "select state from assignment where assignment_id = :id", id=hand.assignment_id) == "expired"
    told = submit(session, hand.reviewer, submission(hand))
    assert (told.counted_as, told.message, told.resolved) == ("slot", LATE, 3)
    assert value(session, "select is_free from slot where packet_id = :p", p=hand.packet_id) is False
    assert value(session, "select state from assignment where assignment_id = :id", id=hand.assignment_id) == "done"


def test_a_hold_that_is_over_but_that_nobody_ended_still_counts_as_held(session: Session) -> None:
    add_packets(session)
    hand = add_hand(session, add_reviewer(session))
    end_hold(session, hand)
    assert submit(session, hand.reviewer, submission(hand)).message == IN_TIME


def test_a_late_review_whose_slot_was_given_on_is_kept_as_an_extra_that_decides_nothing(session: Session) -> None:
    add_packets(session)
    hand = add_hand(session, add_reviewer(session))
    taken = lose(session, hand)
    told = submit(session, hand.reviewer, submission(hand, verdict="reject"))
    assert (told.counted_as, told.message, told.resolved) == ("extra", EXTRA, 0)
    assert submit(session, taken.reviewer, submission(taken)).resolved == 3
    assert rows(session, "select distinct outcome, cardinality(review_ids) from resolution") == [("verified", 1)]
    assert (counters(session)["reviewed"], counters(session)["extra_reviews"]) == (1, 1)


def test_an_extra_opinion_does_not_make_up_the_wanted_number(session: Session) -> None:
    first, second = hands_of_two(session)
    lose(session, first)
    submit(session, first.reviewer, submission(first, verdict="reject"))
    told = submit(session, second.reviewer, submission(second))
    assert (told.resolved, told.disagreements) == (0, 0)


def test_a_returned_packet_may_still_be_submitted(session: Session) -> None:
    add_packets(session)
    hand = add_hand(session, add_reviewer(session))
    give_back(session, hand.reviewer, hand.assignment_id)
    assert submit(session, hand.reviewer, submission(hand)).counted_as == "slot"


def test_a_packet_got_again_after_its_return_is_submitted_under_the_hold_that_lives(session: Session) -> None:
    add_packets(session)
    hand = add_hand(session, add_reviewer(session))
    give_back(session, hand.reviewer, hand.assignment_id)
    again = add_hand(session, hand.reviewer)
    assert again.assignment_id != hand.assignment_id
    assert submit(session, hand.reviewer, submission(hand)).message == IN_TIME
    states = rows(session, "select state from assignment order by claimed_at")
    assert states == [("returned",), ("done",)]


def test_what_hinders_the_next_claim_does_not_hinder_the_review(session: Session) -> None:
    add_packets(session)
    hand = add_hand(session, add_reviewer(session))
    assert submit(session, hand.reviewer, submission(hand)).resolved == 3
    assert claim_next(session, hand.reviewer, "gone", [], CONFIG).assignment_id is None


@pytest.mark.parametrize(("wanted", "most"), [(1, 2), (2, 4)])
def test_a_submit_takes_few_statements_however_many_drafts_there_are(session: Session, wanted: int, most: int) -> None:
    add_packets(session, 1, drafts=12, wanted=wanted)
    hand = add_hand(session, add_reviewer(session))
    statements: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *given: statements.append(given[2]))
    submit(session, hand.reviewer, submission(hand))
    assert len(statements) == most


def test_an_acknowledgement_is_stored_as_it_was_told(session: Session) -> None:
    add_packets(session)
    hand = add_hand(session, add_reviewer(session))
    told = asdict(submit(session, hand.reviewer, submission(hand)))
    stored = value(session, "select acknowledgement from review")
    assert stored == {name: told[name] for name in ("counted_as", "message", "resolved", "disagreements")}
