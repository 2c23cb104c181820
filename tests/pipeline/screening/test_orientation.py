"""Whether the top of a frame is north."""

from __future__ import annotations

import math

import pytest

from pipeline.screening.orientation import is_north_up


def corners(turned_deg: float = 0.0, *, lon: float = 12.0, lat: float = 55.0, mirrored: bool = False):
    """Of a square of about 2 km, turned clockwise; top left, top right, bottom right, bottom left."""
    shrink = math.cos(math.radians(lat))
    angle = math.radians(turned_deg)
    found = []
    for x, y in [(-1, 1), (1, 1), (1, -1), (-1, -1)]:
        east, north = (-x if mirrored else x), y
        turned = east * math.cos(angle) + north * math.sin(angle), north * math.cos(angle) - east * math.sin(angle)
        found.append(((lon + 0.01 * turned[0] / shrink + 180) % 360 - 180, lat + 0.01 * turned[1]))
    return found


@pytest.mark.parametrize(
    ("turned_deg", "answer"),
    [(0, True), (1.5, True), (-1.5, True), (5, None), (-12, None), (25, False), (90, False), (180, False)],
)
@pytest.mark.parametrize("lat", [-60.0, 0.0, 70.0])
def test_a_frame_is_north_up_within_two_degrees_and_surely_not_beyond_twenty(turned_deg, answer, lat) -> None:
    assert is_north_up(corners(turned_deg, lat=lat)) is answer


def test_a_mirrored_frame_is_not_north_up() -> None:
    assert is_north_up(corners(mirrored=True)) is False


def test_the_meridian_where_longitudes_begin_anew_changes_nothing() -> None:
    assert is_north_up(corners(lon=180.0)) is True


def test_without_corners_nobody_knows() -> None:
    assert is_north_up(None) is None
