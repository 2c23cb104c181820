"""The engine, and the one way in which a transaction begins and ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

SessionMaker = sessionmaker[Session]


def make_engine(url: str, *, pool_size: int = 10, application_name: str = "trihedral") -> Engine:
    """An engine over psycopg 3 for ``url`` (``postgresql://…``, as libpq writes it).

    ``pool_pre_ping`` because Postgres may be restarted under a running web process: the first request after that
    must not fail. ``hide_parameters`` because errors are logged, and what people write, their e-mails and the hashes of
    their passwords have no place in a log.
    """
    target = make_url(url).set(drivername="postgresql+psycopg")
    return create_engine(
        target,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"application_name": application_name, "options": "-c timezone=UTC"},
    )


def make_sessionmaker(engine: Engine) -> SessionMaker:
    """Sessions that keep what they loaded after the commit, so that a page can be rendered from it."""
    return sessionmaker(engine, expire_on_commit=False)


def url_of(sessions: SessionMaker) -> str:
    """The URL from which the engine of these sessions was made, as libpq writes it."""
    engine: Engine = sessions.kw["bind"]
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def transaction(sessions: SessionMaker) -> Iterator[Session]:
    """One transaction for jobs and commands: committed at the end of the block, rolled back by an exception.

    Requests have their own (``app.web.database.get_session``). Nobody else commits.
    """
    with sessions() as session, session.begin():
        yield session
