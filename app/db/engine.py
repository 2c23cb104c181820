"""The engine, and the one way in which a transaction begins and ends."""

from __future__ import annotations

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session, sessionmaker

SessionMaker = sessionmaker[Session]

ASKED_AFTER_S: Final = 30.0
"""A connection that rested for longer is asked for a sign of life: what was lost on the way shows no end."""


def make_engine(url: str, *, pool_size: int = 10, application_name: str = "trihedral") -> Engine:
    """An engine over psycopg 3 for ``url`` (``postgresql://…``, as libpq writes it).

    Postgres may be restarted under a running web process, and the first request after that must not fail: so each
    connection is looked at before it is used (:func:`_look_before_use`). ``hide_parameters`` because errors are logged,
    and what people write, their e-mails and the hashes of their passwords have no place in a log.
    """
    target = make_url(url).set(drivername="postgresql+psycopg")
    engine = create_engine(
        target,
        pool_size=pool_size,
        max_overflow=pool_size,
        hide_parameters=True,
        connect_args={"application_name": application_name, "options": "-c timezone=UTC"},
    )
    _look_before_use(engine)
    return engine


def _look_before_use(engine: Engine) -> None:
    """Replace a connection that ended while it rested.

    Not ``pool_pre_ping``, which asks the server each time: that took a tenth of a submit. A server that ends, is killed
    or restarts ends its connections, and an idle connection on which something came in is one that ended.
    """

    @event.listens_for(engine, "checkin")
    def note_rest(connection: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def look(connection: Any, record: Any, proxy: Any) -> None:
        rests_since = record.info.get("rests_since")
        if rests_since is None:
            return
        if _has_news(connection) or (
            time.monotonic() - rests_since > ASKED_AFTER_S and not engine.dialect.do_ping(connection)
        ):
            raise DisconnectionError


def _has_news(connection: Any) -> bool:
    """Whether anything can be read from an idle psycopg connection, its end among it."""
    if connection.closed:
        return True
    poller = select.poll()
    poller.register(connection.pgconn.socket, select.POLLIN)
    return bool(poller.poll(0))


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
