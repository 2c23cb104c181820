"""Two small scenes, a pair on the ground and a SAR image alone: imported, drafted, screened and packed as any."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import from_origin
from sqlalchemy import text

from app.accounts.workflow import add_person, log_in
from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.intake.imports import import_dataset
from app.intake.queries.drafts import SceneDraft, add_drafter, add_drafts
from app.intake.workflow.options import ImportOptions
from app.intake.workflow.screening import screen_dataset
from pipeline.records import Draft, Drafter

DATASET = "quays"
EMAIL = "mori@example.org"
PASSWORD = "correct horse battery"
ROWS, COLS = 300, 400
DECIBELS = np.linspace(-24, 2, ROWS * COLS, dtype=np.float32).reshape(ROWS, COLS)
NO_DATA = (slice(0, 40), slice(0, 60))


@dataclass(frozen=True)
class Given:
    """A draft that every scene gets."""

    kind: str
    text: str
    answer: str | None = None
    question_type: str | None = None
    box_ids: tuple[str, ...] = ()


HOSTILE = "<img src=x onerror=alert(1)> ما هو شكل الميناء؟ 🚢"
GIVEN = (
    Given("concise_caption", "A quay with a ship."),
    Given("complex_caption", "A green quay with several ships lies beside the river."),
    Given("question", "How many ships are visible in the image?", "1", "counting", ("1",)),
    Given("question", HOSTILE, "في صف", "general"),
)


def write_sources(folder: Path) -> Path:
    """The files as a user has them: ``sar/``, ``optical/`` for the first scene only, and ``boxes.json``."""
    grid = from_origin(500_000, 5_750_000, 2, 2)
    sar = DECIBELS.copy()
    sar[NO_DATA] = np.nan
    colours = np.stack([np.full((ROWS, COLS), value, np.uint8) for value in (40, 90, 140)])
    colours[0, :, : COLS // 2] = 200
    for part in ("sar", "optical"):
        (folder / part).mkdir()
    shape = {"driver": "GTiff", "height": ROWS, "width": COLS}
    with rasterio.open(
        folder / "sar/a.tif", "w", **shape, count=1, dtype="float32", nodata=np.nan, crs="EPSG:32631", transform=grid
    ) as file:
        file.write(sar, 1)
        file.set_band_description(1, "VV")
    with rasterio.open(
        folder / "optical/a.tif", "w", **shape, count=3, dtype="uint8", crs="EPSG:32631", transform=grid
    ) as file:
        file.write(colours)
    with rasterio.open(folder / "sar/b.tif", "w", **shape, count=1, dtype="float32") as file:
        file.write(DECIBELS[::-1].copy(), 1)
    images = [{"id": n, "file_name": f"{name}.tif", "width": COLS, "height": ROWS} for n, name in enumerate("ab", 1)]
    boxes = [{"id": n, "image_id": n, "category_id": 0, "bbox": [150, 100, 80, 60], "area": 4800} for n in (1, 2)]
    coco = {"images": images, "annotations": boxes, "categories": [{"id": 0, "name": "ship"}]}
    (folder / "boxes.json").write_text(json.dumps(coco))
    return folder


def add_scenes(sessions: SessionMaker, store: AssetStore, folder: Path) -> str:
    """Import, draft, screen and seal; and a reviewer, the token of whose session is returned."""
    import_dataset(sessions, store, ImportOptions(name=DATASET, source="paired", path=write_sources(folder)))
    drafter = Drafter(name="captions", version="1", model="gpt-4o", prompt_version="3", parameters={})
    with transaction(sessions) as session:
        scenes = session.execute(text("select scene_id, dataset_id from scene")).all()
        run_id = session.execute(
            text("insert into run (dataset_id, kind, state) values (:id, 'draft', 'done') returning run_id"),
            {"id": scenes[0].dataset_id},
        ).scalar_one()
        drafts = [SceneDraft(scene.scene_id, as_draft(given)) for scene in scenes for given in GIVEN]
        add_drafts(session, run_id, drafter, add_drafter(session, drafter), drafts)
        add_person(session, EMAIL, "Mori", PASSWORD, ["reviewer"])
    screen_dataset(sessions, DATASET)
    with transaction(sessions) as session:
        return log_in(session, EMAIL, PASSWORD)


def as_draft(given: Given) -> Draft:
    return Draft(
        kind=given.kind,  # type: ignore[arg-type]
        question_type=given.question_type,  # type: ignore[arg-type]
        text=given.text,
        answer=given.answer,
        box_ids=given.box_ids,
    )
