"""Simulated scenes as files that the ordinary import reads: a paired folder with COCO boxes. Needs rasterio."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import rasterio
from numpy.typing import NDArray

from pipeline.records import SceneMetadata
from pipeline.simulation.captions import demo_replies
from pipeline.simulation.scenes import SimulatedScene, simulate_demo

_AMPLITUDE: Final = frozenset({4, 12, 20})
"""Scenes of the demo, by place in the list, that are written as uint16 amplitude, the others as float32 power."""
_WEDGE: Final = frozenset({7, 17})
"""Scenes of the demo whose SAR image lacks a corner, as at the edge of a strip."""
AMPLITUDE_SCALE: Final = 2000.0
"""uint16 value of amplitude 1 (sigma nought 0 dB)"""


def write_demo(folder: Path, seed: int = 0) -> list[SimulatedScene]:
    """Simulate the demo and write it below ``folder``, which is made if absent.

    ``sar/NAME.tif`` (float32 linear power; three uint16 amplitude; two with a wedge of NaN), ``optical/NAME.tif``,
    ``boxes.json`` (COCO), ``metadata.json`` and ``truth.json`` (both by scene name), and ``replay/replies.jsonl``.
    Scenes are named as the paired reader names them: ``sar/NAME.tif``.
    """
    scenes = simulate_demo(seed)
    for number, scene in enumerate(scenes):
        write_scene(folder, scene, as_amplitude=number in _AMPLITUDE, with_wedge=number in _WEDGE)
    write_descriptions(folder, scenes)
    replay = folder / "replay"
    replay.mkdir(exist_ok=True)
    lines = demo_replies([(scene_name(scene), scene) for scene in scenes])
    text = "".join(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n" for line in lines)
    (replay / "replies.jsonl").write_text(text, encoding="utf-8")
    return scenes


def scene_name(scene: SimulatedScene) -> str:
    """The name under which the paired reader finds the scene."""
    return f"sar/{scene.name}.tif"


def write_scene(folder: Path, scene: SimulatedScene, *, as_amplitude: bool = False, with_wedge: bool = False) -> None:
    """Write both images of a scene as GeoTIFF with CRS, at ``sar/`` and ``optical/`` below ``folder``.

    As amplitude the SAR image is uint16, ``2000 × sqrt(power)``; a wedge without data is NaN, or 0 with 0 as nodata.
    """
    power = scene.power.copy()
    if with_wedge:
        down, right = np.indices(power.shape)
        power[down / power.shape[0] + 0.6 * right / power.shape[1] < 0.22] = np.nan
    if as_amplitude:
        amplitude = np.clip(np.rint(AMPLITUDE_SCALE * np.sqrt(np.nan_to_num(power))), 0, 65535).astype(np.uint16)
        _write(folder / "sar" / f"{scene.name}.tif", amplitude[None], scene, 0 if with_wedge else None)
    else:
        _write(folder / "sar" / f"{scene.name}.tif", power[None], scene, float("nan") if with_wedge else None)
    _write(folder / "optical" / f"{scene.name}.tif", np.moveaxis(scene.optical, 2, 0), scene, None)


def _write(file: Path, bands: NDArray[Any], scene: SimulatedScene, nodata: float | None) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    profile = {
        "driver": "GTiff",
        "count": bands.shape[0],
        "height": bands.shape[1],
        "width": bands.shape[2],
        "dtype": bands.dtype.name,
        "crs": scene.crs,
        "transform": rasterio.Affine(*scene.transform),
        "nodata": nodata,
        "compress": "deflate",
        "zlevel": 1,
    }
    with rasterio.open(file, "w", **profile) as written:
        written.write(bands)


def write_descriptions(folder: Path, scenes: Sequence[SimulatedScene]) -> None:
    """Write ``boxes.json`` (COCO), ``metadata.json`` and ``truth.json`` for scenes below ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_json(folder / "boxes.json", coco(scenes))
    _write_json(folder / "metadata.json", {scene_name(scene): _plain(scene.metadata) for scene in scenes})
    _write_json(folder / "truth.json", {scene_name(scene): scene.truth.as_json() for scene in scenes})


def coco(scenes: Sequence[SimulatedScene]) -> dict[str, Any]:
    """The boxes of scenes as a COCO document; annotation ids are unique over all scenes."""
    categories = sorted({category for scene in scenes for category in scene.metadata.labelled})
    ids = {category: number for number, category in enumerate(categories)}
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for image_id, scene in enumerate(scenes, 1):
        rows, cols = scene.power.shape
        images.append({"id": image_id, "file_name": scene_name(scene), "width": cols, "height": rows})
        for box in scene.boxes:
            bbox = [box.x_min, box.y_min, box.width, box.height]
            entry = {"id": len(annotations) + 1, "image_id": image_id, "category_id": ids[box.category], "bbox": bbox}
            annotations.append(entry | {"area": box.width * box.height, "iscrowd": 0})
    named = [{"id": number, "name": category} for category, number in ids.items()]
    return {"images": images, "annotations": annotations, "categories": named}


def _plain(metadata: SceneMetadata) -> dict[str, Any]:
    return {key: value for key, value in metadata.as_json().items() if value is not None}


def _write_json(file: Path, document: Any) -> None:
    file.write_text(json.dumps(document, sort_keys=True, indent=1) + "\n", encoding="utf-8")
