"""What models are evaluated on, found by the names that people use."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.evaluation.errors import EvaluationError
from app.evaluation.queries import items
from app.evaluation.queries.items import Target
from app.quiz.workflow.quizzes import get_quiz
from app.release import workflow as releases
from pipeline.vocabulary import SPLITS

CAPTION_KINDS = ("concise_caption", "complex_caption")
QUIZ_STATES = ("frozen", "open", "closed")


def split_target(session: Session, release: str, split: str = "test") -> Target:
    """A split of the release ``NAME@3``.

    Raises
    ------
    NoSuchReleaseError, EvaluationError
        If there is no such release, or it has no text in the split.
    """
    found = releases.get_release(session, release)
    there = {part["split"] for part in found.counts["parts"]}
    if split not in there:
        listed = ", ".join(each for each in SPLITS if each in there)
        raise EvaluationError(f"{found.label} has no text of the split {split[:40]!a}; it has {listed}.")
    return Target(found.release_id, found.label, split)


def quiz_target(session: Session, name: str) -> Target:
    """The questions of a quiz, once they do not change any more.

    Raises
    ------
    NoSuchQuizError, EvaluationError
    """
    quiz = get_quiz(session, name)
    if quiz.state not in QUIZ_STATES:
        raise EvaluationError(f"The questions of the quiz {name} may still change. Freeze it, then evaluate models.")
    return Target(quiz.release_id, quiz.release, None, quiz.quiz_id, quiz.name)


def target_named(session: Session, release: str, split: str, quiz: str) -> Target:
    """A quiz where one is named, else a split."""
    if bool(release) == bool(quiz):
        raise EvaluationError("Name a release, as ports@1, or a quiz: one of the two.")
    return quiz_target(session, quiz) if quiz else split_target(session, release, split or "test")


def kinds_of(task: str, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """The kinds of text that an evaluation is measured by.

    Raises
    ------
    EvaluationError
    """
    if task == "questions":
        return ("question",)
    if task != "captions":
        raise EvaluationError(f"There is no task {task[:40]!a}; models are evaluated on questions or captions.")
    if unknown := [kind for kind in kinds if kind not in CAPTION_KINDS]:
        raise EvaluationError(f"There is no kind of caption {unknown[0][:40]!a}; there are {', '.join(CAPTION_KINDS)}.")
    return tuple(kind for kind in CAPTION_KINDS if not kinds or kind in kinds)


def count_questions(session: Session, target: Target) -> int:
    """How many the target asks."""
    if target.quiz_id is not None:
        return items.count_asked(session, target.quiz_id)
    parts = releases.get_release(session, target.release).counts["parts"]
    return sum(part["texts"] for part in parts if part["kind"] == "question" and part["split"] == target.split)


def captioned_scenes(session: Session, target: Target, kinds: tuple[str, ...]) -> set[str]:
    """The images of a split that have a caption of one of the kinds.

    Raises
    ------
    EvaluationError
        If a quiz is asked for captions.
    """
    if target.quiz_id is not None:
        raise EvaluationError("A quiz asks questions only. Evaluate captions on a split of the release.")
    captions = items.list_captioned(session, target.release_id)
    return {scene for scene, kind, split, _ in captions if kind in kinds and split == target.split}
