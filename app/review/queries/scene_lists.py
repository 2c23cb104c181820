"""The scenes of a dataset by what is asked of them, page by page in the order of their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

COUNTED: Final = 10_000
"""Beyond this it is only told that there are more."""

_IS_UNUSABLE: Final = """
exists (select from packet p join review v on v.packet_id = p.packet_id
    where p.scene_id = s.scene_id and v.scene_verdict = 'unusable' and not exists (
        select from review n where n.packet_id = v.packet_id and n.reviewer = v.reviewer and n.revision > v.revision))
"""
"""Whether a review that counts by its revision says so; what was decided of it is with the drafts."""

BOX_CONDITIONS: Final[Mapping[str, str]] = {
    "with": "exists (select from object_box b where b.scene_id = s.scene_id)",
    "without": "not exists (select from object_box b where b.scene_id = s.scene_id)",
}
WORK_CONDITIONS: Final[Mapping[str, str]] = {
    "open": "exists (select from packet p join slot t on t.packet_id = p.packet_id"
    " where p.scene_id = s.scene_id and t.is_free)",
    "unusable": _IS_UNUSABLE,
    "none": "not exists (select from packet p where p.scene_id = s.scene_id)",
}

_CONDITIONS: Final[Mapping[str, str]] = {
    "split": "s.split = :split",
    "pair_state": "s.pair_state = :pair_state",
    "category": "exists (select from object_box b where b.scene_id = s.scene_id and b.category = :category)",
    # Of the name as it is, without a pattern's signs.
    "name": "position(lower(:name) in lower(s.name)) > 0",
}

_ROWS: Final = f"""
select s.scene_id, s.name, s.split, s.rows, s.cols, s.pair_state,
    (select count(*) from object_box b where b.scene_id = s.scene_id) as boxes,
    (select count(*) from draft d where d.scene_id = s.scene_id) as drafts,
    (select count(*) from packet p where p.scene_id = s.scene_id) as packets,
    (select count(distinct t.packet_id) from packet p join slot t on t.packet_id = p.packet_id
        where p.scene_id = s.scene_id and t.is_free) as open_packets,
    {_IS_UNUSABLE} as is_unusable
from page join scene s using (scene_id) order by s.name
"""  # noqa: S608  (parts of our own)


@dataclass(frozen=True, slots=True)
class SceneFilter:
    """What is asked of the scenes; empty asks nothing."""

    split: str = ""
    pair_state: str = ""
    boxes: str = ""
    """A key of :data:`BOX_CONDITIONS`."""
    category: str = ""
    work: str = ""
    """A key of :data:`WORK_CONDITIONS`."""
    name: str = ""
    """What occurs in the name, whatever the case."""


@dataclass(frozen=True, slots=True)
class ListedScene:
    """A scene as the list shows it."""

    scene_id: int
    name: str
    split: str
    rows: int
    cols: int
    pair_state: str
    boxes: int
    drafts: int
    packets: int
    open_packets: int
    """In which a slot is free."""
    is_unusable: bool


def count_scenes(session: Session, dataset_id: int, asked: SceneFilter) -> int:
    """How many match; ``COUNTED + 1`` where there are more than :data:`COUNTED`."""
    conditions, values = _conditions(asked)
    found = f"select from scene s where s.dataset_id = :dataset_id {conditions} limit :most"
    query = text(f"select count(*) from ({found}) as found")  # noqa: S608  (parts of our own)
    counted: int = session.execute(query, {**values, "dataset_id": dataset_id, "most": COUNTED + 1}).scalar_one()
    return counted


def list_scenes(
    session: Session, dataset_id: int, asked: SceneFilter, *, after: str = "", limit: int = 50, are_few: bool = False
) -> Sequence[ListedScene]:
    """A page by name, behind ``after``. ``are_few``: :func:`count_scenes` has counted all that match."""
    conditions, values = _conditions(asked)
    found = f"select s.scene_id, s.name from scene s where s.dataset_id = :dataset_id and s.name > :after {conditions}"  # noqa: S608
    # Materialized, few are found through their index first and then sorted, not looked for in a walk through all.
    query = (
        f"with found as {'' if are_few else 'not '}materialized ({found}),"  # noqa: S608
        f" page as (select * from found order by name limit :limit) {_ROWS}"
    )
    rows = session.execute(text(query), {**values, "dataset_id": dataset_id, "after": after, "limit": limit})
    return [ListedScene(**row._mapping) for row in rows]


def place_of(session: Session, scene_id: int) -> str:
    """Where a scene stands in the order of the list: its name; the front where there is no such scene."""
    query = text("select name from scene where scene_id = :scene_id")
    return session.execute(query, {"scene_id": scene_id}).scalar_one_or_none() or ""


def _conditions(asked: SceneFilter) -> tuple[str, dict[str, Any]]:
    """The SQL of what is asked, and its values."""
    given = {name: getattr(asked, name) for name in _CONDITIONS if getattr(asked, name)}
    parts = [_CONDITIONS[name] for name in given]
    parts += [BOX_CONDITIONS[asked.boxes]] if asked.boxes else []
    parts += [WORK_CONDITIONS[asked.work]] if asked.work else []
    return "".join(f" and {part}" for part in parts), given
