"""Taking a quiz over HTTP, as a browser without JavaScript does: from the link to the thanks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.assets.store import AssetStore
from app.db import SessionMaker, transaction
from app.quiz.workflow import quizzes
from app.settings import Settings
from tests.app.quiz.opened import Sitting, invitation, open_quiz

Open = Callable[[], Sitting]


@pytest.fixture
def store(settings: Settings) -> AssetStore:
    Path(settings.assets_url).mkdir(parents=True)
    return AssetStore(settings.assets_url)


@pytest.fixture
def browsers(application: FastAPI) -> Iterator[Open]:
    """Each call opens a browser of its own."""
    opened: list[TestClient] = []

    def open_browser() -> Sitting:
        client = TestClient(application, base_url="http://127.0.0.1", follow_redirects=False)
        opened.append(client)
        return Sitting(client)

    yield open_browser
    for client in opened:
        client.close()


def rows(sessions: SessionMaker, query: str) -> list[tuple[object, ...]]:
    with transaction(sessions) as session:
        return [tuple(row) for row in session.execute(text(query))]


ANSWERS = "select position, ending, answer from participant_question order by participant_id, position"


def test_from_the_link_to_the_thanks(sessions: SessionMaker, store: AssetStore, browsers: Open, tmp_path: Path) -> None:
    quiz = open_quiz(sessions, store, tmp_path, asks=("Years with SAR",), title="What is <b>there</b>?")
    link = invitation(sessions, quiz)
    sitting = browsers()
    page = sitting.get(link)
    assert "What is &lt;b&gt;there&lt;/b&gt;?" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "Tick that you agree" in sitting.enter(link, agrees="").text
    assert "at most 200" in sitting.enter(link, told="x" * 201).text
    entered = sitting.enter(link, told="four", knows="HRSID\n\u202eHamburg")
    assert (entered.status_code, entered.headers["location"]) == (303, "/quiz")
    assert "Path=/quiz" in (set_cookie := entered.headers["set-cookie"])
    assert "HttpOnly" in set_cookie
    welcome = sitting.get("/quiz").text
    assert "How radar sees" in welcome
    assert sitting.get("/quiz").text == welcome, "looking again moves nobody on"
    own_link = re.search(r"http://127.0.0.1(/quiz/own/[A-Za-z0-9_-]{43})<", welcome)
    assert own_link
    sitting.post("/quiz/next")
    assert "Practice 1 of 1" in sitting.get("/quiz").text
    assert "Write an answer" in sitting.answer("  ").text
    assert "at most 500" in sitting.answer("x" * 501).text
    assert sitting.answer("perhaps 3").status_code == 303
    practised = sitting.get("/quiz").text
    assert "Verified answer" in practised
    assert "perhaps 3" in practised
    sitting.post("/quiz/next")
    assert "Question 1 of 4" in sitting.get("/quiz").text
    sitting.answer("<i>\u202eno</i>", view='{"width": 360, "pointer": "coarse", "x": 1, "zoom": "1"}')
    sitting.answer("", passed="true")

    phone = browsers()  # goes on where the other one is
    assert phone.get(own_link[1]).headers["location"] == "/quiz"
    assert "Question 3 of 4" in phone.get("/quiz").text
    phone.answer("No")
    phone.answer("5")
    thanks = sitting.get("/quiz").text
    assert "You have answered all 4 questions" in thanks
    assert "as the verified answers have it" not in thanks
    assert rows(sessions, ANSWERS) == [
        (1, "answered", "perhaps 3"), (2, "answered", "<i>\u202eno</i>"), (3, "passed", None), (4, "answered", "No"),
        (5, "answered", "5"),
    ]  # fmt: skip
    assert rows(sessions, "select view from participant_question where position = 2") == [
        ({"width": 360, "pointer": "coarse"},)
    ]
    assert rows(sessions, "select told from participant_person") == [({"Years with SAR": "four"},)]
    assert rows(sessions, "select declared, finished_at is not null from participant") == [
        ({"written": ["HRSID", "\u202eHamburg"], "datasets": [], "grounds": []}, True)
    ]
    with transaction(sessions) as session:
        quizzes.close_quiz(session, quiz.name)
    assert re.search(r"<b>\d</b> of 4 as the verified", sitting.get("/quiz").text)
