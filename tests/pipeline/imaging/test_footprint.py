"""Shares of ground that two footprints have in common, worked out by hand."""

import math

import pytest

from pipeline.imaging.footprint import overlap_share


def square(lon=0.0, lat=0.0, side=1.0):
    return [(lon, lat + side), (lon + side, lat + side), (lon + side, lat), (lon, lat)]


@pytest.mark.parametrize(
    ("other", "share"),
    [
        (square(), 1.0),
        (square(0.5), 0.5),
        (square(0.5, 0.5), 0.25),
        (square(1.0), 0.0),
        (square(5.0), 0.0),
        (square(0.25, 0.25, 0.5), 1.0),
        ([(0, 0), (1, 0), (1, 1)], 1.0),
        ([(0.5, -0.5), (1.5, 0.5), (0.5, 1.5), (-0.5, 0.5)], 1.0),
        ([(1.0, 0.5), (2.0, 0.5), (2.0, 1.5), (1.0, 1.5)], 0.0),
    ],
)
def test_the_share_is_of_the_smaller_footprint(other, share):
    assert overlap_share(square(), other) == pytest.approx(share, abs=1e-9)
    assert overlap_share(other, square()) == pytest.approx(share, abs=1e-9)


def test_corners_may_go_around_either_way():
    assert overlap_share(square(), square(0.5)[::-1]) == pytest.approx(0.5)


def test_a_footprint_may_lie_across_the_antimeridian():
    across = [(179.5, 1), (-179.5, 1), (-179.5, 0), (179.5, 0)]
    assert overlap_share(across, square(179.0)) == pytest.approx(0.5)
    assert overlap_share(across, square(-180.0)) == pytest.approx(0.5)
    assert overlap_share(across, square(0.0)) == 0
    assert overlap_share(square(-180.5), across) == pytest.approx(1.0)


def test_turned_footprints_overlap_as_on_a_plane():
    angle = math.radians(30)
    # At 60° north a degree of longitude is half as long.
    corners = [(-1, 1), (1, 1), (1, -1), (-1, -1)]
    cos, sin = math.cos(angle), math.sin(angle)
    turned = [(20 + 2 * (x * cos - y * sin) / 1000, 60 + (x * sin + y * cos) / 1000) for x, y in corners]
    upright = [(20 - 0.002, 60.001), (20 + 0.002, 60.001), (20 + 0.002, 59.999), (20 - 0.002, 59.999)]
    # Of two equal squares, one turned about their centre, four corners are cut off.
    cut_off = (math.sin(angle) + math.cos(angle) - 1) ** 2 / math.sin(2 * angle)
    assert overlap_share(turned, upright) == pytest.approx(1 - cut_off, rel=1e-3)
    assert overlap_share(upright, turned) == pytest.approx(1 - cut_off, rel=1e-3)


def test_a_footprint_without_area_shares_nothing():
    assert overlap_share(square(), [(0, 0), (1, 1), (2, 2)]) == 0
    assert overlap_share([(0, 0), (0, 0), (0, 0)], square()) == 0


@pytest.mark.parametrize("corners", [[(0, 0), (1, 1)], [(0, 0), (1, 0), (float("nan"), 1)]])
def test_what_is_no_footprint_is_refused(corners):
    with pytest.raises(ValueError, match="three or more corners"):
        overlap_share(square(), corners)
