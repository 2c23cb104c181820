"""`serve`: PostgreSQL, web processes and a worker, kept running until a signal stops them all.

What one process does when another dies:

- a child dies: what it started is ended, and it is started again after a pause that grows;
- PostgreSQL or its keeper dies: it is started again, the children stay and connect anew;
- the supervisor dies: the children see their lifeline end (`lifeline.py`), and PostgreSQL's keeper sees that nobody
  uses the server any more (`app.db.keeper`). The next `serve` waits until they have gone.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from app.db import migrate
from app.db.cluster import prepare_folder
from app.db.embedded import EmbeddedServer, EmbeddedServerError, use
from app.operations.children import Child, Program, end_all
from app.operations.claim import children_lock, claimed, write_address
from app.operations.lifeline import VARIABLE
from app.operations.ports import ServeError, address_of, listen
from app.operations.stopping import StopAskedError, signals_stop
from app.operations.watching import SourceWatch

Say = Callable[[str], None]

TICK_S = 0.1
PATIENCE_S = 15.0
"""How long children may finish what they have in hand when all is stopped."""
FALLS_BEFORE_READY = 3
PROBE_S = 1.0
"""How long a process may take to say that it is ready before it is asked again; nothing else is looked after then."""
POSTGRES_PAUSE_S = 5.0
ONCE_PATIENCE_S = 20.0
"""On a new database the address is printed after this, even where a program that is run once still works."""


@dataclass(frozen=True)
class ServeConfig:
    """What `serve` runs.

    Attributes
    ----------
    data_folder : Path
        Locks, and the embedded database unless ``database_url`` is given.
    web_command, worker_command : tuple of str
        The web command gets the listening descriptor as its last argument.
    environment : mapping
        Of all children; ``DATABASE_URL`` and the lifeline are added.
    reload_folders : tuple of Path
        Where a changed file makes the web processes start anew.
    prepare : callable
        Called with the database's URL after the migrations, before any child starts. Gives a command to run one time
        beside the others, such as the making of demo data, or None.
    greeting : callable
        What is said below the address once all is ready.
    ends_with_parent : bool
        Stop also when the process that started this one has ended: a killed `make run` leaves nothing behind.
    """

    data_folder: Path
    database_url: str | None
    host: str
    port: int
    web_processes: int
    worker_processes: int
    web_command: tuple[str, ...]
    worker_command: tuple[str, ...]
    environment: Mapping[str, str]
    reload_folders: tuple[Path, ...] = ()
    prepare: Callable[[str], tuple[str, ...] | None] = field(default=lambda _url: None)
    greeting: Callable[[], str] = field(default=lambda: "")
    ends_with_parent: bool = False


def serve(config: ServeConfig, say: Say) -> None:
    """Run everything until SIGINT or SIGTERM, then stop everything and return.

    Raises
    ------
    ServeError, EmbeddedServerError, NewerDatabaseError
        If it cannot be started; the message is one sentence that says what to do.
    """
    with signals_stop():
        try:
            _serve(config, say)
        except StopAskedError:
            say("Trihedral has stopped")


def _serve(config: ServeConfig, say: Say) -> None:
    prepare_folder(config.data_folder)
    with (
        claimed(config.data_folder) as claim,
        children_lock(config.data_folder, say) as lock,
        # Before anything heavy, so that a busy port is told at once.
        listen(config.host, config.port) as listening,
        _database(config, say) as (url, server),
        _lifeline() as lifeline,
    ):
        address = address_of(listening)
        write_address(claim, address)
        is_new = migrate.upgrade(url)
        once = config.prepare(url)
        environment = dict(config.environment) | {"DATABASE_URL": url, VARIABLE: str(lifeline)}
        children = [Child(each) for each in _programs(config, once, environment, listening.fileno(), (lifeline, lock))]
        watch = SourceWatch(config.reload_folders) if config.reload_folders else None
        try:
            _Run(children, server, address, config, watch, say, ONCE_PATIENCE_S if is_new else 0).until_stopped()
        finally:
            say("Stopping")
            end_all(children, PATIENCE_S)


@contextmanager
def _lifeline() -> Iterator[int]:
    """The end of a pipe that children read; see `lifeline.py`."""
    reading, writing = os.pipe()
    try:
        yield reading
    finally:
        os.close(writing)
        os.close(reading)


@contextmanager
def _database(config: ServeConfig, say: Say) -> Iterator[tuple[str, EmbeddedServer | None]]:
    if config.database_url is not None:
        yield config.database_url, None
        return
    with use(config.data_folder, say) as server:
        yield server.url, server


def _programs(
    config: ServeConfig,
    once: tuple[str, ...] | None,
    environment: Mapping[str, str],
    listening: int,
    inherited: tuple[int, ...],
) -> list[Program]:
    web = [
        Program(f"web process {number}", (*config.web_command, str(listening)), environment, (*inherited, listening))
        for number in range(1, config.web_processes + 1)
    ]
    workers = [
        Program(f"worker {number}", config.worker_command, environment, inherited)
        for number in range(1, config.worker_processes + 1)
    ]
    return [*web, *workers, *([Program("demo data", once, environment, inherited, is_once=True)] if once else [])]


@dataclass
class _Run:
    """The loop of a supervisor, until a signal raises `StopAskedError` in it."""

    children: list[Child]
    server: EmbeddedServer | None
    address: str
    config: ServeConfig
    watch: SourceWatch | None
    say: Say
    once_patience_s: float
    is_ready: bool = False
    began_at: float = field(default_factory=time.monotonic)
    postgres_not_before: float = 0.0
    parent: int = field(default_factory=os.getppid)

    def until_stopped(self) -> None:
        while not self.config.ends_with_parent or os.getppid() == self.parent:
            self._keep_postgres()
            self._keep_children()
            if not self.is_ready:
                self._announce()
            if self.watch and self.watch.has_changed():
                self._reload()
            time.sleep(TICK_S)
        raise StopAskedError

    def _keep_postgres(self) -> None:
        if self.server is None or self.server.is_running() or time.monotonic() < self.postgres_not_before:
            return
        self.say("PostgreSQL ended; starting it again")
        try:
            self.server.ensure_running()
        except EmbeddedServerError as error:
            # Stopping would help nobody: the disk may have space again in a minute.
            self.say(f"{error} Trying again in {POSTGRES_PAUSE_S:.0f} s")
            self.postgres_not_before = time.monotonic() + POSTGRES_PAUSE_S

    def _keep_children(self) -> None:
        for child in self.children:
            code = child.collect()
            if code is not None:
                self._tell_end(child, code)
            if child.is_due():
                child.start()

    def _tell_end(self, child: Child, code: int) -> None:
        name = child.program.name
        if child.program.is_once:
            if code:
                self.say(f"{name.capitalize()} could not be made completely; the next start takes it up where it ended")
            elif self.is_ready:
                self.say(f"{name.capitalize()} are complete")
            return
        if not self.is_ready and not self.watch and child.falls >= FALLS_BEFORE_READY:
            raise ServeError(
                f"{name.capitalize()} ended {child.falls} times without becoming ready: see what it wrote above."
            )
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        self.say(f"{name.capitalize()} ended ({how}); starting it again in {child.pause_s:.1f} s")

    def _announce(self) -> None:
        once = [child for child in self.children if child.program.is_once and child.process]
        if once and time.monotonic() < self.began_at + self.once_patience_s:
            return
        if not _is_ready(self.address):
            return
        self.is_ready = True
        self.say("\n".join(part for part in (f"Trihedral is ready: {self.address}", self.config.greeting()) if part))
        for child in once:
            self.say(f"{child.program.name.capitalize()} are still being made; the pages answer meanwhile")

    def _reload(self) -> None:
        self.say("Files changed; starting the web processes again")
        for child in self.children:
            if child.program.command[:-1] == self.config.web_command:
                child.ask_to_end()
                child.falls = 0


def _is_ready(address: str) -> bool:
    try:
        with urlopen(f"{address}/readyz", timeout=PROBE_S) as answer:  # noqa: S310 - an address of ours
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
