"""Factories: releases that models are evaluated on, and what a model said of them."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.evaluation.queries.items import Target, list_questions
from app.evaluation.workflow.targets import split_target
from app.release.workflow import create_release
from tests.app.quiz.composed import make_release
from tests.app.release.reviewed import View, caption, make_dataset, make_store

CAPTIONED = [
    View("a.png", [
        caption("Two ships lie in a harbour."),
        caption("Two ships at a pier."),
        caption("In the harbour two ships lie at a long pier, with tanks on land.", "complex_caption"),
    ]),
    View("b.png", [caption("Fields along a river.")]),
    View("c.png", [caption("A town with a station.")], split="train"),
]  # fmt: skip


def questions_release(session: Session, folder: Path) -> Target:
    """The test split of ``bench@1``: three questions of each of twelve scenes."""
    return split_target(session, make_release(session, make_store(folder)))


def captioned_release(session: Session, folder: Path) -> Target:
    """The test split of ``views@1``: two images with captions."""
    make_dataset(session, make_store(folder), CAPTIONED)
    return split_target(session, create_release(session, "views", ["ports"]).label)


def question_ids(session: Session, target: Target) -> list[str]:
    return [each.item_id for each in list_questions(session, target)]


def truths(session: Session) -> dict[str, str]:
    """The answer of each question of all releases."""
    rows = session.execute(text("select text_sha256, entry ->> 'answer' from release_text"))
    return {row[0]: row[1] for row in rows}
