"""A supervisor in another process, and how tests see what it does."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

from tests.conftest import REPOSITORY


class Serving:
    """A supervisor in another process, and what it has said."""

    def __init__(self, folder: Path, *command: str | Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=REPOSITORY,
            env=os.environ | {"PYTHONPATH": str(REPOSITORY), "TRIHEDRAL_DATA": str(folder)},
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout
        self.said += [""]
        for line in self.process.stdout:
            self.said.append(line.strip())

    def has_said(self, pattern: str) -> re.Match[str] | None:
        return re.search(pattern, "\n".join(self.said))

    def until_said(self, pattern: str) -> re.Match[str]:
        wait_until(lambda: self.has_said(pattern) is not None, f"{pattern!r} in {self.said}")
        found = self.has_said(pattern)
        assert found
        return found

    def until_ready(self) -> Serving:
        self.address = self.until_said(r"Trihedral is ready: (\S+)")[1]
        return self

    def web_pid(self) -> int:
        with urlopen(self.address, timeout=5) as answer:
            return int(answer.read())

    def url(self) -> str:
        return f"postgresql://trihedral@/trihedral?host={self.folder}/postgres.socket"

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


def wait_until(holds: Callable[[], bool], what: str = "it", seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"{what} did not come about in time"
        time.sleep(0.05)


def processes_of(folder: Path) -> list[int]:
    """Every process that was started with the data folder in its environment, command line or working folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            traces = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
            found += [int(entry.name)] if str(folder).encode() in traces else []
        except OSError:
            continue
    return found
