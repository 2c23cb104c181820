"""The embedded PostgreSQL: started by the first who needs it, stopped after the last.

Three locks in the data folder, all let go by the kernel when their holders end:

- `postgres.users`: shared by everyone who uses the server. Who gets it alone stops the server: the last user on
  leaving, or the keeper (`keeper.py`), which gets it where the last user was killed.
- `postgres.start`: held by the one who looks whether the server runs, and starts it.
- `postgres.running`: inherited by the keeper and by every process of the server. It is free exactly when none of them
  is alive, whatever `postmaster.pid` says; process numbers that were given out again do not matter.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from app.db import keeper, locks
from app.db.cluster import Cluster, locate
from app.db.initdb import ROLE, SUPERUSER, check_version, create, write_access_rules
from app.db.refusals import EmbeddedServerError, from_os_error, from_text

__all__ = ["EmbeddedServer", "EmbeddedServerError", "server", "use"]

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # The details of an error hold values: a duplicate key's would put an e-mail into the log.
    "log_error_verbosity": "terse",
    "cluster_name": "trihedral",
}
STARTS = "PostgreSQL is starting, please wait"
RECOVERS = "PostgreSQL was not stopped in order and now recovers what was written, please wait"
SAID_AFTER_S = 2.0
"""How long a start may take before it is said that one waits."""
FAST_STOP_S = 60.0
"""How long the server may write its last checkpoint before it is stopped without one, which loses nothing."""

Say = Callable[[str], None]


def _say_nothing(_sentence: str) -> None: ...


class EmbeddedServer:
    """A running server, seen by one of its users."""

    def __init__(self, cluster: Cluster, say: Say) -> None:
        self._cluster = cluster
        self._say = say
        self._keeper: subprocess.Popen[bytes] | None = None
        self._what_it_does = STARTS

    @property
    def url(self) -> str:
        """Where the application's database is, as libpq writes it."""
        return f"postgresql://{ROLE}@/{ROLE}?host={quote(str(self._cluster.socket_folder), safe='')}"

    def is_running(self) -> bool:
        """Say whether a process of the server, or its keeper, is alive."""
        return not locks.is_free(_running_lock(self._cluster))

    def ensure_running(self) -> None:
        """Start the server if it is not there, and wait until it answers, however long its recovery takes.

        Raises
        ------
        EmbeddedServerError
            If it cannot be started.
        """
        try:
            with locks.held(self._cluster.folder / "postgres.start"):
                self._start_and_wait()
        except OSError as error:
            raise from_os_error(error, self._cluster.folder) from error

    def _start_and_wait(self) -> None:
        began, has_started, has_said = time.monotonic(), False, False
        while not _answers(self._cluster):
            lock = locks.open_lock(_running_lock(self._cluster))
            try:
                if locks.take_if_free(lock):
                    if has_started:
                        raise _why_not_started(self._cluster)
                    self._start(lock)
                    # Making a new cluster is no recovery.
                    began, has_started = time.monotonic(), True
            finally:
                os.close(lock)
            if not has_said and time.monotonic() - began > SAID_AFTER_S:
                self._say(self._what_it_does)
                has_said = True
            time.sleep(0.02)

    def _start(self, lock: int) -> None:
        if not check_version(self._cluster):
            self._say("Creating the database")
            create(self._cluster)
        # Nobody who could own it is alive, or the lock would not be ours; it could stop the server from starting.
        left_behind = self._cluster.data / "postmaster.pid"
        self._what_it_does = RECOVERS if left_behind.exists() else STARTS
        left_behind.unlink(missing_ok=True)
        self._keeper = _start_keeper(self._cluster, lock)

    def reap(self) -> None:
        """After the last user has left: leave no zombie of the keeper behind."""
        if self._keeper and not self.is_running():
            self._keeper.wait()


@contextmanager
def server(data_folder: Path, say: Say = _say_nothing) -> Iterator[str]:
    """Use the embedded server of this data folder inside the block; gives its URL.

    Raises
    ------
    EmbeddedServerError
        If the server cannot be started; the message is one sentence that says what to do.
    """
    with use(data_folder, say) as running:
        yield running.url


