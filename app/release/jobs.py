"""The background work of releases."""

from __future__ import annotations

from procrastinate import Blueprint, JobContext

from app.assets.store import AssetStore
from app.release import workflow
from app.release.workflow import planning
from app.work import WorkRetry, resource, sessions_of, stop_check

jobs = Blueprint()


@jobs.task(name="export", retry=WorkRetry(), pass_context=True)
def export(context: JobContext, export_id: int) -> None:
    """Write the files of one export."""
    workflow.run_export(sessions_of(context), resource(context, AssetStore), export_id, stop_check(context))


@jobs.task(name="count_plan", retry=WorkRetry(), pass_context=True)
def count_plan(context: JobContext, release_plan_id: int) -> None:
    """Count what a large release would hold."""
    planning.count_plan(sessions_of(context), release_plan_id, stop_check(context))


@jobs.task(name="freeze_plan", retry=WorkRetry(), pass_context=True)
def freeze_plan(context: JobContext, release_plan_id: int) -> None:
    """Freeze a large release."""
    planning.run_freezing(sessions_of(context), release_plan_id, stop_check(context))
