"""SpaceNet 6, as published and in parts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from pipeline.records import Scene
from pipeline.sources.options import SourceOptions
from pipeline.sources.reading import SourceError, SourceReading
from pipeline.sources.spacenet6 import read_spacenet6

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")

STRIPS = ("20190804111224_20190804111453", "20190822065725_20190822065959")
AFFINE = Affine(0.5, 0, 593_000, 0, -0.5, 5_749_000)


def tile(area: Path, product: str, strip: str, number: int, suffix: str = ".tif") -> Path:
    word = "Buildings" if product == "geojson_buildings" else product
    file = area / product / f"SN6_Train_AOI_11_Rotterdam_{word}_{strip}_tile_{number}{suffix}"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    return file


def sar_tile(area: Path, strip: str = STRIPS[0], number: int = 7, **more: Any) -> Path:
    file = tile(area, "SAR-Intensity", strip, number)
    profile = {"driver": "GTiff", "width": 60, "height": 40, "count": 4, "dtype": "float32", "crs": "EPSG:32631"}
    with rasterio.open(file, "w", **(profile | {"transform": AFFINE} | more)) as out:
        out.write(np.zeros((4, 40, 60), dtype=np.float32))
    return file


def area_of(tmp_path: Path) -> Path:
    return tmp_path / "train" / "AOI_11_Rotterdam"


def write_buildings(area: Path, features: list[Any], crs: int | None = 32631, **more: Any) -> None:
    collection = {"type": "FeatureCollection", "features": features} | more
    if crs is not None:
        collection["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{crs}"}}
    tile(area, "geojson_buildings", STRIPS[0], 7, ".geojson").write_text(json.dumps(collection))


def building(box_id: Any, corners: list[list[float]], kind: str = "Polygon") -> dict[str, Any]:
    """Corners in pixels (column, row)."""
    ring = [list(AFFINE @ (col, row)) for col, row in corners]
    rings = [ring] if kind == "Polygon" else [[ring], [ring]]
    return {
        "type": "Feature",
        "properties": {"TileBuildingId": box_id},
        "geometry": {"type": kind, "coordinates": rings},
    }


def read(folder: Path, **more: Any) -> tuple[list[Scene], SourceReading]:
    reading = read_spacenet6(SourceOptions(folder, **more))
    return list(reading), reading


@pytest.mark.parametrize("below", ["", "train", "train/AOI_11_Rotterdam"])
def test_the_real_tile_is_found_from_any_folder_above_it(shared_data: Path, below: str) -> None:
    folder = shared_data / "spacenet6" / below
    (scene,), reading = read(folder)
    sar = "SN6_Train_AOI_11_Rotterdam_SAR-Intensity_20190804111224_20190804111453_tile_8681.tif"
    assert scene.sar_path == shared_data / "spacenet6" / "train/AOI_11_Rotterdam/SAR-Intensity" / sar
    assert scene.name == scene.sar_path.relative_to(folder).as_posix()
    assert scene.optical_path is not None
    assert scene.optical_path.parent.name == "PS-RGB"
    assert (scene.size, scene.published_split, scene.band, scene.quantity) == ((200, 200), "train", 1, "db")
    assert (reading.expected, reading.refusals) == (1, [])
    assert [note.reason for note in reading.notes] == [
        "this folder is missing: 1 scene is taken without object boxes",
        "--band names none of HH, HV, VH, VV: HH is taken",
    ]


def test_what_the_documents_say_of_a_scene_is_there_and_no_more(tmp_path: Path) -> None:
    area = area_of(tmp_path)
    sar_tile(area)
    sar_tile(area, STRIPS[1])
    tile(area, "PS-RGB", STRIPS[0], 7)
    (area / "SummaryData").mkdir()
    (area / "SummaryData" / "SAR_orientations.txt").write_text(f"{STRIPS[0]} 1\n{STRIPS[1]} 0\n\nx y z\n")
    (first, second), reading = read(tmp_path)
    known = first.metadata
    assert (known.sensor, known.band, known.optical_sensor) == ("Capella Space airborne SAR", "X", "WorldView-2")
    assert (known.polarisations, known.resolution_m) == (("HH", "HV", "VH", "VV"), (0.5, 0.5))
    assert (known.look_side, second.metadata.look_side, known.look_azimuth_deg) == ("south", "north", None)
    assert (known.sar_acquired_at, known.optical_acquired_at) == ("2019-08-04T11:12:24", None)
    assert (known.place, known.licence, known.geometry) == ("Rotterdam", "CC BY-SA 4.0", "ground")
    assert (known.pixel_spacing_m, known.labelled, second.metadata.optical_sensor) == (None, (), None)
    assert reading.about is not None
    assert reading.about.citation is not None
    assert ["line 4" in refusal.reason for refusal in reading.refusals] == [True]
    assert [note.reason for note in reading.notes if note.file == second.name] == [
        "it has no optical partner: none has its name"
    ]


@pytest.mark.parametrize(
    ("wanted", "number", "first"), [("HH", 1, "HH"), ("vv", 4, "VV"), (3, 3, "VH"), (None, 1, "HH")]
)
def test_a_polarisation_is_a_band_number(tmp_path: Path, wanted: Any, number: int, first: str) -> None:
    sar_tile(area_of(tmp_path))
    (scene,), _ = read(tmp_path, band=wanted)
    assert (scene.band, scene.metadata.polarisations[0], len(scene.metadata.polarisations)) == (number, first, 4)


@pytest.mark.parametrize("wanted", ["XX", 0, 5])
def test_a_band_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path, wanted: Any) -> None:
    with pytest.raises(SourceError, match="HH, HV, VH, VV"):
        read(tmp_path, band=wanted)


def test_other_optical_products_are_taken_in_their_order(tmp_path: Path) -> None:
    area = area_of(tmp_path)
    sar_tile(area)
    tile(area, "PAN", STRIPS[0], 7)
    tile(area, "RGBNIR", STRIPS[0], 7)
    (scene,), reading = read(tmp_path)
    assert scene.optical_path is not None
    assert scene.optical_path.parent.name == "RGBNIR"
    assert next(note.file for note in reading.notes) == "train/AOI_11_Rotterdam/RGBNIR"


def test_optical_tiles_of_no_sar_tile_are_refused_by_name(tmp_path: Path) -> None:
    area = area_of(tmp_path)
    sar_tile(area)
    lonely = tile(area, "PS-RGB", STRIPS[0], 8)
    tile(area, "PS-RGB", STRIPS[0], 7).with_name("._x.tif").touch()
    _, reading = read(tmp_path)
    assert [refusal.file for refusal in reading.refusals] == [lonely.relative_to(tmp_path).as_posix()]


def test_footprints_on_the_ground_become_boxes_in_pixels(tmp_path: Path) -> None:
    area = area_of(tmp_path)
    sar_tile(area)
    inside = [[10, 5], [30, 5], [30, 15], [10, 15], [10, 5]]
    across = [[50, 30], [80, 30], [80, 39], [50, 39], [50, 30]]
    write_buildings(area, [building(1, inside), building(2, across), building("m", inside, "MultiPolygon")])
    (scene,), reading = read(tmp_path)
    boxes = [(box.box_id, box.category, box.x_min, box.y_min, box.width, box.height, box.is_cut) for box in scene.boxes]
    assert boxes == [
        ("1", "building", 10, 5, 20, 10, False),
        ("2", "building", 50, 30, 10, 9, True),
        ("m", "building", 10, 5, 20, 10, False),
    ]
    assert (scene.metadata.labelled, reading.refusals) == (("building",), [])
    assert [(note.annotation_id, note.reason) for note in reading.notes if note.annotation_id] == [
        ("2", "clipped to its image: 20.00 px outside")
    ]


def test_a_tile_with_no_building_is_labelled_and_one_without_a_file_is_not(tmp_path: Path) -> None:
    area = area_of(tmp_path)
    sar_tile(area)
    sar_tile(area, STRIPS[1])
    write_buildings(area, [])
    scenes, reading = read(tmp_path)
    assert [scene.metadata.labelled for scene in scenes] == [("building",), ()]
    assert [note.file for note in reading.notes if "geojson_buildings has no file" in note.reason] == [scenes[1].name]


@pytest.mark.parametrize(
    "feature",
    [
        7,
        {},
        {"geometry": None},
        {"geometry": {"type": "Point", "coordinates": [1, 2]}},
        {"geometry": {"type": ["Polygon"], "coordinates": []}},
        {"geometry": {"type": "Polygon", "coordinates": 7}},
        {"geometry": {"type": "Polygon", "coordinates": [[["a", 2]]]}},
        {"geometry": {"type": "Polygon", "coordinates": [[[1]]]}},
        {"geometry": {"type": "Polygon", "coordinates": []}},
        {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [2, 0]]]}},
    ],
)
def test_an_impossible_footprint_is_refused_and_claims_no_absence(tmp_path: Path, feature: Any) -> None:
    area = area_of(tmp_path)
    sar_tile(area)
    write_buildings(area, [feature, building(5, [[1, 1], [9, 1], [9, 9]])])
    (scene,), reading = read(tmp_path)
    assert [box.box_id for box in scene.boxes] == ["5"]
    assert [refusal.annotation_id for refusal in reading.refusals] == ["#0"]
    assert scene.metadata.labelled == ()


@pytest.mark.parametrize(
    ("content", "reason"),
    [("{", "GeoJSON that can be read"), ("[]", "FeatureCollection"), ("[" * 100_000, "GeoJSON that can be read")],
)
def test_a_broken_footprint_file_costs_its_boxes_alone(tmp_path: Path, content: str, reason: str) -> None:
    area = area_of(tmp_path)
    sar_tile(area)
    tile(area, "geojson_buildings", STRIPS[0], 7, ".geojson").write_text(content)
    (scene,), reading = read(tmp_path)
    assert (scene.boxes, scene.metadata.labelled) == ((), ())
    assert [reason in refusal.reason for refusal in reading.refusals] == [True]


def test_footprints_in_another_system_or_on_a_tile_without_one_are_refused(tmp_path: Path) -> None:
    area = area_of(tmp_path)
    sar_tile(area)
    write_buildings(area, [building(1, [[1, 1], [9, 1], [9, 9]])], crs=4326)
    (scene,), reading = read(tmp_path)
    assert (scene.boxes, "EPSG:4326" in reading.refusals[0].reason) == ((), True)
    sar_tile(area, crs=None, transform=None)
    (scene,), reading = read(tmp_path)
    assert (scene.boxes, "no coordinates" in reading.refusals[0].reason) == ((), True)


def test_folders_that_are_not_it_say_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no SAR-Intensity folder"):
        read(tmp_path)
    (tmp_path / "SAR-Intensity").mkdir()
    with pytest.raises(SourceError, match="no SAR tile"):
        read(tmp_path)
    with pytest.raises(SourceError, match="Give the folder above it"):
        read(tmp_path / "SAR-Intensity")
