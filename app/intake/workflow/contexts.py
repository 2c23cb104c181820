"""How a scene and a dataset's policy look to screening: one way for stored drafts and for what is being typed."""

from __future__ import annotations

from collections.abc import Sequence

from app.intake.queries.scenes import StoredScene
from pipeline.records import Draft
from pipeline.screening import SceneContext
from pipeline.screening.orientation import is_north_up


def context_of(scene: StoredScene, others: Sequence[Draft]) -> SceneContext:
    """The scene as the rules know it, with its texts in the order in which they were written."""
    known = scene.metadata
    spacing = known.pixel_spacing_m
    return SceneContext(
        size=(scene.rows, scene.cols),
        # The side of a square pixel of the same area.
        gsd_m=None if spacing is None else (spacing[0] * spacing[1]) ** 0.5,
        # A scene that nobody annotated says nothing of what is not in it.
        boxes=scene.boxes if scene.boxes or known.labelled else None,
        labelled=known.labelled,
        is_north_up=is_north_up(scene.lonlat_corners),
        others=tuple(others),
    )
