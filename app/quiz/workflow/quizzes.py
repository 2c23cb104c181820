"""Finding quizzes, changing what participants read, opening and closing."""

from __future__ import annotations

import dataclasses
from typing import Any

from sqlalchemy.orm import Session

from app.quiz.errors import NoSuchQuizError, QuizStateError
from app.quiz.queries import quizzes
from app.quiz.queries.quizzes import ListedQuiz, QuizOptions, QuizRow
from app.quiz.workflow.judging import judge_answers
from app.quiz.workflow.rules import NAME_FORM, STATE_TITLES, checked_options


def get_quiz(session: Session, name: str) -> QuizRow:
    """The quiz of this name.

    Raises
    ------
    NoSuchQuizError
    """
    found = quizzes.find_quiz(session, name) if NAME_FORM.fullmatch(name) else None
    if found is None:
        raise NoSuchQuizError(f"There is no quiz {name[:80]!a}.", quiz=name[:80])
    return found


def locked_quiz(session: Session, name: str, *states: str) -> QuizRow:
    """The quiz, which nobody else moves or changes until this transaction ends, if it is in one of the states.

    Raises
    ------
    NoSuchQuizError, QuizStateError
    """
    if NAME_FORM.fullmatch(name):
        quizzes.lock_quiz(session, name)
    quiz = get_quiz(session, name)
    if quiz.state not in states:
        wanted = " or ".join(STATE_TITLES[state].lower() for state in states)
        raise QuizStateError(
            f"The quiz {name} is {STATE_TITLES[quiz.state].lower()}; this is done while it is {wanted}.",
            state=quiz.state,
        )
    return quiz


def list_quizzes(session: Session, before: int | None = None, limit: int = 50) -> list[ListedQuiz]:
    """Newest first; ``before`` is the ``quiz_id`` of the last one of the page before."""
    return quizzes.list_quizzes(session, before, limit)


def options_of(quiz: QuizRow) -> QuizOptions:
    """What participants read and may do."""
    values: dict[str, Any] = {field.name: getattr(quiz, field.name) for field in dataclasses.fields(QuizOptions)}
    return QuizOptions(**{**values, "asks": tuple(quiz.asks), "arms": tuple(quiz.arms)})


def describe_quiz(session: Session, name: str, options: QuizOptions) -> QuizRow:
    """Change what participants read and may do; arms and form of answers stay, since the questions were drawn for them.

    Raises
    ------
    QuizError, QuizStateError
        If an option cannot be, or the quiz is not being composed any more.
    """
    quiz = locked_quiz(session, name, "composing")
    kept = dataclasses.replace(options, arms=tuple(quiz.arms), answer_form=quiz.answer_form)
    quizzes.describe_quiz(session, quiz.quiz_id, checked_options(kept))
    return get_quiz(session, name)


def open_quiz(session: Session, name: str) -> QuizRow:
    """Let in who is invited. From now on nothing of it changes.

    Raises
    ------
    QuizStateError
        If it is not frozen, or open or closed already.
    """
    quiz = locked_quiz(session, name, "frozen")
    quizzes.open_quiz(session, quiz.quiz_id)
    return get_quiz(session, name)


def close_quiz(session: Session, name: str) -> QuizRow:
    """Take no more answers, for good, and have them judged; its texts may go into releases from now on.

    Raises
    ------
    QuizStateError
        If it is not open.
    """
    quiz = locked_quiz(session, name, "open")
    quizzes.close_quiz(session, quiz.quiz_id)
    judge_answers(session, quiz)
    return get_quiz(session, name)


def set_public_answers(session: Session, name: str, *, is_public: bool) -> QuizRow:
    """Whether releases may hold its texts before it is closed."""
    quiz = locked_quiz(session, name, *STATE_TITLES)
    quizzes.set_public_answers(session, quiz.quiz_id, is_public=is_public)
    return get_quiz(session, name)


def discard_quiz(session: Session, name: str) -> None:
    """Throw away a quiz that is being composed, with its groups and invitations.

    Raises
    ------
    QuizStateError
        If it is frozen: then it stays.
    """
    quiz = locked_quiz(session, name, "composing")
    quizzes.delete_quiz(session, quiz.quiz_id)
