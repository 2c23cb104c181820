"""What people answered in quizzes that are closed, judged: the human baseline beside the models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.evaluation.queries.items import Target

# A person's word on a disputed answer counts before any judge; who passed or ran out of time was not right.
_ANSWERS: Final = """
select z.name as quiz, g.name as group_name, p.participant_id, q.text_sha256 as item_id, q.question_type,
    a.answer is null as is_unanswered, (
        select j.is_right from quiz_judgement j
        where j.quiz_question_id = a.quiz_question_id and j.answer = a.answer and j.judge in ('person', :judge)
        order by j.judge = 'person' desc, j.quiz_judgement_id desc limit 1) as is_right
from quiz z join quiz_question q using (quiz_id) join participant_question a using (quiz_question_id)
join participant p using (participant_id) join quiz_group g on g.quiz_group_id = p.quiz_group_id
where z.state = 'closed' and not q.is_practice and a.answered_at is not null and p.withdrawn_at is null and {quizzes}
order by z.quiz_id, g.name, p.participant_id, q.position limit :limit
"""
_OF_RELEASE: Final = "z.release_id = :release_id"
_OF_QUIZ: Final = "z.quiz_id = :quiz_id"
MOST: Final = 200_000
"""Answers that are read for one leaderboard."""
_RIGHT: Final = text("""
select evaluation_id, item_id, coalesce(is_right, false) from judgement
where evaluation_id = :evaluation_id and judge = :judge and judge_version = :version
""")


@dataclass(frozen=True, slots=True)
class PersonAnswer:
    """One person's answer to one question."""

    quiz: str
    group_name: str
    participant_id: int
    item_id: str
    question_type: str
    is_unanswered: bool
    is_right: bool | None
    """None where nobody judged it, or the judge could not."""


def list_answers(session: Session, target: Target, judge: str) -> list[PersonAnswer]:
    """Of the quiz itself, or of all quizzes of the release."""
    query = text(_ANSWERS.format(quizzes=_OF_RELEASE if target.quiz_id is None else _OF_QUIZ))
    key = {"release_id": target.release_id} if target.quiz_id is None else {"quiz_id": target.quiz_id}
    rows = session.execute(query, {**key, "judge": judge, "limit": MOST})
    return [PersonAnswer(**row._mapping) for row in rows]


def right_by_item(session: Session, evaluation_id: int, judge: str, version: int) -> dict[str, bool]:
    """Of a quiz: which questions a model answered rightly."""
    values = {"evaluation_id": evaluation_id, "judge": judge, "version": version}
    return {row[1]: row[2] for row in session.execute(_RIGHT, values)}
