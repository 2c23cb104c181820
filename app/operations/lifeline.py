"""How a web or worker process learns that its supervisor has ended, and then ends too.

The supervisor alone holds the writing end of a pipe and never writes. However it ends, the kernel closes its end, and
a thread here reads the end of the file; unlike a signal at the parent's death this cannot be missed while starting.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
import time
from types import FrameType
from typing import NoReturn

VARIABLE = "TRIHEDRAL_LIFELINE"
FAREWELL_S = 5.0
"""How long a process without supervisor may finish what it has in hand."""


def follow_supervisor() -> None:
    """End this process, and those that it started, soon after the supervisor that started it has ended.

    To be called first of all, in the main thread. Does nothing in a process that no supervisor started.
    """
    descriptor = os.environ.pop(VARIABLE, None)
    if descriptor is None:
        return
    # Without a handler SIGTERM would end this process before it could end those that it started.
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_end_with_supervisor, args=(int(descriptor),), name="lifeline", daemon=True).start()


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(0)


def _end_with_supervisor(descriptor: int) -> None:
    while os.read(descriptor, 1):
        pass
    atexit.register(_kill_group)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(FAREWELL_S)
    _kill_group()


def _kill_group() -> None:
    """End this process with all that it started; the supervisor gave it a process group of its own."""
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)
