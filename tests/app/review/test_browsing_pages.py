"""The lists of scenes and drafts: every filter, words, pages by key, bad input, and how few statements they take."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from app.accounts.workflow import add_person, make_token
from app.db import SessionMaker, transaction
from app.review.pages import browsing
from app.review.queries.draft_lists import STATE_CONDITIONS
from app.review.workflow import GivenVerdict, submit
from pipeline.screening.rule_set import rule_set
from tests.app.review.factories import add_hand, add_packets, add_reviewer, add_screening, rows, submission, value

DRAFTS = "/datasets/harbours/drafts"
SCENES = "/datasets/harbours/scenes"


def client_of(application: FastAPI, sessions: SessionMaker, role: str) -> TestClient:
    with transaction(sessions) as session:
        add_person(session, f"{role}@example.org", role.title(), "correct horse battery", [role])
        token = make_token(session, f"{role}@example.org")
    return TestClient(application, base_url="http://127.0.0.1", headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def admin(application: FastAPI, sessions: SessionMaker) -> Iterator[TestClient]:
    with client_of(application, sessions, "admin") as opened:
        yield opened


def add_work(session: Session) -> None:
    """Four scenes of three drafts: one reviewed with all verdicts, one held, one waiting, one in no packet."""
    add_packets(session, 3)
    first = add_hand(session, add_reviewer(session), "harbours")
    said = (
        GivenVerdict(first.drafts[0], "revise", revised_text="A grey ship at a pier", flags=("colour",)),
        GivenVerdict(first.drafts[1], "reject", flags=("vague",)),
    )
    submit(session, first.reviewer, submission(first, *said))
    add_hand(session, add_reviewer(session), "harbours")
    loose = """with s as (
        insert into scene (dataset_id, name, source_sha256, rows, cols, split, sar_sha256, processed_sha256, unit,
            limits_low, limits_high, histogram, provenance, pair_state)
        select dataset_id, 'zz <i>%_', 'x', 100, 200, 'train', repeat('a', 64), repeat('b', 64), 'dn', 0, 1, '{}', '{}',
            'unknown' from dataset where name = 'harbours' returning scene_id)
    insert into draft (scene_id, drafter_id, run_id, origin, kind, text, draft_sha256)
    select s.scene_id, d.drafter_id, r.run_id, o.origin, 'concise_caption', o.text, md5(o.text)
    from s, drafter d, run r, (values ('gold', 'A zeppelin 🚢 over <b>Kiel</b>'),
        ('drafted', 'ship ' || repeat('long words ', 100000)), ('drafted', 'شفينة في الميناء')) as o (origin, text)
    where r.kind = 'draft'"""
    session.execute(text(loose))
    add_screening(session, "colour.word", version=rule_set({}).version)
    count = """insert into counter_delta (dataset_id, name, delta) select d.dataset_id, c.name, c.delta
        from dataset d, (values ('scenes', 4), ('drafts', 12), (cast(:findings as text), 12)) as c (name, delta)"""
    session.execute(text(count), {"findings": f"findings {rule_set({}).version} colour.word"})


def shown(client: TestClient, address: str, **asked: str | int) -> list[str]:
    """The texts or names on the page that answers."""
    answer = client.get(address, params=asked)
    assert answer.status_code == 200, answer.text[:500]
    return re.findall(r'<th scope="row"[^>]*><a [^>]*><bdi>(.*?)</bdi>', answer.text)


def test_each_filter_of_drafts_finds_what_it_says(admin: TestClient, sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        add_work(session)
        drafter = value(session, "select drafter_id from drafter")
        scene = value(session, "select scene_id from scene where name = 'scene 2'")
    assert len(shown(admin, DRAFTS)) == 12
    states = {state: len(shown(admin, DRAFTS, state=state)) for state in STATE_CONDITIONS}
    assert states == {
        "loose": 3, "waiting": 3, "in_review": 3, "disagreement": 0, "verified": 1, "revised": 1, "rejected": 1,
    }  # fmt: skip
    found = {
        ("kind", "question"): 3, ("question_type", "counting"): 3, ("question_type", "general"): 0,
        ("origin", "gold"): 1,
        ("drafter", drafter): 12, ("drafter", 999): 0, ("rule", "colour.word"): 12, ("rule", "no.rule"): 0,
        ("severity", "error"): 12, ("severity", "info"): 0, ("flag", "colour"): 1, ("flag", "count"): 0,
        ("scene", scene): 3,
    }  # fmt: skip
    assert {key: len(shown(admin, DRAFTS, **{key[0]: key[1]})) for key in found} == found
    page = admin.get(DRAFTS, params={"flag": "vague"}).text
    assert "1 of 12 drafts" in page
    assert ">rejected</span>" in page
    assert "12 drafts" in admin.get(DRAFTS).text


def test_words_are_found_whole_begun_in_a_row_and_left_out(admin: TestClient, sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        add_work(session)
    asked = {
        "zeppelin": 1, "zepp": 1, "eppelin": 0, '"grey ship"': 6, '"ship grey"': 0, "ship": 7 + 3, "ship -grey": 1,
        "SHIPS how": 3, "3": 3, "الميناء": 1, "?!": 0, "' & | ! :* \\": 0, "%": 0, "x\0y": 0,
    }  # fmt: skip
    assert {words: len(shown(admin, DRAFTS, search=words)) for words in asked} == asked
    page = admin.get(DRAFTS, params={"search": "zeppelin"}).text
    assert "A zeppelin 🚢 over &lt;b&gt;Kiel&lt;/b&gt;" in page
    long = admin.get(DRAFTS, params={"search": "long"}).text
    assert len(long) < 30_000, "a text of a megabyte is cut"
    assert "No draft is like that" in admin.get(DRAFTS, params={"search": "?!"}).text


def test_each_filter_of_scenes_finds_what_it_says(admin: TestClient, sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        add_work(session)
        hand = add_hand(session, add_reviewer(session), "harbours")
        submit(session, hand.reviewer, submission(hand, scene="unusable", reason="artefact"))
    assert shown(admin, SCENES) == ["scene 1", "scene 2", "scene 3", "zz &lt;i&gt;%_"]
    found = {
        ("split", "train"): 1, ("split", "val"): 0, ("pair_state", "unknown"): 1, ("boxes", "with"): 3,
        ("boxes", "without"): 1, ("category", "ship"): 3, ("category", "tank"): 0, ("work", "open"): 0,
        ("work", "unusable"): 1, ("work", "none"): 1, ("search", "SCENE"): 3, ("search", "%_"): 1, ("search", "%"): 1,
    }  # fmt: skip
    assert {key: len(shown(admin, SCENES, **{key[0]: key[1]})) for key in found} == found
    assert "4 scenes" in admin.get(SCENES).text
    assert "No scene is like that" in admin.get(SCENES, params={"split": "val"}).text


def test_pages_follow_each_other_by_key_and_keep_what_is_asked(
    admin: TestClient, sessions: SessionMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(sessions) as session:
        add_work(session)
    monkeypatch.setattr(browsing, "ROWS_A_PAGE", 5)
    address, texts = f"{DRAFTS}?search=ship", []
    for _ in range(3):
        page = admin.get(address).text
        texts += re.findall(r'href="(/drafts/\d+)"', page)
        onward = re.search(r'href="([^"]*)" rel="next"', page)
        address = onward[1].replace("&amp;", "&") if onward else ""
    assert len(texts) == len(set(texts)) == 10
    assert "These were all" in page
    assert f'href="{DRAFTS}?search=ship"' in page
    assert shown(admin, DRAFTS, after=10**12) == shown(admin, DRAFTS), "after what is not there it begins at the front"


def test_many_are_told_as_more_and_still_found_in_order(
    admin: TestClient, sessions: SessionMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(sessions) as session:
        add_work(session)
    few = shown(admin, DRAFTS, kind="concise_caption")
    monkeypatch.setattr("app.review.queries.draft_lists.COUNTED", 2)
    assert "more than 2 of 12 drafts" in admin.get(DRAFTS, params={"kind": "concise_caption"}).text
    assert shown(admin, DRAFTS, kind="concise_caption") == few


def test_a_page_takes_as_many_statements_for_one_as_for_many(
    application: FastAPI, sessions: SessionMaker, admin: TestClient
) -> None:
    engine: Engine = application.state.engine
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *said: statements.append(said[2]))

    def count(path: str) -> int:
        statements.clear()
        assert admin.get(path).status_code == 200
        return len(statements)

    with transaction(sessions) as session:
        add_packets(session, 1)
    of_one = [count(path) for path in (DRAFTS, SCENES, f"{DRAFTS}?search=ship", f"{SCENES}?split=test")]
    with transaction(sessions) as session:
        add_packets(session, 40, dataset="coast")
    of_many = [
        count(path.replace("harbours", "coast"))
        for path in (DRAFTS, SCENES, f"{DRAFTS}?search=ship", f"{SCENES}?split=test")
    ]
    assert of_one == of_many
    assert max(of_many) <= 12


def test_what_cannot_be_asked_is_refused_in_one_sentence(admin: TestClient, sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        add_packets(session, 1)
    for path, sentence in {
        f"{DRAFTS}?state=lost": "There is no state of a draft",
        f"{DRAFTS}?drafter=x": "There is no drafter",
        f"{DRAFTS}?drafter={10**30}": "There is no drafter",
        f"{SCENES}?split=middle": "choose from train, val, test, held_out",
    }.items():
        answer = admin.get(path)
        assert answer.status_code == 422, path
        assert sentence in answer.text
    assert admin.get("/datasets/none/drafts").status_code == 404
    assert admin.get(f"{DRAFTS}?after=-1").status_code == 422
    assert admin.get(f"{DRAFTS}?search=%ED%A0%80").status_code == 200


def test_an_empty_dataset_says_what_comes_next(admin: TestClient, sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        session.execute(text("insert into dataset (name, source) values ('empty', 'coco')"))
    assert "trihedral draft empty --corpus" in admin.get("/datasets/empty/drafts").text
    assert "No scenes yet" in admin.get("/datasets/empty/scenes").text


def test_an_adjudicator_reads_the_lists_and_a_scene_without_its_forms(
    application: FastAPI, sessions: SessionMaker
) -> None:
    with transaction(sessions) as session:
        add_work(session)
        scene = rows(session, "select scene_id from scene where pair_state = 'unknown'")[0][0]
    with client_of(application, sessions, "adjudicator") as adjudicator:
        assert len(shown(adjudicator, DRAFTS)) == 12
        assert len(shown(adjudicator, SCENES)) == 4
        # Who may still judge a text learns neither what was found in it nor what others flagged.
        assert "Findings</th>" not in adjudicator.get(DRAFTS).text
        assert len(shown(adjudicator, DRAFTS, rule="no.rule")) == 12
        assert len(shown(adjudicator, DRAFTS, flag="colour")) == 1
        with transaction(sessions) as session:
            hand = add_hand(session, add_reviewer(session), "harbours")
            submit(session, hand.reviewer, submission(hand, GivenVerdict(hand.drafts[0], "unsure", flags=("count",))))
        assert shown(adjudicator, DRAFTS, flag="count") == []
        page = adjudicator.get(f"{SCENES}/{scene}")
        assert page.status_code == 200
        assert "scene-decisions" not in page.text
        assert f"/datasets/harbours/drafts?scene={scene}" in page.text
