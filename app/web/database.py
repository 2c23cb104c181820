"""One transaction a request, committed before the response leaves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Final

import anyio
from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

AT_ONCE: Final = 16
"""Requests of one web process that may have a session at the same time: fewer than the engine has connections, and far
fewer than there are threads. So whoever has a connection gets a thread to go on with and to commit in; were all threads
taken by requests that wait for what an uncommitted one holds, nobody would ever go on."""


def session_slots() -> anyio.Semaphore:
    """Which requests wait for, without a thread, before they begin. One for each application."""
    return anyio.Semaphore(AT_ONCE, fast_acquire=True)


async def get_session(request: Request) -> AsyncIterator[Session]:
    """A session that commits when the endpoint has returned and rolls back when it raised.

    Always through ``DbSession``: with FastAPI's default scope the commit would come after the response has left,
    and a failing commit would still show 200. Asynchronous because it begins without waiting for anything, and a
    thread for that alone costs more than many a statement.
    """
    async with request.app.state.session_slots:
        session: Session = request.app.state.sessions()
        try:
            yield session
            await run_in_threadpool(_commit, session)
        finally:
            # Nothing is left to do after a commit; after an error this rolls back.
            session.close()


def _commit(session: Session) -> None:
    session.commit()
    session.close()


DbSession = Annotated[Session, Depends(get_session, scope="function")]
