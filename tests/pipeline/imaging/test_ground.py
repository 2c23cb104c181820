from __future__ import annotations

import pytest
from rasterio.crs import CRS

from pipeline.imaging.ground import locate


def wkt(code):
    return CRS.from_epsg(code).to_wkt()


def test_utm_gives_its_own_metres_and_places():
    ground = locate(wkt(32631), (0.5, 0, 590000, 0, -0.6, 5750000), (900, 800))
    assert ground.reference == {"crs": "EPSG:32631", "affine": [0.5, 0, 590000, 0, -0.6, 5750000]}
    assert ground.spacing_m == pytest.approx((0.6, 0.5))
    upper_left, upper_right, lower_right, lower_left = ground.corners
    assert upper_left == pytest.approx((4.3080, 51.8935), abs=1e-3)
    assert upper_right[0] > upper_left[0]
    assert lower_left[1] < upper_left[1]
    assert lower_right[0] == pytest.approx(upper_right[0], abs=1e-3)
    assert min(lower_left[1], lower_right[1]) < ground.centre[1] < upper_left[1]


def test_degrees_become_metres_on_the_ellipsoid():
    ground = locate(wkt(4326), (1e-4, 0, 10.0, 0, -1e-4, 60.0), (100, 100))
    assert ground.spacing_m == pytest.approx((11.141, 5.579), abs=0.01)
    assert ground.centre == pytest.approx((10.005, 59.995))


def test_mercators_metres_are_not_taken_for_metres():
    ground = locate(wkt(3857), (10, 0, 1113194.9, 0, -10, 8399737.9), (100, 100))
    assert ground.centre[1] == pytest.approx(60, abs=0.01)
    assert ground.spacing_m == pytest.approx((5.0, 5.0), rel=0.01)


def test_feet_become_metres():
    ground = locate(wkt(2263), (10, 0, 980000, 0, -10, 200000), (100, 100))
    assert ground.spacing_m == pytest.approx((3.048, 3.048), rel=1e-3)


def test_a_turned_grid_keeps_its_spacing():
    ground = locate(wkt(32631), (0.3, 0.4, 590000, 0.4, -0.3, 5750000), (100, 100))
    assert ground.spacing_m == pytest.approx((0.5, 0.5))


def test_the_spacing_holds_across_the_date_line():
    ground = locate(wkt(4326), (1e-3, 0, 180 - 0.05, 0, -1e-3, 0.05), (100, 100))
    assert ground.spacing_m == pytest.approx((110.57, 111.32), rel=1e-3)


@pytest.mark.parametrize(("crs", "affine"), [(None, (1, 0, 0, 0, -1, 0)), (wkt(32631), None), (None, None)])
def test_without_coordinates_nothing_is_known(crs, affine):
    ground = locate(crs, affine, (10, 10))
    assert (ground.reference, ground.corners, ground.centre, ground.spacing_m) == (None, None, None, None)


def test_a_local_grid_has_no_place_on_earth():
    local = 'LOCAL_CS["site",UNIT["metre",1],AXIS["Easting",EAST],AXIS["Northing",NORTH]]'
    ground = locate(local, (1, 0, 0, 0, -1, 0), (10, 10))
    assert ground.reference is not None
    assert (ground.corners, ground.spacing_m) == (None, None)
