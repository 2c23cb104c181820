"""What the processes of `serve` write on the terminal beside each other: one line for what an operator can read.

A database that went away and comes back is no fault of the program: it is told in a line, without a traceback, and not
again for each request that meets it.
"""

from __future__ import annotations

import logging
import sys
import time
from typing import Final

import psycopg

QUIET_S: Final = 5.0
"""How long the same is not said again."""


def to_terminal(name: str) -> None:
    """Send what this process logs to standard error, each line after the process's name."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(f"{name}: %(message)s"))
    handler.addFilter(Repeats())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


class Lines(logging.Formatter):
    """One line a record; a traceback only where the program itself is at fault."""

    def format(self, record: logging.LogRecord) -> str:
        cause = _lost_database(record)
        if record.exc_info and cause is None:
            return super().format(record)
        reason = f" ({cause})" if cause and str(cause) not in record.getMessage() else ""
        shown = logging.makeLogRecord(record.__dict__ | {"exc_info": None, "exc_text": None})
        return " ".join((super().format(shown) + reason).split())


class Repeats(logging.Filter):
    """Passes what was not said in the last seconds; faults of the program always."""

    def __init__(self, quiet_s: float = QUIET_S) -> None:
        super().__init__()
        self._quiet_s = quiet_s
        self._said_at: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and _lost_database(record) is None:
            return True
        # The text before its arguments are filled in: the same, whichever request or connection it is about.
        key, now = (record.name, str(record.msg)), time.monotonic()
        if now - self._said_at.get(key, -self._quiet_s) < self._quiet_s:
            return False
        self._said_at[key] = now
        return True


def _lost_database(record: logging.LogRecord) -> BaseException | None:
    """The error of the connection that a record is about, if it is about one."""
    error = record.exc_info[1] if record.exc_info else None
    while error is not None and not isinstance(error, psycopg.OperationalError):
        error = error.__cause__ or error.__context__
    return error
