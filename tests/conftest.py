"""What all tests share: the sample data, and a real PostgreSQL 18 with a fresh, migrated database for each test."""

from __future__ import annotations

import itertools
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from app.db import SessionMaker, embedded, make_engine, make_sessionmaker, migrate

REPOSITORY = Path(__file__).parent.parent
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real sample images and texts, laid out as published; tests that need them skip where they are absent."""
    folder = Path(os.environ.get("TRIHEDRAL_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the sample data is not at {folder} (set TRIHEDRAL_SHARED_DATA)")
    return folder


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """An empty data folder; not below pytest's own folder, which the account of root's PostgreSQL may not enter."""
    with tempfile.TemporaryDirectory(prefix="trihedral-") as folder:
        yield Path(folder)


def url_of(server_url: str, database: str) -> str:
    """The URL of another database on the same server."""
    return make_url(server_url).set(database=database).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A PostgreSQL server of this test run's own; not below pytest's folder, which root's server may not enter."""
    with tempfile.TemporaryDirectory(prefix="trihedral-") as folder, embedded.server(Path(folder)) as url:
        flush_nothing(Path(folder) / "postgres")
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
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(url_of(server_url, "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name} template {template_database}")
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
