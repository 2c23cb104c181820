"""What a quiz asks stays out of releases until it is closed, or its answers are public."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from app.quiz.workflow import quizzes
from app.release.workflow import create_release
from tests.app.quiz.composed import force_state, make_quiz, make_release
from tests.app.release.reviewed import make_store


def test_texts_of_a_quiz_are_held_back_until_it_is_closed_or_public(session: Session, tmp_path: Path) -> None:
    make_release(session, make_store(tmp_path))
    quiz = make_quiz(session)
    held = create_release(session, "bench", ["ports"])
    assert (held.text_count, held.counts["left_out"]) == (40, {"ports": {"held_by_quiz": 8}})
    assert held.counts["difference"]["removed"] == {"held_by_quiz": 8}
    quizzes.set_public_answers(session, quiz.name, is_public=True)
    assert create_release(session, "public", ["ports"]).text_count == 48
    quizzes.set_public_answers(session, quiz.name, is_public=False)
    force_state(session, quiz, "open")
    assert create_release(session, "bench", ["ports"]).text_count == 40
    quizzes.close_quiz(session, quiz.name)
    assert create_release(session, "bench", ["ports"]).text_count == 48
