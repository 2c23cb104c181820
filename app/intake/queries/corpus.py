"""What drafting the corpus reads of many scenes at once, and the numbers of its policy, kept with the run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, cast

from sqlalchemy import text
from sqlalchemy.orm import Session

from pipeline.drafting.box_arrays import BoxedScene
from pipeline.records import ObjectBox

_CATEGORIES: Final = text("""
select category, count(distinct scene_id) as scenes from object_box
where scene_id in (select scene_id from scene where dataset_id = :dataset_id)
group by category order by category
""")

_IDS: Final = text("""
select scene_id from scene where dataset_id = :dataset_id and scene_id > :after order by scene_id limit :limit
""")

_SCENES: Final = text("""
select scene_id, name, rows, cols, cast(metadata -> 'labelled' as text), land_cover from scene
where scene_id = any(:scene_ids) order by scene_id
""")

_BOXES: Final = text("""
select scene_id, source_box_id, category, x_min, y_min, width, height, is_cut from object_box
where scene_id = any(:scene_ids) order by scene_id, number
""")


_KEEP: Final = text("""
update run set parameters = parameters || jsonb_build_object('fit', cast(:fit as jsonb)) where run_id = :run_id
""")


def count_categories(session: Session, dataset_id: int) -> dict[str, int]:
    """In how many scenes of the dataset each category has a box."""
    return {row.category: row.scenes for row in session.execute(_CATEGORIES, {"dataset_id": dataset_id})}


def scenes_behind(session: Session, dataset_id: int, after: int, limit: int) -> list[int]:
    """The next scenes of the dataset, by id."""
    return list(session.execute(_IDS, {"dataset_id": dataset_id, "after": after, "limit": limit}).scalars())


def load_boxed(session: Session, scene_ids: Sequence[int]) -> dict[int, BoxedScene]:
    """The scenes by id, in the order of their ids; two statements, however many they are."""
    values = {"scene_ids": list(scene_ids)}
    boxes: dict[int, list[ObjectBox]] = {}
    # Fetched all at once and unpacked: rows that are fetched one by one and asked by name take three times as long.
    for scene_id, *box in session.execute(_BOXES, values).all():
        boxes.setdefault(scene_id, []).append(ObjectBox(*box))
    return {
        scene_id: BoxedScene(name, (rows, cols), boxes.get(scene_id, ()), _labels(labelled), land_cover or {})
        for scene_id, name, rows, cols, labelled, land_cover in session.execute(_SCENES, values).all()
    }


def keep_fit(session: Session, run_id: int, fit: Mapping[str, Any]) -> None:
    """Write the fitted numbers of the policy into the run's parameters."""
    session.execute(_KEEP, {"run_id": run_id, "fit": json.dumps(fit)})


def kept_fit(session: Session, run_id: int) -> dict[str, Any] | None:
    """Those numbers, if they were written."""
    query = text("select parameters -> 'fit' from run where run_id = :run_id")
    return cast("dict[str, Any] | None", session.execute(query, {"run_id": run_id}).scalar_one())


@lru_cache(maxsize=4096)
def _labels(stored: str | None) -> tuple[str, ...]:
    """The labelled categories, which are the same in many scenes, read once."""
    return tuple(json.loads(stored or "null") or ())
