"""What a commit through our engine means."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.db import SessionMaker, embedded, make_engine, make_sessionmaker, transaction

ON = ("synchronous_commit", "fsync", "full_page_writes")


def test_what_is_committed_is_on_disk(data_folder: Path) -> None:
    """On a server as the application starts it; that of the other tests flushes nothing."""
    asked = text("select setting from pg_settings where name = any(:names)")
    with embedded.server(data_folder) as url:
        engine = make_engine(url)
        with transaction(make_sessionmaker(engine)) as session:
            assert list(session.execute(asked, {"names": list(ON)}).scalars()) == ["on"] * len(ON)
        engine.dispose()


def test_a_transaction_is_kept_whole_or_not_at_all(sessions: SessionMaker) -> None:
    add = text("insert into pseudonym default values")
    with transaction(sessions) as session:
        session.execute(add)
    with pytest.raises(RuntimeError), transaction(sessions) as session:  # noqa: PT012 - the block is what is tested
        session.execute(add)
        raise RuntimeError
    with transaction(sessions) as session:
        assert session.execute(text("select count(*) from pseudonym")).scalar_one() == 1


def test_what_people_wrote_is_in_no_error_and_so_in_no_log(sessions: SessionMaker) -> None:
    with sessions() as session, pytest.raises(DBAPIError) as caught:
        session.execute(text("select cast(:given as text) from nowhere"), {"given": "a secret"})
    assert "nowhere" in str(caught.value)
    assert "a secret" not in str(caught.value)


def test_a_connection_that_ended_while_it_rested_is_replaced_and_nobody_notices(
    sessions: SessionMaker, database_url: str
) -> None:
    with transaction(sessions) as session:
        pid = session.execute(text("select pg_backend_pid()")).scalar_one()
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute("select pg_terminate_backend(%s, 5000)", [pid])
    with transaction(sessions) as session:
        assert session.execute(text("select pg_backend_pid()")).scalar_one() != pid
