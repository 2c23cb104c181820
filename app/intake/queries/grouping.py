"""Same ground: which scenes wait to be compared, what is known of the others, and what was settled."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from pipeline.vocabulary import SPLITS

STREAMED: Final = 10_000
"""Rows that are fetched at once of a query over all scenes."""


@dataclass(frozen=True, slots=True)
class GroundScene:
    """A scene as the search for same ground knows it."""

    scene_id: int
    name: str
    source_sha256: str
    split: str
    published_split: str | None
    group: str | None
    is_settled: bool
    parent: str | None
    corners: tuple[tuple[float, float], ...] | None
    """(lon, lat) of the outer corners; None without coordinates."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What was decided of a scene."""

    scene_id: int
    split: str
    group: str | None


@dataclass(frozen=True, slots=True)
class Leakage:
    """How far the published split of a dataset divides what lies at one place."""

    places: int = 0
    """Groups of same ground with scenes on more than one side."""
    scenes: int = 0
    """Of the dataset, in these groups."""
    sides: tuple[str, ...] = ()
    """The parts of the split that have a place in common with another, in the order of the vocabulary."""


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another scene of the same ground."""

    scene_id: int
    name: str
    dataset: str
    split: str


# One search at a time: two would each not see what the other is about to settle.
_LOCK: Final = text("select pg_advisory_xact_lock(hashtextextended('same ground', 0))")

_WAITING: Final = text("""
select scene_id from scene where dataset_id = :dataset_id and not is_grouped order by name collate "C"
""")

# Flat images are in no index: nothing tells one open sea from another.
_HASHES: Final = text("""
select scene_id, ('x' || duplicate_hash)::bit(64)::bigint as bits from scene
where is_grouped and structure >= :least and length(duplicate_hash) = 16 and thumbnail is not null
""")

_HASHES_OF: Final = text("""
select scene_id, ('x' || duplicate_hash)::bit(64)::bigint as bits from scene
where scene_id = any(:scene_ids) and structure >= :least and length(duplicate_hash) = 16 and thumbnail is not null
""")

_SCENES: Final = text("""
select scene_id, name, source_sha256, split, published_split, duplicate_group as "group", is_grouped as is_settled,
    parent, case when jsonb_typeof(ground) = 'object' then ground -> 'lonlat_corners' end as corners
from scene where scene_id = any(:scene_ids)
""")

_PRINTS: Final = text("""
select scene_id, duplicate_hash, encode(thumbnail, 'hex') as thumbnail, structure
from scene where scene_id = any(:scene_ids)
""")

_NEIGHBOURS: Final = text("""
select n.scene_id, array_agg(o.scene_id) as others
from scene n join scene o on o.ground_cells && n.ground_cells and o.scene_id <> n.scene_id
    and (o.is_grouped or o.scene_id = any(:scene_ids))
where n.scene_id = any(:scene_ids) and n.ground_cells <> '{}'
group by n.scene_id
""")

_PARENTS: Final = text("""
select parent, min(scene_id) as scene_id from scene
where dataset_id = :dataset_id and is_grouped and parent is not null and ground_cells = '{}' group by parent
""")

_SIDES: Final = text("""
select duplicate_group, array_agg(distinct split) as sides from scene
where duplicate_group = any(:groups) and is_grouped group by duplicate_group
""")

_RENAME: Final = text("""
update scene set duplicate_group = renamed.new
from unnest(cast(:old as text[]), cast(:new as text[])) as renamed(old, new)
where scene.duplicate_group = renamed.old
""")

_SETTLE: Final = text("""
update scene set split = settled.split, duplicate_group = settled.group_, is_grouped = true
from unnest(cast(:scene_ids as bigint[]), cast(:splits as text[]), cast(:groups as text[]))
    as settled(scene_id, split, group_)
where scene.scene_id = settled.scene_id
""")

_PLACES: Final = text("""
select count(distinct duplicate_group) as places, count(*) as scenes from scene
where dataset_id = :dataset_id and duplicate_group is not null
""")

_LEAKAGE: Final = text("""
with divided as (
    select count(*) as scenes, array_agg(distinct published_split) as sides from scene
    where dataset_id = :dataset_id and duplicate_group is not null and published_split in ('train', 'val', 'test')
    group by duplicate_group having count(distinct published_split) > 1
)
select count(*) as places, coalesce(sum(scenes), 0)::bigint as scenes,
    coalesce((select array_agg(distinct side) from divided cross join unnest(sides) as side), '{}') as sides
