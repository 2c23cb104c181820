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
from tests.app.quiz.opened import Sitting, invitation, let_pass, open_quiz
from tests.app.release.reviewed import REVIEWER

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


def form_id_of(page: str) -> str:
    return re.search(r'name="form_id" value="([^"]+)"', page)[1]  # type: ignore[index]


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
    entered = sitting.enter(link, told="four", knows="HRSID\n\u202eKiel")
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
        ({"written": ["HRSID", "\u202eKiel"], "datasets": [], "grounds": []}, True)
    ]
    with transaction(sessions) as session:
        quizzes.close_quiz(session, quiz.name)
    assert re.search(r"<b>\d</b> of 4 as the verified", sitting.get("/quiz").text)


def test_a_consent_sent_twice_lets_one_in_and_a_second_person_is_told_why_not(
    sessions: SessionMaker, store: AssetStore, browsers: Open, tmp_path: Path
) -> None:
    quiz = open_quiz(sessions, store, tmp_path)
    link = invitation(sessions, quiz)
    sitting, stranger = browsers(), browsers()
    form = {"form_id": form_id_of(sitting.get(link).text), "agrees": "true"}
    late = form_id_of(stranger.get(link).text)
    first = sitting.post(link, link, **form)
    cookie = first.headers["set-cookie"].split(";")[0]
    sitting.client.cookies.clear()  # as if the answer had been lost on its way
    again = sitting.post(link, "/quiz", **form)
    assert again.headers["set-cookie"].split(";")[0] == cookie
    assert sitting.get(link).headers["location"] == "/quiz", "who has begun goes on, and begins no second time"
    assert (
        "This link was for one person and has been used" in stranger.post(link, "/quiz", form_id=late, agrees="1").text
    )
    assert rows(sessions, "select uses from invitation") == [(1,)]
    assert len(rows(sessions, "select from participant")) == 1
    assert "This browser has forgotten you" in sitting.post("/quiz/leave").text
    assert sitting.get("/quiz").status_code == 410


def test_each_link_that_lets_nobody_in_says_what_to_do(
    sessions: SessionMaker, store: AssetStore, browsers: Open, tmp_path: Path
) -> None:
    quiz = open_quiz(sessions, store, tmp_path)
    sitting = browsers()
    expired, taken_back = invitation(sessions, quiz, days=1), invitation(sessions, quiz)
    with transaction(sessions) as session:
        session.execute(text("update invitation set expires_at = now() where expires_at is not null"))
        session.execute(text("update invitation set revoked_at = now() where expires_at is null"))
    told = {
        expired: "This link has expired. Ask whoever invited you",
        taken_back: "This link was taken back. Ask whoever invited you",
        "/quiz/join/nothing": "This link is not known. Copy it once more, whole",
        "/quiz/own/nothing": "This link leads to nobody. Copy it once more",
        "/quiz": "Open your invitation",
        "/quiz/withdraw": "Open your invitation",
    }
    for path, sentence in told.items():
        page = sitting.get(path)
        assert (page.status_code, sentence in page.text) == (410, True), path
    assert sitting.post("/quiz/next", expired).status_code == 410
    assert sitting.client.post("/quiz/next").status_code == 403, "without the token of a page"
    valid = invitation(sessions, quiz)
    with transaction(sessions) as session:
        quizzes.close_quiz(session, quiz.name)
    assert "This quiz is closed" in sitting.get(valid).text


def test_two_tabs_the_way_back_and_a_second_answer_change_nothing(
    sessions: SessionMaker, store: AssetStore, browsers: Open, tmp_path: Path
) -> None:
    quiz = open_quiz(sessions, store, tmp_path, practice=0, answer_form="choices")
    sitting = browsers()
    sitting.enter(invitation(sessions, quiz))
    sitting.answer(position=1, choice=0)  # never shown: nothing to answer
    sitting.post("/quiz/next")
    sitting.post("/quiz/next")
    shown = rows(sessions, "select position from participant_question where shown_at is not null")
    assert shown == [(1,)], "pressing twice shows one"
    offered = re.findall(r'value="\d"[^>]*> <bdi>([^<]+)<', sitting.get("/quiz").text)
    assert "Choose an answer" in sitting.answer(choice=len(offered)).text
    assert sitting.answer(choice=1).headers["location"] == "/quiz"
    assert sitting.answer(position=1, choice=1).headers["location"] == "/quiz", "sent again: the same"
    changed = sitting.answer(position=1, choice=0)
    assert changed.headers["location"] == "/quiz?first=1"
    assert "the first answer is kept" in sitting.get("/quiz?first=1").text
    assert sitting.answer(position=1, passed="true").headers["location"] == "/quiz?first=1"
    assert sitting.answer(position=3, choice=0).headers["location"] == "/quiz", "not shown yet"
    assert rows(sessions, ANSWERS)[:3] == [(1, "answered", offered[1]), (2, None, None), (3, None, None)]
    assert sitting.get("/quiz").text.count("Question 2 of 4") > 0


