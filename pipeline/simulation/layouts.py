"""Simulated scenes in the layouts of published data sets: their folders, names, bands and files of boxes, so that
readers can be tried at any scale against exact counts. Pixels, places and times are invented. Needs rasterio.

Real sizes are the defaults: 900² for SpaceNet 6, 512² for DFC2023 and SARDet-100k, 1024² for OpenEarthMap-SAR. Each
writer returns what a reader has to find, scene by scene, and holds one scene's arrays at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from pipeline.records import ObjectBox
from pipeline.simulation.rasters import SarForm, write_optical, write_raster, write_sar
from pipeline.simulation.scenes import SimulatedScene, simulate
from pipeline.simulation.settings import SceneSettings
from pipeline.simulation.truth import Outline, SceneTruth, clipped
from pipeline.simulation.writing import coco_document, write_json
from pipeline.vocabulary import SARDET_CATEGORIES

SPLITS: Final = ("train", "val", "test")
_STRIPS: Final = (("20190804111224", "20190804111453", 0), ("20190823070500", "20190823070730", 1))
"""Start and end of two strips, and from which side they are seen: 0 north, 1 south."""
_CITIES: Final = ("Copenhagen_55.6761_12.5683", "NewYork_40.7128_-74.0060", "Brasilia_-15.7939_-47.8828")


@dataclass(frozen=True, slots=True)
class WrittenScene:
    """What was written of a scene, and so what a reader has to find."""

    name: str
    """The SAR image's POSIX path below the folder"""
    optical: str | None
    split: str | None
    size: tuple[int, int]
    """(rows, cols)"""
    boxes: tuple[ObjectBox, ...]
    """In the order of the files; of footprints where the data set gives footprints"""
    land_cover: str | None
    truth: SceneTruth


