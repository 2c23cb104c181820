"""Label Studio, filled and driven as :mod:`benchmarks.submit_load` drives this application.

It is no dependency of this project: install it where you like and name its command. Its own quick start is followed
(`label-studio start`, SQLite). A task holds as many texts as a packet, each with a choice, so a submit says the same.

    python -m benchmarks.label_studio LABEL_STUDIO [--tasks 1000] [--clients 32] [--seconds 20]
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import subprocess
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

STARTED_WITHIN_S = 180
ANSWER_WITHIN_S = 60.0
PASSWORD = "label-studio-only-here"


@dataclass
class PeerResult:
    """Submits that were acknowledged, and what was not answered as it should be."""

    seconds: float = 0.0
    submits: list[float] = field(default_factory=list)
    refused: int = 0

    @property
    def rate(self) -> float:
        return len(self.submits) / self.seconds if self.seconds else 0.0


class Session:
    """One person's connection: by cookies until there is a token."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection: http.client.HTTPConnection | None = None
        self._cookies: SimpleCookie = SimpleCookie()
        self.token: str | None = None

    def ask(self, method: str, path: str, body: str | None = None, kind: str = "application/json") -> tuple[int, str]:
        """The answer to one request; a connection that was closed is opened again."""
        headers = {"Content-Type": kind, "Cookie": "; ".join(f"{k}={v.value}" for k, v in self._cookies.items())}
        if self.token:
            headers = {"Content-Type": kind, "Authorization": f"Token {self.token}"}
        for is_last in (False, True):
            try:
                if self._connection is None:
                    self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_WITHIN_S)
                self._connection.request(method, path, body, headers)
                response = self._connection.getresponse()
                for value in response.headers.get_all("Set-Cookie") or ():
                    self._cookies.load(value)
                return response.status, response.read().decode()
            except (OSError, http.client.HTTPException):
                self._connection = None
                if is_last:
                    raise
        raise AssertionError

    def sign_up(self, email: str) -> None:
        """Make an account, and take its token."""
        _, page = self.ask("GET", "/user/signup/")
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        form = {"csrfmiddlewaretoken": found[1] if found else "", "email": email, "password": PASSWORD}
        self.ask("POST", "/user/signup/", urllib.parse.urlencode(form), "application/x-www-form-urlencoded")
        status, answer = self.ask("GET", "/api/current-user/token")
        if status != 200:
            raise RuntimeError(f"Label Studio gave no token: {status} {answer[:200]}")
        self.token = json.loads(answer)["token"]


@contextmanager
def serving(command: Path, folder: Path, port: int) -> Iterator[int]:
    """``label-studio start`` with its data in ``folder``, ready to answer."""
    arguments = ["start", "--no-browser", "--data-dir", str(folder), "--port", str(port)]
    arguments += ["--internal-host", "127.0.0.1", "--enable-legacy-api-token", "--log-level", "ERROR"]
    arguments += ["--username", "first@example.org", "--password", PASSWORD]
    environment = {**os.environ, "COLLECT_ANALYTICS": "false", "LATEST_VERSION_CHECK": "false"}
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen([str(command), *arguments], stdout=log, stderr=subprocess.STDOUT, env=environment)
    try:
        _wait(process, port, folder / "serve.log")
        yield port
    finally:
        process.terminate()
        process.wait(60)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    give_up_at = time.monotonic() + STARTED_WITHIN_S
    while time.monotonic() < give_up_at and process.poll() is None:
        try:
            if Session(port).ask("GET", "/health")[0] == 200:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.5)
    raise RuntimeError(f"Label Studio did not start: {log.read_text(errors='replace')[-2000:]}")


def layout(texts: int) -> str:
    """The page of a task: each text with the four verdicts."""
    choices = "".join(f'<Choice value="{verdict}"/>' for verdict in ("accept", "revise", "reject", "unsure"))
    shown = "".join(
        f'<Text name="text{n}" value="$text{n}"/><Choices name="verdict{n}" toName="text{n}">{choices}</Choices>'
        for n in range(texts)
    )
    return f"<View>{shown}</View>"


def fill(port: int, tasks: int, texts: int, people: int) -> tuple[int, list[Session]]:
    """A project with its tasks, and people who may work on them."""
    sessions = [Session(port) for _ in range(people)]
    for number, session in enumerate(sessions):
        session.sign_up(f"reviewer{number}@example.org")
    first = sessions[0]
    body = {"title": "Texts", "label_config": layout(texts), "sampling": "Sequential sampling"}
    status, answer = first.ask("POST", "/api/projects/", json.dumps(body))
    if status != 201:
        raise RuntimeError(f"Label Studio made no project: {status} {answer[:300]}")
    project = int(json.loads(answer)["id"])
    for start in range(0, tasks, 1000):
        chunk = [
            {f"text{n}": f"There are {n} ships in scene {task}." for n in range(texts)}
            for task in range(start, min(start + 1000, tasks))
        ]
        status, answer = first.ask("POST", f"/api/projects/{project}/import", json.dumps(chunk))
        if status != 201:
            raise RuntimeError(f"Label Studio took no tasks: {status} {answer[:300]}")
    return project, sessions


def _work(session: Session, project: int, texts: int, until: float, result: PeerResult, lock: threading.Lock) -> None:
    """Ask for the next task and submit it, until the time is over."""
    while time.monotonic() < until:
        status, answer = session.ask("GET", f"/api/projects/{project}/next")
        if status != 200:
            with lock:
                result.refused += 1
            time.sleep(0.05)
            continue
        task = json.loads(answer)["id"]
        began = time.monotonic()
        status, _ = session.ask("POST", f"/api/tasks/{task}/annotations/?project={project}", json.dumps(_said(texts)))
        with lock:
            if status == 201:
                result.submits.append(time.monotonic() - began)
            else:
                result.refused += 1


def _said(texts: int) -> dict[str, Any]:
    result = [
        {
            "from_name": f"verdict{n}",
            "to_name": f"text{n}",
            "type": "choices",
            "value": {"choices": [random.choice(("accept", "reject", "unsure"))]},
        }
        for n in range(texts)
    ]
    return {"result": result, "lead_time": 5.0}


def measure(
    command: Path, folder: Path, port: int, *, tasks: int, texts: int, clients: int, seconds: float
) -> PeerResult:
    """Submits a second of ``clients`` people in a closed loop."""
    result, lock = PeerResult(), threading.Lock()
    with serving(command, folder, port):
        project, sessions = fill(port, tasks, texts, clients)
        began = time.monotonic()
        with ThreadPoolExecutor(clients) as pool:
            for session in sessions:
                pool.submit(_work, session, project, texts, began + seconds, result, lock)
        result.seconds = time.monotonic() - began
    return result


def main() -> None:
    """The command of this module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", type=Path, metavar="LABEL_STUDIO", help="the command label-studio")
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--texts", type=int, default=10)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--port", type=int, default=8977)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="label-studio-") as folder:
        told = measure(
            asked.command,
            Path(folder),
            asked.port,
            tasks=asked.tasks,
            texts=asked.texts,
            clients=asked.clients,
            seconds=asked.seconds,
        )
    print(f"{len(told.submits)} submits in {told.seconds:.1f} s: {told.rate:.1f} a second; {told.refused} not answered")


if __name__ == "__main__":
    main()
