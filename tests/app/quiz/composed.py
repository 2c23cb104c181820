"""Factories: a release from which quizzes are drawn, and a quiz of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.assets.store import AssetStore
from app.quiz.queries.quizzes import QuizOptions, QuizRow
from app.quiz.queries.rules import QuizRules
from app.quiz.workflow.composing import compose
from app.release import workflow as releases
from tests.app.release.reviewed import Text, View, make_dataset

SEED = 7


def scene(number: int, split: str = "test", image: bytes = b"pixels") -> View:
    """A scene with one question of each of three types; of two scenes one has a ship and one has none."""
    answer = ("Yes", "No")[number % 2]
    return View(
        f"scene-{number:03}.png",
        [
            Text(f"Are there any ships near mark {number}?", answer, question_type="identification"),
            Text(f"How many ships are visible at mark {number}?", str(number % 5), question_type="counting"),
            Text("What is the object in the area [0.1, 2.0, 3.5, 4.0]?", ("ship", "tank", "car")[number % 3],
                 question_type="referring"),
        ],
        split=split,
        image=image,
    )  # fmt: skip


def make_release(
    session: Session, store: AssetStore, scenes: Sequence[View] = (), *, name: str = "bench", dataset: str = "ports"
) -> str:
    """A release of one dataset; without scenes twelve of the test split and four of the training split."""
    views = scenes or [*(scene(number) for number in range(12)), *(scene(number, "train") for number in range(12, 16))]
    make_dataset(session, store, views, dataset)
    return releases.create_release(session, name, [dataset]).label


def make_quiz(
    session: Session, release: str = "bench", name: str = "pilot", *, seed: int = SEED, **more: Any
) -> QuizRow:
    """A quiz that is being composed: six questions and two for practice, where nothing else is said."""
    rules = more.pop("rules", QuizRules(questions=6, practice=2))
    options = more.pop("options", QuizOptions())
    return compose(session, name, release, rules, options, "command", seed=seed, **more)


def force_state(session: Session, quiz: QuizRow, state: str) -> None:
    """Move a quiz on without copying its images."""
    moves = {
        "freezing": "state = 'freezing'",
        "frozen": "state = 'frozen', frozen_at = now()",
        "open": "state = 'open', opened_at = now()",
        "closed": "state = 'closed', closed_at = now()",
    }
    for step, change in moves.items():
        session.execute(text(f"update quiz set {change} where quiz_id = :id"), {"id": quiz.quiz_id})
        if step == state:
            return
