"""Quizzes over HTTP, as an admin's browser without JavaScript uses them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event, text

from app.accounts import workflow as accounts
from app.assets.store import AssetStore
from app.db import SessionMaker, transaction
from app.quiz.workflow.freezing import run_freezing
from app.quiz.workflow.inviting import invite, invited
from app.quiz.workflow.quizzes import get_quiz
from app.settings import Settings
from pipeline.imaging.tiff import write_cog
from tests.app.quiz.composed import force_state, make_quiz, make_release, scene
from tests.app.quiz.test_inviting import add_participant

HOSTILE = "<script>alert(1)</script>\u202e🚢"


@pytest.fixture
def store(settings: Settings) -> AssetStore:
    Path(settings.assets_url).mkdir(parents=True)
    return AssetStore(settings.assets_url)


@pytest.fixture
def client(application: FastAPI, sessions: SessionMaker) -> Iterator[TestClient]:
    """A browser in which an admin is logged in."""
    with transaction(sessions) as session:
        added = accounts.add_person(session, "admin@example.org", "Ada", None, ["admin", "reviewer"])
        token = accounts.log_in(session, added.email, added.password or "")
    with TestClient(application, base_url="http://127.0.0.1", follow_redirects=False) as opened:
        opened.cookies.set("trihedral_session", token)
        yield opened


def post(client: TestClient, path: str, **form: object) -> tuple[int, str]:
    """Send a form; where it leads, or the page that it shows."""
    csrf = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/quizzes").text)
    assert csrf is not None
    files = {"blind": form.pop("blind")} if "blind" in form else None
    response = client.post(path, data={"csrf": csrf[1], **form}, files=files)
    return response.status_code, response.headers.get("location", response.text)


SMALL = {"release": "bench@1", "questions": "6", "practice": "1", "seed": "7", "splits": "test", "arms": "sar",
         "question_types": ["identification", "counting", "referring"], "is_balanced": "true"}  # fmt: skip


def test_a_quiz_is_composed_looked_at_frozen_opened_and_closed(
    client: TestClient, sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    assert "Freeze one first" in client.get("/quizzes").text
    assert "Nothing to ask yet" in client.get("/quizzes/new").text
    write_cog(tmp_path / "a.tif", [np.full((64, 48), 90, np.uint8)])
    with transaction(sessions) as session:
        scenes = [scene(number, image=(tmp_path / "a.tif").read_bytes()) for number in range(8)]
        make_release(session, store, scenes)
    assert "Compose one from a release" in client.get("/quizzes").text
    status, page = post(client, "/quizzes", **{**SMALL, "name": "pilot", "questions": "60", "title": HOSTILE})
    assert status == 409
    assert "61 questions were asked for, practice among them, and 24 are eligible" in page
    assert re.search(r"Instance counting</th><td>ports</td><td class=\"number\"><b>8</b>", page)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    for bad, said in (
        ({"questions": "many"}, "&#39;many&#39; is no number of questions"),
        ({"seed": "-1"}, "is no seed"),
        ({"arms": []}, "Choose at least one arm"),
        ({"name": "new"}, "cannot be named"),
        ({"release": "none@1"}, "no release"),
        ({"blind": ("b.csv", b"id,prediction\nx,1\n")}, "line 2: its id"),
    ):
        status, page = post(client, "/quizzes", **{**SMALL, "name": "pilot", **bad})
        assert status in {404, 422}, bad
        assert said in page, bad
    assert post(client, "/quizzes", name="pilot", **SMALL, title="What?", blind=("b.csv", b"")) == (
        303, "/quizzes/pilot"
    )  # fmt: skip
    page = client.get("/quizzes/pilot").text
    assert page.count(">Swap<span") == 7
    assert "Without looking" in page
    assert post(client, "/quizzes/pilot/swap", position="2") == (303, "/quizzes/pilot#question-2")
    assert "has no question 99" in post(client, "/quizzes/pilot/swap", position="99")[1]
    feedback = {"position": "1", "feedback": HOSTILE}
    assert post(client, "/quizzes/pilot/feedback", **feedback) == (303, "/quizzes/pilot#practice-1")
    read = {"title": "Schiff?", "asks": "Years\n\nYears \nPlace", "seconds": "60", "shows_classes": "true"}
    assert post(client, "/quizzes/pilot/options", **read) == (303, "/quizzes/pilot#read")
    status, page = post(client, "/quizzes/pilot/options", title="x", seconds="1")
    assert (status, "5 to 3,600 seconds a question" in page) == (422, True)
    page = client.get("/quizzes/pilot").text
    assert "Years\nPlace</textarea>" in page
    assert "no zoom, no contrast, class list shown" in page
    assert post(client, "/quizzes/pilot/open")[0] == 409
    assert post(client, "/quizzes/pilot/freeze")[0] == 303
    page = client.get("/quizzes/pilot").text
    assert "0 of 7 images are copied" in page
    assert "No worker is running" in page
    assert "every 2s" in page
    assert ">Swap<" not in page
    with transaction(sessions) as session:
        quiz_id = get_quiz(session, "pilot").quiz_id
    run_freezing(sessions, store, quiz_id)
    again = client.get("/quizzes/pilot", headers={"HX-Request": "true"})
    assert again.headers["hx-refresh"] == "true"
    assert "can be opened" in again.text
    assert post(client, "/quizzes/pilot/open")[0] == 303
    assert post(client, "/quizzes/pilot/answers", is_public="true")[0] == 303
    assert "answers public" in client.get("/quizzes").text
    assert "0 participants have not finished" in client.get("/quizzes/pilot/close").text
    assert post(client, "/quizzes/pilot/close")[0] == 303
    assert post(client, "/quizzes/pilot/discard")[0] == 409
    assert client.get("/quizzes/other").status_code == client.get("/quizzes/%00").status_code == 404


def test_people_are_invited_told_and_erased(
    client: TestClient, sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    with transaction(sessions) as session:
        make_release(session, store)
        quiz = make_quiz(session)
        force_state(session, quiz, "open")
        quiz = get_quiz(session, quiz.name)
    assert "No link was made yet" in client.get("/quizzes/pilot/people").text
    assert post(client, "/quizzes/pilot/groups", group=HOSTILE, kind="own")[0] == 303
    assert "already" in post(client, "/quizzes/pilot/groups", group=HOSTILE, kind="own")[1]
    status, page = post(client, "/quizzes/pilot/invitations", group="expert", links="2", uses="3", days="30")
    links = re.findall(r"http://127.0.0.1/quiz/join/([\w-]{43})", page)
    assert (status, len(links)) == (201, 2)
    for bad, said in (
        ({"uses": "0"}, "1 to 10,000 people"),
        ({"links": "x"}, "is no number of links"),
        ({"group": "students"}, "has no group"),
        ({"reviewer": "nobody@example.org"}, "Nobody with the address"),
    ):
        status, page = post(client, "/quizzes/pilot/invitations", **{"group": "expert", **bad})
        assert (status in {404, 422}, said in page) == (True, True), bad
    bound = {"group": "layperson", "reviewer": "admin@example.org", "as_csv": "true"}
    table = list(csv.DictReader(io.StringIO(post(client, "/quizzes/pilot/invitations", **bound)[1])))
    assert [(row["group"], row["people"]) for row in table] == [("layperson", "1")]
    page = client.get("/quizzes/pilot/people").text
    assert not re.search(r"join/[\w-]{43}", page), "links are shown once"
    assert "<bdi>Ada</bdi>" in page
    assert page.count("Take back<span") == 3
    assert post(client, "/quizzes/pilot/invitations/1/revoke")[0] == 303
    assert post(client, "/quizzes/pilot/invitations/77/revoke")[0] == 422
    with transaction(sessions) as session:
        assert invited(session, links[1])[0].uses_allowed == 3
        pseudonym = add_participant(session, quiz, invite(session, quiz, "expert", "command")[0])
    page = client.get("/quizzes/pilot/participants").text
    assert pseudonym in page
    assert "1 of 1" in page
    assert client.get(f"/quizzes/pilot/participants?pseudonym=+{pseudonym}+").status_code == 303
    assert client.get("/quizzes/pilot/participants?pseudonym=me").status_code == 404
    kept = client.get(f"/quizzes/pilot/participants/{pseudonym}/export")
    assert "attachment" in kept.headers["content-disposition"]
    assert json.loads(kept.text)["told"] == {"Your name": "Ruth Unmistakable"}
    assert post(client, f"/quizzes/pilot/participants/{pseudonym}/erase", with_answers="true")[0] == 303
    page = client.get(f"/quizzes/pilot/participants/{pseudonym}").text
    assert "0 of 0" in page
    assert ">erased<" in page


def test_pages_cost_the_same_however_many_there_are(
    client: TestClient, sessions: SessionMaker, store: AssetStore
) -> None:
    with transaction(sessions) as session:
        make_release(session, store)
        make_quiz(session)
    engine = client.app.state.engine  # type: ignore[attr-defined]
    counted: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: counted.append(given[2]))

    def cost() -> list[int]:
        found = []
        for path in ("/quizzes", "/quizzes/pilot", "/quizzes/pilot/people", "/quizzes/pilot/participants"):
            counted.clear()
            assert client.get(path).status_code == 200
            found.append(len(counted))
        return found

    before = cost()
    with transaction(sessions) as session:
        make_quiz(session, name="other")
        session.execute(text("insert into quiz_group (quiz_id, name, kind) select 1, 'g' || n, 'own' from"
                             " generate_series(1, 40) n"))  # fmt: skip
        session.execute(
            text("""
            insert into invitation (quiz_id, quiz_group_id, token_sha256, created_by)
            select 1, quiz_group_id, sha256(name::bytea), 'command' from quiz_group""")
        )
        session.execute(
            text("""
            insert into participant (quiz_id, quiz_group_id, consent_at)
            select 1, quiz_group_id, now() from quiz_group""")
        )
    assert cost() == before
    assert max(before) <= 10
