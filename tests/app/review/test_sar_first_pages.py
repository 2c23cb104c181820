"""What hindsight changed: figures counted by hand, on the admin's page, in its file and at the command line."""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event, text
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from app.accounts.workflow import add_person, make_token
from app.cli.command import command
from app.db import SessionMaker, transaction
from app.review.workflow import GivenVerdict, submit
from app.review.workflow.sar_first_figures import count_sar_first, hindsight_of
from pipeline.scoring.intervals import wilson
from tests.app.review.factories import Hand, add_hand, add_packets, add_reviewer, submission, value

PATH = "/datasets/harbours/sar-first"
WORDS = "A ship lies at the quay."


@pytest.fixture
def client(application: FastAPI, sessions: SessionMaker) -> Iterator[TestClient]:
    """An admin; there is a dataset."""
    with transaction(sessions) as session:
        add_packets(session, 2, drafts=2)
        add_person(session, "ada@example.org", "Ada", "correct horse battery", ["admin"])
        token = make_token(session, "ada@example.org")
    headers = {"Authorization": f"Bearer {token}"}
    with TestClient(application, base_url="http://127.0.0.1", headers=headers) as opened:
        yield opened


def add_sar_verdicts(session: Session, hand: Hand, *said: tuple[str, str | None], had_seen: bool = False) -> None:
    """What the reviewer of the packet said of its drafts from the SAR image alone."""
    listed = [
        {"packet": hand.packet_id, "draft": draft, "reviewer": hand.reviewer, "verdict": verdict, "words": words,
         "seen": had_seen}
        for draft, (verdict, words) in zip(hand.drafts, said, strict=True)
    ]  # fmt: skip
    given = """insert into sar_verdict (packet_id, draft_id, reviewer, verdict, revised_text, has_seen_optical)
        values (:packet, :draft, :reviewer, :verdict, :words, :seen)"""
    session.execute(text(given), listed)


def add_twice(session: Session, scenes: int, *, dataset: str = "coast") -> None:
    """So many scenes of two captions: the first goes from accept to reject, the second stays accepted with support."""
    add_packets(session, scenes, drafts=2, dataset=dataset, sar_first=True)
    reviewer = add_reviewer(session)
    for _ in range(scenes):
        hand = add_hand(session, reviewer, dataset)
        add_sar_verdicts(session, hand, ("accept", None), ("accept", None))
        first, second = hand.drafts
        later = (GivenVerdict(first, "reject"), GivenVerdict(second, "accept", support="sar_with_optical"))
        submit(session, reviewer, submission(hand, *later))


def judged_twice(
    session: Session, reviewer: uuid.UUID, before: str, after: str, *, known: bool = False, words: str = WORDS
) -> None:
    """The next packet: verdicts by their first letters (``arx`` is accept, revise, reject), then and now."""
    letters = {"a": "accept", "r": "revise", "x": "reject", "u": "unsure"}
    hand = add_hand(session, reviewer, "harbours")
    said = [(letters[each], WORDS if each == "r" else None) for each in before]
    add_sar_verdicts(session, hand, *said, had_seen=known)
    if after == "unusable":
        submit(session, reviewer, submission(hand, scene="unusable", reason="wrong_pair"))
        return
    verdicts = [
        GivenVerdict(draft, letters[each], revised_text=words if each == "r" else None)
        for draft, each in zip(hand.drafts, after, strict=True)
    ]
    submit(session, reviewer, submission(hand, *verdicts))


def test_what_changed_is_counted_by_hand(session: Session) -> None:
    add_packets(session, 6, drafts=3, sar_first=True)
    reviewer = add_reviewer(session)
    judged_twice(session, reviewer, "arx", "xrx", words="a  SHIP lies at the\tquay.")
    judged_twice(session, reviewer, "ura", "ara", words="Another wording.")
    judged_twice(session, reviewer, "aaa", "xaa", known=True)
    judged_twice(session, reviewer, "aaa", "unusable")
    add_sar_verdicts(session, add_hand(session, reviewer, "harbours"), *[("accept", None)] * 3)
    dataset_id = value(session, "select dataset_id from dataset")
    found = hindsight_of(session, dataset_id)
    told = {
        (each.level, each.title): (each.fresh.hits, each.fresh.verdicts, each.seen.hits, each.seen.verdicts)
        for each in found.changed
    }
    assert told == {
        ("all", "All texts"): (3, 6, 1, 3),
        ("kind", "Concise caption"): (2, 2, 1, 1),
        ("kind", "Complex caption"): (1, 2, 0, 1),
        ("kind", "Question"): (0, 2, 0, 1),
        ("question_type", "Instance counting"): (0, 2, 0, 1),
        ("drafter", "gpt-4o · prompt 1"): (3, 6, 1, 3),
    }
    assert [title for title, _ in found.groups] == ["", "By kind", "By question type", "By drafter"]
    assert (found.gathered.verdicts, found.gathered.scenes, found.gathered.given) == (9, 3, 15)
    cells = {row.before: [(cell.texts, cell.changed) for cell in row.cells] for row in found.fresh_moves}
    assert cells == {
        "accept": [(1, 0), (0, 0), (1, 1), (0, 0)],
        "revise": [(0, 0), (2, 1), (0, 0), (0, 0)],
        "reject": [(0, 0), (0, 0), (1, 0), (0, 0)],
        "unsure": [(1, 1), (0, 0), (0, 0), (0, 0)],
    }
    assert [row.cells[0].texts for row in found.seen_moves] == [2, 0, 0, 0]
    assert [(row.kind, row.texts, row.with_optical) for row in found.support] == [
        ("concise_caption", 1, 0), ("complex_caption", 3, 0), ("question", 2, 0)]  # fmt: skip


