"""Reading releases, in pages by key."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import and_, func, select, text
from sqlalchemy.orm import Session

from app.db.tables.release import Release, ReleaseScene, ReleaseText

PAGE: Final = 500


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


def page_of_scenes(session: Session, release_id: int, after: tuple[str, str]) -> list[tuple[str, str, dict[str, Any]]]:
    """The next :data:`PAGE` scenes after (dataset, name), in the order of their code points."""
    key = (ReleaseScene.dataset, ReleaseScene.name)
    is_after = text('(dataset, name) > (:dataset collate "C", :name collate "C")').bindparams(
        dataset=after[0], name=after[1]
    )
    statement = select(*key, ReleaseScene.entry).where(ReleaseScene.release_id == release_id, is_after)
    return [(row[0], row[1], row[2]) for row in session.execute(statement.order_by(*key).limit(PAGE))]


def page_of_scene_names(session: Session, release_id: int, after: tuple[str, str]) -> list[tuple[str, str]]:
    """As :func:`page_of_scenes`, of the names alone and twenty times as many."""
    key = (ReleaseScene.dataset, ReleaseScene.name)
    is_after = text('(dataset, name) > (:dataset collate "C", :name collate "C")').bindparams(
        dataset=after[0], name=after[1]
    )
    statement = select(*key).where(ReleaseScene.release_id == release_id, is_after)
    return [(row[0], row[1]) for row in session.execute(statement.order_by(*key).limit(20 * PAGE))]


def page_of_texts(session: Session, release_id: int, after: str) -> list[tuple[str, dict[str, Any]]]:
    """The next :data:`PAGE` texts after an id, in the order of their ids."""
    is_next = and_(ReleaseText.release_id == release_id, ReleaseText.text_sha256 > after)
    statement = select(ReleaseText.text_sha256, ReleaseText.entry).where(is_next)
    return [(row[0], row[1]) for row in session.execute(statement.order_by(ReleaseText.text_sha256).limit(PAGE))]
