"""The settings and the database, for commands that need them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from app.db import SessionMaker, embedded, make_engine, make_sessionmaker, migrate
from app.settings import Settings


def say(sentence: str) -> None:
    """Tell people, not scripts: what scripts read goes to standard output."""
    sys.stdout.flush()
    typer.echo(sentence, err=True)


@contextmanager
def database_url(settings: Settings) -> Iterator[str]:
    """The URL of a migrated database; the embedded server runs at least as long as the block."""
    if settings.database_url is not None:
        migrate.upgrade(settings.database_url)
        yield settings.database_url
        return
    with embedded.server(settings.data_folder, say) as url:
        migrate.upgrade(url)
        yield url


@contextmanager
def opened(settings: Settings) -> Iterator[SessionMaker]:
    """Sessions on a migrated database."""
    with database_url(settings) as url:
        engine = make_engine(url, pool_size=2, application_name="trihedral-command")
        try:
            yield make_sessionmaker(engine)
        finally:
            engine.dispose()
