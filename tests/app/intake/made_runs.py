"""Imports as runs, small, begun, and asked to stop where a test says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.db import SessionMaker, transaction
from app.intake.workflow.importing import begin_import
from app.intake.workflow.options import ImportOptions
from app.work import StopAskedError
from tests.app.intake.made_sources import make_coco

JOBS = "select task_name, args from procrastinate_jobs where task_name like 'intake.%' order by id"


def options_of(folder: Path, count: int = 24) -> ImportOptions:
    """An import of ``2 * count`` small pictures."""
    return ImportOptions(name="harbour", source="coco", path=make_coco(folder / "in", count))


def begin(sessions: SessionMaker, options: ImportOptions, **more: Any) -> int:
    with transaction(sessions) as session:
        return begin_import(session, options, **more).run_id


def go_on() -> None:
    """Nobody asks the work to stop."""


def stop_after(calls: int) -> Any:
    """A check that asks the work to stop when it is called once more than so often."""
    left = iter(range(calls))

    def check() -> None:
        if next(left, None) is None:
            raise StopAskedError

    return check
