"""Two sensors, two dates: planted offsets and rotations, leaning roofs, and what moved in between."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import scipy.ndimage
from numpy.typing import NDArray

from pipeline.simulation import ObjectTruth, SceneSettings, SimulatedScene, simulate_scene
from pipeline.simulation.ground import Ground, Pose
from pipeline.simulation.objects import building
from pipeline.simulation.optics import lay_on, lies_at, photograph
from pipeline.simulation.truth import Change, PairTruth, Point
from tests.pipeline.simulation.canvases import plain, sensing_of

TANKS = SceneSettings(place="nordhaven", kind="tank_farm", rows=400, cols=360)
SEA = SceneSettings(place="chandra", kind="anchorage", moving_share=1.0, rows=400, cols=400)


def around(image: NDArray[np.generic], place: Point, reach: int) -> NDArray[np.generic]:
    row, col = (int(at) for at in place)
    return image[max(0, row - reach) : row + reach + 1, max(0, col - reach) : col + reach + 1]


@pytest.mark.parametrize(("offset", "rotation_deg"), [((9.0, -14.0), 0.0), ((-3.5, 6.25), 0.0), ((2.0, 5.0), 4.0)])
def test_the_optical_image_shows_each_tank_where_the_truth_says(offset: Point, rotation_deg: float) -> None:
    scene = simulate_scene(2, 0, replace(TANKS, pair_offset_px=offset, pair_rotation_deg=rotation_deg))
    assert scene.truth.pair == PairTruth(offset, rotation_deg)
    assert scene.optical.shape == (400, 360, 3)
    tanks = [found for found in scene.truth.objects if found.category == "tank" and found.optical_at and found.sar_at]
    inner = [tank for tank in tanks if all(40 < at < 320 for at in tank.optical_at or ())]
    assert len(inner) >= 3
    for tank in inner:
        assert tank.optical_at is not None
        assert tank.sar_at is not None
        assert lies_at(tank.sar_at, (400, 360), scene.truth.pair) == pytest.approx(tank.optical_at)
        assert whitest_disc(scene, tank) == pytest.approx(tank.optical_at, abs=3.2)


def whitest_disc(scene: SimulatedScene, tank: ObjectTruth) -> Point:
    """The middle of the tank's roof by the image alone, which is lightest there but for the rim away from the sun."""
    assert tank.optical_at is not None
    radius = tank.length_m / scene.truth.sensing.spacing_m / 2
    whiteness = scene.optical.min(axis=2)
    rows, cols = np.indices(whiteness.shape) + 0.5
    best = []
    for down, right in itertools.product(np.arange(-6, 6.5, 1.0), repeat=2):
        place = tank.optical_at[0] + down, tank.optical_at[1] + right
        distance = np.hypot(rows - place[0], cols - place[1])
        best.append((whiteness[distance < radius].mean(), place))
    return max(best)[1]


@pytest.mark.parametrize(
    "pair", [PairTruth((9.0, -14.0), 0.0), PairTruth((-3.5, 6.25), 0.0), PairTruth((2.0, 5.5), 7.0)]
)
def test_a_picture_is_laid_on_the_grid_exactly_as_the_truth_says(pair: PairTruth) -> None:
    margin, shape = 30, (90, 120)
    rows, cols = np.indices((shape[0] + 2 * margin, shape[1] + 2 * margin))
    laid = lay_on(np.stack([rows, cols], axis=2).astype(np.uint8), shape, margin, pair)
    for place in ((30.5, 40.5), (60.5, 80.5), (45.5, 60.5)):
        row, col = lies_at(place, shape, pair)
        shown = [
            scipy.ndimage.map_coordinates(laid[..., band].astype(float), [[row - 0.5], [col - 0.5]], order=1)[0]
            for band in (0, 1)
        ]
        # Rounding down to whole numbers of 8 bits takes half a step on average.
        assert shown == pytest.approx([place[0] - 0.5 + margin, place[1] - 0.5 + margin], abs=1.01)


def test_whole_pixels_of_offset_leave_the_photograph_as_it_is() -> None:
    here, there = (simulate_scene(1, 0, replace(TANKS, pair_offset_px=offset)) for offset in ((8.0, 3.0), (-8.0, 3.0)))
    np.testing.assert_array_equal(here.optical[16:], there.optical[:-16])
    np.testing.assert_array_equal(here.powers, there.powers)


def test_a_random_offset_is_of_the_seed_and_within_its_limit() -> None:
    settings = replace(TANKS, random_offset_px=12.0, rows=128, cols=128)
    offsets = [simulate_scene(4, index, settings).truth.pair.offset_px for index in range(4)]
    assert len(set(offsets)) == 4
    assert max(abs(part) for offset in offsets for part in offset) <= 12
    assert offsets[2] == simulate_scene(4, 2, settings).truth.pair.offset_px
    assert simulate_scene(4, 2, replace(settings, random_offset_px=0.0)).truth.pair.is_registered


