"""Finding and listing evaluations, and taking one out of its leaderboard."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.evaluation.errors import EvaluationStateError, NoSuchEvaluationError
from app.evaluation.queries import evaluations
from app.evaluation.queries.evaluations import EvaluationRow, ListedTarget
from app.work import defer

HIGHEST = 2**63 - 1
MOST_TARGETS = 200


def get_evaluation(session: Session, evaluation_id: int) -> EvaluationRow:
    """The evaluation of this number.

    Raises
    ------
    NoSuchEvaluationError
    """
    found = evaluations.find_evaluation(session, evaluation_id) if 0 < evaluation_id <= HIGHEST else None
    if found is None:
        raise NoSuchEvaluationError(f"There is no evaluation {evaluation_id}.", evaluation_id=evaluation_id)
    return found


def whole_evaluation(session: Session, evaluation_id: int, task: str) -> EvaluationRow:
    """The evaluation, if its predictions are all there and of this task.

    Raises
    ------
    NoSuchEvaluationError, EvaluationStateError
    """
    found = get_evaluation(session, evaluation_id)
    if found.state == "predicting":
        raise EvaluationStateError(
            f"Evaluation {evaluation_id} has {found.predictions:,} of {found.items:,} predictions. Go on with"
            " `trihedral evaluate predict`, then score it."
        )
    if found.task != task:
        raise EvaluationStateError(f"Evaluation {evaluation_id} is of {found.task}, not of {task}.")
    return found


def list_evaluations(session: Session, before: int | None = None, limit: int = 50) -> list[EvaluationRow]:
    """Newest first; ``before`` is the number of the last one of the page before."""
    return evaluations.list_evaluations(session, before or HIGHEST, limit)


def list_targets(session: Session) -> list[ListedTarget]:
    """What was evaluated on, newest releases first."""
    return evaluations.list_targets(session, MOST_TARGETS)


def list_beside(session: Session, found: EvaluationRow) -> list[EvaluationRow]:
    """The others of the same leaderboard and task, the newest first."""
    rows = evaluations.list_of_target(session, found.target, MOST_TARGETS)
    return [row for row in rows if row.task == found.task and row.evaluation_id != found.evaluation_id]


def request_scoring(session: Session, evaluation_id: int) -> None:
    """Have the evaluation scored by a worker, by all measures that ask nobody."""
    defer(session, "evaluation.score", lock=f"evaluation {evaluation_id}", once=True, evaluation_id=evaluation_id)


def withdraw(session: Session, evaluation_id: int) -> EvaluationRow:
    """Take the evaluation out of its leaderboard; what it holds stays.

    Raises
    ------
    NoSuchEvaluationError
    """
    get_evaluation(session, evaluation_id)
    evaluations.withdraw(session, evaluation_id)
    return get_evaluation(session, evaluation_id)
