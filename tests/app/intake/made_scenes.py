"""Datasets straight in the database, with boxes and one tiny optical image, for what comes after the import."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.intake.queries import datasets, scenes
from pipeline.records import ObjectBox, SceneMetadata
from tests.app.intake.made_sources import make_picture

BOXES = (
    ObjectBox("1", "ship", 10, 10, 12, 8),
    ObjectBox("2", "ship", 15, 60, 12, 8),
    ObjectBox("3", "tank", 50, 50, 20, 20),
)


def make_dataset(
    sessions: SessionMaker,
    store: AssetStore,
    folder: Path,
    *,
    name: str = "harbour",
    count: int = 3,
    reviews: int = 1,
    boxes: tuple[ObjectBox, ...] = BOXES,
    labelled: tuple[str, ...] = ("ship", "tank"),
) -> int:
    """``count`` scenes of 96 × 96 with the same boxes, the last without an optical image. The dataset's id."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        asset = store.put(make_picture(folder / "optical.tif", colours=3), "image/tiff")
    with transaction(sessions) as session:
        dataset = datasets.add_dataset(session, name, "paired", 0, reviews)
        scenes.add_assets(session, [asset])
        rows = [scene_row(dataset.dataset_id, n, asset.sha256, labelled, n < count - 1) for n in range(count)]
        ids = scenes.add_scenes(session, rows)
        scenes.add_boxes(session, dict.fromkeys(ids.values(), boxes))
    return dataset.dataset_id


def scene_row(
    dataset_id: int, number: int, sha256: str, labelled: tuple[str, ...], has_optical: bool
) -> dict[str, Any]:
    metadata = SceneMetadata(labelled=labelled, pixel_spacing_m=(10.0, 10.0))
    return {
        "dataset_id": dataset_id,
        "name": f"sar/scene {number}.tif",
        "source_sha256": f"{number:064x}",
        "rows": 96,
        "cols": 96,
        "split": "train",
        "metadata_": metadata.as_json(),
        "sar_sha256": sha256,
        "processed_sha256": sha256,
        "optical_sha256": sha256 if has_optical else None,
        "unit": "dn",
        "limits_low": 0.0,
        "limits_high": 255.0,
        "histogram": {"low": 0, "high": 255, "counts": [0] * 256},
        "provenance": {},
    }


def found(sessions: SessionMaker, query: str) -> list[Any]:
    """Rows of one column as their values, of several as tuples."""
    with sessions() as session:
        rows = [tuple(row) for row in session.execute(text(query))]
    return [row[0] if len(row) == 1 else row for row in rows]
