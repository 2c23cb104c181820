"""Rows in bulk: ``COPY`` in the session's own transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

import psycopg
from psycopg import sql
from sqlalchemy.orm import Session


def copy_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Copy ``rows`` into ``table``; part of the session's transaction like any statement. Returns how many."""
    connection = cast("psycopg.Connection[Any]", session.connection().connection.driver_connection)
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    count = 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def add_counts(session: Session, dataset_id: int, deltas: dict[str, int]) -> None:
    """Add to the dataset's counters, as rows, so that nobody waits for another's lock."""
    rows = [(dataset_id, name, delta) for name, delta in sorted(deltas.items()) if delta]
    if rows:
        copy_rows(session, "counter_delta", ("dataset_id", "name", "delta"), rows)
