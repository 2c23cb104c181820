"""Judging the answers of a quiz: by the judges that models' answers are judged by, and by a person where these cannot.

Judgements are of a question and words. Who decides a disputed answer sees the question, the truth and the answer, and
neither who gave it nor of which group they are, nor how many gave it.
"""

from __future__ import annotations

import uuid
from typing import Any, Final

from sqlalchemy.orm import Session

from app.quiz.errors import QuizError, QuizStateError
from app.quiz.queries import judging
from app.quiz.queries.judging import Disputed, GivenAnswer
from app.quiz.queries.quizzes import QuizRow
from app.quiz.workflow.answers import JUDGE
from pipeline.scoring.judgement import Answer, Judge
from pipeline.scoring.judges import JUDGES

AT_ONCE: Final = 5_000
"""Answers judged by a judge in one request: some seconds."""
STANDINGS: Final = {
    "undecided": "Undecided",
    "differ": "Judges differ",
    "decided": "Decided",
    "agreed": "Agreed",
    "all": "All",
}
VERSIONS: Final = {name: judge.version for name, judge in JUDGES.items()}


def require_judge(name: str) -> Judge:
    """The judge of this name.

    Raises
    ------
    QuizError
    """
    if name not in JUDGES:
        raise QuizError(f"There is no judge {name[:40]!a}; there are {', '.join(JUDGES)}.")
    return JUDGES[name]


def judge_answers(session: Session, quiz: QuizRow, at_once: int = AT_ONCE) -> int:
    """Have each judge judge what it did not judge yet, so many answers at most; gives how many are left.

    Answers that were judged stay as they are; the same call again goes on.
    """
    judging.lock_judging(session, quiz.quiz_id)
    left = 0
    for judge in JUDGES.values():
        found = judging.list_unjudged(session, quiz.quiz_id, judge.name, judge.version, at_once)
        if found:
            judging.add_judgements(session, judge.name, judge.version, [_judged(judge, each) for each in found])
        if len(found) == at_once:
            left = max(left, judging.count_unjudged(session, quiz.quiz_id, judge.name, judge.version))
    return left


def count_unjudged(session: Session, quiz: QuizRow, judge: str = JUDGE) -> int:
    """Different answers of which the judge said nothing yet."""
    return judging.count_unjudged(session, quiz.quiz_id, judge, VERSIONS[judge])


def list_disputed(
    session: Session, quiz: QuizRow, standing: str = "undecided", after: int = 0, limit: int = 50
) -> list[Disputed]:
    """Answers that a person may decide about, a page by key.

    Raises
    ------
    QuizError
        If there is no such standing.
    """
    if standing not in STANDINGS:
        raise QuizError(f"Answers cannot be {standing[:40]!a}; there are {', '.join(STANDINGS)}.")
    return judging.list_disputed(session, quiz.quiz_id, (JUDGE, VERSIONS[JUDGE]), VERSIONS, standing, after, limit)


def count_disputed(session: Session, quiz: QuizRow) -> dict[str, int]:
    """How many answers have each standing."""
    found = judging.count_disputed(session, quiz.quiz_id, (JUDGE, VERSIONS[JUDGE]), VERSIONS)
    counts = {standing: found.get(standing, 0) for standing in STANDINGS}
    return {**counts, "all": sum(found.values())}


def require_decider(session: Session, quiz: QuizRow, person: uuid.UUID) -> None:
    """Disputed answers are shown once the quiz is closed, and to nobody who took it.

    Raises
    ------
    QuizStateError
    """
    if quiz.state != "closed":
        raise QuizStateError(
            f"Disputed answers of {quiz.name} are decided once it is closed: until then its questions are for those"
            " who take it.",
            state=quiz.state,
        )
    if judging.took_part(session, quiz.quiz_id, person):
        raise QuizStateError(f"You took {quiz.name} yourself. Somebody else decides about its answers.")


def decide(session: Session, quiz: QuizRow, quiz_judgement_id: int, person: uuid.UUID, *, is_right: bool) -> None:
    """Say whether the words that were judged are right. A later decision counts before an earlier one.

    Raises
    ------
    QuizStateError, QuizError
        If the quiz is not closed, they took it themselves, or it has no such answer.
    """
    require_decider(session, quiz, person)
    if not judging.decide(session, quiz.quiz_id, quiz_judgement_id, person, is_right=is_right):
        raise QuizError(f"The quiz {quiz.name} has no judged answer {quiz_judgement_id}. Load the page again.")


def _judged(judge: Judge, given: GivenAnswer) -> dict[str, Any]:
    said = judge.decide(Answer(given.question, given.truth, given.answer, given.question_type))
    return {
        "quiz_question_id": given.quiz_question_id,
        "answer": given.answer,
        "is_right": said.is_right,
        "compared_as": {"truth": said.truth_as, "prediction": said.prediction_as, "note": said.note},
    }
