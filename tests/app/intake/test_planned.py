"""What is planned of an import: scenes as the database keeps them, and chunks of them."""

from __future__ import annotations

import json
from pathlib import Path

from app.intake.workflow.planned import CHUNK_BYTES, CHUNK_SCENES, PlannedScene, encoded, in_chunks
from pipeline.records import ObjectBox, Refusal, Scene, SceneMetadata


def test_a_scene_survives_the_database(tmp_path: Path) -> None:
    scene = Scene(
        name="a/b 港.tif",
        sar_path=tmp_path / "a.tif",
        optical_path=tmp_path / "o.tif",
        size=(7, 9),
        boxes=(ObjectBox("1", "ship", 0.5, 1, 2, 3, is_cut=True),),
        published_split="val",
        metadata=SceneMetadata(sensor="X", pixel_spacing_m=(0.5, 0.25), labelled=("ship",)),
        band="HH",
        quantity="amplitude",
        land_cover_path=tmp_path / "l.tif",
        land_cover_classes={1: "water"},
    )
    planned = PlannedScene(scene, "test")
    stored = encoded(planned)
    assert isinstance(stored, str)
    assert PlannedScene.from_json(json.loads(stored)) == planned
    assert planned.split == "test"
    plain = PlannedScene(Scene("p", tmp_path / "p.png"))
    assert PlannedScene.from_json(json.loads(str(encoded(plain)))) == plain


def test_numbers_that_are_not_finite_refuse_their_scene(tmp_path: Path) -> None:
    box = ObjectBox("1", "ship", float("nan"), 1, 2, 3)
    refused = encoded(PlannedScene(Scene("a", tmp_path / "a.png", boxes=(box,))))
    assert isinstance(refused, Refusal)
    assert "finite" in refused.reason


def test_chunks_hold_few_scenes_and_a_huge_scene_is_one_by_itself(tmp_path: Path) -> None:
    sizes = [1] * 20 + [CHUNK_BYTES + 1] + [1] * 3
    scenes = []
    for number, size in enumerate(sizes):
        path = tmp_path / f"{number}.tif"
        with path.open("wb") as file:
            file.truncate(size)
        scenes.append(Scene(path.name, path))
    chunks = list(in_chunks(scenes))
    assert [len(chunk) for chunk in chunks] == [CHUNK_SCENES, 4, 1, 3]
    assert [scene for chunk in chunks for scene in chunk] == scenes
