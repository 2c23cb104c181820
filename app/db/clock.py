"""The server's clock: what is decided by time is decided by one clock, however many hosts answer."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_NOW: Final = text("select clock_timestamp()")


def server_time(session: Session) -> dt.datetime:
    """The database server's time, with its zone as UTC."""
    now: dt.datetime = session.execute(_NOW).scalar_one()
    return now.astimezone(dt.UTC)
