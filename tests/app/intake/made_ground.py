"""Scenes straight in the database, as an import leaves them before their ground is settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text

from app.db import SessionMaker, transaction
from app.intake.queries import datasets, runs, scenes
from pipeline.imaging.same_ground import fingerprint
from pipeline.records import digest
from pipeline.sources.splits import assign_split, ground_cells

Corners = tuple[tuple[float, float], ...]


@dataclass
class Ground:
    """One scene: what it looks like, where it lies, and which split was published or is its own."""

    name: str
    image: NDArray[np.uint8] | None = None
    corners: Corners | None = None
    published: str | None = None
    split: str | None = None
    parent: str | None = None


def landscape(seed: int, side: int = 96) -> NDArray[np.uint8]:
    """A scene with fields and roads: strong structure, another for each seed."""
    chance = np.random.default_rng(seed)
    coarse = chance.integers(20, 235, (12, 12)).astype(np.float64)
    return np.kron(coarse, np.ones((side // 12, side // 12))).astype(np.uint8)


def another_look(image: NDArray[np.uint8], seed: int = 0) -> NDArray[np.uint8]:
    """The same ground on another day: other contrast, other speckle."""
    chance = np.random.default_rng(seed)
    return np.clip(image * 0.8 + 15 + chance.normal(0, 6, image.shape), 0, 255).astype(np.uint8)


def open_sea(seed: int, side: int = 96) -> NDArray[np.uint8]:
    """Nothing but speckle."""
    return np.clip(np.random.default_rng(seed).normal(90, 20, (side, side)), 0, 255).astype(np.uint8)


def square(lon: float, lat: float, side_deg: float = 0.004) -> Corners:
    """A footprint of some hundred metres, by its upper left corner."""
    return ((lon, lat), (lon + side_deg, lat), (lon + side_deg, lat - side_deg), (lon, lat - side_deg))


def add_ground(sessions: SessionMaker, dataset: str, grounds: Sequence[Ground], seed: int = 0) -> int:
    """Store the scenes in the given order, unsettled; the id of a run of theirs."""
    with transaction(sessions) as session:
        session.execute(
            text("insert into asset values (:sha256, 'image/tiff', 1) on conflict do nothing"), {"sha256": "a" * 64}
        )
        dataset_id = datasets.add_dataset(session, dataset, "paired", seed, 1).dataset_id
        scenes.add_scenes(session, [_row(ground, dataset_id, seed) for ground in grounds])
        return runs.add_run(session, dataset_id, "import", {})


def _row(ground: Ground, dataset_id: int, seed: int) -> dict[str, object]:
    image = open_sea(1) if ground.image is None else ground.image
    seen = fingerprint(image, np.ones(image.shape, bool))
    cells = list(ground_cells(ground.corners)) if ground.corners else []
    own = assign_split(seed, cells, seen.duplicate_hash, ground.published)
    return {
        "dataset_id": dataset_id,
        "name": ground.name,
        "source_sha256": digest([ground.name, seen.thumbnail]),
        "rows": image.shape[0],
        "cols": image.shape[1],
        "split": ground.split or own,
        "published_split": ground.published,
        "ground_cells": [f"{cell[0]}:{cell[1]}" for cell in cells],
        "duplicate_hash": seen.duplicate_hash,
        "thumbnail": bytes.fromhex(seen.thumbnail),
        "structure": seen.structure,
        "parent": ground.parent,
        "chip_window": [0, 0, 96, 96, 960, 960] if ground.parent else None,
        "ground": {"crs": "EPSG:4326", "lonlat_corners": ground.corners} if ground.corners else None,
        "sar_sha256": "a" * 64,
        "processed_sha256": "a" * 64,
        "unit": "dn",
        "limits_low": 0.0,
        "limits_high": 255.0,
        "histogram": {},
        "provenance": {},
    }


@dataclass(frozen=True)
class Found:
    """What was settled of a scene."""

    split: str
    group: str | None
    is_settled: bool


def settled(sessions: SessionMaker, dataset: str | None = None) -> dict[str, Found]:
    """By name."""
    query = (
        "select scene.name, split, duplicate_group, is_grouped from scene join dataset using (dataset_id)"
        " where cast(:dataset as text) is null or dataset.name = :dataset order by scene.name"
    )
    with sessions() as session:
        return {row[0]: Found(*row[1:]) for row in session.execute(text(query), {"dataset": dataset})}
