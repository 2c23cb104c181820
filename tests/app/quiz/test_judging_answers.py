"""Answers are judged by their words; a person decides the rest, and does not see whose they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.assets.store import AssetStore
from app.db import SessionMaker, transaction
from app.quiz.queries.questions import QuestionRow
from app.quiz.workflow import judging
from app.quiz.workflow.quizzes import close_quiz, get_quiz
from tests.app.quiz.answered import opened, right, take, wrong
from tests.app.quiz.test_quiz_pages import client, post, store

__all__ = ["client", "store"]  # fixtures

HOSTILE = "a <b>cargo</b> ship \u202e🚢"


def odd(question: QuestionRow) -> str:
    """Something that the judge cannot decide, where a number or a thing is asked for."""
    return HOSTILE if question.truth == "ship" else right(question)


def test_a_closed_quiz_is_judged_and_a_person_decides_the_rest_blind(
    client: TestClient, sessions: SessionMaker, store: AssetStore
) -> None:
    with transaction(sessions) as session:
        quiz = opened(session, store)
        told = [str(take(session, quiz, how, of=of)) for how, of in ((right, "expert"), (odd, "expert"), (odd, "loud"))]
        take(session, quiz, wrong, of="layperson")
    assert client.get("/quizzes/pilot/disputes").status_code == 409, "its questions are for those who take it"
    with transaction(sessions) as session:
        close_quiz(session, "pilot")
        quiz = get_quiz(session, "pilot")
        assert judging.count_unjudged(session, quiz) == 0
        kept = session.execute(text("select judge, count(*) from quiz_judgement group by 1 order by 1")).all()
        assert len({row[1] for row in kept}) == 1, "each judge has judged each answer once, whoever gave it"
        assert [row[0] for row in kept] == ["exact", "sarlang-substring", "synonyms"]
        assert judging.judge_answers(session, quiz) == 0
        again = session.execute(text("select judge, count(*) from quiz_judgement group by 1 order by 1")).all()
        assert again == kept, "judged once"
        (undecided,) = judging.list_disputed(session, quiz)
    page = client.get("/quizzes/pilot/disputes").text
    assert "cargo&lt;/b&gt; ship" in page
    assert not any(name in page for name in (*told, "expert", "layperson", "loud")), "neither who nor of which group"
    path = f"/quizzes/pilot/disputes/{undecided.quiz_judgement_id}"
    status, where = post(client, path, is_right="true")
    assert (status, "Nothing is left to decide" in client.get(where).text) == (303, True)
    assert post(client, path, is_right="false", standing="decided")[0] == 303, "decided anew"
    assert re.search(r"a person: wrong", client.get("/quizzes/pilot/disputes?standing=decided").text)
    assert post(client, "/quizzes/pilot/disputes/99999", is_right="true")[0] == 422
    assert client.get("/quizzes/pilot/disputes?standing=odd").status_code == 422
    with transaction(sessions) as session:
        own = session.execute(
            text("select is_right, decided_by is not null from quiz_judgement where judge = 'person' order by 1 desc")
        ).all()
        assert [tuple(row) for row in own] == [(True, True), (False, True)], "both decisions stand"
    with pytest.raises(DBAPIError, match="append-only"), transaction(sessions) as session:
        session.execute(text("delete from quiz_judgement where judge = 'person'"))


def test_who_took_the_quiz_decides_about_none_of_its_answers(
    client: TestClient, sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    with transaction(sessions) as session:
        quiz = opened(session, store)
        pseudonym = take(session, quiz, odd)
        session.execute(
            text("""
            with bound as (
                insert into invitation (quiz_id, quiz_group_id, token_sha256, reviewer, uses, created_by)
                select p.quiz_id, p.quiz_group_id, 'token', a.pseudonym, 1, 'command'
                from participant p, person a where p.pseudonym = :pseudonym
                returning invitation_id)
            update participant set invitation_id = bound.invitation_id from bound where pseudonym = :pseudonym
            """),
            {"pseudonym": pseudonym},
        )
        close_quiz(session, "pilot")
    refused = client.get("/quizzes/pilot/disputes")
    assert (refused.status_code, "You took pilot yourself" in refused.text) == (409, True)
    assert post(client, "/quizzes/pilot/disputes/1", is_right="true")[0] == 409
