"""The Procrastinate app of a worker process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast

from procrastinate import App, Blueprint, JobContext, PsycopgConnector

from app.work.queries import SILENT_S as SILENT_S
from app.work.retrying import retry_stalled

UPKEEP = "upkeep"
"""The queue of what keeps all others going; each worker works on it, whatever else it is kept to."""
KEPT_HOURS = 7 * 24


def make_app(blueprints: Mapping[str, Blueprint], *, silent_s: float = SILENT_S) -> App:
    """The app with the work of all ``blueprints`` (``{room: blueprint}``) under ``room.job``.

    A room declares ``@jobs.task(name="import_run", retry=WorkRetry(), pass_context=True)`` on its blueprint, and
    defers it as ``room.import_run``. The worker opens the app with a pool of connections of its own.
    """
    app = App(connector=PsycopgConnector())
    for room, blueprint in blueprints.items():
        for name, declared in blueprint.tasks.items():
            # Not `add_tasks_from`: it renames the blueprint's own tasks, so that a second app in the same process
            # (each life of a worker makes one) would find them renamed twice.
            declare: Any = app.task(
                name=f"{room}.{name}",
                queue=declared.queue,
                retry=declared.retry_strategy or False,
                pass_context=cast(Literal[True], declared.pass_context),
            )
            declare(declared.func)
    _add_upkeep(app, silent_s)
    return app


def _add_upkeep(app: App, silent_s: float) -> None:
    @app.periodic(cron=f"* * * * * */{max(1, int(silent_s // 2))}")
    @app.task(name="work.retry_stalled", queue=UPKEEP, queueing_lock="work.retry_stalled", pass_context=True)
    async def retry_stalled_work(context: JobContext, timestamp: int) -> None:
        await retry_stalled(context, silent_s=silent_s)

    @app.periodic(cron="17 3 * * *")
    @app.task(name="work.forget_old", queue=UPKEEP, queueing_lock="work.forget_old", pass_context=True)
    async def forget_old_work(context: JobContext, timestamp: int) -> None:
        await context.app.job_manager.delete_old_jobs(nb_hours=KEPT_HOURS, include_failed=True)
