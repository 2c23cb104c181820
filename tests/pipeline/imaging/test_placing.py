from __future__ import annotations

import numpy as np
import pytest
import rasterio
from rasterio.control import GroundControlPoint

from pipeline.imaging.placing import place_of, shifted
from pipeline.imaging.reading import read_raster
from tests.pipeline.imaging.made_images import UTM, speckle, write_image

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")

TURNED = rasterio.Affine(3.0, 1.0, 500000, -1.2, -2.5, 4000000)


def points(affine, offset=0.0):
    """Control points on a lattice; every second one moved along x by ``offset`` pixels."""
    found = []
    for number, (row, col) in enumerate((row, col) for row in (0, 32, 64) for col in (0, 40, 80)):
        x, y = affine @ (col + offset * (number % 2), row)
        found.append(GroundControlPoint(row, col, x, y))
    return found


def with_points(tmp_path, gcps, crs="EPSG:32631"):
    path = write_image(tmp_path / "a.tif", speckle())
    with rasterio.open(path, "r+") as dataset:
        dataset.gcps = (gcps, rasterio.CRS.from_string(crs))
    return path


def test_control_points_that_an_affine_meets_place_the_image(tmp_path):
    raster = read_raster(with_points(tmp_path, points(TURNED)))
    assert raster.transform == pytest.approx(TURNED[:6])
    assert "32631" in raster.crs
    assert "placed by 9 control points" in raster.notes[0]


def test_control_points_in_degrees_place_the_image(tmp_path):
    affine = rasterio.Affine(1e-4, 0, 4.5, 0, -1e-4, 51.9)
    raster = read_raster(with_points(tmp_path, points(affine), "EPSG:4326"))
    assert raster.transform == pytest.approx(affine[:6], abs=1e-12)


def test_control_points_that_no_affine_meets_leave_the_image_unplaced_and_it_is_said(tmp_path):
    raster = read_raster(with_points(tmp_path, points(TURNED, offset=4)))
    assert (raster.crs, raster.transform) == (None, None)
    assert "warp it to a map grid first" in raster.notes[0]


def test_control_points_on_one_line_place_nothing(tmp_path):
    raster = read_raster(with_points(tmp_path, points(TURNED)[:3]))
    assert raster.transform is None
    assert "lie on one line" in raster.notes[0]


def test_an_affine_counts_more_than_nothing_else(tmp_path):
    with rasterio.open(write_image(tmp_path / "a.tif", speckle(), **UTM)) as dataset:
        assert place_of(dataset).affine == tuple(UTM["transform"])[:6]


def test_a_part_lies_where_its_corner_does():
    moved = rasterio.Affine(*shifted(tuple(TURNED)[:6], 7, 11))
    assert moved @ (2, 3) == pytest.approx(TURNED @ (13, 10))
    assert shifted(None, 1, 2) is None
    assert np.allclose(moved[:2], TURNED[:2])
