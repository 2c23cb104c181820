"""The simulator: the same each time, radar-like in its figures, and true to its own truth."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio.warp
import scipy.ndimage

from pipeline.simulation import KINDS, SceneSettings, SimulatedScene, simulate, simulate_demo, simulate_scene
from pipeline.simulation.clutter import SEA_STATES
from pipeline.simulation.ground import SURFACES, Ground
from pipeline.simulation.places import to_utm
from pipeline.sources.splits import ground_cells
from pipeline.vocabulary import SARDET_CATEGORIES


@pytest.fixture(scope="module")
def demo() -> list[SimulatedScene]:
    return simulate_demo()


def typical_db(scene: SimulatedScene, ground: Ground) -> float:
    """Of the median, so that returns laid over from elsewhere and side lobes do not count."""
    return float(10 * np.log10(np.median(scene.power[scene.classes == ground])))


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_arrays_and_another_seed_others(kind: str) -> None:
    settings = SceneSettings(place="chandra", kind=kind, rows=192, cols=160)
    first, again, other = (simulate_scene(seed, 1, settings) for seed in (5, 5, 6))
    assert first.power.tobytes() == again.power.tobytes()
    assert first.optical.tobytes() == again.optical.tobytes()
    assert (first.boxes, first.truth, first.transform) == (again.boxes, again.truth, again.transform)
    assert first.power.tobytes() != other.power.tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_arrays_have_their_shapes_and_power_is_positive(kind: str) -> None:
    scene = simulate_scene(0, 1, SceneSettings(place="weitfeld", kind=kind, rows=200, cols=150, looks=1))
    assert (scene.power.shape, scene.power.dtype) == ((200, 150), np.float32)
    assert (scene.optical.shape, scene.optical.dtype) == ((200, 150, 3), np.uint8)
    assert scene.classes.shape == (200, 150)
    assert np.isfinite(scene.power).all()
    assert (scene.power > 0).all()


@pytest.mark.parametrize(("looks", "is_correlated"), [(1, True), (4, False), (2.6, False)])
def test_flat_water_has_the_speckle_of_its_looks(looks: float, is_correlated: bool) -> None:
    settings = SceneSettings(place="chandra", kind="river_bridge", looks=looks, is_speckle_correlated=is_correlated)
    scene = simulate_scene(0, 2, settings)
    far_from_all = scipy.ndimage.binary_erosion(scene.classes == Ground.RIVER, iterations=22)
    water = scene.power[far_from_all]
    assert water.size > 3000
    # The gamma texture of the water, weaker for the radar's own noise that carries none of it, widens the speckle.
    clutter, noise = 10 ** (SURFACES[Ground.RIVER].sigma0_db / 10), 10 ** (scene.truth.sensing.noise_floor_db / 10)
    spread = (clutter / (clutter + noise)) ** 2 / SURFACES[Ground.RIVER].shape
    expected = 1 / (1 / looks + spread * (1 + 1 / looks))
    assert water.mean() ** 2 / water.var() == pytest.approx(expected, rel=0.08)


def test_ground_classes_keep_their_own_backscatter(demo: list[SimulatedScene]) -> None:
    farmland, airfield, anchorage = demo[9], demo[8], demo[3]
    assert typical_db(anchorage, Ground.SEA) == pytest.approx(SEA_STATES[3].sigma0_db, abs=2.5)
    assert typical_db(farmland, Ground.CROPS) == pytest.approx(SURFACES[Ground.CROPS].sigma0_db, abs=2.5)
    assert typical_db(airfield, Ground.ASPHALT) < typical_db(airfield, Ground.MEADOW) - 3
    assert typical_db(anchorage, Ground.SEA) < typical_db(anchorage, Ground.FOREST) - 8
    assert typical_db(anchorage, Ground.METAL) > typical_db(anchorage, Ground.SEA) + 8


def test_buildings_are_bright_towards_the_radar_and_throw_a_shadow_away_from_it(demo: list[SimulatedScene]) -> None:
    scene = demo[10]
    terminal = max((box for box in scene.boxes if box.category == "building"), key=lambda box: box.width * box.height)
    x, y = (int(value) for value in terminal.centre)
    rows = scene.power[max(0, y - 20) : y + 20]
    # The place is looked at from the east (look azimuth 278°): its shadow lies west of the building.
    east = np.median(rows[:, int(x) : int(terminal.x_min + terminal.width)])
    behind = min(np.median(rows[:, left : left + 8]) for left in range(max(0, int(terminal.x_min) - 20), x, 4))
    assert east > 20 * behind


def test_every_ship_stands_out_of_the_water_in_its_box(demo: list[SimulatedScene]) -> None:
    ships = [(scene, box) for scene in demo for box in scene.boxes if box.category == "ship"]
    assert len(ships) > 30
    for scene, box in ships:
        cut = scene.power[int(box.y_min) : int(box.y_min + box.height), int(box.x_min) : int(box.x_min + box.width)]
        water = scene.power[np.isin(scene.classes, (Ground.SEA, Ground.RIVER))].mean()
        assert np.percentile(cut, 90) > 5 * water


def test_boxes_lie_in_their_scene_and_agree_with_the_truth(demo: list[SimulatedScene]) -> None:
    for scene in demo:
        rows, cols = scene.power.shape
        for box in scene.boxes:
            assert 0 <= box.x_min < box.x_min + box.width <= cols
            assert 0 <= box.y_min < box.y_min + box.height <= rows
        assert len({box.box_id for box in scene.boxes}) == len(scene.boxes)
        for category in scene.metadata.labelled:
            assert scene.truth.counts.get(category, 0) == sum(box.category == category for box in scene.boxes)
        assert set(SARDET_CATEGORIES) <= set(scene.metadata.labelled)
        assert {box.category for box in scene.boxes} <= set(scene.metadata.labelled)
        assert sum(scene.truth.ground_shares.values()) == pytest.approx(1)


def test_the_demo_has_every_category_and_a_few_differences_between_dates(demo: list[SimulatedScene]) -> None:
    assert len(demo) == 24
    assert len({scene.name for scene in demo}) == 24
    assert {box.category for scene in demo for box in scene.boxes} == {*SARDET_CATEGORIES, "building"}
    assert 6 <= sum(bool(scene.truth.differences) for scene in demo) <= 16


def test_a_boat_of_another_date_is_in_the_optical_image_only(demo: list[SimulatedScene]) -> None:
    scene = demo[3]
    boat = next(found for found in scene.truth.objects if found.change == "optical_only" and found.length_m < 15)
    assert boat.optical_at is not None
    y, x = (int(at) for at in boat.optical_at)
    around = (slice(y - 3, y + 4), slice(x - 3, x + 4))
    assert scene.optical[around].max() > 180
    assert (scene.classes[around] == Ground.SEA).all()
    assert scene.power[around].mean() < 3 * scene.power[scene.classes == Ground.SEA].mean()


def test_every_scene_of_the_demo_lies_in_one_ground_cell_of_its_own(demo: list[SimulatedScene]) -> None:
    cells = []
    for scene in demo:
        rows, cols = scene.power.shape
        a, _, left, _, e, top = scene.transform
        x, y = [left, left + a * cols, left + a * cols, left], [top, top, top + e * rows, top + e * rows]
        lon, lat = rasterio.warp.transform(scene.crs, "EPSG:4326", x, y)
        cells.append(list(ground_cells(list(zip(lon, lat, strict=True)))))
    assert [len(touched) for touched in cells] == [1] * 24
    assert len({touched[0] for touched in cells}) == 24


@pytest.mark.parametrize(
    ("lon", "lat", "zone"), [(4.1, 52.2, 31), (17.9, 47.9, 33), (102.1, 0.01, 48), (9.0, 83.0, 32)]
)
def test_utm_coordinates_agree_with_the_projection_library(lon: float, lat: float, zone: int) -> None:
    (east,), (north,) = rasterio.warp.transform("EPSG:4326", f"EPSG:{32600 + zone}", [lon], [lat])
    assert to_utm(lon, lat, zone) == pytest.approx((east, north), abs=0.01)


def test_scenes_by_the_thousand_are_those_made_one_by_one() -> None:
    settings = SceneSettings(rows=128, cols=128)
    streamed = list(simulate(3, 2, settings, start=7))
    for index, scene in zip((7, 8), streamed, strict=True):
        assert scene.powers.tobytes() == simulate_scene(3, index, settings).powers.tobytes()
    assert streamed[0].place != streamed[1].place
    with pytest.raises(ValueError, match="not negative"):
        simulate_scene(-1, 0)