@contextmanager
def use(data_folder: Path, say: Say = _say_nothing) -> Iterator[EmbeddedServer]:
    """Like `server`, for who also restarts it; gives the server itself."""
    cluster = locate(data_folder)
    running = EmbeddedServer(cluster, say)
    try:
        users = locks.open_lock(cluster.folder / "postgres.users")
    except OSError as error:
        raise from_os_error(error, cluster.folder) from error
    try:
        locks.take(users, shared=True)
        running.ensure_running()
        yield running
    finally:
        _leave(cluster, users)
        running.reap()
        os.close(users)


def _running_lock(cluster: Cluster) -> Path:
    return cluster.folder / "postgres.running"


def _start_keeper(cluster: Cluster, lock: int) -> subprocess.Popen[bytes]:
    """Start the keeper, which starts the server; both inherit the lock that says that they are alive."""
    write_access_rules(cluster)
    command = [sys.executable, "-I", "-S", keeper.__file__, str(cluster.folder / "postgres.users")]
    command += [str(cluster.account.uid), str(cluster.account.gid), *_server_command(cluster)]
    with cluster.log.open("ab") as log:
        os.fchmod(log.fileno(), 0o600)
        return subprocess.Popen(
            command,
            env=cluster.environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(lock,),
            start_new_session=True,
        )


def _server_command(cluster: Cluster) -> list[str]:
    settings = SETTINGS | {
        "unix_socket_directories": f'"{cluster.socket_folder}"',
        "hba_file": str(cluster.folder / "postgres-hba.conf"),
        "ident_file": str(cluster.folder / "postgres-ident.conf"),
    }
    command = [str(cluster.programs / "postgres"), "-D", str(cluster.data)]
    return command + [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _answers(cluster: Cluster) -> bool:
    """Say whether the server takes connections; makes the application's role and database where they are missing."""
    try:
        connection = psycopg.connect(
            host=str(cluster.socket_folder), user=SUPERUSER, dbname="postgres", autocommit=True, connect_timeout=10
        )
    except psycopg.OperationalError as error:
        if "FATAL" in str(error) and "the database system is" not in str(error):
            raise EmbeddedServerError(f"PostgreSQL refuses to be used: {str(error).strip()}.") from error
        return False
    with connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [ROLE]).fetchone():
            _create_database(connection)
    return True


def _create_database(connection: psycopg.Connection) -> None:
    with suppress(psycopg.errors.DuplicateObject):
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(ROLE)))
    connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(ROLE), sql.Identifier(ROLE)))


def _why_not_started(cluster: Cluster) -> EmbeddedServerError:
    lines = cluster.log.read_text(errors="replace").splitlines()[-20:]
    fatal = (line for line in reversed(lines) if "FATAL" in line or "PANIC" in line)
    last = re.sub(r"^.*?(FATAL|PANIC): +", "", next(fatal, lines[-1] if lines else ""))
    return from_text(last, cluster.folder) or EmbeddedServerError(
        f"PostgreSQL did not start ({last or 'it said nothing'}): see {cluster.log}."
    )


def _leave(cluster: Cluster, users: int) -> None:
    """Stop using the server, and if nobody else uses it wait until it has stopped."""
    if locks.take_if_free(users):
        _stop(cluster)
        return
    # Refused: someone else uses it, or the keeper was quicker and stops it now. Only the latter is worth waiting for.
    while not locks.take_if_free(users, shared=True):
        time.sleep(0.02)


def _stop(cluster: Cluster) -> None:
    """Shut the server down and wait until its last process has gone. The users' lock is ours alone."""
    give_up_at, kind = time.monotonic() + FAST_STOP_S, signal.SIGINT
    running = locks.open_lock(_running_lock(cluster))
    try:
        asked = False
        while not locks.take_if_free(running):
            if not asked:
                asked = _signal(cluster, kind)
            if time.monotonic() > give_up_at:
                give_up_at, kind, asked = time.monotonic() + FAST_STOP_S, signal.SIGQUIT, False
            time.sleep(0.02)
    finally:
        os.close(running)


def _signal(cluster: Cluster, kind: signal.Signals) -> bool:
    """Ask the server to shut down; False where it has not written yet who it is."""
    try:
        pid = int((cluster.data / "postmaster.pid").read_text().split()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return False
    with suppress(ProcessLookupError):
        os.kill(pid, kind)
    return True
