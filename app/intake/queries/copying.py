"""Rows in bulk: ``COPY`` in the session's own transaction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, cast

import psycopg
from psycopg import sql
from sqlalchemy.orm import Session

NULL: Final = r"\N"
"""As a line of ``COPY``'s text format has it."""


def copy_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Copy ``rows`` into ``table``; part of the session's transaction like any statement. Returns how many."""
    count = 0
    with _driver(session).cursor() as cursor, cursor.copy(_into(table, columns)) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def copy_lines(session: Session, table: str, columns: Sequence[str], lines: Iterable[str]) -> int:
    """Copy rows that are lines of ``COPY``'s text format already, for what comes by the million. Returns how many."""
    count, waiting, length = 0, [], 0
    with _driver(session).cursor() as cursor, cursor.copy(_into(table, columns)) as copy:
        for line in lines:
            waiting.append(line)
            count, length = count + 1, length + len(line)
            if length > _AT_ONCE:
                copy.write("".join(waiting).encode())
                waiting, length = [], 0
        copy.write("".join(waiting).encode())
    return count


def as_copied(value: str | None) -> str:
    """A value as a line of ``COPY``'s text format has it."""
    if value is None:
        return NULL
    return _escaped(value) if _TO_ESCAPE.search(value) else value


def list_as_copied(values: Sequence[str]) -> str:
    """A list of texts, as a line has it."""
    joined = "".join(values)
    is_plain = joined.isalnum() and joined.isascii() and "" not in values and "null" not in joined.lower()
    told = (
        values
        if is_plain or not values
        else ['"' + value.replace("\\", r"\\").replace('"', r"\"") + '"' for value in values]
    )
    return as_copied("{" + ",".join(told) + "}")


def _escaped(value: str) -> str:
    return _TO_ESCAPE.sub(lambda found: _ESCAPES[found[0]], value)


_ESCAPES: Final = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\b": r"\b", "\f": r"\f", "\v": r"\v"}
_TO_ESCAPE: Final = re.compile(r"[\\\t\n\r\x08\f\v]")
_AT_ONCE: Final = 1 << 16
"""Letters that go to the server in one piece."""


def _driver(session: Session) -> psycopg.Connection[Any]:
    return cast("psycopg.Connection[Any]", session.connection().connection.driver_connection)


def _into(table: str, columns: Sequence[str]) -> sql.Composed:
    return sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )


def add_counts(session: Session, dataset_id: int, deltas: dict[str, int]) -> None:
    """Add to the dataset's counters, as rows, so that nobody waits for another's lock."""
    rows = [(dataset_id, name, delta) for name, delta in sorted(deltas.items()) if delta]
    if rows:
        copy_rows(session, "counter_delta", ("dataset_id", "name", "delta"), rows)
