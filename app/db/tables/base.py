"""The declarative base: one naming convention, so that a violated constraint names what happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Identity, LargeBinary, MetaData, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

VACUUMED_OFTEN = {
    "autovacuum_vacuum_scale_factor": "0",
    "autovacuum_vacuum_threshold": "5000",
    "vacuum_index_cleanup": "on",
}
"""For tables whose partial indexes are a queue: what has left it stays an entry that each claim reads over, until a
vacuum takes it out. By a share of a large table, and where few pages have any, that would be put off for long."""


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        int: BigInteger(),
        bytes: LargeBinary(),
        dt.datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(),
    }


BigId = Annotated[int, mapped_column(BigInteger, Identity(always=True), primary_key=True)]
CreatedAt = Annotated[dt.datetime, mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())]


def quoted(words: Iterable[str]) -> str:
    """The words of a closed list as SQL literals."""
    return ", ".join("'" + word.replace("'", "''") + "'" for word in words)


def one_of(column: str, words: Iterable[str]) -> CheckConstraint:
    """A CHECK that holds ``column`` to a closed list of the vocabulary (NULL passes where the column allows it)."""
    return CheckConstraint(f"{column} in ({quoted(words)})", name=f"{column}_known")


def all_of(column: str, words: Iterable[str]) -> CheckConstraint:
    """A CHECK that holds each element of the text array ``column`` to a closed list."""
    return CheckConstraint(f"{column} <@ array[{quoted(words)}]::text[]", name=f"{column}_known")
