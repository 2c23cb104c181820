"""A reviewer's own figures: counted from their reviews alone, agreement only behind an outcome, hours as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.review.workflow import GivenVerdict, submit
from tests.app.review.factories import add_client, add_hand, add_packets, rows, submission


@pytest.fixture
def client(application: FastAPI) -> Iterator[TestClient]:
    with TestClient(application, base_url="http://127.0.0.1") as opened:
        yield opened


def add_reviews(session: Session) -> tuple[str, str]:
    """Two reviewers of two packets of three texts, and a third packet that only Ruth has seen; their tokens.

    Of the six texts both judged, they agree on four; Ruth took ten seconds over each text, and two hours over one.
    """
    add_packets(session, 3, wanted=2)
    ruth, token = add_client(session, "Ruth")
    otto, other = add_client(session, "Otto")
    for reviewer, packets in ((ruth, 3), (otto, 2)):
        for packet in range(packets):
            hand = add_hand(session, reviewer)
            given = [GivenVerdict(draft, "accept", view={"ms": 10_000}) for draft in hand.drafts]
            if packet == 0 and reviewer == ruth:
                given[0] = replace(given[0], view={"ms": 7_200_000})
                given[1] = replace(given[1], verdict="reject", flags=("vague", "colour"))
            if packet == 1:
                given[0] = replace(
                    given[0], verdict="revise", revised_text="A Ship  at" if reviewer == ruth else "a ship at"
                )
                given[2] = replace(given[2], verdict="unsure" if reviewer == otto else "accept")
            submit(session, reviewer, submission(hand, *given))
    return token, other


def page_of(client: TestClient, token: str, path: str = "/me") -> str:
    answer = client.get(path, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text[:300]
    return answer.text


def test_a_month_without_reviews_says_what_is_checked_beforehand(client: TestClient, sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        _, token = add_client(session)
    page = page_of(client, token)
    for told in ("No reviews in", "Hidden findings", "SAR first", "It ranks nobody", "counts 3 minutes"):
        assert told in page, told
    queue = page_of(client, token, "/queue")
    assert 'href="/me"' in queue
    assert 'href="/me"' in page_of(client, token, "/account")


def test_figures_are_those_of_ones_own_reviews(client: TestClient, sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        ruth, otto = add_reviews(session)
    page = page_of(client, ruth)
    # Eight texts of ten seconds, and of the one that lay open for two hours three minutes: 260 s.
    for told in ("9, in 3 packets", "<dd>0.1</dd>", "vague</th>", '<td class="number">0.07</td>'):
        assert told in page, told
    # Decided by both: the first three of one packet but for the two on which they differ.
    assert '100% <span class="dim">of 4 texts</span>' in page
    assert "Otto" not in page
    assert "6, in 2 packets" in page_of(client, otto)
    day = rows_of(page_of(client, ruth, "/me/hours.csv"))
    assert day[0] == ["day", "texts", "hours"]
    assert day[1][1:] == ["9", "0.07"]


def test_verdicts_without_a_time_add_no_hours(client: TestClient, sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        add_packets(session, 1)
        reviewer, token = add_client(session)
        hand = add_hand(session, reviewer)
        submit(session, reviewer, submission(hand, *(GivenVerdict(draft, "accept") for draft in hand.drafts)))
    assert rows_of(page_of(client, token, "/me/hours.csv"))[1][1:] == [str(len(hand.drafts)), "0.00"]
    assert f"Of {len(hand.drafts)} of your verdicts no time is known" in page_of(client, token)


def rows_of(csv: str) -> list[list[str]]:
    return [line.split(",") for line in csv.split("\r\n") if line]


def test_others_count_only_once_a_text_has_its_outcome(client: TestClient, sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        ruth, _ = add_reviews(session)
    before = page_of(client, ruth)
    with transaction(sessions) as session:
        decided = """insert into resolution (draft_id, outcome, review_ids)
            select g.draft_id, 'rejected', array_agg(r.review_id) from disagreement g join review r using (packet_id)
            group by g.draft_id returning draft_id"""
        assert len(session.execute(text(decided)).all()) == 2
    after = page_of(client, ruth)
    assert before.count('<span class="dim">of 4 ') == 2
    # Both are rejected now: of one Ruth had said so, Otto had accepted it; of the other she had not.
    assert '83% <span class="dim">of 6 texts</span>' in after
    assert '67% <span class="dim">of 6 verdicts</span>' in after


def test_months_are_turned_and_bad_ones_refused(
    application: FastAPI, client: TestClient, sessions: SessionMaker
) -> None:
    with transaction(sessions) as session:
        ruth, _ = add_reviews(session)
        this = rows(session, "select to_char(now() at time zone 'UTC', 'YYYY-MM')")[0][0]
    assert f"/me/hours.csv?month={this}" in page_of(client, ruth, f"/me?month={this}")
    long_ago = page_of(client, ruth, "/me?month=2024-02")
    assert "No reviews in February 2024" in long_ago
    assert "/me?month=2024-01" in long_ago
    assert "/me?month=2024-03" in long_ago
    for wrong in ("2024-13", "May", "0000-01", "9999-12", "2024-02-01", "%00", "99999-1"):
        answer = client.get(f"/me?month={wrong}", headers={"Authorization": f"Bearer {ruth}"})
        assert answer.status_code == 422, wrong
    said: list[str] = []
    event.listen(application.state.engine, "before_cursor_execute", lambda *sent: said.append(sent[2]))
    page_of(client, ruth)
    assert len(said) <= 5