def test_late_is_late_by_the_servers_clock_and_nobody_is_rushed_on(
    sessions: SessionMaker, store: AssetStore, browsers: Open, tmp_path: Path
) -> None:
    quiz = open_quiz(sessions, store, tmp_path, practice=0, seconds_per_question=60)
    sitting = browsers()
    sitting.enter(invitation(sessions, quiz))
    sitting.post("/quiz/next")
    assert re.search(r'data-seconds-left="(59|60)"', sitting.get("/quiz").text)
    image = sitting.images()[0]
    let_pass(sessions, 64)
    assert sitting.get(image).status_code == 200, "the way takes its time"
    let_pass(sessions, 2)
    assert sitting.get(image).status_code == 404
    page = sitting.get("/quiz").text
    assert "The time of that question is over" in page
    assert sitting.answer("Yes", 1).headers["location"] == "/quiz"
    assert rows(sessions, ANSWERS)[0] == (1, "timed_out", None)
    assert sitting.position() == 0, "the next one waits"
    sitting.post("/quiz/next")
    let_pass(sessions, 66)
    sitting.post("/quiz/next")
    assert rows(sessions, ANSWERS)[1] == (2, "timed_out", None)
    assert sitting.answer("4").headers["location"] == "/quiz"
    assert "Ready when you are" in sitting.get("/quiz").text
    sitting.post("/quiz/next")
    sitting.answer("", by_clock="true")
    assert [row[1:] for row in rows(sessions, ANSWERS)[2:]] == [("answered", "4"), ("timed_out", None)]
    assert "You have answered all" in sitting.get("/quiz").text


def test_nobody_is_asked_about_ground_they_know_and_each_ground_has_one_arm(
    sessions: SessionMaker, store: AssetStore, browsers: Open, tmp_path: Path
) -> None:
    arms = ("sar", "sar_metadata", "optical", "both")
    quiz = open_quiz(sessions, store, tmp_path, scenes=8, questions=8, practice=0, arms=arms)
    shared = invitation(sessions, quiz, uses=9)
    for _ in range(3):
        browsers().enter(shared, knows="nothing\nab")
    split = rows(sessions, "select participant_id, arm, count(*) from participant_question group by 1, 2")
    assert {row[2] for row in split} == {2}, "arms take turns"
    orders = rows(
        sessions,
        "select array_agg(quiz_question_id order by position) from participant_question group by participant_id",
    )
    assert len({str(order) for order in orders}) == 3
    knowing = browsers()
    page = knowing.enter(shared, knows="I know the Ports, of course")
    assert (page.status_code, "Nothing was kept of you" in page.text) == (409, True)
    bound = invitation(sessions, quiz, reviewer=REVIEWER)
    assert "data sets and places" not in knowing.get(bound).text
    assert "You know all of the ground" in knowing.enter(bound).text
    assert rows(sessions, "select uses from invitation order by invitation_id") == [(3,), (0,)]


def test_who_withdraws_is_erased(sessions: SessionMaker, store: AssetStore, browsers: Open, tmp_path: Path) -> None:
    quiz = open_quiz(sessions, store, tmp_path, asks=("Age",))
    sitting = browsers()
    sitting.enter(invitation(sessions, quiz), told="40", knows="Kiel")
    sitting.post("/quiz/next")
    sitting.answer("Yes")
    assert "All 1 answer of" in sitting.get("/quiz/withdraw").text
    for _ in range(2):
        assert "Your answers and all that you told of yourself are erased" in sitting.post("/quiz/withdraw").text
    assert rows(sessions, "select from participant_question") == rows(sessions, "select from participant_person") == []
    assert rows(sessions, "select declared, invitation_id, resume_sha256, withdrawn_at is null from participant") == [
        ({}, None, None, False)
    ]
    assert sitting.get("/quiz").status_code == 410
