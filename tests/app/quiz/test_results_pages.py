"""Results over HTTP and on the command line: who counts, when they are shown, and the files."""

from __future__ import annotations

import csv
import io
import json
import re
from xml.etree import ElementTree

from fastapi.testclient import TestClient
from sqlalchemy import event, text

from app.assets.store import AssetStore
from app.db import SessionMaker, transaction
from app.quiz.queries.quizzes import QuizOptions
from app.quiz.queries.rules import QuizRules
from app.quiz.schemas.results import as_json
from app.quiz.workflow.quizzes import close_quiz, get_quiz
from app.quiz.workflow.results import results_of
from tests.app.quiz.answered import group, opened, right, take, wrong
from tests.app.quiz.composed import make_quiz
from tests.app.quiz.test_quiz_pages import HOSTILE, client, post, store

__all__ = ["client", "store"]  # fixtures

FORMULA = '=HYPERLINK("//evil")'


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_results_count_who_finished_and_are_shown_once_the_quiz_is_closed(
    client: TestClient, sessions: SessionMaker, store: AssetStore
) -> None:
    with transaction(sessions) as session:
        quiz = opened(session, store)
        experts = [str(take(session, quiz, right, seconds=each)) for each in (10, 20)]
        take(session, quiz, lambda _: FORMULA, of=HOSTILE, kind="own")
        take(session, quiz, lambda each: None if each.position % 2 else "", of=HOSTILE, kind="own")
        take(session, quiz, wrong, questions=2)
        gone = take(session, quiz, right)
        session.execute(text("update participant set withdrawn_at = now() where pseudonym = :p"), {"p": gone})
    page = client.get("/quizzes/pilot/results").text
    assert "shown once the quiz is closed" in page
    assert "12/12" not in page
    assert client.get("/quizzes/pilot/results/table.csv").status_code == 409
    early = client.get("/quizzes/pilot/results?early=true").text
    assert "You look early" in early
    assert re.search(r"\d+ answers? (is|are) not judged yet", early)
    assert post(client, "/quizzes/pilot/results/judge", early="true") == (303, "/quizzes/pilot/results?early=true")
    assert "not judged yet" not in client.get("/quizzes/pilot/results?early=true").text
    with transaction(sessions) as session:
        close_quiz(session, "pilot")
    page = client.get("/quizzes/pilot/results").text
    assert "You look early" not in page
    assert "12/12" in page, "two experts, six questions; who withdrew or did not finish is not counted"
    assert "<script>alert" not in page
    assert re.search(
        r'expert</bdi></th><td class="number">0</td><td class="number">2</td><td class="number">1</td>', page
    )
    assert "for these participants only" in page
    assert re.search(r"<b>15 s</b>", page), "the median time"
    everybody = client.get("/quizzes/pilot/results?everybody=true&difference=12.5%").text
    assert "12/14" in everybody
    assert "12.5 points" in everybody
    for bad in ("judge=odd", "difference=many", "difference=nan", "difference=0"):
        refused = client.get(f"/quizzes/pilot/results?{bad}")
        assert (refused.status_code, 'role="alert"' in refused.text) == (422, True), bad
    assert client.get("/quizzes/pilot/results/odd.csv").status_code == 422

    table = rows_of(client.get("/quizzes/pilot/results/table.csv").content)
    found = {(row["row"], row["questions"]): row for row in table}
    assert (found["expert", "all"]["right"], found["expert", "all"]["asked"]) == ("12", "12")
    assert found["expert", "all"]["note"] == "for these participants only"
    assert found["Chance", "all"]["right"] == ""
    answers = rows_of(client.get("/quizzes/pilot/results/answers.csv").content)
    assert len(answers) == 24
    assert {row["participant"] for row in answers if row["group"] == "expert"} == set(experts)
    assert str(gone) not in {row["participant"] for row in answers}
    assert {row["answer"] for row in answers if row["ending"] == "answered" and row["group"] != "expert"} == {
        f"'{FORMULA}"
    }
    assert {row["is_right"] for row in answers if row["group"] == "expert"} == {"yes"}
    assert {row["ending"] for row in answers} == {"answered", "passed", "timed_out"}
    assert ElementTree.fromstring(client.get("/quizzes/pilot/results/figure.svg").content).tag.endswith("svg")
    told = client.get("/quizzes/pilot/results/checklist.md")
    assert told.headers["content-disposition"] == 'attachment; filename="pilot-checklist.md"'
    assert "**1.1 Number of people.** 4: 2 expert, 2 " in told.text
    assert "**1.9 Ethics review.** ____" in told.text
    assert "1 withdrew, 1 did not finish" in told.text
    assert "<script>" not in told.text


def test_a_page_of_results_asks_as_many_statements_for_many_as_for_few(
    client: TestClient, sessions: SessionMaker, store: AssetStore
) -> None:
    counted: list[str] = []
    engine = sessions.kw["bind"]
    with transaction(sessions) as session:
        quiz = opened(session, store, options=QuizOptions(arms=("sar", "sar_metadata")))
        take(session, quiz, right, arms=("sar", "sar_metadata"))

    def statements() -> int:
        counted.clear()
        assert client.get("/quizzes/pilot/results?early=true").status_code == 200
        return len(counted)

    event.listen(engine, "before_cursor_execute", lambda *call: counted.append(call[2]))
    few = statements()
    with transaction(sessions) as session:
        for number in range(12):
            take(
                session,
                quiz,
                (right, wrong)[number % 2],
                of=f"group {number % 3}",
                arms=("sar", "sar_metadata")[:: (-1) ** (number // 3)],
            )
    assert statements() == few
    page = client.get("/quizzes/pilot/results?early=true").text
    assert "Arms compared" in page
    assert "Groups compared" in page


def test_an_open_quiz_that_nobody_took_has_an_empty_page_and_one_that_is_not_open_none(
    client: TestClient, sessions: SessionMaker, store: AssetStore
) -> None:
    with transaction(sessions) as session:
        quiz = opened(session, store)
        group(session, quiz)
    page = client.get("/quizzes/pilot/results?early=true&everybody=true")
    assert (page.status_code, "There is nothing to count" in page.text) == (200, True)
    for file in ("table.csv", "answers.csv", "figure.svg", "checklist.md"):
        assert client.get(f"/quizzes/pilot/results/{file}?early=true").status_code == 200
    with transaction(sessions) as session:
        make_quiz(session, "bench@1", "later", rules=QuizRules(questions=3, practice=0))
        told = results_of(session, get_quiz(session, "pilot"), early=True)
        assert json.dumps(as_json(told), default=str)
    assert "Nobody took it yet" in client.get("/quizzes/later/results?early=true").text