from divided
""")

_ABROAD: Final = text("""
select count(*) from (
    select duplicate_group from scene where duplicate_group in (
        select duplicate_group from scene where dataset_id = :dataset_id and duplicate_group is not null)
    group by duplicate_group having count(distinct dataset_id) > 1
) as shared
""")

_SIBLINGS: Final = text("""
select scene.scene_id, scene.name, dataset.name as dataset, scene.split from scene join dataset using (dataset_id)
where duplicate_group = (select duplicate_group from scene where scene_id = :scene_id) and scene.scene_id <> :scene_id
order by dataset.name collate "C", scene.name collate "C" limit :limit
""")

_UNSETTLED: Final = text("select count(*) from scene where dataset_id = :dataset_id and not is_grouped")


def dataset_of(session: Session, run_id: int) -> int:
    """The dataset of a run."""
    query = text("select dataset_id from run where run_id = :run_id")
    return int(session.execute(query, {"run_id": run_id}).scalar_one())


def lock_ground(session: Session) -> None:
    """Wait until no other search for same ground is under way; the lock goes with the transaction."""
    session.execute(_LOCK)


def waiting_scenes(session: Session, dataset_id: int) -> list[int]:
    """Ids of the scenes that were not compared yet, in the order of their names."""
    return list(session.execute(_WAITING, {"dataset_id": dataset_id}).scalars())


def settled_hashes(session: Session, least: float) -> Iterator[tuple[int, int]]:
    """(scene_id, hash as a signed 64-bit number) of all settled scenes of at least that much structure."""
    rows = session.execute(_HASHES, {"least": least}, execution_options={"yield_per": STREAMED})
    yield from ((row.scene_id, row.bits) for row in rows)


def hashes_of(session: Session, scene_ids: Sequence[int], least: float) -> dict[int, int]:
    """As :func:`settled_hashes`, of these scenes."""
    rows = session.execute(_HASHES_OF, {"scene_ids": list(scene_ids), "least": least})
    return {row.scene_id: row.bits for row in rows}


def ground_scenes(session: Session, scene_ids: Collection[int]) -> dict[int, GroundScene]:
    """The scenes, by id."""
    rows = session.execute(_SCENES, {"scene_ids": list(scene_ids)}).mappings()
    return {row["scene_id"]: GroundScene(**{**row, "corners": _corners(row["corners"])}) for row in rows}


def _corners(stored: Any) -> tuple[tuple[float, float], ...] | None:
    return None if stored is None else tuple((float(lon), float(lat)) for lon, lat in stored)


def fingerprints(session: Session, scene_ids: Collection[int]) -> dict[int, tuple[str, str, float]]:
    """(hash, thumbnail in hex digits, structure) by id, of scenes that have them."""
    rows = session.execute(_PRINTS, {"scene_ids": list(scene_ids)})
    return {row.scene_id: (row.duplicate_hash, row.thumbnail, row.structure) for row in rows}


def neighbours(session: Session, scene_ids: Sequence[int]) -> dict[int, list[int]]:
    """Of each of these scenes that has coordinates, those that share a ground cell and are settled or among these."""
    rows = session.execute(_NEIGHBOURS, {"scene_ids": list(scene_ids)})
    return {row.scene_id: row.others for row in rows}


def chips_by_parent(session: Session, dataset_id: int) -> dict[str, int]:
    """A settled chip of each parent scene without coordinates."""
    return {row.parent: row.scene_id for row in session.execute(_PARENTS, {"dataset_id": dataset_id})}


def sides_of(session: Session, groups: Collection[str]) -> dict[str, set[str]]:
    """The splits in which settled scenes of the groups lie."""
    return {row.duplicate_group: set(row.sides) for row in session.execute(_SIDES, {"groups": list(groups)})}


def rename_groups(session: Session, names: Mapping[str, str]) -> None:
    """Give the groups ``{old: new}`` their new names, in all scenes."""
    if names:
        session.execute(_RENAME, {"old": list(names), "new": list(names.values())})


def settle(session: Session, decided: Sequence[Settled]) -> None:
    """Write what was decided; the scenes count as compared from then on."""
    columns = {
        "scene_ids": [one.scene_id for one in decided],
        "splits": [one.split for one in decided],
        "groups": [one.group for one in decided],
    }
    session.execute(_SETTLE, columns)


def count_places(session: Session, dataset_id: int) -> tuple[int, int]:
    """(groups of same ground that the dataset has scenes in, these scenes)."""
    row = session.execute(_PLACES, {"dataset_id": dataset_id}).one()
    return row.places, row.scenes


def leakage(session: Session, dataset_id: int) -> Leakage:
    """How many places lie in more than one part of the dataset's published split."""
    row = session.execute(_LEAKAGE, {"dataset_id": dataset_id}).one()
    return Leakage(row.places, row.scenes, tuple(side for side in SPLITS if side in row.sides))


def count_shared_places(session: Session, dataset_id: int) -> int:
    """Places of the dataset of which another dataset has a scene too."""
    return int(session.execute(_ABROAD, {"dataset_id": dataset_id}).scalar_one())


def same_ground(session: Session, scene_id: int, limit: int = 50) -> list[Sibling]:
    """Other scenes that show the same ground, by dataset and name."""
    rows = session.execute(_SIBLINGS, {"scene_id": scene_id, "limit": limit})
    return [Sibling(**row._mapping) for row in rows]


def count_unsettled(session: Session, dataset_id: int) -> int:
    """Scenes that were not compared yet."""
    return int(session.execute(_UNSETTLED, {"dataset_id": dataset_id}).scalar_one())
