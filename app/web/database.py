"""One transaction a request, committed before the response leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session


def get_session(request: Request) -> Iterator[Session]:
    """A session that commits when the endpoint has returned and rolls back when it raised.

    Always through ``DbSession``: with FastAPI's default scope the commit would come after the response has left,
    and a failing commit would still show 200.
    """
    with request.app.state.sessions() as session, session.begin():
        yield session


DbSession = Annotated[Session, Depends(get_session, scope="function")]
