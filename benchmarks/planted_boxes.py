"""Scenes with mistakes planted in their boxes, and what a reviewer who knows the truth says of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.intake.queries import datasets, scenes
from benchmarks.counted_answers import Seen
from pipeline.drafting.coco_boxes import read_coco_boxes
from pipeline.programs.rederiving import BoxVerdict
from pipeline.records import ObjectBox, SceneMetadata
from pipeline.vocabulary import SARDET_CATEGORIES
from tests.app.intake.made_scenes import scene_row
from tests.app.intake.made_sources import make_picture

TrueScene = tuple[tuple[int, int], tuple[str, ...], list[Seen]]
"""(rows, cols), the categories that were looked for, and what is there."""

LOST, RECLASSED, INVENTED = 0.06, 0.08, 0.15
"""Of boxes, those that are left out and those of another class; of scenes, those with a box that is not there."""


@dataclass(frozen=True)
class Case:
    """A scene as it is, as it was imported, and what a reviewer says of its boxes."""

    size: tuple[int, int]
    looked_for: tuple[str, ...]
    truth: tuple[Seen, ...]
    imported: tuple[Seen, ...]
    said: tuple[BoxVerdict, ...]


def real_scenes(paths: Sequence[Path]) -> list[TrueScene]:
    """Size, categories and boxes of each image that has any; boxes cut to the image."""
    files = [file for path in paths for file in (sorted(path.rglob("*.json")) if path.is_dir() else [path])]
    found = []
    for file in files:
        read = read_coco_boxes(file)
        for image in read.images:
            boxes = [_seen(box, image.size) for box in image.boxes]
            if boxes:
                found.append((image.size, read.categories, boxes))
    return found


def made_scenes(count: int, rng: random.Random) -> list[TrueScene]:
    """As SARDet's: 512 × 512 pixels, mostly one class, one box to a dozen."""
    scenes_made = []
    for _ in range(count):
        main = rng.choice(SARDET_CATEGORIES)
        count_here = rng.choice((1, 2, 3, 5, 8, 12))
        kinds = [main if rng.random() < 0.85 else rng.choice(SARDET_CATEGORIES) for _ in range(count_here)]
        boxes = [Seen(str(at), kind, _random_box(rng, (512, 512))) for at, kind in enumerate(kinds, 1)]
        scenes_made.append(((512, 512), SARDET_CATEGORIES, boxes))
    return scenes_made


def _seen(box: ObjectBox, size: tuple[int, int]) -> Seen:
    rows, cols = size
    x0, y0 = max(0.0, box.x_min), max(0.0, box.y_min)
    x1, y1 = min(float(cols), box.x_min + box.width), min(float(rows), box.y_min + box.height)
    return Seen(box.box_id, box.category, (x0, y0, x1 - x0, y1 - y0))


def _random_box(rng: random.Random, size: tuple[int, int]) -> tuple[float, float, float, float]:
    side = rng.uniform(12, 60)
    return round(rng.uniform(0, size[1] - side), 1), round(rng.uniform(0, size[0] - side), 1), side, side


def planted(size: tuple[int, int], looked_for: tuple[str, ...], truth: Sequence[Seen], rng: random.Random) -> Case:
    """The scene with mistakes in its boxes, and what is to be said of them."""
    imported: list[Seen] = []
    said: list[BoxVerdict] = []
    lost: list[Seen] = []
    for seen in truth:
        number, luck = len(imported) + 1, rng.random()
        if luck < LOST:
            lost.append(seen)
            continue
        wrong = luck < LOST + RECLASSED and len(looked_for) > 1
        kind = rng.choice([other for other in looked_for if other != seen.kind]) if wrong else seen.kind
        imported.append(Seen(seen.name, kind, seen.box))
        said.append(BoxVerdict(number, "wrong_class", seen.kind) if wrong else BoxVerdict(number, "right"))
    if rng.random() < INVENTED:
        imported.append(Seen("invented", rng.choice(looked_for), _random_box(rng, size)))
        said.append(BoxVerdict(len(imported), "spurious"))
    drawn = [BoxVerdict(at, "missing", seen.kind, seen.box) for at, seen in enumerate(lost, len(imported) + 1)]
    return Case(size, looked_for, tuple(truth), tuple(imported), (*said, *drawn))


def add_cases(sessions: SessionMaker, store: AssetStore, folder: Path, name: str, cases: Sequence[Case]) -> None:
    """The cases as a dataset, as an import would have stored it."""
    asset = store.put(make_picture(folder / f"{name}.tif", colours=3), "image/tiff")
    with transaction(sessions) as session:
        dataset_id = datasets.add_dataset(session, name, "coco", 0, 1).dataset_id
        scenes.add_assets(session, [asset])
        rows = [
            {
                **scene_row(dataset_id, number, asset.sha256, case.looked_for, False),
                "rows": case.size[0],
                "cols": case.size[1],
                "metadata_": SceneMetadata(labelled=case.looked_for).as_json(),
            }
            for number, case in enumerate(cases)
        ]
        ids = scenes.add_scenes(session, rows)
        boxes = {ids[row["name"]]: _as_boxes(case) for row, case in zip(rows, cases, strict=True)}
        scenes.add_boxes(session, boxes)


def _as_boxes(case: Case) -> list[ObjectBox]:
    return [ObjectBox(seen.name, seen.kind, *seen.box) for seen in case.imported]
