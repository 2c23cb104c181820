"""Background work of quizzes."""

from __future__ import annotations

from typing import Final

from procrastinate import Blueprint, JobContext

from app.assets.store import AssetStore
from app.quiz.workflow.freezing import run_freezing
from app.work import WorkRetry, resource, sessions_of, stop_check

jobs: Final = Blueprint()


@jobs.task(name="freeze", retry=WorkRetry(), pass_context=True)
def freeze(context: JobContext, quiz_id: int) -> None:
    """Copy the images of a quiz."""
    run_freezing(sessions_of(context), resource(context, AssetStore), quiz_id, stop_check(context))
