"""Wait for a database that is away: what a model has said was paid for, and is not thrown away with a connection."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, TypeVar

from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.work import MAY_PASS

Done = TypeVar("Done")

_WAITS_S: Final = (0.1, 0.3, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0)
"""About a minute in all: a server that starts again is back long before."""


@dataclass(frozen=True)
class Patient:
    """Transactions that are tried again while the database cannot be reached. From any number of threads."""

    sessions: SessionMaker
    revive: Callable[[], None] = lambda: None
    """Starts the database again, where it is ours to start."""
    _reviving: Lock = field(default_factory=Lock)

    def do(self, work: Callable[[Session], Done]) -> Done:
        """The result of ``work`` in a transaction. It may be called more than once; only one of them is committed.

        Where a connection breaks just as it commits, nobody can tell whether it did: ``work`` must bear being done
        twice.
        """
        for wait_s in _WAITS_S:
            try:
                return self._once(work)
            except MAY_PASS:
                with self._reviving:
                    self.revive()
                time.sleep(wait_s)
        return self._once(work)

    def _once(self, work: Callable[[Session], Done]) -> Done:
        with transaction(self.sessions) as session:
            return work(session)
