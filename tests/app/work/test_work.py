"""Deferring in the caller's transaction, and workers that are killed, told to leave, or lose Postgres."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from app import work
from app.db import SessionMaker, transaction
from app.work.queries import has_due
from app.work.worker import working
from tests.app.work.tally_worker import jobs

SCRIPT = Path(__file__).with_name("tally_worker.py")
SILENT_S = 2.0


@contextmanager
def worker(url: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, str(SCRIPT), url, str(SILENT_S), *options])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(is_so: Callable[[], bool], seconds: float = 40.0) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not come to pass in time"
        time.sleep(0.05)


@pytest.fixture
def tally(sessions: SessionMaker) -> Callable[[], int]:
    with transaction(sessions) as session:
        session.execute(text("create table tally (chunk int primary key)"))

    def count() -> int:
        with sessions() as session:
            return int(session.execute(text("select count(*) from tally")).scalar_one())

    return count


def defer_on(sessions: SessionMaker, queue: str, chunk: int, **more: float) -> None:
    with transaction(sessions) as session:
        work.defer(session, "tests.count", queue=queue, chunks=chunk, milliseconds=0, **more)  # type: ignore[arg-type]


def test_a_worker_in_a_thread_keeps_to_its_queues_and_leaves_with_the_block(
    sessions: SessionMaker, database_url: str, tally: Callable[[], int]
) -> None:
    defer_on(sessions, "other", 9)
    with working(database_url, blueprints={"tests": jobs}, queues=["imports"], silent_s=SILENT_S):
        defer_on(sessions, "imports", 2)
        wait_until(lambda: tally() == 2)
        wait_until(lambda: len(states(sessions)) == 1)
    assert states(sessions) == ["todo"]
    with sessions() as session:
        assert work.count_workers(session) == 0
        assert work.queued(session, ["tests.count"], chunks=9).waiting == 1
        assert work.queued(session, ["tests.count"], chunks=2).waiting == 0


def test_work_that_brings_more_work_is_all_done_before_a_worker_is_idle(
    sessions: SessionMaker, database_url: str, tally: Callable[[], int]
) -> None:
    with transaction(sessions) as session:
        work.defer(session, "tests.count_later", chunks=3)
    with worker(database_url, "--until-idle") as process:
        assert process.wait(30) == 0
    assert tally() == 3


def test_work_of_a_higher_priority_comes_first_and_put_off_work_waits(
    sessions: SessionMaker, database_url: str, tally: Callable[[], int]
) -> None:
    with transaction(sessions) as session:
        work.defer(session, "tests.count", in_s=3600.0, chunks=5, milliseconds=0)
        work.defer(session, "tests.count", priority=-10, chunks=1, milliseconds=0)
        work.defer(session, "tests.count", chunks=2, milliseconds=0)
        waiting = work.queued(session, ["tests.count"])
        assert (waiting.waiting, waiting.retrying) == (3, 1)
        assert has_due(session)
    with worker(database_url, "--until-idle") as process:
        assert process.wait(30) == 0
    assert tally() == 2
    assert states(sessions) == ["todo"]
    with sessions() as session:
        assert not has_due(session)


def states(sessions: SessionMaker) -> list[str]:
    query = "select status::text from procrastinate_jobs where task_name = 'tests.count' order by id"
    with sessions() as session:
        return list(session.execute(text(query)).scalars())


def defer(sessions: SessionMaker, *, chunks: int, milliseconds: int = 0) -> None:
    with transaction(sessions) as session:
        work.defer(session, "tests.count", chunks=chunks, milliseconds=milliseconds)


def test_work_exists_only_if_the_transaction_that_deferred_it_commits(sessions: SessionMaker) -> None:
    with sessions() as session:
        assert work.defer(session, "tests.count", chunks=1, milliseconds=0) is not None
        session.rollback()
    assert states(sessions) == []
    defer(sessions, chunks=1)
    assert states(sessions) == ["todo"]


def test_work_asked_for_once_does_not_wait_twice_and_leaves_the_transaction_usable(sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        first = work.defer(session, "tests.count", once=True, chunks=1, milliseconds=0)
        assert work.defer(session, "tests.count", once=True, chunks=1, milliseconds=0) is None
        other = work.defer(session, "tests.count", once=True, chunks=2, milliseconds=0)
        assert first != other
    assert states(sessions) == ["todo", "todo"]


def test_a_worker_does_what_is_waiting(sessions: SessionMaker, database_url: str, tally: Callable[[], int]) -> None:
    defer(sessions, chunks=3)
    with worker(database_url, "--until-idle") as process:
        assert process.wait(30) == 0
    assert tally() == 3
    assert states(sessions) == []


def test_another_worker_finishes_what_a_killed_worker_began(
    sessions: SessionMaker, database_url: str, tally: Callable[[], int]
) -> None:
    defer(sessions, chunks=8, milliseconds=150)
    with worker(database_url) as first:
        wait_until(lambda: tally() >= 2)
        first.kill()
        first.wait()
    assert tally() < 8
    assert states(sessions) == ["doing"]
    with worker(database_url):
        wait_until(lambda: states(sessions) == [])
    assert tally() == 8


def test_a_worker_that_is_told_to_leave_finishes_its_chunk_and_gives_the_rest_back(
    sessions: SessionMaker, database_url: str, tally: Callable[[], int]
) -> None:
    defer(sessions, chunks=40, milliseconds=100)
    with worker(database_url) as process:
        wait_until(lambda: tally() >= 2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    done = tally()
    assert done < 40
    assert states(sessions) == ["todo"]


def test_a_worker_outlives_a_postgres_that_goes_away(
    sessions: SessionMaker, server_url: str, database_url: str, tally: Callable[[], int]
) -> None:
    name = database_url.rsplit("/", 1)[1].split("?")[0]
    with worker(database_url) as process, psycopg.connect(server_url, autocommit=True) as other:
        defer(sessions, chunks=1)
        wait_until(lambda: tally() == 1)
        other.execute(f"alter database {name} allow_connections false")
        other.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])
        time.sleep(1.5)
        assert process.poll() is None
        other.execute(f"alter database {name} allow_connections true")
        defer(sessions, chunks=4)
        wait_until(lambda: tally() == 4)
        assert process.poll() is None
