"""Reading releases, in pages by key; what they hold is read by :mod:`app.release.queries.frozen`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.tables.release import Release


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A release, without its texts."""

    release_id: int
    name: str
    number: int
    notes: str
    rules: dict[str, Any]
    counts: dict[str, Any]
    text_count: int
    content_sha256: str
    created_at: dt.datetime
    contributors: list[str]
    """The names of those who wanted to be named."""

    @property
    def label(self) -> str:
        """``NAME@3``."""
        return f"{self.name}@{self.number}"


_RELEASE = (
    Release.release_id,
    Release.name,
    Release.number,
    Release.notes,
    Release.rules,
    Release.counts,
    Release.text_count,
    Release.content_sha256,
    Release.created_at,
    Release.contributors,
)


def find_release(session: Session, name: str, number: int | None) -> ReleaseRow | None:
    """The release of this number, or the newest of the name."""
    statement = select(*_RELEASE).where(Release.name == name).order_by(Release.number.desc()).limit(1)
    if number is not None:
        statement = statement.where(Release.number == number)
    row = session.execute(statement).one_or_none()
    return ReleaseRow(*row) if row else None


def get_release(session: Session, release_id: int) -> ReleaseRow:
    return ReleaseRow(*session.execute(select(*_RELEASE).where(Release.release_id == release_id)).one())


def name_in_other_case(session: Session, name: str) -> str | None:
    """A release's name that differs from this in nothing but case, unless there is one of this name already."""
    alike = select(Release.name).where(func.lower(Release.name) == name.lower()).distinct()
    names = set(session.execute(alike).scalars())
    return None if name in names else next(iter(names), None)


def list_releases(session: Session, before: int | None, limit: int, name: str = "") -> list[ReleaseRow]:
    """Newest first, from below the key ``before``; of one name, or of all."""
    statement = select(*_RELEASE).order_by(Release.release_id.desc()).limit(limit)
    if name:
        statement = statement.where(Release.name == name)
    if before is not None:
        statement = statement.where(Release.release_id < before)
    return [ReleaseRow(*row) for row in session.execute(statement)]
