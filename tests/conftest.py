"""What all tests share: the sample data, and a real PostgreSQL 18 with a fresh, migrated database for each test."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from app.db import SessionMaker, embedded, make_engine, make_sessionmaker, migrate

REPOSITORY = Path(__file__).parent.parent
MEMORY = Path("/dev/shm")
NEEDED_BYTES = 2 << 30
_PREFIX = "trihedral-test-"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real sample images and texts, laid out as published; tests that need them skip where they are absent."""
    folder = Path(os.environ.get("TRIHEDRAL_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the sample data is not at {folder} (set TRIHEDRAL_SHARED_DATA)")
    return folder


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A folder for a PostgreSQL, in memory where there is room; not below pytest's own folder, which the account of
    root's PostgreSQL may not enter.

    Each fresh database is five hundred files. Where as many are removed as often, ext4 searches for longer and longer
    for numbers of files that it may give out again: that took most of the time of the tests of the database.
    """
    _clear_away()
    prefix = f"{_PREFIX}{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=MEMORY if _has_room(MEMORY) else None) as folder:
        yield Path(folder)


def _has_room(memory: Path) -> bool:
    """Whether programs may run there too, as some tests ask of a data folder."""
    if not os.access(memory, os.W_OK) or os.statvfs(memory).f_flag & os.ST_NOEXEC:
        return False
    return min(shutil.disk_usage(memory).free, psutil.virtual_memory().available // 2) >= NEEDED_BYTES


def _clear_away() -> None:
    """What a test run that was killed has left in memory would stay there until the machine is started anew."""
    for left in MEMORY.glob(f"{_PREFIX}*-*"):
        pid = left.name.removeprefix(_PREFIX).split("-")[0]
        if pid.isdecimal() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(left, ignore_errors=True)


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """An empty data folder."""
    with quick_folder() as folder:
        yield folder


def url_of(server_url: str, database: str) -> str:
    """The URL of another database on the same server."""
    return make_url(server_url).set(database=database).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A PostgreSQL server of this test run's own."""
    with quick_folder() as folder, embedded.server(folder) as url:
        flush_nothing(folder / "postgres")
        yield url


def flush_nothing(cluster: Path) -> None:
    """A database that is dropped waits until all of it is on disk, a thousand times a run. What such a server loses is
    lost with the machine's power alone; tests of what is kept have servers of their own."""
    with (cluster / "postgresql.auto.conf").open("a") as settings:
        settings.write("fsync = off\nfull_page_writes = off\n")
    os.kill(int((cluster / "postmaster.pid").read_text().split()[0]), signal.SIGHUP)


@pytest.fixture(scope="session")
def template_database(server_url: str) -> str:
    """A database with all migrations, from which the tests' databases are copied."""
    name = "template_trihedral"
    with psycopg.connect(url_of(server_url, "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name}")
    migrate.upgrade(url_of(server_url, name))
    return name


@pytest.fixture
def database_url(server_url: str, template_database: str) -> Iterator[str]:
    """A fresh, migrated database for one test."""
    with copied_database(server_url, template_database) as url:
        yield url


@contextmanager
def copied_database(server_url: str, template: str) -> Iterator[str]:
    """A copy of a database of this server, and its URL. File by file, since what is flushed costs nothing here."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(url_of(server_url, "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name} template {template} strategy file_copy")
    yield url_of(server_url, name)
    with psycopg.connect(url_of(server_url, "postgres"), autocommit=True) as connection:
        drop_database(connection, name)


def drop_database(connection: psycopg.Connection, name: str) -> None:
    """Drop a database; an autovacuum worker in it belongs to the superuser, whom we may not end: wait for it."""
    for _ in range(100):
        try:
            connection.execute(f"drop database {name} with (force)")
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"the database {name} is still in use after ten seconds")


@pytest.fixture
def sessions(database_url: str) -> Iterator[SessionMaker]:
    """Sessions on the test's database; what they commit is really committed."""
    engine = make_engine(database_url)
    yield make_sessionmaker(engine)
    engine.dispose()


@pytest.fixture
def session(sessions: SessionMaker) -> Iterator[Session]:
    """One open session, rolled back at the end."""
    with sessions() as opened:
        yield opened