def test_figures_cost_a_fixed_number_of_statements_and_the_scene_is_the_unit(session: Session) -> None:
    counted = []
    for dataset, scenes in (("coast", 16), ("port", 40)):
        add_twice(session, scenes, dataset=dataset)
        dataset_id = value(session, "select dataset_id from dataset where name = :name", name=dataset)
        statements: list[str] = []

        def note(_c: object, _u: object, statement: str, *_: object, into: list[str] = statements) -> None:
            into.append(statement)

        event.listen(session.get_bind(), "before_cursor_execute", note)
        found = hindsight_of(session, dataset_id).changed[0].fresh
        event.remove(session.get_bind(), "before_cursor_execute", note)
        counted.append(len(statements))
        assert (found.share, found.verdicts, found.scenes) == (0.5, 2 * scenes, scenes)
        assert found.interval is not None
        # In each scene one of two: the interval is not narrower than that of as many single texts.
        assert found.interval.low <= wilson(scenes, 2 * scenes).low
    assert counted[0] == counted[1] == 4


def test_the_page_says_what_to_do_next_and_then_what_hindsight_changed(
    client: TestClient, sessions: SessionMaker
) -> None:
    page = client.get(PATH)
    assert page.status_code == 200
    assert "No text has been judged twice yet" in page.text
    assert "Set a share before you screen" in page.text
    assert "Download CSV" not in page.text
    assert "sar-first" in client.get("/datasets/harbours").text
    answer = client.post(PATH, data={"percent": "12.5 %"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    page = client.get(PATH)
    assert 'value="12.5"' in page.text
    assert "Packets that are sealed from now on" in page.text
    for wrong in ("", "much", "101", "-1", "nan", "1e400", "\0"):
        refused = client.post(PATH, data={"percent": wrong})
        assert refused.status_code == 422, wrong
        assert "0 to 100" in refused.text
    assert client.get("/datasets/nowhere/sar-first").status_code == 404
    assert client.post("/datasets/nowhere/sar-first", data={"percent": "5"}).status_code == 404
    with transaction(sessions) as session:
        assert value(session, "select sar_first_share from dataset") == 0.125
        add_twice(session, 20)
        add_packets(session, 1, dataset="empty", sar_first=True)
    page = client.get("/datasets/coast/sar-first").text
    assert "40 texts judged twice by 1 reviewer on 20 scenes; the figures hold for this reviewer" in page
    assert "<b>50%</b>" in page
    assert "not enough yet: 20 of 30 verdicts" in page
    assert "image known before</th>" not in page
    assert "No reviewer has judged a packet from the SAR image alone" in client.get("/datasets/empty/sar-first").text


def test_of_a_large_dataset_a_job_counts_and_the_page_waits_for_nothing(
    client: TestClient, sessions: SessionMaker
) -> None:
    with transaction(sessions) as session:
        add_twice(session, 20)
        dataset_id = value(session, "select dataset_id from dataset where name = 'coast'")
        large = "insert into counter_delta (dataset_id, name, delta) values (:id, 'drafts', 1000000)"
        session.execute(text(large), {"id": dataset_id})
    assert "The figures are being counted" in client.get("/datasets/coast/sar-first").text
    with transaction(sessions) as session:
        asked = "select count(*) from procrastinate_jobs where task_name = 'review.count_sar_first'"
        assert value(session, asked) == 1
        count_sar_first(session, dataset_id)
    page = client.get("/datasets/coast/sar-first").text
    assert "40 texts judged twice by 1 reviewer on 20 scenes" in page
    assert "Counted 2" in page
    assert "<b>50%</b>" in page


def test_the_file_and_the_command_line_tell_the_same(
    client: TestClient, sessions: SessionMaker, database_url: str
) -> None:
    with transaction(sessions) as session:
        add_twice(session, 20)
        session.execute(text("update drafter set model = '=cmd' where model is not null"))
    answer = client.get("/datasets/coast/sar-first.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="coast-sar-first.csv"'
    listed = list(csv.DictReader(io.StringIO(answer.text)))
    everything = listed[0]
    assert (everything["level"], everything["had_seen_optical"], everything["changed"]) == ("all", "false", "20")
    assert (everything["share"], everything["texts"], everything["scenes"]) == ("0.5000", "40", "20")
    assert any(row["name"].startswith("'=cmd") for row in listed)
    moves = {(row["sar_verdict"], row["final_verdict"]): row["texts"] for row in listed if row["level"] == "move"}
    assert (moves["accept", "reject"], moves["accept", "accept"], moves["revise", "accept"]) == ("20", "20", "0")
    support = {row["name"]: row["texts"] for row in listed if row["level"] == "support"}
    assert support == {"complex_caption sar": "0", "complex_caption sar_with_optical": "20"}
    environment = {"DATABASE_URL": database_url}

    def told(*words: str) -> str:
        result = CliRunner().invoke(command, ["dataset", "sar-first", *words], env=environment)
        assert result.exit_code == 0, result.output
        return result.stdout

    assert told("coast").startswith("All texts: changed 50% (")
    assert "Complex caption: 20 verified, 20 known from the optical image" in told("coast")
    assert json.loads(told("coast", "--json"))[0]["share"] == 0.5
    assert told("harbours").startswith("No text of harbours has been judged twice yet")
    assert "10% of the scenes" in told("harbours", "--share", "10")
    refused = CliRunner().invoke(command, ["dataset", "sar-first", "harbours", "--share", "x"], env=environment)
    assert refused.exit_code == 1
    assert "from 0 to 100" in str(refused.exception)
