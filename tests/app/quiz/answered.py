"""Factories: participants who answered a quiz, written as the rows that taking it leaves."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.assets.store import AssetStore
from app.quiz.queries.questions import QuestionRow, list_questions
from app.quiz.queries.quizzes import QuizRow
from app.quiz.workflow.quizzes import get_quiz
from tests.app.quiz.composed import force_state, make_quiz, make_release

Answering = Callable[[QuestionRow], str | None]
"""What somebody answers to a question; None passes, an empty answer lets its time run out."""


def right(question: QuestionRow) -> str:
    return question.truth


def wrong(question: QuestionRow) -> str:
    """An answer that no judge takes for right."""
    return "No" if question.truth == "Yes" else "Yes" if question.truth == "No" else "977 submarines"


def opened(session: Session, store: AssetStore, **more: Any) -> QuizRow:
    """An open quiz of six questions, of which two are of each type."""
    quiz = make_quiz(session, make_release(session, store), **more)
    force_state(session, quiz, "open")
    return get_quiz(session, quiz.name)


def group(session: Session, quiz: QuizRow, name: str = "expert", kind: str = "expert") -> int:
    made: int = session.execute(
        text(
            "insert into quiz_group (quiz_id, name, kind) values (:quiz, :name, :kind)"
            " on conflict (quiz_id, name) do update set kind = :kind returning quiz_group_id"
        ),
        {"quiz": quiz.quiz_id, "name": name, "kind": kind},
    ).scalar_one()
    return made


def take(
    session: Session,
    quiz: QuizRow,
    answering: Answering = right,
    *,
    of: str = "expert",
    kind: str = "expert",
    seconds: float = 10,
    questions: int | None = None,
    arms: Sequence[str] = ("sar",),
) -> uuid.UUID:
    """Somebody takes the quiz, so many questions of it or all; gives their pseudonym."""
    values = {"quiz": quiz.quiz_id, "group": group(session, quiz, of, kind)}
    participant_id, pseudonym = session.execute(
        text("""
        insert into participant (quiz_id, quiz_group_id, consent_at) values (:quiz, :group, now())
        returning participant_id, pseudonym"""),
        values,
    ).one()
    asked = [each for each in list_questions(session, quiz.quiz_id) if not each.is_practice]
    rows = [_row(each, place, answering, arms, questions) for place, each in enumerate(asked)]
    told = {"id": participant_id, "rows": json.dumps(rows), "seconds": seconds}
    session.execute(
        text("""
        insert into participant_ground select distinct on (ground) :id, ground, arm
        from jsonb_to_recordset(cast(:rows as jsonb)) as given (ground text, arm text, position integer)
        order by ground, position"""),
        told,
    )
    session.execute(
        text("""
        insert into participant_question (participant_id, position, quiz_question_id, ground_key, arm, shown_at,
            answered_at, ending, answer)
        select :id, position, question, ground, g.arm, case when ending is not null then now() end,
            case when ending is not null then now() + make_interval(secs => :seconds) end, ending, answer
        from jsonb_to_recordset(cast(:rows as jsonb)) as given
            (position integer, question bigint, ground text, ending text, answer text)
        join participant_ground g on g.participant_id = :id and g.ground_key = ground"""),
        told,
    )
    if questions is None:
        session.execute(text("update participant set finished_at = now() where participant_id = :id"), told)
    assert isinstance(pseudonym, uuid.UUID)
    return pseudonym


def _row(
    question: QuestionRow, place: int, answering: Answering, arms: Sequence[str], questions: int | None
) -> dict[str, Any]:
    answer = answering(question) if questions is None or place < questions else None
    is_open = questions is not None and place >= questions
    ending = None if is_open else "passed" if answer is None else "answered" if answer else "timed_out"
    return {
        "position": place + 1,
        "question": question.quiz_question_id,
        "ground": question.ground_key,
        "arm": arms[place % len(arms)],
        "ending": ending,
        "answer": answer or None,
    }
