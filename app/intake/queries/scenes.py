"""Scenes, their boxes and assets: written in chunks, found again by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import null, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.assets import Asset
from app.db.tables.intake import Asset as AssetRow
from app.db.tables.intake import Polarisation as PolarisationRow
from app.db.tables.intake import Scene as SceneRow
from app.intake.queries.copying import copy_rows
from pipeline.records import ObjectBox, SceneMetadata

BOX_COLUMNS = ("scene_id", "number", "source_box_id", "category", "x_min", "y_min", "width", "height", "is_cut")


@dataclass(frozen=True, slots=True)
class StoredScene:
    """A scene as drafting and screening need it."""

    scene_id: int
    name: str
    rows: int
    cols: int
    metadata: SceneMetadata
    optical_sha256: str | None
    boxes: tuple[ObjectBox, ...]
    lonlat_corners: Sequence[Sequence[float]] | None = None
    """Top left, top right, bottom right, bottom left, where the scene has ground coordinates."""


def add_assets(session: Session, assets: Iterable[Asset]) -> None:
    """Say that the store has these files."""
    # In one order everywhere, so that two imports that share files cannot wait for each other in a circle.
    rows = [
        {"sha256": asset.sha256, "media_type": asset.media_type, "bytes": asset.bytes}
        for asset in sorted(set(assets), key=lambda asset: asset.sha256)
    ]
    if rows:
        session.execute(insert(AssetRow).values(rows).on_conflict_do_nothing())


def add_scenes(session: Session, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Add scenes of one dataset; those whose name another import wrote meanwhile are left out. Ids by name."""
    if not rows:
        return {}
    # None in a column of JSON would be stored as JSON's null, which is not null to SQL.
    values = [{column: null() if value is None else value for column, value in row.items()} for row in rows]
    added = insert(SceneRow).values(values).on_conflict_do_nothing().returning(SceneRow.name, SceneRow.scene_id)
    return {row.name: row.scene_id for row in session.execute(added)}


def add_boxes(session: Session, boxes: Mapping[int, Sequence[ObjectBox]]) -> int:
    """The boxes of new scenes, numbered from 1 as the source lists them. Returns how many."""
    rows = (
        (scene_id, number, box.box_id, box.category, box.x_min, box.y_min, box.width, box.height, box.is_cut)
        for scene_id, listed in boxes.items()
        for number, box in enumerate(listed, 1)
    )
    return copy_rows(session, "object_box", BOX_COLUMNS, rows)


def add_polarisations(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Other polarisations of new scenes."""
    if rows:
        session.execute(insert(PolarisationRow).values(list(rows)))


def load_scenes(session: Session, scene_ids: Sequence[int]) -> list[StoredScene]:
    """The scenes with their boxes, by id; two statements, however many they are."""
    query = select(
        SceneRow.scene_id,
        SceneRow.name,
        SceneRow.rows,
        SceneRow.cols,
        SceneRow.metadata_,
        SceneRow.optical_sha256,
        SceneRow.ground["lonlat_corners"].label("lonlat_corners"),
    ).where(SceneRow.scene_id.in_(scene_ids))
    boxes = _boxes_of(session, scene_ids)
    return [
        StoredScene(
            scene_id=row.scene_id,
            name=row.name,
            rows=row.rows,
            cols=row.cols,
            metadata=SceneMetadata.from_json(row.metadata_),
            optical_sha256=row.optical_sha256,
            boxes=tuple(boxes.get(row.scene_id, ())),
            lonlat_corners=row.lonlat_corners,
        )
        for row in session.execute(query.order_by(SceneRow.scene_id))
    ]


def _boxes_of(session: Session, scene_ids: Sequence[int]) -> dict[int, list[ObjectBox]]:
    query = text(
        "select scene_id, source_box_id, category, x_min, y_min, width, height, is_cut from object_box"
        " where scene_id = any(:scene_ids) order by scene_id, number"
    )
    boxes: dict[int, list[ObjectBox]] = {}
    for scene_id, *values in session.execute(query, {"scene_ids": list(scene_ids)}):
        boxes.setdefault(scene_id, []).append(ObjectBox(*values))
    return boxes


def count_scenes(session: Session, dataset_id: int) -> int:
    """How many scenes the dataset has, counted."""
    query = text("select count(*) from scene where dataset_id = :dataset_id")
    return int(session.execute(query, {"dataset_id": dataset_id}).scalar_one())
