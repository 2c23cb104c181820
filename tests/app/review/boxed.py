"""Datasets whose boxes are judged first: scenes with boxes, their corpus, screened and sealed as users have it done."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.intake.workflow.corpus import CorpusOptions, draft_corpus
from app.intake.workflow.screening import screen_dataset
from app.review.workflow import BoxSubmission
from pipeline.programs.rederiving import BoxVerdict
from tests.app.review.factories import Hand, rows

BOXES = (
    ("ship", 10, 40, 16, 16), ("ship", 14, 80, 16, 16), ("ship", 24, 60, 12, 12), ("tank", 170, 48, 16, 16),
)  # fmt: skip
"""In a scene of 100 rows and 200 columns: three ships on the left, a tank on the right."""

SEED = 14
"""With it the nine questions of the first scene ask how many ships and bridges there are, and what its first box is."""

_MAKE = """
with asset_rows as (
    insert into asset (sha256, media_type, bytes) values (repeat('a', 64), 'image/tiff', 10) on conflict do nothing
), dataset_row as (
    insert into dataset (name, source, reviews_wanted, boxes_first, box_sample_share)
    values (:name, 'coco', :wanted, true, :share) returning dataset_id
), scene_rows as (
    insert into scene (dataset_id, name, source_sha256, rows, cols, split, metadata, sar_sha256, processed_sha256, unit,
        limits_low, limits_high, histogram, provenance, is_grouped)
    select dataset_id, 'scene ' || n, 'x', 100, 200, 'test', '{"labelled": ["ship", "tank", "bridge"]}',
        repeat('a', 64), repeat('a', 64), 'dn', 0, 255, '{"low": 0, "high": 255, "counts": []}', '{"scale": 1}', true
    from dataset_row cross join generate_series(1, :scenes) as n returning scene_id
)
insert into object_box (scene_id, number, source_box_id, category, x_min, y_min, width, height)
select scene_id, b.number, 'id-' || b.number, b.category, b.x, b.y, b.w, b.h
from scene_rows cross join jsonb_to_recordset(cast(:boxes as jsonb))
    as b (number int, category text, x float8, y float8, w float8, h float8)
"""


def add_boxed(
    sessions: SessionMaker,
    scenes: int = 1,
    *,
    name: str = "quays",
    wanted: int = 1,
    share: float = 0.0,
    per_scene: int | None = 9,
    boxes: Sequence[tuple[Any, ...]] = BOXES,
) -> None:
    """So many scenes, all with these boxes, of each ``per_scene`` questions (None: all that can be asked)."""
    names = ("category", "x", "y", "w", "h")
    listed = [{"number": number, **dict(zip(names, box, strict=True))} for number, box in enumerate(boxes, 1)]
    with transaction(sessions) as session:
        asked = {"name": name, "scenes": scenes, "wanted": wanted, "share": share, "boxes": json.dumps(listed)}
        session.execute(text(_MAKE), asked)
    draft_corpus(sessions, CorpusOptions(name, per_scene=per_scene, seed=SEED, policy="complete"))
    screen_dataset(sessions, name)


def box_set(hand: Hand, *changed: BoxVerdict, boxes: int = len(BOXES), **given: Any) -> BoxSubmission:
    """A judged set: all boxes right but for what is given."""
    said = {number: BoxVerdict(number, "right") for number in range(1, boxes + 1)}
    said |= {verdict.number: verdict for verdict in changed}
    return BoxSubmission(given.pop("submission_id", uuid.uuid4()), hand.assignment_id, tuple(said.values()), **given)


def programs(session: Session, packet_id: int) -> dict[str, tuple[int, str]]:
    """``{program: (draft id, answer)}`` of a packet."""
    query = "select program, draft_id, answer from packet_draft join draft using (draft_id) where packet_id = :id"
    return {program: (draft_id, answer) for program, draft_id, answer in rows(session, query, id=packet_id)}
