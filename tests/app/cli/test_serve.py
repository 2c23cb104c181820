"""The whole application under `trihedral serve`; its parts are tested in tests/app/operations."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.app.operations.serving import Serving, processes_of, wait_until

RUN = ("-c", "from app.cli import main; main()")


def is_ready(serving: Serving) -> bool:
    try:
        with urlopen(f"{serving.address}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def pids(folder: Path, name: str) -> list[int]:
    return [pid for pid in processes_of(folder) if name.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_every_process_may_be_killed_and_the_application_comes_back_then_all_stops(data_folder: Path) -> None:
    serving = Serving(data_folder, *RUN, "serve", "--port", "0", "--web", "1").until_ready()
    assert is_ready(serving)
    (web,), (worker,) = pids(data_folder, "web_process"), pids(data_folder, "worker_process")

    os.kill(int((data_folder / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    serving.until_said("PostgreSQL ended; starting it again")
    wait_until(lambda: is_ready(serving), "an answer after the death of PostgreSQL")
    assert pids(data_folder, "web_process") == [web]

    os.kill(web, signal.SIGKILL)
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: is_ready(serving), "an answer after the death of the web process")
    wait_until(
        lambda: len(pids(data_folder, "worker_process")) == 1 and pids(data_folder, "worker_process") != [worker]
    )

    assert serving.end(signal.SIGTERM) == 0
    assert processes_of(data_folder) == []


def test_a_database_of_a_newer_version_is_one_sentence(data_folder: Path) -> None:
    import psycopg

    from app.db import embedded, migrate

    with embedded.server(data_folder) as url:
        migrate.upgrade(url)
        with psycopg.connect(url) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
    refused = Serving(data_folder, *RUN, "serve", "--port", "0")
    assert refused.process.wait(timeout=60) == 1
    wait_until(lambda: len(refused.said) > 1)
    told = [line for line in refused.said if line and line != "Stopping"]
    assert len(told) == 1
    assert told[0].startswith("trihedral: The database is at version 9999, which is newer than this program")
    assert processes_of(data_folder) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is refused so")
def test_a_data_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o700)
    refused = Serving(tmp_path / "closed" / "data", *RUN, "serve", "--port", "0")
    assert refused.process.wait(timeout=60) == 1
    wait_until(lambda: len(refused.said) > 1)
    assert len(refused.said) == 2
    assert refused.said[1].startswith(
        "trihedral: PostgreSQL does not run as root, and the account nobody cannot enter /"
    )
