"""How long work is asked to stop, and how it answers: between two chunks, with all before them committed."""

from __future__ import annotations

from collections.abc import Callable

from procrastinate import JobContext
from procrastinate.exceptions import JobAborted


class StopAskedError(JobAborted):
    """The worker is leaving; the work goes on in the next worker from where its last chunk was committed."""


def stop_check(context: JobContext) -> Callable[[], None]:
    """A function for work to call between its chunks; it raises :class:`StopAskedError` once the worker must leave."""

    def check() -> None:
        if context.should_abort():
            raise StopAskedError

    return check
