from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.operations.supervisor import ONCE_PATIENCE_S
from tests.app.operations.serving import Serving, processes_of, wait_until
from tests.conftest import REPOSITORY

PROGRAMS = Path(__file__).parent / "small_programs.py"


def serve(folder: Path, port: int = 0, web: str = "web") -> Serving:
    return Serving(folder, PROGRAMS, "serve", folder, str(port), web)


@pytest.fixture(scope="module")
def serving() -> Iterator[Serving]:
    """One for the tests that leave it running; a start with a new database takes seconds."""
    with tempfile.TemporaryDirectory(prefix="trihedral-") as folder:
        running = serve(Path(folder)).until_ready()
        yield running
        assert running.end() == 0
        assert processes_of(Path(folder)) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything_the_database_too(data_folder: Path, number: int) -> None:
    serving = serve(data_folder).until_ready()
    assert len(processes_of(serving.folder)) >= 5
    assert serving.end(number) == 0
    assert processes_of(serving.folder) == []
    assert serving.has_said("Trihedral has stopped")


def test_ready_is_said_after_what_runs_once_with_the_greeting(serving: Serving) -> None:
    assert serving.has_said(r"ready: http://127.0.0.1:\d+\nWelcome")
    assert not serving.has_said("still being made")
    assert not serving.has_said("demo data ended")


def test_a_killed_supervisor_leaves_no_process_behind_and_all_data(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = serve(data_folder).until_ready()
    with psycopg.connect(first.url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS row")
    first.end(signal.SIGKILL)
    # Started again at once on the same port: it waits for the processes of the killed one.
    left = set(processes_of(data_folder))
    monkeypatch.setenv("ONCE_S", "1000")
    began = time.monotonic()
    second = serve(data_folder, int(first.address.rsplit(":", 1)[1])).until_ready()
    assert time.monotonic() - began < ONCE_PATIENCE_S, "only a first start waits for what runs once"
    assert second.until_said("Demo data are still being made; the pages answer meanwhile")
    assert left.isdisjoint(processes_of(data_folder)), "a process of the killed one"
    with psycopg.connect(second.url()) as connection:
        assert connection.execute("SELECT row FROM kept").fetchone() == (1,)
    assert second.end() == 0
    assert processes_of(data_folder) == []


def test_a_killed_web_process_is_started_again_on_the_same_port(serving: Serving) -> None:
    before = serving.web_pid()
    os.kill(before, signal.SIGKILL)
    serving.until_said(r"Web process 1 ended \(signal 9\); starting it again in 0.5 s")
    assert serving.web_pid() != before


def test_a_killed_worker_is_started_again_and_what_it_started_is_ended(serving: Serving) -> None:
    def workers() -> list[int]:
        return [pid for pid in processes_of(serving.folder) if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def sleepers() -> list[int]:
        return [pid for pid in processes_of(serving.folder) if b"sleep" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    wait_until(lambda: len(sleepers()) == 1)
    (worker,), (sleeper,) = workers(), sleepers()
    os.kill(worker, signal.SIGKILL)
    serving.until_said(r"Worker 1 ended \(signal 9\)")
    wait_until(lambda: len(workers()) == 1 and workers() != [worker])
    wait_until(lambda: len(sleepers()) == 1 and sleepers() != [sleeper], "one sleeper of the new worker alone")


def test_a_killed_postgres_is_started_again_and_the_web_process_lives_on(serving: Serving) -> None:
    web = serving.web_pid()
    pid = int((serving.folder / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    serving.until_said("PostgreSQL ended; starting it again")

    def answers() -> bool:
        try:
            return bool(psycopg.connect(serving.url()).execute("SELECT 1").fetchone())
        except psycopg.OperationalError:
            return False

    wait_until(answers)
    assert serving.web_pid() == web


def test_a_second_copy_on_the_same_data_folder_is_refused_with_who_runs(serving: Serving) -> None:
    second = serve(serving.folder)
    assert second.process.wait(timeout=60) == 1
    wait_until(lambda: len(second.said) > 1)
    assert second.said[1:] == [
        f"Trihedral already runs on the data folder {serving.folder} (process {serving.process.pid},"
        f" {serving.address}): stop it first, or choose another data folder with --data."
    ]
    assert serving.web_pid()


def test_a_busy_port_is_told_before_a_database_is_made(data_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = serve(data_folder, port)
        assert refused.process.wait(timeout=60) == 1
    wait_until(lambda: len(refused.said) > 1)
    sentence = (
        f"Port {port} of 127.0.0.1 is in use by another program: stop that one, or choose another port with --port"
        " or TRIHEDRAL_PORT."
    )
    assert refused.said[1:] == [sentence]
    assert not (data_folder / "postgres").exists()


def test_a_web_process_that_never_becomes_ready_ends_the_start_with_one_sentence(data_folder: Path) -> None:
    failing = serve(data_folder, web="broken")
    assert failing.process.wait(timeout=60) == 1
    wait_until(lambda: failing.has_said("ended 3 times without becoming ready") is not None)
    assert processes_of(data_folder) == []


def test_the_command_line_uses_the_server_of_a_running_serve(serving: Serving) -> None:
    added = subprocess.run(
        [sys.executable, "-c", "from app.cli import main; main()", "user", "add", "a@example.org", "--role", "admin"],
        env=os.environ | {"TRIHEDRAL_DATA": str(serving.folder), "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert added.stdout.startswith("Added a@example.org (admin).")
    with psycopg.connect(serving.url()) as connection:
        assert connection.execute("SELECT email FROM person").fetchall() == [("a@example.org",)]
