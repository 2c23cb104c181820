"""One supervised process: started, started again after a pause when it ends, and ended with all that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

SHORTEST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_S = 20.0
"""A process that lived this long starts its pauses from the shortest again."""


@dataclass(frozen=True)
class Program:
    """What to run. ``is_once``: it ends by itself, and is then not started again."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    descriptors: tuple[int, ...] = ()
    is_once: bool = False


@dataclass
class Child:
    """A program and the process that runs it now, if one does."""

    program: Program
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    not_before: float = 0.0
    falls: int = field(default=0)
    """How often it ended one after another, without being steady in between."""

    def start(self) -> None:
        """Start the process in a process group of its own, which Ctrl-C in a terminal does not reach."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.program.command,
            env=dict(self.program.environment),
            stdin=subprocess.DEVNULL,
            pass_fds=self.program.descriptors,
            start_new_session=True,
        )

    def collect(self) -> int | None:
        """If the process has ended: end what it left behind, plan the next start, and give its exit code."""
        if self.process is None or not _has_ended(self.process.pid):
            return None
        # Before it is reaped its number cannot belong to a stranger.
        _signal_group(self.process.pid, signal.SIGKILL)
        code = self.process.wait()
        self.process = None
        now = time.monotonic()
        self.falls = 1 if now - self.started_at > STEADY_S else self.falls + 1
        self.not_before = now + self.pause_s
        return code

    @property
    def pause_s(self) -> float:
        """How long to wait before the next start."""
        return float(min(SHORTEST_PAUSE_S * 2 ** (self.falls - 1), LONGEST_PAUSE_S)) if self.falls else 0.0

    def is_due(self) -> bool:
        """Say whether it is to be started now."""
        is_finished = self.program.is_once and self.started_at > 0
        return self.process is None and not is_finished and time.monotonic() >= self.not_before

    def ask_to_end(self) -> None:
        """Send SIGTERM to the process itself; what it started is its own to end."""
        if self.process and not _has_ended(self.process.pid):
            self.process.terminate()

    def kill(self) -> None:
        """End the process and all that it started, at once."""
        if self.process:
            _signal_group(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


def end_all(children: list[Child], patience_s: float) -> None:
    """Ask all to end, wait, and kill those that do not; what runs once goes on at the next start, so it is killed."""
    for child in children:
        if child.program.is_once:
            child.kill()
        child.ask_to_end()
    until = time.monotonic() + patience_s
    while time.monotonic() < until and any(child.process for child in children):
        for child in children:
            child.collect()
        time.sleep(0.02)
    for child in children:
        child.kill()


def _has_ended(pid: int) -> bool:
    """Say whether a child has ended; it stays to be reaped."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _signal_group(leader: int, number: signal.Signals) -> None:
    try:
        os.killpg(leader, number)
    except (ProcessLookupError, PermissionError):
        return