def write_spacenet6(folder: Path, seed: int, number: int, side: int = 900) -> list[WrittenScene]:
    """``train/AOI_11_Rotterdam/``: four polarisations in dB with NaN borders, PS-RGB, building footprints (GeoJSON),
    and ``SummaryData/SAR_orientations.txt``."""
    area, base, written = folder / "train" / "AOI_11_Rotterdam", SceneSettings(rows=side, cols=side), []
    for index in range(number):
        start, end, from_south = _STRIPS[index % len(_STRIPS)]
        settings = replace(
            base,
            place="nordhaven",
            kind=("city", "harbour")[index // len(_STRIPS) % 2],
            spacing_m=0.5,
            incidence_deg=53.0,
            # Seen from the north the radar looks south.
            look_azimuth_deg=0.0 if from_south else 180.0,
            looks=1.0,
            polarisations=("HH", "HV", "VH", "VV"),
            no_data="wedge" if index % 3 == 2 else "border",
        )
        (scene,) = simulate(seed, 1, settings, start=index)
        sar, optical, buildings = (
            f"{product}/SN6_Train_AOI_11_Rotterdam_{product.replace('geojson_buildings', 'Buildings')}"
            f"_{start}_{end}_tile_{index + 1}"
            for product in ("SAR-Intensity", "PS-RGB", "geojson_buildings")
        )
        write_sar(area / f"{sar}.tif", scene, SarForm("db"))
        write_optical(area / f"{optical}.tif", scene)
        outlines = _footprints(scene)
        write_json(area / f"{buildings}.geojson", _geojson(scene, outlines))
        below = area.relative_to(folder).as_posix()
        written.append(_written(scene, f"{below}/{sar}.tif", f"{below}/{optical}.tif", "train", _around(outlines)))
    (area / "SummaryData").mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{start}_{end} {side}\n" for start, end, side in _STRIPS)
    (area / "SummaryData" / "SAR_orientations.txt").write_text(lines, encoding="utf-8")
    return written


def write_dfc2023(folder: Path, seed: int, number: int, side: int = 512, validation: int = 0) -> list[WrittenScene]:
    """``track1/train`` with building outlines in COCO polygons, and ``validation`` more scenes in ``track1/val``
    without any; a file ``._NAME`` lies beside the first, as in the published archives."""
    settings = SceneSettings(rows=side, cols=side, spacing_m=1.0)
    written, listed = [], []
    for index, scene in enumerate(simulate(seed, number + validation, settings)):
        split = "train" if index < number else "val"
        sensor, city = ("SV", "GF2")[index % 2], _CITIES[index % len(_CITIES)]
        latitude, longitude = city.split("_")[1:]
        town = f"{sensor}_{city.split('_')[0]}_{float(latitude) + index / 1000:.4f}_{longitude}"
        stem = town if split == "train" else f"P_{index - number + 1:04d}"
        sar, optical = (f"track1/{split}/{product}/{stem}.tif" for product in ("sar", "rgb"))
        write_sar(folder / sar, scene, SarForm("dn", is_georeferenced=False))
        write_optical(folder / optical, scene, is_georeferenced=False)
        outlines = _footprints(scene) if split == "train" else []
        written.append(_written(scene, sar, optical, split, _around(outlines)))
        listed += [(stem, outlines)] if split == "train" else []
    write_json(folder / "track1" / "buildings_only_train.json", _outlines_document(written, listed))
    if written:
        first = folder / written[0].name
        first.with_name(f"._{first.name}").write_bytes(b"\x00\x05\x16\x07" + bytes(60))
    return written


def write_openearthmap_sar(
    folder: Path, seed: int, number: int, side: int = 1024, validation: int = 0
) -> list[WrittenScene]:
    """``train`` and ``val`` with ``sar_images``, ``rgb_images`` and, for training, ``labels`` of classes 1 to 8."""
    settings, written = SceneSettings(rows=side, cols=side, spacing_m=0.5, looks=1.0), []
    for index, scene in enumerate(simulate(seed, number + validation, settings)):
        split, area = ("train", index + 1) if index < number else ("val", index - number + 1)
        stem = f"{split.capitalize()}Area_{area:03d}.tif"
        sar, optical, labels = (f"{split}/{product}/{stem}" for product in ("sar_images", "rgb_images", "labels"))
        write_sar(folder / sar, scene, SarForm("dn", is_georeferenced=False))
        write_optical(folder / optical, scene, is_georeferenced=False)
        if split == "train":
            write_raster(folder / labels, scene.land_cover[None])
        written.append(_written(scene, sar, optical, split, (), labels if split == "train" else None))
    return written


def write_sardet100k(
    folder: Path, seed: int, number: int, side: int = 512, *, has_split_folders: bool = True
) -> list[WrittenScene]:
    """``Annotations/{train,val,test}.json`` with categories 0 to 5, and images of mixed formats with seven-digit names
    in ``JPEGImages/``, or there in a folder a split. Of ten scenes eight train, one validates and one tests."""
    settings, written = SceneSettings(rows=side, cols=side), []
    listed: dict[str, list[tuple[dict[str, Any], tuple[ObjectBox, ...]]]] = {split: [] for split in SPLITS}
    for index, scene in enumerate(simulate(seed, number, settings)):
        split = {8: "val", 9: "test"}.get(index % 10, "train")
        file = f"{index + 1:07d}{('.jpg', '.jpg', '.png', '.jpg', '.bmp')[index % 5]}"
        name = f"JPEGImages/{split}/{file}" if has_split_folders else f"JPEGImages/{file}"
        write_sar(folder / name, scene, SarForm("dn", Path(file).suffix, is_georeferenced=False))
        boxes = tuple(box for box in scene.boxes if box.category in SARDET_CATEGORIES)
        written.append(_written(scene, name, None, split, boxes))
        rows, cols = scene.power.shape
        listed[split].append(({"file_name": file, "width": cols, "height": rows}, boxes))
    for split, images in listed.items():
        write_json(folder / "Annotations" / f"{split}.json", coco_document(images, SARDET_CATEGORIES))
    return written


def _written(
    scene: SimulatedScene,
    name: str,
    optical: str | None,
    split: str | None,
    boxes: tuple[ObjectBox, ...],
    land_cover: str | None = None,
) -> WrittenScene:
    rows, cols = scene.power.shape
    return WrittenScene(name, optical, split, (rows, cols), boxes, land_cover, scene.truth)


def _footprints(scene: SimulatedScene) -> list[tuple[str, Outline]]:
    """Ids and footprints of the buildings as far as they lie in the scene."""
    rows, cols = scene.power.shape
    buildings = (found for found in scene.truth.objects if found.category == "building")
    cut = ((found.object_id, clipped(found.footprint, rows, cols)) for found in buildings)
    return [(object_id, outline) for object_id, outline in cut if outline and min(_extent(outline)) >= 1]


def _extent(outline: Outline) -> tuple[float, float]:
    rows, cols = zip(*outline, strict=True)
    return max(cols) - min(cols), max(rows) - min(rows)


def _around(outlines: list[tuple[str, Outline]]) -> tuple[ObjectBox, ...]:
    return tuple(
        ObjectBox(
            object_id, "building", min(col for _, col in outline), min(row for row, _ in outline), *_extent(outline)
        )
        for object_id, outline in outlines
    )


def _geojson(scene: SimulatedScene, outlines: list[tuple[str, Outline]]) -> dict[str, Any]:
    a, _, left, _, e, top = scene.transform
    features = [
        {
            "type": "Feature",
            "properties": {"TileBuildingId": int(object_id)},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[left + a * col, top + e * row] for row, col in (*outline, outline[0])]],
            },
        }
        for object_id, outline in outlines
    ]
    crs = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{scene.crs.partition(':')[2]}"}}
    return {"type": "FeatureCollection", "crs": crs, "features": features}


def _outlines_document(written: list[WrittenScene], listed: list[tuple[str, list[tuple[str, Outline]]]]) -> Any:
    """COCO with polygons; the boxes' own ``bbox`` is theirs, as published."""
    images = [
        ({"file_name": f"{stem}.tif", "width": scene.size[1], "height": scene.size[0]}, scene.boxes)
        for (stem, _), scene in zip(listed, written, strict=False)
    ]
    document = coco_document(images, ["building"])
    for annotation, outline in zip(document["annotations"], _each_outline(listed), strict=True):
        annotation["segmentation"] = [[round(at, 3) for row, col in outline for at in (col, row)]]
    return document


def _each_outline(listed: list[tuple[str, list[tuple[str, Outline]]]]) -> Iterator[Outline]:
    return (outline for _, outlines in listed for _, outline in outlines)