def test_roofs_lean_by_height_times_tan_and_feet_stay() -> None:
    settings = SceneSettings(
        place="nordhaven", rows=200, cols=200, spacing_m=0.5, roof_lean_deg=25.0, roof_lean_azimuth_deg=90.0
    )
    sensing = sensing_of(settings)
    shift_px = 20 * math.tan(math.radians(25)) / 0.5
    assert sensing.roof_lean_px_per_m == pytest.approx((0, shift_px / 20), abs=1e-6)
    canvas = plain(settings, Ground.ASPHALT)
    building(canvas, Pose(100, 90, 0), 30, 30, 20)
    upright, leaning = (
        photograph(canvas, replace(sensing, roof_lean_px_per_m=lean), np.random.default_rng(1)).astype(int)
        for lean in ((0.0, 0.0), sensing.roof_lean_px_per_m)
    )
    roof = upright[85:115, 65:115]
    moved = leaning[85:115, 65 + round(shift_px) : 115 + round(shift_px)]
    assert np.abs(roof - moved).mean() < 6
    assert np.abs(upright[85:115, 62 : 62 + round(shift_px)] - leaning[85:115, 62 : 62 + round(shift_px)]).mean() > 6


def changed(change: Change, margin: float = 25) -> Iterator[tuple[SimulatedScene, ObjectTruth]]:
    for index in range(6):
        scene = simulate_scene(9, index, SEA)
        for found in scene.truth.objects:
            places = [place for place in (found.sar_at, found.optical_at) if place is not None]
            inside = all(margin < at < 400 - margin for place in places for at in place)
            if found.change == change and found.length_m > 25 and inside:
                yield scene, found


def is_in_sar(scene: SimulatedScene, place: Point) -> bool:
    # Of the water around, side lobes and all: a ship is a hundred times as bright.
    sea = np.median(scene.power[scene.classes == Ground.SEA])
    return bool(np.percentile(around(scene.power, place, 4), 80) > 6 * sea)


def is_in_optical(scene: SimulatedScene, ship: ObjectTruth, place: Point) -> bool:
    """Whether most of the hull is of another colour than the water around."""
    heading, spacing_m = math.radians(ship.heading_deg), scene.truth.sensing.spacing_m
    along = np.linspace(-0.4, 0.4, 25) * ship.length_m / spacing_m
    rows, cols = (place[0] - along * math.cos(heading)).astype(int), (place[1] + along * math.sin(heading)).astype(int)
    water = np.median(around(scene.optical, place, 40).reshape(-1, 3), axis=0)
    return bool(np.median(np.abs(scene.optical[rows, cols] - water).max(axis=1)) > 14)


def test_ships_of_one_date_are_in_that_image_only() -> None:
    gone = list(changed("sar_only"))
    come = list(changed("optical_only"))
    assert min(len(gone), len(come)) >= 2
    for scene, ship in gone:
        assert ship.visible_in == ("sar",)
        assert ship.box is not None
        assert ship.sar_at is not None
        assert is_in_sar(scene, ship.sar_at)
        assert not is_in_optical(scene, ship, ship.sar_at)
    for scene, ship in come:
        assert (ship.visible_in, ship.box) == (("optical",), None)
        assert ship.optical_at is not None
        assert is_in_optical(scene, ship, ship.optical_at)
        assert not is_in_sar(scene, ship.optical_at)


def test_ships_under_way_are_in_both_images_at_other_places() -> None:
    sailed = list(changed("moved"))
    assert len(sailed) >= 2
    for scene, ship in sailed:
        assert ship.visible_in == ("sar", "optical")
        assert ship.sar_at is not None
        assert ship.optical_at is not None
        metres = math.dist(ship.sar_at, ship.optical_at) * scene.truth.sensing.spacing_m
        assert metres == pytest.approx(ship.motion_m, abs=0.02)
        assert is_in_sar(scene, ship.sar_at)
        assert not is_in_sar(scene, ship.optical_at)
        assert is_in_optical(scene, ship, ship.optical_at)


def test_nothing_changes_where_nothing_moves_but_the_boats_that_pass() -> None:
    scene = simulate_scene(9, 0, replace(SEA, moving_share=0.0))
    assert {found.change for found in scene.truth.objects if found.length_m >= 15} == {"none"}
    assert all(found.sar_at == found.optical_at for found in scene.truth.objects if found.change == "none")


def test_truth_is_plain_json_with_all_that_was_asked() -> None:
    settings = replace(TANKS, polarisations=("HH", "HV"), looks=3.0, incidence_deg=33.0, no_data="wedge")
    told = json.loads(json.dumps(simulate_scene(0, 0, settings).truth.as_json(), allow_nan=False))
    sensing = told["sensing"]
    assert (sensing["looks"], sensing["incidence_deg"], sensing["polarisations"]) == (3.0, 33.0, ["HH", "HV"])
    tank = next(found for found in told["objects"] if found["category"] == "tank" and found["box"])
    assert set(tank["visible_in"]) <= {"sar", "optical"}
    assert {"footprint", "height_m", "layover", "shadow", "heading_deg", "length_m", "change", "motion_m"} <= set(tank)
    assert sum(told["land_cover_shares"].values()) == pytest.approx(1)
    assert told["differences"] == []
