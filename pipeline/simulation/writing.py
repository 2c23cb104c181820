"""Simulated scenes as files that the general readers take: paired folders, COCO, and the demo. Needs rasterio."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from pipeline.records import ObjectBox, SceneMetadata
from pipeline.simulation.captions import demo_replies
from pipeline.simulation.rasters import SarForm, write_optical, write_sar
from pipeline.simulation.scenes import SimulatedScene, simulate_demo

_AMPLITUDE: Final = frozenset({4, 12, 20})
"""Scenes of the demo, by place in the list, that are written as uint16 amplitude, the others as float32 power."""
_WEDGE: Final = frozenset({7, 17})
"""Scenes of the demo whose SAR image lacks a corner, as at the edge of a strip."""
_POWER: Final = SarForm()


def write_demo(folder: Path, seed: int = 0) -> list[SimulatedScene]:
    """Simulate the demo and write it below ``folder``, which is made if absent.

    ``sar/NAME.tif`` (float32 linear power; three uint16 amplitude; two with a wedge without data),
    ``optical/NAME.tif``, ``truth/NAME.json``, ``boxes.json`` (COCO), ``metadata.json`` (by scene name), and
    ``replay/replies.jsonl``. Scenes are named as the paired reader names them: ``sar/NAME.tif``.
    """
    scenes = simulate_demo(seed, wedges=_WEDGE)
    for number, scene in enumerate(scenes):
        write_scene(folder, scene, SarForm("amplitude") if number in _AMPLITUDE else _POWER)
    write_descriptions(folder, scenes)
    lines = demo_replies([(scene_name(scene), scene) for scene in scenes])
    text = "".join(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n" for line in lines)
    (folder / "replay").mkdir(exist_ok=True)
    (folder / "replay" / "replies.jsonl").write_text(text, encoding="utf-8")
    return scenes


def write_paired(folder: Path, scenes: Iterable[SimulatedScene], form: SarForm = _POWER) -> list[str]:
    """Write any number of scenes as a paired folder with boxes, metadata and truth; memory holds one scene's arrays.

    Returns the names of the scenes as the paired reader gives them, in order.
    """
    described = []
    for scene in scenes:
        write_scene(folder, scene, form)
        described.append(_without_arrays(scene, form))
    _describe(folder, described)
    return [str(image["file_name"]) for image, *_ in described]


def write_coco(folder: Path, scenes: Iterable[SimulatedScene], form: SarForm = _POWER) -> Path:
    """Write SAR images into ``folder/images`` with one COCO file of all boxes beside it, which is returned."""
    described = []
    for scene in scenes:
        image, boxes, metadata = _without_arrays(scene, form)
        write_sar(folder / "images" / f"{scene.name}{form.suffix}", scene, form)
        described.append((image | {"file_name": f"{scene.name}{form.suffix}"}, boxes, metadata))
    file = folder / "annotations.json"
    write_json(file, coco_document([(image, boxes) for image, boxes, _ in described], _categories(described)))
    return file


def scene_name(scene: SimulatedScene, form: SarForm = _POWER) -> str:
    """The name under which the paired reader finds the scene."""
    return f"sar/{scene.name}{form.suffix}"


def write_scene(folder: Path, scene: SimulatedScene, form: SarForm = _POWER) -> None:
    """Write both images of a scene at ``sar/`` and ``optical/`` below ``folder``, and its truth at ``truth/``."""
    write_sar(folder / scene_name(scene, form), scene, form)
    write_optical(folder / "optical" / f"{scene.name}.tif", scene, is_georeferenced=form.is_georeferenced)
    write_truth(folder / "truth" / f"{scene.name}.json", scene)


def write_truth(file: Path, scene: SimulatedScene) -> None:
    """Write all that is true of a scene as JSON."""
    about = {"name": scene.name, "kind": scene.kind, "place": scene.place.name, "shape": list(scene.power.shape)}
    write_json(file, about | scene.truth.as_json())


def write_descriptions(folder: Path, scenes: Sequence[SimulatedScene]) -> None:
    """Write ``boxes.json`` (COCO) and ``metadata.json`` for scenes below ``folder``."""
    _describe(folder, [_without_arrays(scene, _POWER) for scene in scenes])


_Image = dict[str, Any]
_Described = tuple[_Image, tuple[ObjectBox, ...], SceneMetadata]


def _without_arrays(scene: SimulatedScene, form: SarForm) -> _Described:
    rows, cols = scene.power.shape
    return {"file_name": scene_name(scene, form), "width": cols, "height": rows}, scene.boxes, scene.metadata


def _describe(folder: Path, described: Sequence[_Described]) -> None:
    boxes = coco_document([(image, found) for image, found, _ in described], _categories(described))
    write_json(folder / "boxes.json", boxes)
    write_json(folder / "metadata.json", {image["file_name"]: _plain(about) for image, _, about in described})


def _categories(described: Sequence[_Described]) -> list[str]:
    return sorted({category for _, _, metadata in described for category in metadata.labelled})


def coco_document(images: Sequence[tuple[_Image, Sequence[ObjectBox]]], categories: Sequence[str]) -> dict[str, Any]:
    """Boxes of images as a COCO document; image ids count from 1, annotation ids are unique over all images, and
    category ids are places in ``categories``."""
    listed: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for image_id, (image, boxes) in enumerate(images, 1):
        listed.append({"id": image_id} | image)
        for box in boxes:
            bbox = [box.x_min, box.y_min, box.width, box.height]
            entry = {"id": len(annotations) + 1, "image_id": image_id, "category_id": categories.index(box.category)}
            annotations.append(entry | {"bbox": bbox, "area": box.width * box.height, "iscrowd": 0})
    named = [{"id": number, "name": category} for number, category in enumerate(categories)]
    return {"images": listed, "annotations": annotations, "categories": named}


def _plain(metadata: SceneMetadata) -> dict[str, Any]:
    return {key: value for key, value in metadata.as_json().items() if value is not None}


def write_json(file: Path, document: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, sort_keys=True, indent=1) + "\n", encoding="utf-8")
