"""One worker process of `serve`: `python -m app.cli.worker_process`."""

from __future__ import annotations

import importlib
import importlib.util

from procrastinate import Blueprint

from app.assets import AssetStore
from app.intake.workflow.decoders import Decoders
from app.operations.lifeline import follow_supervisor
from app.operations.logs import to_terminal
from app.settings import Settings
from app.work import worker

ROOMS = ("intake", "review", "adjudication", "release", "quiz", "evaluation", "operations")
"""Rooms whose `jobs.py`, where there is one, has work for the background on a blueprint named `jobs`."""


def work(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT, or until the supervisor has gone."""
    with Decoders() as decoders:
        worker.run(
            settings.require_database_url(),
            blueprints=_blueprints(),
            resources=[AssetStore(settings.assets_url), decoders],
            concurrency=settings.worker_concurrency,
        )


def _blueprints() -> dict[str, Blueprint]:
    names = {room: f"app.{room}.jobs" for room in ROOMS}
    return {room: importlib.import_module(name).jobs for room, name in names.items() if importlib.util.find_spec(name)}


if __name__ == "__main__":
    follow_supervisor()
    to_terminal("worker")
    work(Settings.from_environment())
