"""What drafting the corpus reads of many scenes at once, and the numbers of its policy, kept with the run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
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
select scene_id, name, rows, cols, metadata -> 'labelled' as labelled, land_cover from scene
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
    # All at once: one after another they take three times as long.
    rows = session.execute(_BOXES, {"scene_ids": list(scene_ids)}).all()
    boxes = {scene_id: [ObjectBox(*row[1:]) for row in found] for scene_id, found in groupby(rows, _scene_id)}
    return {
        row.scene_id: BoxedScene(
            name=row.name,
            size=(row.rows, row.cols),
            boxes=boxes.get(row.scene_id, ()),
            labelled=tuple(row.labelled or ()),
            land_cover=row.land_cover or {},
        )
        for row in session.execute(_SCENES, {"scene_ids": list(scene_ids)}).all()
    }


def keep_fit(session: Session, run_id: int, fit: Mapping[str, Any]) -> None:
    """Write the fitted numbers of the policy into the run's parameters."""
    session.execute(_KEEP, {"run_id": run_id, "fit": json.dumps(fit)})


def kept_fit(session: Session, run_id: int) -> dict[str, Any] | None:
    """Those numbers, if they were written."""
    query = text("select parameters -> 'fit' from run where run_id = :run_id")
    return cast("dict[str, Any] | None", session.execute(query, {"run_id": run_id}).scalar_one())


def _scene_id(row: Any) -> int:
    return int(row[0])
