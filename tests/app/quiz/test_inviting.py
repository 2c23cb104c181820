"""Groups, links that let people in, and what is kept of who came in."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.accounts.workflow import add_person
from app.db import SessionMaker, transaction
from app.quiz.errors import InvitationError, InvitationRefusedError, NoSuchGroupError, NoSuchParticipantError, QuizError
from app.quiz.queries.invitations import list_groups, list_invitations
from app.quiz.queries.questions import list_questions, reviewed_grounds
from app.quiz.queries.quizzes import QuizRow
from app.quiz.workflow import erasing, inviting, quizzes
from app.quiz.workflow.inviting import JOIN_PATH, MadeInvitation, add_group, invite, invited, revoke, use_invitation
from tests.app.quiz.composed import force_state, make_quiz, make_release
from tests.app.release.reviewed import OTHER, REVIEWER, make_store


@pytest.fixture
def quiz(session: Session, tmp_path: Path) -> QuizRow:
    make_release(session, make_store(tmp_path))
    made = make_quiz(session)
    force_state(session, made, "open")
    return quizzes.get_quiz(session, "pilot")


def token_of(made: MadeInvitation) -> str:
    return made.path.removeprefix(JOIN_PATH)


def refusal(session: Session, token: str) -> str:
    with pytest.raises(InvitationRefusedError) as refused:
        invited(session, token)
    return refused.value.message


def add_participant(session: Session, quiz: QuizRow, made: MadeInvitation) -> str:
    """Somebody who consented, told who they are, and answered the first question."""
    found, _ = invited(session, token_of(made))
    use_invitation(session, found)
    values = {"quiz_id": quiz.quiz_id, "group": found.quiz_group_id, "invitation": found.invitation_id}
    participant_id, pseudonym = session.execute(
        text("""
        insert into participant (quiz_id, quiz_group_id, invitation_id, resume_sha256, consent_at, declared)
        values (:quiz_id, :group, :invitation, 'resume', now(), '{"datasets": ["SARDet"]}')
        returning participant_id, pseudonym"""),
        values,
    ).one()
    told = {"id": participant_id, "told": json.dumps({"Your name": "Ruth Unmistakable"})}
    session.execute(text("insert into participant_person values (:id, cast(:told as jsonb))"), told)
    question = next(row for row in list_questions(session, quiz.quiz_id) if not row.is_practice)
    asked = {"id": participant_id, "question": question.quiz_question_id, "ground": question.ground_key}
    session.execute(text("insert into participant_ground values (:id, :ground, 'sar')"), asked)
    session.execute(
        text("""
        insert into participant_question (participant_id, position, quiz_question_id, ground_key, arm, shown_at,
            answered_at, ending, answer)
        values (:id, 1, :question, :ground, 'sar', now(), now(), 'answered', 'Yes')"""),
        asked,
    )
    return str(pseudonym)


def test_a_link_is_told_once_and_lets_in_so_many(session: Session, quiz: QuizRow) -> None:
    (made,) = invite(session, quiz, "expert", "command", uses=2)
    token = token_of(made)
    kept = session.execute(text("select row_to_json(i)::text from invitation i")).scalar_one()
    assert len(token) == 43
    assert token not in kept
    for _ in range(2):
        found, of = invited(session, token)
        assert (found.group, found.group_kind, of.name) == ("expert", "expert", "pilot")
        use_invitation(session, found)
    assert "was for 2 people and has been used" in refusal(session, token)
    with pytest.raises(InvitationRefusedError, match="somebody else in just before you"):
        use_invitation(session, found)
    assert [(row.state, row.uses) for row in list_invitations(session, quiz.quiz_id, None, 9)] == [("used up", 2)]


def test_links_that_let_nobody_in_say_why_and_what_to_do(session: Session, quiz: QuizRow) -> None:
    for unknown in ("", "x" * 43, "\ud800", "a\0b", "é" * 4000):
        assert "not known" in refusal(session, unknown)
    expiring, taken_back, valid = (invite(session, quiz, "layperson", "command", days=1)[0] for _ in range(3))
    session.execute(
        text("update invitation set expires_at = now() - interval '1 s' where invitation_id = :id"),
        {"id": expiring.invitation_id},
    )
    revoke(session, quiz, taken_back.invitation_id)
    assert refusal(session, token_of(expiring)).startswith("This link has expired.")
    assert refusal(session, token_of(taken_back)).startswith("This link was taken back.")
    with pytest.raises(InvitationError, match="no invitation 99"):
        revoke(session, quiz, 99)
    quizzes.close_quiz(session, quiz.name)
    assert "is closed" in refusal(session, token_of(valid))
    with pytest.raises(InvitationError, match="closed, so nobody can be invited"):
        invite(session, quizzes.get_quiz(session, quiz.name), "expert", "command")
    other = make_quiz(session, name="later")
    assert "not open yet" in refusal(session, token_of(invite(session, other, "expert", "command")[0]))


def test_what_cannot_be_invited_is_refused_in_words(session: Session, quiz: QuizRow) -> None:
    for more, said in (
        ({"links": 0}, "1 to 500 links"),
        ({"uses": 10_001}, "1 to 10,000 people"),
        ({"days": 0}, "1 to 3,650 days"),
        ({"uses": 2, "reviewer": REVIEWER}, "one link for one person"),
    ):
        with pytest.raises(InvitationError, match=said):
            invite(session, quiz, "expert", "command", **more)
    with pytest.raises(NoSuchGroupError, match="has no group 'students'"):
        invite(session, quiz, "students", "command")
    add_group(session, quiz, "  Third  year ", "own")
    with pytest.raises(QuizError, match="has a group 'Third year' already"):
        add_group(session, quiz, "Third year", "own")
    for name in ("", "x" * 61, "a\0"):
        with pytest.raises(QuizError, match="1 to 60 characters"):
            add_group(session, quiz, name, "own")
    with pytest.raises(QuizError, match="no kind of group 'robot'"):
        add_group(session, quiz, "Robots", "robot")
    assert len(invite(session, quiz, "Third year", "command", links=3)) == 3
    assert [(group.name, group.invitations) for group in list_groups(session, quiz.quiz_id)] == [("Third year", 3)]
    with pytest.raises(InvitationError, match="Nobody with the address"):
        inviting.require_reviewer(session, "nobody@example.org")


def test_who_reviewed_ground_is_not_asked_about_it(session: Session, quiz: QuizRow) -> None:
    pseudonym = session.execute(
        text("select pseudonym from person where person_id = :id"),
        {"id": add_person(session, "mori@example.org", "Mori", None, ["reviewer"]).person_id},
    ).scalar_one()
    assert inviting.require_reviewer(session, " Mori@example.org") == pseudonym
    (made,) = invite(session, quiz, "expert", "command", reviewer=pseudonym)
    assert invited(session, token_of(made))[0].reviewer == pseudonym
    assert reviewed_grounds(session, quiz.quiz_id, pseudonym) == set()
    # In the factory both reviewed every packet, one of them with a hold, the other as an extra opinion.
    every = {row.ground_key for row in list_questions(session, quiz.quiz_id)}
    assert reviewed_grounds(session, quiz.quiz_id, REVIEWER) == reviewed_grounds(session, quiz.quiz_id, OTHER) == every


def test_a_link_for_one_lets_in_one_of_many_at_once(sessions: SessionMaker, tmp_path: Path) -> None:
    with transaction(sessions) as session:
        make_release(session, make_store(tmp_path))
        force_state(session, make_quiz(session), "open")
        (made,) = invite(session, quizzes.get_quiz(session, "pilot"), "expert", "command")

    def come_in(_: int) -> bool:
        try:
            with transaction(sessions) as session:
                use_invitation(session, invited(session, token_of(made))[0])
        except InvitationRefusedError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(come_in, range(24))) == 1


def test_a_participant_is_told_all_and_erased_but_for_answers_that_lead_nowhere(
    session: Session, quiz: QuizRow
) -> None:
    (made,) = invite(session, quiz, "expert", "command", reviewer=REVIEWER)
    pseudonym = add_participant(session, quiz, made)
    told = erasing.export_participant(session, quiz, pseudonym)
    assert told["told"] == {"Your name": "Ruth Unmistakable"}
    assert (told["group"], told["declared"]) == ("expert", {"datasets": ["SARDet"]})
    assert [(answer["answer"], answer["arm"]) for answer in told["answers"]] == [("Yes", "sar")]
    assert "truth" not in json.dumps(told)
    with pytest.raises(DBAPIError, match="goes only with who is erased"), session.begin_nested():
        session.execute(text("delete from participant_question"))
    with pytest.raises(DBAPIError, match="answered once"), session.begin_nested():
        session.execute(text("update participant_question set answer = 'No'"))
    for _ in range(2):
        erased = erasing.erase_participant(session, quiz, pseudonym)
        assert (erased.state, erased.invitation_id, erased.answered, erased.has_person) == ("erased", None, 1, False)
    tables = session.execute(text("select tablename from pg_tables where schemaname = 'public'")).scalars()
    leading = [
        table
        for table in tables
        if session.execute(
            text(f'select exists (select from "{table}" t where t::text ~ :who)'), {"who": "Unmistakable|SARDet"}
        ).scalar_one()
    ]
    assert leading == []
    gone = erasing.erase_participant(session, quiz, pseudonym, with_answers=True)
    assert (gone.questions, gone.withdrawn_at is not None) == (0, True)
    for nobody in (str(uuid.uuid4()), "x", ""):
        with pytest.raises(NoSuchParticipantError, match="Nobody takes the quiz pilot"):
            erasing.get_participant(session, quiz, nobody)
