"""How much of a stratum is reviewed: which decision holds for a draft, and what sealing makes of it."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.intake.queries import packets, policies
from app.intake.queries.policies import Policy, Stratum
from app.intake.workflow.policies import (
    PolicyError,
    checked_policy,
    decide_policy,
    find_drafter,
    holding_for,
    policy_in_words,
    stratum_title,
)
from app.intake.workflow.sealing import seal_packets
from tests.app.review.drafted import add_drafts, drafter_of
from tests.app.review.factories import rows, value

SLOTS = """select d.kind, count(*)::int, min(k.n)::int, max(k.n)::int, min(k.pool),
        count(distinct p.review_policy_id)::int
    from packet p join packet_draft using (packet_id) join draft d using (draft_id)
    join (select packet_id, count(*) as n, min(pool) as pool from slot group by 1) k using (packet_id)
    group by 1 order by 1"""
DRAWN = (
    "select s.name || d.text from packet_draft join draft d using (draft_id) join scene s on s.scene_id = d.scene_id"
)


def decide(session: Session, dataset_id: int, mode: str = "reviews", reviews: int = 1, **more: object) -> bool:
    stratum = Stratum(**{key: more.pop(key) for key in ("split", "kind", "drafter_id") if key in more})  # type: ignore[arg-type]
    policy = Policy(stratum, mode, reviews, **more)  # type: ignore[arg-type]
    return decide_policy(session, dataset_id, checked_policy(session, policy), "command")


def seal(session: Session, dataset_id: int) -> int:
    scene_ids = packets.loose_scenes(session, dataset_id, limit=10_000)
    return packets.seal_scenes(session, scene_ids).packets


def test_packets_are_of_one_policy_each_and_get_its_reviews_and_pool(session: Session) -> None:
    dataset_id = add_drafts(session, 4, captions=3, questions=5)
    session.execute(text("insert into pool (pool) values ('counters')"))
    decide(session, dataset_id, reviews=3, kind="question", pool="counters")
    assert seal(session, dataset_id) == 8
    assert rows(session, SLOTS) == [
        ("concise_caption", 12, 1, 1, "main", 0),
        ("question", 20, 3, 3, "counters", 1),
    ]
    # In the order of a reviewer's work, whatever the numbers of the policies are.
    assert rows(session, "select number, draft_count from packet order by scene_id, number")[:2] == [(1, 3), (2, 5)]
    assert value(session, "select sum(delta) from counter_delta where name = 'reviews_wanted'") == 4 + 12
    assert value(session, "select count(*) from slot") == 16
    assert packets.loose_scenes(session, dataset_id) == []


def test_the_narrowest_stratum_counts_and_what_is_taken_back_falls_to_the_next(session: Session) -> None:
    dataset_id = add_drafts(session, drafters=("early", "late"))
    late = drafter_of(session, "late")
    strata = [
        ({}, 2),
        ({"split": "test"}, 3),
        ({"kind": "question"}, 4),
        ({"drafter_id": late}, 5),
        ({"kind": "question", "split": "test"}, 6),
        ({"drafter_id": late, "split": "test"}, 7),
        ({"drafter_id": late, "kind": "question", "split": "test"}, 8),
    ]
    for stratum, reviews in strata:
        assert decide(session, dataset_id, reviews=reviews, **stratum)
        assert not decide(session, dataset_id, reviews=reviews, **stratum), "what holds already is no decision"
    decide(session, dataset_id, "none", drafter_id=late, kind="question", split="test")
    decide(session, dataset_id, reviews=9, split="test")
    held = [decision.policy for decision in policies.policies_in_force(session, dataset_id)]
    expected = {}
    for split in ("train", "test"):
        for kind in ("concise_caption", "question"):
            for drafter_id in (drafter_of(session, "early"), late):
                found = holding_for(held, split, kind, drafter_id)
                expected[split, kind, drafter_id] = found.reviews_wanted if found else 1
    assert expected["train", "concise_caption", drafter_of(session, "early")] == 2
    assert expected["test", "concise_caption", drafter_of(session, "early")] == 9
    assert expected["test", "question", late] == 7, "of as many fields the drafter goes before the kind"
    seal(session, dataset_id)
    wanted = (
        "select distinct s.split, d.kind, d.drafter_id, p.reviews_wanted from packet p join scene s using (scene_id)"
    )
    told = rows(session, f"{wanted} join packet_draft using (packet_id) join draft d using (draft_id)")
    assert {tuple(row[:3]): row[3] for row in told} == expected, "the database and the page agree"
    assert len(policies.policy_decisions(session, dataset_id)) == 9


def test_a_sample_draws_its_share_a_larger_one_only_adds_and_the_rest_is_not_looked_at_again(session: Session) -> None:
    dataset_id = add_drafts(session, 200, captions=1, questions=4)
    drawn = []
    for share in (0.1, 0.3):
        decide(session, dataset_id, "sample", kind="question", sample_share=share, reviews=2)
        seal(session, dataset_id)
        assert packets.loose_scenes(session, dataset_id) == []
        drawn.append({words for (words,) in rows(session, f"{DRAWN} where d.kind = 'question'")})
    assert 50 <= len(drawn[0]) <= 115
    assert 190 <= len(drawn[1]) <= 290
    assert drawn[0] < drawn[1]
    # The same words in 200 scenes are drawn one by one.
    assert len({words.rpartition(" ")[2] for words in drawn[0]}) == 4
    assert rows(session, SLOTS)[0][1:4] == (200, 1, 1)
    assert rows(session, SLOTS)[1][1:4] == (len(drawn[1]), 2, 2)
    decide(session, dataset_id, "none", kind="question")
    seal(session, dataset_id)
    assert value(session, "select count(*) from packet_draft") == 1000


def test_the_same_data_gives_the_same_sample(sessions: SessionMaker) -> None:
    drawn = []
    for name in ("one", "two"):
        with transaction(sessions) as session:
            dataset_id = add_drafts(session, 60, dataset=name, drafters=("early",))
            decide(session, dataset_id, "sample", sample_share=0.5)
        assert seal_packets(sessions, dataset_id)["drafts"] > 0
        assert seal_packets(sessions, dataset_id) == {}
        with sessions() as session:
            drawn.append(rows(session, f"{DRAWN} where s.dataset_id = {dataset_id} order by 1"))
    assert drawn[0] == drawn[1]


REFUSED = [
    (Policy(Stratum(split="tset"), "reviews"), "no split 'tset'"),
    (Policy(Stratum(kind="poem\0"), "reviews"), "no kind of text 'poem"),
    (Policy(Stratum(drafter_id=77), "reviews"), "no drafter 77"),
    (Policy(Stratum(), "all"), "no policy 'all'"),
    (Policy(Stratum(), "reviews", 0), "1 to 9"),
    (Policy(Stratum(), "reviews", 10), "1 to 9"),
    (Policy(Stratum(), "sample"), "more than 0"),
    (Policy(Stratum(), "sample", sample_share=1.0), "less than 100"),
    (Policy(Stratum(), "sample", sample_share=float("nan")), "more than 0"),
    (Policy(Stratum(), "reviews", pool="nowhere"), "no pool 'nowhere'"),
]


def test_what_cannot_be_decided_is_said_and_what_was_decided_never_changes(session: Session) -> None:
    dataset_id = add_drafts(session, 1)
    for policy, says in REFUSED:
        with pytest.raises(PolicyError, match=says):
            checked_policy(session, policy)
    with pytest.raises(PolicyError, match=r"no drafter 'nobody'.*early 1"):
        find_drafter(session, "nobody")
    early = drafter_of(session, "early")
    assert find_drafter(session, " Early 1 ") == find_drafter(session, str(early)) == early
    sampled = Policy(Stratum("test", "question", early), "sample", 2, 0.025)
    assert policy_in_words(sampled) == "2.5% sampled, 2 reviews each"
    assert stratum_title(sampled.stratum, policies.drafters(session)) == "test · Question · early 1"
    decide(session, dataset_id, reviews=2)
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text("update review_policy set reviews_wanted = 1"))
