"""Published layouts: what a writer says that it wrote is what the readers find, file by file and box by box."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio

from pipeline.records import ObjectBox, Scene
from pipeline.simulation import SceneSettings, simulate
from pipeline.simulation.land_cover import LAND_COVER
from pipeline.simulation.layouts import (
    WrittenScene,
    write_dfc2023,
    write_openearthmap_sar,
    write_sardet100k,
    write_spacenet6,
)
from pipeline.simulation.rasters import SarForm
from pipeline.simulation.writing import write_coco, write_paired
from pipeline.sources.options import SourceOptions
from pipeline.sources.readers import read_source

SIDE = 160


def read(name: str, folder: Path) -> dict[str, Scene]:
    reading = read_source(name, SourceOptions(path=folder))
    scenes = {scene.name: scene for scene in reading}
    assert reading.refusals == []
    return scenes


def agree(folder: Path, scenes: dict[str, Scene], written: list[WrittenScene]) -> None:
    assert sorted(scenes) == sorted(scene.name for scene in written)
    for expected in written:
        found = scenes[expected.name]
        assert found.published_split == expected.split
        assert found.optical_path == (None if expected.optical is None else folder / expected.optical)
        assert places(found.boxes) == pytest.approx(places(expected.boxes), abs=0.01)
        assert [box.category for box in found.boxes] == [box.category for box in expected.boxes]
        assert found.size in (None, expected.size)


def places(boxes: tuple[ObjectBox, ...]) -> list[float]:
    return [edge for box in boxes for edge in (box.x_min, box.y_min, box.width, box.height)]


def test_spacenet6_has_four_bands_in_db_footprints_and_look_sides(tmp_path: Path) -> None:
    written = write_spacenet6(tmp_path, 0, 3, SIDE)
    scenes = read("spacenet6", tmp_path)
    agree(tmp_path, scenes, written)
    assert sum(len(scene.boxes) for scene in written) > 2
    assert {scene.metadata.look_side for scene in scenes.values()} == {"north", "south"}
    for expected in written:
        with rasterio.open(tmp_path / expected.name) as sar:
            bands = sar.read()
            assert (sar.count, sar.dtypes[0], sar.crs.to_epsg()) == (4, "float32", 32631)
        assert np.isnan(bands).any()
        assert -91 < np.nanmin(bands) < -10 < np.nanmax(bands)


def test_dfc2023_has_outlines_for_training_only_and_survives_its_junk(tmp_path: Path) -> None:
    written = write_dfc2023(tmp_path, 0, 4, SIDE, validation=1)
    agree(tmp_path, read("dfc2023", tmp_path), written)
    assert [scene.split for scene in written] == ["train"] * 4 + ["val"]
    assert sum(len(scene.boxes) for scene in written[:4]) > 3
    assert len(list(tmp_path.rglob("._*"))) == 1


def test_openearthmap_sar_has_the_land_cover_of_the_truth(tmp_path: Path) -> None:
    written = write_openearthmap_sar(tmp_path, 0, 3, SIDE)
    scenes = read("openearthmap-sar", tmp_path)
    agree(tmp_path, scenes, written)
    for expected in written:
        assert expected.land_cover is not None
        assert scenes[expected.name].land_cover_path == tmp_path / expected.land_cover
        with rasterio.open(tmp_path / expected.land_cover) as labels:
            counts = np.bincount(labels.read(1).ravel(), minlength=9)
        shares = dict(zip(LAND_COVER, counts / SIDE**2, strict=True))
        assert shares == pytest.approx(expected.truth.land_cover_shares)
        assert dict(scenes[expected.name].land_cover_classes) == dict(enumerate(LAND_COVER[1:], 1))


@pytest.mark.parametrize("has_split_folders", [True, False])
def test_sardet100k_mixes_formats_and_splits(tmp_path: Path, has_split_folders: bool) -> None:
    written = write_sardet100k(tmp_path, 0, 10, SIDE, has_split_folders=has_split_folders)
    agree(tmp_path, read("sardet-100k", tmp_path), written)
    assert {Path(scene.name).suffix for scene in written} == {".jpg", ".png", ".bmp"}
    assert [scene.split for scene in written].count("train") == 8
    for scene in written:
        with rasterio.open(tmp_path / scene.name) as image:
            assert (image.count, image.dtypes[0], image.shape) == (1, "uint8", scene.size)


@pytest.mark.parametrize("quantity", ["intensity", "amplitude", "db", "dn"])
def test_each_quantity_holds_the_power_again(tmp_path: Path, quantity: str) -> None:
    settings = SceneSettings(rows=SIDE, cols=SIDE, no_data="border", polarisations=("VV", "VH"))
    (scene,) = simulate(0, 1, settings)
    (name,) = write_paired(tmp_path, [scene], SarForm(quantity))  # type: ignore[arg-type]
    with rasterio.open(tmp_path / name) as sar:
        stored, names = sar.read(masked=True).astype(np.float64), sar.descriptions
    assert names == ("VV", "VH")
    linear = {
        "intensity": stored, "amplitude": (stored / 2000) ** 2, "db": 10 ** (stored / 10), "dn": stored**2,
    }[quantity]  # fmt: skip
    power = np.ma.masked_invalid(scene.powers)
    if quantity == "dn":
        is_below = (stored > 20) & (stored < 255)
        ratio = linear[is_below] / power[is_below]
        assert ratio.std() / ratio.mean() < 0.04
    else:
        np.testing.assert_allclose(linear.filled(0), power.filled(0), rtol=0.1, atol=2e-4)
    assert np.array_equal(np.ma.getmaskarray(stored), np.isnan(scene.powers)) or quantity in ("amplitude", "dn")


def test_a_paired_folder_and_a_coco_folder_hold_what_was_simulated(tmp_path: Path) -> None:
    scenes = list(simulate(1, 3, SceneSettings(rows=SIDE, cols=SIDE)))
    names = write_paired(tmp_path / "paired", scenes)
    found = read("paired", tmp_path / "paired")
    assert sorted(found) == sorted(names)
    assert (tmp_path / "paired" / "truth" / f"{scenes[0].name}.json").is_file()
    write_coco(tmp_path / "coco", scenes, SarForm("dn", ".png", is_georeferenced=False))
    coco = {Path(name).stem: scene for name, scene in read("coco", tmp_path / "coco").items()}
    for name, scene in zip(names, scenes, strict=True):
        assert places(found[name].boxes) == places(scene.boxes) == places(coco[scene.name].boxes)


def test_a_form_that_a_format_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match=r"needs \.tif"):
        SarForm("intensity", ".png")
    with pytest.raises(ValueError, match=r"\.tif, \.png"):
        SarForm("dn", ".gif")
