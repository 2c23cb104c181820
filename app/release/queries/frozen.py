"""The frozen entries of a release, in pages by key: what they read never changes, so each has its own transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from psycopg import Connection, capabilities
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.db.tables.release import ReleaseScene, ReleaseText

SCENES: Final = 500
"""Of a page."""

CHUNK: Final = 100
"""Rows that are in memory at once: a text may be a megabyte long."""

_TEXTS: Final = """
select text_sha256, entry::text from release_text
where release_id = %(release_id)s and text_sha256 >= %(first)s and text_sha256 < %(until)s order by text_sha256
"""
_BEYOND: Final = "g"
"""After all hexadecimal digits."""


def page_of_scenes(session: Session, release_id: int, after: tuple[str, str]) -> list[dict[str, Any]]:
    """The next :data:`SCENES` entries after (dataset, name), in the order of their code points."""
    key = (ReleaseScene.dataset, ReleaseScene.name)
    statement = select(ReleaseScene.entry).where(ReleaseScene.release_id == release_id, _is_after(after))
    return list(session.execute(statement.order_by(*key).limit(SCENES)).scalars())


def page_of_scene_names(session: Session, release_id: int, after: tuple[str, str]) -> list[tuple[str, str]]:
    """As :func:`page_of_scenes`, of the names alone and twenty times as many."""
    key = (ReleaseScene.dataset, ReleaseScene.name)
    statement = select(*key).where(ReleaseScene.release_id == release_id, _is_after(after))
    return [(row[0], row[1]) for row in session.execute(statement.order_by(*key).limit(20 * SCENES))]


def scenes_with(session: Session, release_id: int, kinds: Sequence[str]) -> list[tuple[str, str]]:
    """(dataset, name) of the scenes with a text of these kinds."""
    dataset, scene = ReleaseText.entry["dataset"].astext, ReleaseText.entry["scene"].astext
    statement = select(dataset, scene).where(
        ReleaseText.release_id == release_id, ReleaseText.entry["kind"].astext.in_(kinds)
    )
    return [(row[0], row[1]) for row in session.execute(statement.distinct())]


def stream_texts(session: Session, release_id: int, first: str, end: str) -> Iterator[tuple[str, str]]:
    """(id, entry as JSON) from one id on up to another or, where that is empty, to the end; in the order of the ids.

    As JSON and in small chunks, while the server reads on: objects made of it here would cost more than all that is
    done with it.
    """
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, Connection)  # noqa: S101 - there is one driver
    with connection.cursor(binary=True) as cursor:
        size = CHUNK if capabilities.has_stream_chunked() else 1
        values = {"release_id": release_id, "first": first, "until": end or _BEYOND}
        yield from cursor.stream(_TEXTS, values, size=size)


def _is_after(after: tuple[str, str]) -> Any:
    return text('(dataset, name) > (:dataset collate "C", :name collate "C")').bindparams(
        dataset=after[0], name=after[1]
    )
