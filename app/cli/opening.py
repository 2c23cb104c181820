"""The settings and the database, for commands that need them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import typer

from app.db import SessionMaker, embedded, make_engine, make_sessionmaker, migrate
from app.settings import Settings


def say(sentence: str) -> None:
    """Tell people, not scripts: what scripts read goes to standard output."""
    sys.stdout.flush()
    typer.echo(sentence, err=True)


@dataclass(frozen=True, slots=True)
class Opened:
    """A migrated database."""

    sessions: SessionMaker
    revive: Callable[[], None]
    """Starts the embedded server again if it has ended; does nothing for another."""


@contextmanager
def database_url(settings: Settings) -> Iterator[str]:
    """The URL of a migrated database; the embedded server runs at least as long as the block."""
    with _database(settings) as (url, _):
        yield url


@contextmanager
def opened(settings: Settings) -> Iterator[SessionMaker]:
    """Sessions on a migrated database."""
    with kept_open(settings) as database:
        yield database.sessions


@contextmanager
def kept_open(settings: Settings) -> Iterator[Opened]:
    """Sessions on a migrated database, for what takes longer than its server may live."""
    with _database(settings) as (url, revive):
        engine = make_engine(url, pool_size=2, application_name="trihedral-command")
        try:
            yield Opened(make_sessionmaker(engine), revive)
        finally:
            engine.dispose()


@contextmanager
def _database(settings: Settings) -> Iterator[tuple[str, Callable[[], None]]]:
    if settings.database_url is not None:
        migrate.upgrade(settings.database_url)
        yield settings.database_url, lambda: None
        return
    with embedded.use(settings.data_folder, say) as server:
        migrate.upgrade(server.url)

        def revive() -> None:
            if not server.is_running():
                say("PostgreSQL ended; starting it again")
                server.ensure_running()

        yield server.url, revive
