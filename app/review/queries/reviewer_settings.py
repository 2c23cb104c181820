"""What a reviewer prefers everywhere."""

from __future__ import annotations

import json
import uuid
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_READ: Final = text("select settings from reviewer_setting where reviewer = :reviewer")

_WRITE: Final = text("""
insert into reviewer_setting (reviewer, settings) values (:reviewer, cast(:settings as jsonb))
on conflict (reviewer) do update
    set settings = reviewer_setting.settings || excluded.settings, saved_at = clock_timestamp()
""")


def read_settings(session: Session, reviewer: uuid.UUID) -> dict[str, Any]:
    """The stored settings; empty where nothing was ever chosen."""
    return dict(session.execute(_READ, {"reviewer": reviewer}).scalar_one_or_none() or {})


def write_settings(session: Session, reviewer: uuid.UUID, settings: dict[str, Any]) -> None:
    """Store these settings over those of the same names; others stay."""
    session.execute(_WRITE, {"reviewer": reviewer, "settings": json.dumps(settings)})
