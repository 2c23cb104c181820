"""Boxes judged as a set: what is stored, what is derived anew, and which verdicts follow from it."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.intake.workflow.screening import screen_dataset
from app.review.errors import (
    BoxesNotAskedError,
    BoxesNotJudgedError,
    HoldEndedError,
    InvalidVerdictError,
    NotHeldError,
    SubmissionDiffersError,
)
from app.review.queries.viewing import packet_rows
from app.review.workflow import GivenVerdict, JudgedBoxes, give_back, review_boxes, screen_wording, submit
from pipeline.programs.rederiving import BoxVerdict
from tests.app.review.boxed import add_boxed, box_set, programs
from tests.app.review.factories import CONFIG, Hand, add_hand, add_packets, add_reviewer, rows, submission, value
from tests.app.review.test_review_api import claimed, client_of, refused

SPURIOUS = BoxVerdict(1, "spurious")
MISSING = BoxVerdict(5, "missing", "bridge", (90.0, 10.0, 20.0, 80.0))
RECLASSED = BoxVerdict(4, "wrong_class", "ship")


def following(hand: Hand, judged: JudgedBoxes) -> list[GivenVerdict]:
    """The verdicts that follow from the judged boxes, as the page gives them; sampled texts are left open."""
    return [
        GivenVerdict(told.draft_id, "accept" if told.outcome == "same" else "reject", origin="box_set")
        for told in judged.texts
        if told.draft_id in hand.drafts and not told.is_sampled
    ]


def judge(session: Session, hand: Hand, *changed: BoxVerdict) -> JudgedBoxes:
    return review_boxes(session, hand.reviewer, box_set(hand, *changed), CONFIG)


def test_what_follows_from_judged_boxes_is_confirmed_at_once_and_changed_answers_come_next(
    sessions: SessionMaker,
) -> None:
    add_boxed(sessions)
    with transaction(sessions) as session:
        hand = add_hand(session, add_reviewer(session))
        assert len(hand.drafts) == 9
        with pytest.raises(BoxesNotJudgedError):
            submit(session, hand.reviewer, submission(hand))
        judged = judge(session, hand, SPURIOUS, MISSING)
        asked = programs(session, hand.packet_id)
        told = {each.draft_id: (each.outcome, each.answer) for each in judged.texts}
        assert told[asked['count(category="ship")'][0]] == ("changed", "2"), asked
        assert told[asked['object_at(box="id-1")'][0]] == ("gone", None)
        assert told[asked['exists(category="bridge")'][0]] == ("changed", "Yes")
        changed = [draft_id for draft_id in hand.drafts if told.get(draft_id, ("",))[0] == "changed"]
        assert 1 < len(changed) < 9

        derived = add_hand(session, hand.reviewer, have=[hand.assignment_id])
        sealed = "select slot, number, boxes_first, draft_count from packet join assignment using (packet_id)"
        sealed += " where assignment_id = :id"
        assert rows(session, sealed, id=derived.assignment_id) == [(1, 2, True, len(changed))]
        kept = "select d.text, d.program, d.answer, d.box_review_id, d.origin, w.name from draft d join drafter w"
        kept += " using (drafter_id) where d.draft_id = any(:ids) order by d.program"
        before, after = (rows(session, kept, ids=ids) for ids in (changed, derived.drafts))
        assert [row[:2] for row in before] == [row[:2] for row in after]
        assert [told[asked[row[1]][0]][1] for row in after] == [row[2] for row in after]
        assert {row[3:] for row in after} == {(judged.box_review_id, "drafted", "judged boxes")}
        # Screened by the boxes as they were judged, beside texts that they do not contradict.
        found = "select count(*) from screened x left join finding f using (draft_id, screening_version)"
        found += " where draft_id = any(:ids) and coalesce(f.severity, '') <> 'error'"
        assert value(session, found, ids=derived.drafts) >= len(changed)
        wrong = "select rule, message from finding where draft_id = any(:ids) and severity <> 'info'"
        assert rows(session, wrong, ids=derived.drafts) == []
        typed = after[0][0].replace("?", " ?")
        again = screen_wording(session, hand.reviewer, derived.packet_id, derived.drafts[0], typed, after[0][2])
        assert not [each for each in again or () if each.family in ("count", "contradiction", "duplicate")]

        assert submit(session, hand.reviewer, submission(hand, *following(hand, judged))).resolved == 9
        assert all(each.outcome == "same" for each in judged.texts if each.draft_id in derived.drafts)
        done = submit(session, hand.reviewer, submission(derived, *following(derived, judged)))
        assert (done.resolved, done.disagreements) == (len(changed), 0)
        outcomes = "select outcome, basis, count(*) from resolution where draft_id = any(:ids) group by 1, 2 order by 1"
        gone = sum(outcome != "same" for draft_id, (outcome, _) in told.items() if draft_id in hand.drafts)
        assert rows(session, outcomes, ids=hand.drafts) == [
            ("rejected", "box_set", gone), ("verified", "box_set", 9 - gone),
        ]  # fmt: skip
        assert rows(session, outcomes, ids=derived.drafts) == [("verified", "box_set", len(changed))]
    counted = "select name, sum(delta)::int from counter_delta where name in ('drafts', 'packets', 'reviews_wanted')"
    with transaction(sessions) as session:
        assert rows(session, counted + " group by 1 order by 1") == [
            ("drafts", 9 + len(changed)), ("packets", 2), ("reviews_wanted", 2),
        ]  # fmt: skip
    # Another screening finds no fault with what judged boxes bear out either.
    with transaction(sessions) as session:
        session.execute(text("insert into screening_policy (dataset_id, rules, decided_by)"
                             " select dataset_id, '{\"vague.word\": \"off\"}', 'command' from dataset"))  # fmt: skip
    screen_dataset(sessions, "quays")
    with transaction(sessions) as session:
        assert rows(session, wrong, ids=derived.drafts) == []


def test_a_set_is_stored_once_and_judged_anew_it_is_the_next_revision(sessions: SessionMaker) -> None:
    add_boxed(sessions)
    with transaction(sessions) as session:
        hand = add_hand(session, add_reviewer(session))
        sent = box_set(hand, SPURIOUS)
        first, again = (review_boxes(session, hand.reviewer, sent, CONFIG) for _ in range(2))
        assert first == again
        other = box_set(hand, submission_id=sent.submission_id)
        with pytest.raises(SubmissionDiffersError):
            review_boxes(session, hand.reviewer, other, CONFIG)
        back = judge(session, hand)
        assert (first.revision, back.revision) == (1, 2)
        # In the packet that had come of the first set, its answers do not hold any more; nothing is made twice.
        derived = add_hand(session, hand.reviewer, have=[hand.assignment_id])
        told = {each.draft_id: each.outcome for each in back.texts}
        assert {told[draft_id] for draft_id in derived.drafts} == {"changed"}
        assert {told[draft_id] for draft_id in hand.drafts} == {"same"}
        assert value(session, "select count(*) from packet") == 3
        for of_packet in (hand, derived):
            submit(session, hand.reviewer, submission(of_packet, *following(of_packet, back)))
        basis = "select outcome, basis from resolution where draft_id = any(:ids) group by 1, 2"
        assert rows(session, basis, ids=derived.drafts) == [("rejected", "box_set")]


def test_only_what_the_boxes_give_is_taken_over_and_sampled_texts_are_read(sessions: SessionMaker) -> None:
    add_boxed(sessions, 12, share=0.3)
    with transaction(sessions) as session:
        reviewer = add_reviewer(session)
        hand = add_hand(session, reviewer)
        judged = judge(session, hand, SPURIOUS, MISSING)
        outcomes = [each for each in judged.texts if each.draft_id in hand.drafts and not each.is_sampled]
        same = next(each.draft_id for each in outcomes if each.outcome == "same")
        lost = next(each.draft_id for each in outcomes if each.outcome != "same")
        for draft_id, verdict, what in ((same, "reject", "follows accept"), (lost, "accept", "follows reject")):
            given = GivenVerdict(draft_id, verdict, origin="box_set")
            with pytest.raises(InvalidVerdictError, match=what):
                submit(session, reviewer, submission(hand, given))
        unsure = GivenVerdict(same, "unsure", origin="box_set")
        with pytest.raises(InvalidVerdictError):
            submit(session, reviewer, submission(hand, unsure))
        # Who opens one and reads it says what they think.
        told = submit(session, reviewer, submission(hand, GivenVerdict(same, "reject")))
        assert told.resolved == len(hand.drafts)
        assert rows(session, "select distinct basis from resolution") == [("reviews",)]

        drawn = {True: 0, False: 0}
        for _ in range(8):
            hand = add_hand(session, reviewer)
            judged = judge(session, hand)
            mine = [each for each in judged.texts if each.draft_id in hand.drafts]
            forced = [GivenVerdict(each.draft_id, "accept", origin="box_set") for each in mine if each.is_sampled]
            drawn[True] += len(forced)
            drawn[False] += len(mine) - len(forced)
            if forced:
                at_once = [replace(each, origin="accept_all") for each in forced]
                with pytest.raises(InvalidVerdictError, match="drawn to be read"):
                    submit(session, reviewer, submission(hand, *at_once))
                with pytest.raises(InvalidVerdictError, match="drawn to be read"):
                    submit(session, reviewer, submission(hand, *forced))
            submit(session, reviewer, submission(hand, *following(hand, judged)))
        assert 0.15 < drawn[True] / sum(drawn.values()) < 0.45
        assert value(session, "select count(*) from resolution where basis = 'reviews'") - 9 == drawn[True]
        unusable = add_hand(session, reviewer)
        submit(session, reviewer, submission(unusable, scene="unusable", reason="no_data"))


def test_two_who_change_boxes_alike_meet_and_two_who_differ_are_adjudicated(sessions: SessionMaker) -> None:
    add_boxed(sessions, 1, wanted=2)
    with transaction(sessions) as session:
        hands = [add_hand(session, add_reviewer(session)) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:

        def both(hand: Hand) -> JudgedBoxes:
            with transaction(sessions) as session:
                return judge(session, hand, SPURIOUS)

        judged = list(pool.map(both, hands))
    with transaction(sessions) as session:
        assert value(session, "select count(*) from packet") == 2
        assert [each.outcome for each in judged[0].texts] == [each.outcome for each in judged[1].texts]
        assert len({each.box_review_id for each in judged}) == 2
        for hand, told in zip(hands, judged, strict=True):
            submit(session, hand.reviewer, submission(hand, *following(hand, told)))
            derived = add_hand(session, hand.reviewer)
            done = submit(session, hand.reviewer, submission(derived, *following(derived, told)))
        assert done.resolved == len(derived.drafts)
        assert value(session, "select count(*) from disagreement") == 0
        assert rows(session, "select distinct basis from resolution") == [("box_set",)]
    add_boxed(sessions, 1, wanted=2, name="docks")
    with transaction(sessions) as session:
        hands = [add_hand(session, add_reviewer(session), "docks") for _ in range(2)]
        for hand, changed in zip(hands, ((SPURIOUS,), ()), strict=True):
            told = judge(session, hand, *changed)
            last = submit(session, hand.reviewer, submission(hand, *following(hand, told)))
        lost = sum(each.outcome != "same" for each in judged[0].texts if each.outcome)
        assert 0 < last.disagreements == lost < 9
        assert rows(session, "select distinct reason from disagreement") == [("verdicts_differ",)]


def test_a_scenes_second_packet_begins_with_the_set_that_was_confirmed(sessions: SessionMaker) -> None:
    add_boxed(sessions, per_scene=None)
    with transaction(sessions) as session:
        reviewer = add_reviewer(session)
        first = add_hand(session, reviewer)
        judging = packet_rows(session, first.assignment_id).judging
        assert judging is not None
        assert (judging.revision, judging.is_judged, list(judging.texts), judging.categories) == (
            0, False, [], ["ship", "tank"],
        )  # fmt: skip
        told = judge(session, first, RECLASSED, MISSING)
        submit(session, reviewer, submission(first, *following(first, told)))
        shown = []
        while len(shown) < 4:
            hand = add_hand(session, reviewer)
            judging = packet_rows(session, hand.assignment_id).judging
            assert judging is not None
            said = {row["number"]: (row["verdict"], row["category"], row["width"]) for row in judging.verdicts}
            assert (said[4], said[5]) == (("wrong_class", "ship", None), ("missing", "bridge", 20.0))
            shown.append(judging.is_judged)
            told = told if judging.is_judged else judge(session, hand, RECLASSED, MISSING)
            submit(session, reviewer, submission(hand, *following(hand, told)))
        # What came of the first set needs no second confirmation; the scene's other packets need one.
        assert shown[0] is True
        assert False in shown


def test_packets_whose_texts_are_read_one_by_one_ask_for_no_boxes(sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        add_packets(session, 1)
        hand = add_hand(session, add_reviewer(session))
        with pytest.raises(BoxesNotAskedError):
            review_boxes(session, hand.reviewer, box_set(hand, boxes=3), CONFIG)
        with pytest.raises(InvalidVerdictError, match="does not ask for"):
            submit(session, hand.reviewer, submission(hand, GivenVerdict(hand.drafts[0], "accept", origin="box_set")))
        session.execute(text("update dataset set boxes_first = true, hidden_share = 1"))
    add_boxed(sessions, name="hiding", boxes=())
    with transaction(sessions) as session:
        assert rows(session, "select distinct boxes_first from packet") == [(False,)]


def test_bad_sets_are_refused_with_what_to_do_and_nothing_is_stored(
    application: FastAPI, sessions: SessionMaker
) -> None:
    add_boxed(sessions)
    with client_of(application, sessions, "one") as client, client_of(application, sessions, "two") as other:
        packet = claimed(client)
        path = f"/api/v1/assignments/{packet['assignment']['id']}/box-reviews"
        right = [{"number": box["number"], "verdict": "right"} for box in packet["boxes"]]

        def told(*changed: dict[str, Any], said: list[dict[str, Any]] = right) -> tuple[int, str]:
            body = {"submission_id": str(uuid.uuid4()), "verdicts": [*said, *changed]}
            return refused(client, body, path)

        def drawn(*box: float, category: str | None = "ship", number: int = 5) -> dict[str, Any]:
            return {"number": number, "verdict": "missing", "category": category, "box": list(box)}

        for box in ((190, 10, 20, 20), (-1, 10, 20, 20), (10, 90, 5, 10.5), (10, 10, 0, 5), (10, 10, -5, 5)):
            assert told(drawn(*box)) == (422, "invalid_box")
        assert told(drawn(1e400, 1, 1, 1)) == (422, "invalid")
        assert told(drawn(10, 10, 0.2, 9)) == (422, "invalid_box")
        for category in ("", "  ", "a\0b", "tab\there", "\ud800", "x" * 61, "x" * 1_000_000, None):
            assert told(drawn(10, 10, 9, 9, category=category))[0] == 422
        assert told({"number": 5, "verdict": "missing", "category": "ship"}) == (422, "invalid_box")
        nameless, own = {"verdict": "wrong_class"}, {"verdict": "wrong_class", "category": "ship"}
        named, placed = {"verdict": "spurious", "category": "ship"}, {"verdict": "right", "box": [1, 1, 2, 2]}
        for verdict in (nameless, own, named, placed):
            assert told({"number": 1, **verdict}, said=right[1:]) == (422, "invalid_box")
        assert told(said=right[1:]) == (422, "wrong_boxes")
        assert told(right[0]) == (422, "wrong_boxes")
        assert told(drawn(10, 10, 9, 9, number=4)) == (422, "wrong_boxes")
        assert told({"number": 9, "verdict": "spurious"}) == (422, "wrong_boxes")
        assert told({"number": 9, "verdict": "lovely"}) == (422, "invalid")
        assert told({"number": 1, "verdict": "right", "colour": "red"}) == (422, "invalid")
        body = {"submission_id": str(uuid.uuid4()), "verdicts": right}
        assert refused(other, body, path) == (404, "not_held")
        assert refused(client, body, path.replace(packet["assignment"]["id"], str(uuid.uuid4()))) == (404, "not_held")
        with transaction(sessions) as session:
            assert value(session, "select count(*) from box_review") == 0

        emoji = drawn(10, 10, 9, 9, category=" بحر 🚢 ")
        response = client.post(path, json={"submission_id": str(uuid.uuid4()), "verdicts": [*right, emoji]})
        assert response.status_code == 200, response.text
        answer = response.json()
        assert set(answer) == {"box_review_id", "revision", "texts"}
        shown = claimed(client)
        assert shown["judging"]["is_judged"] is True
        assert shown["judging"]["verdicts"][-1]["category"] == "بحر 🚢"
        assert shown["judging"]["texts"] == [each for each in answer["texts"] if each["draft_id"] in
                                             {draft["draft_id"] for draft in shown["drafts"]}]  # fmt: skip
        assert {each["flag"] for each in answer["texts"]} <= {"count", "position", "wrong_statement"}


def test_boxes_are_judged_by_whom_the_packet_is_with(sessions: SessionMaker) -> None:
    add_boxed(sessions)
    with transaction(sessions) as session:
        hand = add_hand(session, add_reviewer(session))
        with pytest.raises(NotHeldError):
            review_boxes(session, add_reviewer(session), box_set(hand), CONFIG)
        give_back(session, hand.reviewer, hand.assignment_id)
        with pytest.raises(HoldEndedError):
            judge(session, hand)
