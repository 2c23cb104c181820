"""A split never divides a scene, and ground that is in one split is in no other."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.splits import GroundCell, assign_split, ground_cell, ground_cells

LON = st.floats(-180, 180, exclude_max=True)
LAT = st.floats(-89, 89)
SEED = st.integers(0, 2**32)
KM = 1 / 111.19508


def square(lon: float, lat: float, side_km: float, turn_deg: float = 0.0) -> list[tuple[float, float]]:
    """Corners of a square on the ground around a point, turned clockwise."""
    half, turn = side_km / 2 * KM, math.radians(turn_deg)
    east = 1 / math.cos(math.radians(lat))
    corners = []
    for x, y in ((-half, half), (half, half), (half, -half), (-half, -half)):
        corners.append(
            (lon + (x * math.cos(turn) + y * math.sin(turn)) * east, lat + y * math.cos(turn) - x * math.sin(turn))
        )
    return corners


@given(LON, LAT, st.floats(0.05, 8), st.floats(0, 90), st.floats(-0.49, 0.49), st.floats(-0.49, 0.49))
def test_every_point_of_a_scene_lies_in_a_cell_that_the_scene_touches(
    lon: float, lat: float, side_km: float, turn_deg: float, across: float, along: float
) -> None:
    corners = square(lon, lat, side_km, turn_deg)
    (lon0, lat0), (lon1, lat1), _, (lon3, lat3) = corners
    u, v = across + 0.5, along + 0.5
    point = (lon0 + u * (lon1 - lon0) + v * (lon3 - lon0), lat0 + u * (lat1 - lat0) + v * (lat3 - lat0))
    assert ground_cell(*point) in set(ground_cells(corners))


@given(SEED, LON, LAT, LON, LAT, st.floats(0.1, 3))
def test_two_scenes_that_share_ground_are_never_on_two_sides(
    seed: int, lon: float, lat: float, shift_x: float, shift_y: float, side_km: float
) -> None:
    near = (lon + shift_x / 180 * side_km * KM * 0.4, min(89.0, lat + shift_y / 89 * side_km * KM * 0.4))
    splits = {assign_split(seed, ground_cells(square(*place, side_km))) for place in ((lon, lat), near)}
    assert splits != {"train", "test"}


@given(SEED, LON, LAT)
def test_the_same_ground_has_the_same_split_each_time(seed: int, lon: float, lat: float) -> None:
    cells = list(ground_cells(square(lon, lat, 0.5)))
    assert assign_split(seed, cells) == assign_split(seed, reversed(cells))


def test_a_scene_that_touches_both_sides_is_held_out() -> None:
    cells: list[GroundCell] = [(5760, column) for column in range(200)]
    by_side = {assign_split(1, [cell]): cell for cell in cells}
    assert assign_split(1, [by_side["train"], by_side["test"]]) == "held_out"
    assert assign_split(1, cells) == "held_out"


@pytest.mark.parametrize("seed", [0, 1, 2026])
def test_of_many_cells_and_groups_seven_in_ten_are_train(seed: int) -> None:
    cells = [(band, column) for band in range(100) for column in range(100)]
    by_cell = sum(assign_split(seed, [cell]) == "train" for cell in cells) / len(cells)
    by_group = sum(assign_split(seed, group=str(number)) == "train" for number in range(10_000)) / 10_000
    assert by_cell == pytest.approx(0.7, abs=0.02)
    assert by_group == pytest.approx(0.7, abs=0.02)


def test_another_seed_is_another_division() -> None:
    cells = [(0, column) for column in range(300)]
    assert [assign_split(1, [cell]) for cell in cells] != [assign_split(2, [cell]) for cell in cells]


def test_duplicates_share_a_split_and_published_splits_are_kept() -> None:
    assert assign_split(3, group="ffc0") == assign_split(3, group="ffc0")
    assert assign_split(3, [(1, 1)], group="ffc0", published="val") == "val"
    with pytest.raises(ValueError, match="no split"):
        assign_split(3, published="training")
    with pytest.raises(ValueError, match="duplicate group"):
        assign_split(3)


@given(LON, LAT)
def test_a_cell_is_about_one_kilometre_each_way(lon: float, lat: float) -> None:
    band, column = ground_cell(lon, lat)
    assert band <= lat / KM + abs(lat / KM) * 1e-6 + 1e-3
    width_km = 1 / (math.cos(math.radians((band + 0.5) * KM)) / KM) / KM * math.cos(math.radians(lat))
    assert width_km == pytest.approx(1, abs=0.02)
    assert abs(column) <= 20_016


def test_cells_go_on_across_the_antimeridian() -> None:
    across = [(179.999, 10.001), (-179.999, 10.001), (-179.999, 9.999), (179.999, 9.999)]
    assert set(ground_cells(across)) == {ground_cell(lon, lat) for lon, lat in across}


def test_a_scene_that_only_meets_a_cell_along_its_edge_does_not_touch_it() -> None:
    west_and_south_of_the_origin = [(-0.004, 0.0), (0.0, 0.0), (0.0, -0.004), (-0.004, -0.004)]
    assert set(ground_cells(west_and_south_of_the_origin)) == {(-1, -1)}


@pytest.mark.parametrize(("lon", "lat"), [(float("nan"), 0), (0, 91), (float("inf"), 0)])
def test_what_is_no_place_is_refused(lon: float, lat: float) -> None:
    with pytest.raises(ValueError, match="no place"):
        ground_cell(lon, lat)
