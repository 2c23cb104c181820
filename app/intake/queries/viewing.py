"""What is shown of a scene in the viewer: the same columns on the page of a reviewer and of an admin."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from app.intake.queries.pairs import DECISION_OF, IS_HELD

SHOWN: Final = """
s.name, s.rows, s.cols, s.unit, s.split, s.metadata, s.sar_sha256, s.processed_sha256, s.optical_sha256,
s.optical_note, s.limits_low, s.limits_high, s.histogram, s.ground, s.provenance, s.pair_state, s.registration,
decided.decision as pair_decision,
(select jsonb_build_array(n.down_px, n.right_px) from pair_nudge n
    where n.scene_id = s.scene_id and n.created_at > coalesce(decided.created_at, '-infinity')
    order by n.pair_nudge_id desc limit 1) as nudge_px,
(select jsonb_agg(to_jsonb(p) order by p.polarisation) from polarisation p
    where p.scene_id = s.scene_id) as other_polarisations
"""
"""Of the scene ``s``, with :data:`app.intake.queries.pairs.DECISION_OF` among what is joined.

``nudge_px``: by how much a person moved the optical image, unless an admin has decided on the pair since."""

BOXES_OF: Final = """
(select coalesce(json_agg(json_build_object('number', o.number, 'source_box_id', o.source_box_id,
    'category', o.category, 'x_min', o.x_min, 'y_min', o.y_min, 'width', o.width, 'height', o.height,
    'is_cut', o.is_cut) order by o.number), '[]') from object_box o where o.scene_id = s.scene_id)
"""
"""The boxes of the scene ``s`` by number, as one value: for who asks of a scene anyway."""

BOXES: Final = text("""
select number, source_box_id, category, x_min, y_min, width, height, is_cut from object_box
where scene_id = :scene_id order by number
""")

_SCENE: Final = text(f"""
select s.scene_id, t.name as dataset, {SHOWN}, s.published_split, s.duplicate_group, s.is_grouped, s.structure,
    s.parent, s.chip_window, s.land_cover, s.original, s.created_at, t.licence as dataset_licence,
    t.citation as dataset_citation, t.source as dataset_source, decided.created_at as decided_at, {IS_HELD} as is_held,
    (select count(*) from packet where packet.scene_id = s.scene_id) as packets,
    (select count(*) from draft where draft.scene_id = s.scene_id and draft.origin = 'drafted') as drafts,
    (select settings from viewer_setting v
        where v.dataset_id = s.dataset_id and v.reviewer = :reader) as viewer_settings
from scene s join dataset t using (dataset_id) {DECISION_OF}
where t.name = :dataset and s.scene_id = :scene_id
""")  # noqa: S608  (parts of our own)


@dataclass(frozen=True, slots=True)
class SceneRows:
    """A scene as stored, with its boxes; :mod:`app.intake.views` gives it its form."""

    scene: RowMapping
    boxes: Sequence[RowMapping]


def scene_rows(session: Session, dataset: str, scene_id: int, reader: uuid.UUID) -> SceneRows | None:
    """All that a page shows ``reader`` of one scene; None if the dataset has no such scene."""
    values = {"dataset": dataset, "scene_id": scene_id, "reader": reader}
    scene = session.execute(_SCENE, values).mappings().one_or_none()
    return None if scene is None else SceneRows(scene, scene_boxes(session, scene_id))


def scene_boxes(session: Session, scene_id: int) -> Sequence[RowMapping]:
    """The scene's object boxes by number."""
    return session.execute(BOXES, {"scene_id": scene_id}).mappings().all()
