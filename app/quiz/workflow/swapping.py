"""Swapping a question for another before a quiz is frozen: drawn again by the seed, and written down."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.quiz.errors import QuizError, TooFewEligibleError
from app.quiz.queries import candidates, questions
from app.quiz.queries.questions import QuestionRow
from app.quiz.queries.quizzes import QuizRow
from app.quiz.queries.rules import QuizRules
from app.quiz.workflow.answers import fold
from app.quiz.workflow.choosing import new_question
from app.quiz.workflow.drawing import Candidate, Drawing
from app.quiz.workflow.forms import Form
from app.quiz.workflow.quizzes import locked_quiz, options_of
from app.quiz.workflow.rules import unstorable_feedback
from app.quiz.workflow.surveying import Stratum, pool_of_quiz
from pipeline.vocabulary import QUESTION_TYPE_TITLES


def swap_question(
    session: Session, name: str, position: int, decided_by: str, *, is_practice: bool = False
) -> QuestionRow:
    """Draw another question of the same type and source for a position; what was taken out does not come back.

    Raises
    ------
    QuizError, QuizStateError
        If there is no such question, or the quiz is not being composed any more.
    TooFewEligibleError
        If nothing else can be asked in its place.
    """
    quiz = locked_quiz(session, name, "composing")
    asked = questions.list_questions(session, quiz.quiz_id)
    out = _at(quiz, asked, position, is_practice=is_practice)
    swaps = questions.list_swaps(session, quiz.quiz_id)
    rules, options = QuizRules.from_json(quiz.rules), options_of(quiz)
    pool, tallies = pool_of_quiz(
        session, quiz.quiz_id, quiz.release_id, rules, options, quiz.seed, len(swaps) + 1, _left_out(quiz)
    )
    drawing = Drawing(
        is_balanced=rules.is_balanced,
        drawn=[_candidate(each) for each in asked if each != out and each.is_practice == is_practice],
        beside=[_candidate(each) for each in asked if each.is_practice != is_practice],
    )
    gone = {swap.out_sha256 for swap in swaps} | {out.text_sha256}
    stratum: Stratum = (out.question_type, out.dataset)
    chosen = drawing.draw([each for each in pool.of_stratum(stratum) if each.text_sha256 not in gone])
    if chosen is None:
        title = QUESTION_TYPE_TITLES[out.question_type].lower()
        raise TooFewEligibleError(
            f"There is no other question of {title} from {out.dataset} to ask in its place. Compose the quiz anew with"
            " other splits or sources, or keep this one."
        )
    detail = candidates.list_details(session, quiz.release_id, [chosen.text_sha256])[chosen.text_sha256]
    new = new_question(
        chosen,
        detail,
        tallies,
        quiz.release_id,
        position=position,
        is_practice=is_practice,
        with_choices=quiz.answer_form == "choices",
        seed=quiz.seed,
    )
    questions.swap_question(session, out, new, decided_by)
    now = questions.list_questions(session, quiz.quiz_id)
    return _at(quiz, now, position, is_practice=is_practice)


def set_feedback(session: Session, name: str, position: int, feedback: str) -> None:
    """What participants read after a practice question, beside its answer.

    Raises
    ------
    QuizError, QuizStateError
        If there is no such practice question, the words cannot be kept, or the quiz is not being composed any more.
    """
    quiz = locked_quiz(session, name, "composing")
    reason = unstorable_feedback(feedback)
    if reason:
        raise QuizError(f"The feedback cannot be kept: {reason}.")
    row = _at(quiz, questions.list_questions(session, quiz.quiz_id), position, is_practice=True)
    questions.set_feedback(session, row.quiz_question_id, feedback.replace("\r\n", "\n").strip())


def _at(quiz: QuizRow, asked: list[QuestionRow], position: int, *, is_practice: bool) -> QuestionRow:
    found = next((each for each in asked if (each.position, each.is_practice) == (position, is_practice)), None)
    if found is None:
        what = "practice question" if is_practice else "question"
        raise QuizError(f"The quiz {quiz.name} has no {what} {position}.")
    return found


def _candidate(row: QuestionRow) -> Candidate:
    return Candidate(row.text_sha256, row.question_type, row.dataset, row.ground_key, fold(row.truth), row.form)


def _left_out(quiz: QuizRow) -> set[Form]:
    return {(form["question_type"], form["form"]) for form in quiz.counts["forms_left_out"]}
