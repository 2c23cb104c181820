"""An admin's first page: how fast a dataset is reviewed, what is left at that, and when figures are counted anew."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from app import work
from app.db import SessionMaker, transaction
from app.intake.workflow.rule_setting import rules_of
from app.review.queries import blocked, figures
from app.review.queries.counting import REVIEWED, counter_of
from app.review.queries.figures import PACE, RATE_DAYS, VERDICTS, Kept
from app.review.queries.overview import ProgressRow

COUNT_PACE: Final = "review.count_pace"
COUNT_VERDICTS: Final = "review.count_verdicts"
COUNT_BLOCKED: Final = "review.count_all_blocked"
FRESH_S: Final = 60.0
"""Figures that are younger are not counted again."""
BLOCKED_FRESH_S: Final = 600.0
"""What is blocked changes more slowly, and is asked of every packet that waits."""
BLOCKED_AT_ONCE: Final = 50
"""Datasets that one job counts."""
REST: Final = 20
"""How many times as long as a count took it rests, so that counting takes a twentieth of a processor at most."""
DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a dataset is reviewed, over the last seven days or since it was begun in them."""

    reviews_a_day: float
    texts_a_day: float
    eta_days: float | None
    """Until all reviews that are wanted are done; None where there is no telling."""


def pace_of(body: Mapping[str, Any] | None, left: int, now: dt.datetime) -> Pace:
    """What was done a day and how long the rest takes at that. What began today is told as a whole day's work."""
    week = body or {}
    reviews, texts, since = week.get("reviews", 0), week.get("texts", 0), week.get("since")
    if not reviews or since is None:
        return Pace(0.0, 0.0, None)
    begun_s = (now - dt.datetime.fromisoformat(since)).total_seconds()
    days = min(max(begun_s / DAY_S, 1.0), float(RATE_DAYS))
    return Pace(reviews / days, texts / days, left * days / reviews if left > 0 else None)


def begin_counting(session: Session, dataset_id: int, reviewed: int, kept: Mapping[str, Kept]) -> bool:
    """Have counted in the background what is too old; never here. Returns whether something is to be counted.

    Verdicts are counted anew only where there was a review since, or where they were counted by a screening's rules
    that are set otherwise now.
    """
    asked = False
    pace, verdicts = kept.get(PACE), kept.get(VERDICTS)
    if pace is None or pace.age_s > FRESH_S:
        work.defer(session, COUNT_PACE, once=True)
        asked = True
    if verdicts is None or _is_due(verdicts, reviewed, rules_of(session, dataset_id).version):
        work.defer(session, COUNT_VERDICTS, once=True, dataset_id=dataset_id)
        asked = True
    return asked


def begin_counting_blocked(session: Session, rows: Iterable[ProgressRow]) -> None:
    """Have it counted in the background what is blocked, where a dataset of these has work left and it is too old."""
    ages = [row.blocked_age_s for row in rows if row.left > 0]
    if any(age is None or age > BLOCKED_FRESH_S for age in ages):
        work.defer(session, COUNT_BLOCKED, once=True)


def count_all_blocked(sessions: SessionMaker, check: Callable[[], None] = lambda: None) -> None:
    """Count what is blocked in each dataset where that is too old; ``check`` may stop it between two."""
    with transaction(sessions) as session:
        due = blocked.due_for_counting(session, BLOCKED_FRESH_S, BLOCKED_AT_ONCE)
    for dataset_id in due:
        check()
        with transaction(sessions) as session:
            blocked.count_blocked(session, dataset_id)


def _is_due(kept: Kept, reviewed: int, version: str) -> bool:
    has_changed = kept.body.get("reviewed") != reviewed or kept.body.get("version") != version
    return has_changed and kept.age_s > max(FRESH_S, REST * float(kept.body.get("took_s", 0.0)))


def count_pace(sessions: SessionMaker) -> None:
    """Count reviews and texts by day, of all datasets, and keep them."""
    with transaction(sessions) as session:
        figures.count_pace(session)


def count_verdicts(sessions: SessionMaker, dataset_id: int) -> None:
    """Count what reviewers said of a dataset's texts, and keep it."""
    with transaction(sessions) as session:
        began = time.monotonic()
        # Before the verdicts are read: what is submitted meanwhile is counted the next time.
        reviewed = counter_of(session, dataset_id, REVIEWED)
        version = rules_of(session, dataset_id).version
        rows = [dict(row) for row in figures.verdict_rows(session, dataset_id, version)]
        body = {"rows": rows, "version": version, "reviewed": reviewed, "took_s": time.monotonic() - began}
        figures.keep(session, dataset_id, VERDICTS, body)
