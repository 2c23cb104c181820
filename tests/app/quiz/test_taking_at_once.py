"""The same participant in several requests at once: one is let in, one answer is kept."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.quiz.workflow.answering import Given, answer, go_on
from app.quiz.workflow.entering import Consent, enter, new_form_id, returning
from app.quiz.workflow.inviting import JOIN_PATH
from tests.app.quiz.opened import invitation, open_quiz
from tests.app.release.reviewed import make_store

Made = TypeVar("Made")
TIMES = 6


def at_once(sessions: SessionMaker, do: Callable[[Session, int], Made]) -> list[Made]:
    """What it gave in each of several transactions that begin together."""
    begin = Barrier(TIMES)

    def once(number: int) -> Made:
        begin.wait(10)
        with transaction(sessions) as session:
            return do(session, number)

    with ThreadPoolExecutor(TIMES) as pool:
        return list(pool.map(once, range(TIMES)))


def test_one_form_lets_one_in_and_one_question_keeps_one_answer(sessions: SessionMaker, tmp_path: Path) -> None:
    quiz = open_quiz(sessions, make_store(tmp_path), tmp_path, practice=0)
    token = invitation(sessions, quiz).removeprefix(JOIN_PATH)
    consent = Consent(new_form_id(), agrees=True)
    own = at_once(sessions, lambda session, _: enter(session, b"secret", token, consent))
    assert len(set(own)) == 1
    at_once(sessions, lambda session, _: go_on(session, returning(session, own[0])))
    kept = at_once(
        sessions, lambda session, number: answer(session, returning(session, own[0]), Given(1, f"answer {number}"))
    )
    assert sorted(kept) == [False] * (TIMES - 1) + [True]
    with transaction(sessions) as session:
        assert session.execute(text("select uses from invitation")).scalars().all() == [1]
        rows = "select answer, shown_at is null from participant_question order by position"
        answers = [tuple(row) for row in session.execute(text(rows))]
    assert answers == [(f"answer {kept.index(True)}", False), (None, False), (None, True), (None, True)]
