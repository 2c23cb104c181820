"""The worker process: takes jobs until it is told to leave, whatever happens to Postgres meanwhile."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field

from procrastinate import App, Blueprint
from procrastinate.signals import on_stop
from procrastinate.worker import Worker
from psycopg_pool import AsyncConnectionPool

from app.db import SessionMaker, make_engine, make_sessionmaker, transaction
from app.work.app import SILENT_S, UPKEEP, make_app
from app.work.queries import has_due
from app.work.resources import job_context_of

log = logging.getLogger(__name__)

LONGEST_WAIT_S = 15.0


def run(
    url: str,
    *,
    blueprints: Mapping[str, Blueprint],
    resources: Iterable[object] = (),
    concurrency: int = 2,
    silent_s: float = SILENT_S,
    queues: Iterable[str] | None = None,
    until_idle: bool = False,
) -> None:
    """Work until SIGTERM or SIGINT (main thread only), then finish the chunks at hand, give the rest back and return.

    Parameters
    ----------
    url : str
        The database, as libpq writes it.
    blueprints : ``{room: blueprint}``
        The jobs that this worker knows; see :func:`app.work.app.make_app`.
    resources : objects
        What jobs may ask for through ``work.resource``: the asset store, frozen configs of rooms.
    concurrency : int
        Jobs at once. Each runs in a thread; heavy computing is in child processes of theirs.
    silent_s : float
        After how many seconds of silence the jobs of another worker are given back to the queue.
    queues : names, optional
        Of the queues that this worker works on, besides that of upkeep; None for all.
    until_idle : bool
        Return once nothing is waiting, instead of waiting for more.
    """
    with _shift(url, blueprints, resources, concurrency, silent_s, queues, until_idle) as shift:
        asyncio.run(shift.work())


@contextmanager
def working(
    url: str,
    *,
    blueprints: Mapping[str, Blueprint],
    resources: Iterable[object] = (),
    concurrency: int = 2,
    silent_s: float = SILENT_S,
    queues: Iterable[str] | None = None,
) -> Iterator[None]:
    """Work as :func:`run` does, in a thread of its own, as long as the block takes.

    On leaving it finishes what it has in hand up to the next place where it may stop, and gives the rest back.
    """
    with _shift(url, blueprints, resources, concurrency, silent_s, queues, False) as shift:
        thread = threading.Thread(target=lambda: asyncio.run(shift.work()), name="work")
        thread.start()
        try:
            yield
        finally:
            shift.leave_from_outside()
            thread.join()


@contextmanager
def _shift(
    url: str,
    blueprints: Mapping[str, Blueprint],
    resources: Iterable[object],
    concurrency: int,
    silent_s: float,
    queues: Iterable[str] | None,
    until_idle: bool,
) -> Iterator[_Shift]:
    engine = make_engine(url, pool_size=max(4, 2 * concurrency), application_name="trihedral-work")
    # A list, since psycopg takes a tuple for a row.
    kept_to = None if queues is None else [*queues, UPKEEP]
    try:
        sessions = make_sessionmaker(engine)
        yield _Shift(url, blueprints, sessions, tuple(resources), concurrency, silent_s, kept_to, until_idle)
    finally:
        engine.dispose()


@dataclass
class _Shift:
    """One shift of a worker: Procrastinate's workers one after another, a new one whenever Postgres went away."""

    url: str
    blueprints: Mapping[str, Blueprint]
    sessions: SessionMaker
    resources: tuple[object, ...]
    concurrency: int
    silent_s: float
    queues: list[str] | None
    until_idle: bool
    worker: Worker | None = None
    leaving: asyncio.Event = field(default_factory=asyncio.Event)
    loop: asyncio.AbstractEventLoop | None = None
    is_left: bool = False

    async def work(self) -> None:
        self.loop = asyncio.get_running_loop()
        if self.is_left:
            return
        # Signals are ours, not the worker's: its handlers are gone while it is between two of its lives, when a
        # SIGTERM would end the process in the middle of a write to a file.
        # In a thread of its own the work is told to leave by who started it.
        is_main = threading.current_thread() is threading.main_thread()
        with on_stop(self.leave) if is_main else nullcontext():
            wait_s = 0.5
            while not self.leaving.is_set():
                began = asyncio.get_running_loop().time()
                if await self._live_once() and self.until_idle:
                    if self._has_more():
                        continue
                    return
                lasted_s = asyncio.get_running_loop().time() - began
                wait_s = 0.5 if lasted_s > LONGEST_WAIT_S else min(2 * wait_s, LONGEST_WAIT_S)
                await self._pause(wait_s)

    def leave_from_outside(self) -> None:
        """Like :meth:`leave`, from another thread, also before the work has begun or after it has ended."""
        self.is_left = True
        if self.loop is not None:
            # The loop is closed where the work has ended by itself.
            with suppress(RuntimeError):
                self.loop.call_soon_threadsafe(self.leave)

    def leave(self) -> None:
        self.leaving.set()
        if self.worker is not None:
            self.worker.stop()  # type: ignore[no-untyped-call]

    async def _live_once(self) -> bool:
        """Work until told to leave, until idle, or until Postgres is gone; True unless the last."""
        try:
            # A pool and an app for each life: opened without waiting, so that a SIGTERM is heeded also while Postgres
            # is away, and because an app that once had a pool of ours does not take another.
            app = make_app(self.blueprints, silent_s=self.silent_s)
            async with self._pool() as pool, app.open_async(pool):
                if not self.leaving.is_set():
                    self.worker = self._make_worker(app)
                    await self.worker.run()  # type: ignore[no-untyped-call]
        except Exception as error:  # whatever it is, a worker that died would leave the queue standing for good
            cause = error.__cause__ or error
            log.warning("the worker lost the database and comes back: %s: %s", type(cause).__name__, cause)
            return False
        finally:
            self.worker = None
        return True

    def _has_more(self) -> bool:
        """Whether what was done last has brought more to do."""
        with transaction(self.sessions) as session:
            return has_due(session)

    def _pool(self) -> AsyncConnectionPool:
        return AsyncConnectionPool(
            self.url,
            min_size=1,
            max_size=6,
            timeout=5.0,
            open=False,
            check=AsyncConnectionPool.check_connection,
            kwargs={"application_name": "trihedral-work"},
        )

    def _make_worker(self, app: App) -> Worker:
        return Worker(
            app=app,
            queues=self.queues,
            concurrency=self.concurrency,
            wait=not self.until_idle,
            # Waiting jobs are told of at once by NOTIFY; polling is for those that are due at a time.
            fetch_job_polling_interval=2.0,
            # After this, running jobs see `should_abort` and stop at the end of their chunk, however long that takes.
            # A worker that leaves for want of work lets them end.
            shutdown_graceful_timeout=None if self.until_idle else 0.2,
            install_signal_handlers=False,
            update_heartbeat_interval=self.silent_s / 4,
            stalled_worker_timeout=self.silent_s,
            delete_jobs="successful",
            additional_context=job_context_of(self.sessions, self.resources),
        )

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self.leaving.wait(), seconds)
        except TimeoutError:
            return
