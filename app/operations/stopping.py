"""SIGINT, SIGTERM and SIGHUP as one exception, raised once."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopAskedError(BaseException):
    """Someone asked the process to stop. Like KeyboardInterrupt no handler of errors may catch it by accident."""


@contextmanager
def signals_stop() -> Iterator[None]:
    """Raise `StopAskedError` in the block at the first signal; further ones do not disturb the stopping."""
    asked = False

    def ask(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if not asked:
            asked = True
            raise StopAskedError

    before = [signal.signal(number, ask) for number in NUMBERS]
    try:
        yield
    finally:
        for number, handler in zip(NUMBERS, before, strict=True):
            signal.signal(number, handler)
