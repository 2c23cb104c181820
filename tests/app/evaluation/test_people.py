"""People stand beside models once their quiz is closed, with figures that fit how many they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.evaluation.workflow import scoring
from app.evaluation.workflow.leaderboard import leaderboard
from app.evaluation.workflow.targets import quiz_target, split_target
from app.quiz.queries.quizzes import QuizRow
from tests.app.evaluation.predicted import question_ids, questions_release, truths
from tests.app.evaluation.test_scoring import upload
from tests.app.quiz.composed import force_state, make_quiz

_ANSWER = text("""
with person as (
    insert into participant (quiz_id, quiz_group_id, consent_at, withdrawn_at)
    values (:quiz_id, :group_id, now(), case when :is_withdrawn then now() end) returning participant_id
),
ground as (
    insert into participant_ground (participant_id, ground_key, arm)
    select participant_id, ground_key, 'sar' from person, quiz_question q
    where q.quiz_id = :quiz_id and not q.is_practice group by 1, 2 returning 1
)
insert into participant_question (participant_id, position, quiz_question_id, ground_key, arm, shown_at, answered_at,
    ending, answer)
select participant_id, position, quiz_question_id, ground_key, 'sar', now(), now(),
    case when position = 1 then 'passed' else 'answered' end,
    case when position = 1 then null when position <= :right + 1 then truth else 'something' end
from person, quiz_question q, (select count(*) from ground) made where q.quiz_id = :quiz_id and not q.is_practice
""")
_JUDGE = text("""
insert into quiz_judgement (quiz_question_id, answer, judge, judge_version, is_right, decided_by)
select distinct quiz_question_id, answer, :judge, '1', answer = truth, cast(:decided_by as text)
from participant_question join quiz_question using (quiz_question_id) where answer is not null
""")


def take(session: Session, quiz: QuizRow, group: str, right: list[int], *, is_withdrawn: bool = False) -> None:
    """People of a group who pass the first question and answer so many of the others rightly."""
    values = {"quiz_id": quiz.quiz_id, "name": group}
    found = "select quiz_group_id from quiz_group where quiz_id = :quiz_id and name = :name"
    group_id = session.execute(text(found), values).scalar()
    if group_id is None:
        made = "insert into quiz_group (quiz_id, name, kind) values (:quiz_id, :name, 'own') returning quiz_group_id"
        group_id = session.execute(text(made), values).scalar_one()
    for number in right:
        session.execute(
            _ANSWER, {"quiz_id": quiz.quiz_id, "group_id": group_id, "right": number, "is_withdrawn": is_withdrawn}
        )


def test_people_are_counted_once_the_quiz_is_closed_and_compared_with_a_model(
    sessions: SessionMaker, tmp_path: Path
) -> None:
    with transaction(sessions) as session:
        questions_release(session, tmp_path)
        quiz = make_quiz(session)
        force_state(session, quiz, "open")
        take(session, quiz, "radar", [5, 4, 3])
        take(session, quiz, "radar", [5], is_withdrawn=True)
        take(session, quiz, "crowd", [0] * 6 + [5] * 6)
        target, truth = quiz_target(session, quiz.name), truths(session)
        session.execute(_JUDGE, {"judge": "synonyms", "decided_by": None})
        told = {id_: truth[id_] for id_ in question_ids(session, target)}
    model = upload(sessions, target, told, "oracle")
    scoring.score(sessions, model)
    with transaction(sessions) as session:
        assert [row.title for row in leaderboard(session, target).answers] == ["oracle"]
        session.execute(text("update quiz set state = 'closed', closed_at = now()"))
    with transaction(sessions) as session:
        board = leaderboard(session, target, against=model)
        of_split = leaderboard(session, split_target(session, target.release))
    rows = {row.title: row for row in board.answers}
    assert list(rows) == ["oracle", "radar", "crowd"]
    assert (rows["oracle"].figures["method"], rows["oracle"].figures["clusters"]) == ("wilson", 6)
    radar, crowd = rows["radar"].people, rows["crowd"].people
    assert radar is not None
    assert crowd is not None
    assert (radar.participants, radar.figures["right"], radar.figures["answers"]) == (3, 12, 18)
    assert (radar.figures["method"], radar.note) == ("questions", "for these participants only")
    assert (crowd.participants, crowd.figures["right"], crowd.figures["answers"]) == (12, 30, 72)
    assert (crowd.figures["method"], crowd.note) == ("participants and questions", "")
    difference = rows["radar"].difference
    assert difference is not None
    assert difference["value"] == pytest.approx(1 / 3)
    assert [row.title for row in of_split.answers] == ["radar", "crowd"]
    with transaction(sessions) as session:
        # A person's word counts before the judge's.
        session.execute(_JUDGE, {"judge": "person", "decided_by": "ada"})
        session.execute(text("insert into quiz_judgement (quiz_question_id, answer, judge, is_right, decided_by)"
                             " select quiz_question_id, 'something', 'person', true, 'ada' from quiz_question"
                             " where not is_practice"))  # fmt: skip
        again = {row.title: row.figures["right"] for row in leaderboard(session, target).answers}
    assert again == {"oracle": 6, "radar": 15, "crowd": 60}
