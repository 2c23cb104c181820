"""The pages of reviewing, as they are rendered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.db import SessionMaker, transaction
from app.review.workflow import submit
from tests.app.review.factories import add_client, add_hand, add_packets, add_reviewer, submission


@pytest.fixture
def client(application: FastAPI, sessions: SessionMaker) -> Iterator[TestClient]:
    with transaction(sessions) as session:
        reviewer, token = add_client(session)
        add_packets(session, 4, dataset="harbours")
        add_packets(session, 1, dataset="airfields")
        submit(session, reviewer, submission(add_hand(session, reviewer, "harbours")))
        add_hand(session, reviewer, "harbours")
        other = add_reviewer(session)
        submit(session, other, submission(add_hand(session, other, "airfields")))
    headers = {"Authorization": f"Bearer {token}"}
    with TestClient(application, base_url="http://127.0.0.1", headers=headers) as opened:
        yield opened


def test_the_queue_lists_datasets_with_work_first_and_the_viewers_own_part(client: TestClient) -> None:
    page = client.get("/queue")
    assert page.status_code == 200
    harbours, airfields = (page.text.index(f"<bdi>{name}</bdi>") for name in ("harbours", "airfields"))
    assert harbours < airfields
    assert "1 / 4" in page.text[harbours:airfields]
    assert "1 / 1" in page.text[airfields:]
    # What is begun is gone on with from here.
    assert ">Go on <" in page.text[harbours:airfields]
    assert ">Review <" in page.text[airfields:]


def test_the_review_page_is_a_shell_that_claims_nothing(client: TestClient) -> None:
    before = client.get("/queue").text
    page = client.get("/review", params={"dataset": '"><script>alert(1)</script>'})
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert 'data-lease-s="1800"' in page.text
    assert 'data-max-held="3"' in page.text
    assert 'name="email" type="email" value="' in page.text
    assert client.get("/queue").text == before
