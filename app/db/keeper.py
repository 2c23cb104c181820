"""The process above PostgreSQL: it stops the server when nobody uses it any more, however the users ended.

Run as a script, with the standard library alone, by `embedded.py`:

    python -I -S keeper.py USERS_LOCK UID GID POSTGRES ARGUMENT...

It waits for the exclusive lock on USERS_LOCK, of which every user holds a shared one. The kernel grants it when the
last user has left or was killed; then the server is shut down. If the keeper itself is killed, the kernel asks the
server to shut down.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import sys
from types import FrameType
from typing import NoReturn

PR_SET_PDEATHSIG = 1
FAST_SHUTDOWN = signal.SIGINT


class _WokenError(Exception):
    """A signal ended the wait: the server ended, or the keeper was asked to stop."""


def _wake(_number: int, _frame: FrameType | None) -> NoReturn:
    raise _WokenError


def _become_postgres(keeper: int, uid: int, gid: int, command: list[str]) -> NoReturn:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        # After setuid, because a change of user clears it.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(FAST_SHUTDOWN))
    if os.getppid() != keeper:
        os._exit(1)
    os.execv(command[0], command)  # noqa: S606 - the program is ours, there is no shell


def _spawn(uid: int, gid: int, command: list[str]) -> int:
    keeper = os.getpid()
    child = os.fork()
    if child:
        return child
    try:
        _become_postgres(keeper, uid, gid, command)
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
    os._exit(1)


def _wait_for_the_last_user(users_lock: str) -> None:
    descriptor = os.open(users_lock, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)


def keep(users_lock: str, uid: int, gid: int, command: list[str]) -> int:
    """Start the server, shut it down after its last user, and return its exit code."""
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _wake)
    server = 0
    try:
        server = _spawn(uid, gid, command)
        _wait_for_the_last_user(users_lock)
    except _WokenError:
        pass
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL if number == signal.SIGCHLD else signal.SIG_IGN)
    if not server:
        return 1
    os.kill(server, FAST_SHUTDOWN)
    return os.waitstatus_to_exitcode(os.waitpid(server, 0)[1])


if __name__ == "__main__":
    sys.exit(keep(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]))
