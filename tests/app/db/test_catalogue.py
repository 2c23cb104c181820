"""The migrations and the declared tables are the same database, down to CHECKs, indexes and triggers."""

from __future__ import annotations

import psycopg
import pytest
from alembic import command
from sqlalchemy import create_engine

import app.db.append_only
from app.db import migrate
from app.db.tables import Base
from tests.conftest import url_of

CATALOGUE = {
    "constraints": """
        select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
        where connamespace = 'public'::regnamespace and conrelid <> 0 order by 1, 2""",
    "indexes": "select tablename, indexname, indexdef from pg_indexes where schemaname = 'public' order by 1, 2",
    "columns": """
        select table_name, column_name, data_type, is_nullable, column_default, identity_generation
        from information_schema.columns where table_schema = 'public' order by 1, 2""",
    "triggers": """
        select tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) from pg_trigger
        where not tgisinternal order by 1, 2""",
}


@pytest.fixture(scope="module")
def declared_url(server_url: str) -> str:
    """A database made from the declared tables, without migrations."""
    with psycopg.connect(url_of(server_url, "postgres"), autocommit=True) as connection:
        connection.execute("create database declared")
    url = url_of(server_url, "declared")
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    Base.metadata.create_all(engine)
    engine.dispose()
    return url


def catalogue(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(query).fetchall()
    return [row for row in rows if not str(row[0]).startswith(("procrastinate_", "alembic_"))]


@pytest.mark.parametrize("part", CATALOGUE)
def test_the_migrations_make_what_the_tables_declare(part: str, database_url: str, declared_url: str) -> None:
    migrated, declared = (catalogue(url, CATALOGUE[part]) for url in (database_url, declared_url))
    assert migrated, "an empty catalogue compares equal to anything"
    assert set(migrated) ^ set(declared) == set()


def test_alembic_finds_nothing_to_add(database_url: str) -> None:
    command.check(migrate.configuration(database_url))


@pytest.mark.parametrize("table", app.db.append_only.APPEND_ONLY)
def test_append_only_tables_have_their_triggers(table: str, database_url: str) -> None:
    triggers = {row[1] for row in catalogue(database_url, CATALOGUE["triggers"]) if row[0] == table}
    assert {f"{table}_append_only", f"{table}_no_truncate"} <= triggers


def test_a_database_of_a_newer_version_is_refused(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(migrate.NewerDatabaseError, match="newer"):
        migrate.upgrade(database_url)
