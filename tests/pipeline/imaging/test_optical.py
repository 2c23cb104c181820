from __future__ import annotations

import numpy as np
import pytest
import rasterio
from rasterio.control import GroundControlPoint
from rasterio.crs import CRS
from rasterio.warp import transform

from pipeline.imaging.errors import ImageError
from pipeline.imaging.optical import Grid, optical_on_grid, read_optical
from pipeline.imaging.prepared import DEFAULT_MAX_PIXELS
from tests.pipeline.imaging.made_images import UTM, grey, write_image


def colours(rows=64, cols=80):
    return np.stack([grey(rows, cols), grey(rows, cols, 1), grey(rows, cols, 2)])


def utm_grid(rows=64, cols=80, affine=UTM["transform"]):
    return Grid((rows, cols), CRS.from_string(UTM["crs"]).to_wkt(), tuple(affine)[:6])


def placed(path, grid):
    return optical_on_grid(path, grid, DEFAULT_MAX_PIXELS)


def test_on_the_same_grid_nothing_is_resampled(tmp_path):
    result = placed(write_image(tmp_path / "o.tif", colours(), **UTM), utm_grid())
    assert np.array_equal(result.image, colours())
    assert result.valid.all()
    assert result.note == "on the same grid as the SAR image"


def test_by_coordinates_a_shifted_partner_comes_to_lie_right(tmp_path):
    """The partner begins 10 columns and 6 rows later, and has pixels half as large."""
    fine = np.kron(colours(), np.ones((1, 2, 2), dtype=np.uint8))
    affine = rasterio.Affine(0.25, 0, 590005, 0, -0.25, 5749997)
    result = placed(write_image(tmp_path / "o.tif", fine, crs=UTM["crs"], transform=affine), utm_grid())
    expected = colours()[:, : 64 - 6, : 80 - 10].astype(int)
    assert np.abs(result.image[:, 7:-1, 11:-1].astype(int) - expected[:, 1:-1, 1:-1]).max() <= 6
    assert not result.valid[:5].any()
    assert not result.valid[:, :9].any()
    assert result.valid[6:, 10:].all()
    assert (result.image[:, ~result.valid] == 0).all()
    assert "warped to the SAR grid by coordinates" in result.note
    assert f"covers {result.valid.mean():.1%} of it" in result.note


def test_by_coordinates_another_projection_is_warped(tmp_path):
    west, north = 4.30791, 51.89349
    affine = rasterio.Affine(5e-6, 0, west - 0.0005, 0, -3e-6, north + 0.0003)
    path = write_image(tmp_path / "o.tif", np.full((3, 400, 400), 77, np.uint8), crs="EPSG:4326", transform=affine)
    result = placed(path, utm_grid())
    assert result.valid.all()
    assert (result.image == 77).all()


SAME_GROUND = {
    "finer": ("EPSG:32631", rasterio.Affine(0.2, 0, 590000, 0, -0.2, 5750000), (500, 500)),
    "coarser": ("EPSG:32631", rasterio.Affine(1.6, 0, 589990, 0, -1.6, 5750010), (70, 70)),
    "half a pixel off": ("EPSG:32631", rasterio.Affine(0.5, 0, 590000.25, 0, -0.5, 5749999.75), (200, 200)),
    "turned": ("EPSG:32631", rasterio.Affine(0.5, 0.2, 589975, 0.2, -0.5, 5749990), (220, 260)),
    "degrees": ("EPSG:4326", rasterio.Affine(4e-6, 0, 4.3075, 0, -4e-6, 51.8937), (300, 500)),
    "another zone": ("EPSG:32632", rasterio.Affine(0.5, 0, 177170, 0, -0.5, 5759640), (260, 260)),
    "upside down": ("EPSG:32631", rasterio.Affine(0.5, 0, 590000, 0, 0.5, 5749900), (200, 200)),
}


def spot_at(ground, crs, affine, shape):
    """An image with one spot, 1.5 m wide, around a place on the ground (EPSG:32631)."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]] + 0.5
    a, b, c, d, e, f = tuple(affine)[:6]
    east, north = transform(crs, "EPSG:32631", (a * x + b * y + c).ravel(), (d * x + e * y + f).ravel())
    distance = np.hypot(np.array(east) - ground[0], np.array(north) - ground[1]).reshape(shape)
    return (10 + 240 * np.exp(-((distance / 1.5) ** 2))).astype(np.uint8)


def centre_of(result):
    """(x, y) of the spot in pixels, edges counted from 0."""
    weights = np.where(result.valid, result.image[0].astype(float) - 10, 0).clip(0)
    y, x = np.mgrid[0 : weights.shape[0], 0 : weights.shape[1]] + 0.5
    return (weights * x).sum() / weights.sum(), (weights * y).sum() / weights.sum()


@pytest.mark.parametrize("kind", SAME_GROUND)
@pytest.mark.parametrize("sar_affine", [UTM["transform"], rasterio.Affine(0.45, 0.1, 589995, 0.1, -0.45, 5750000)])
def test_the_same_ground_comes_under_the_same_pixel(tmp_path, kind, sar_affine):
    crs, affine, shape = SAME_GROUND[kind]
    ground = (590022.3, 5749979.1)
    image = spot_at(ground, crs, affine, shape)
    result = placed(
        write_image(tmp_path / "o.tif", np.stack([image] * 3), crs=crs, transform=affine), utm_grid(90, 90, sar_affine)
    )
    assert centre_of(result) == pytest.approx(~sar_affine @ ground, abs=0.2)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_partner_with_control_points_is_placed_by_them(tmp_path):
    affine = rasterio.Affine(0.5, 0, 590000.25, 0, -0.5, 5749999.75)
    path = write_image(
        tmp_path / "o.tif", np.stack([spot_at((590022.3, 5749979.1), "EPSG:32631", affine, (99, 99))] * 3)
    )
    corners = [(0, 0), (0, 99), (99, 0), (99, 99)]
    points = [GroundControlPoint(row, col, *(affine @ (col, row))) for row, col in corners]
    with rasterio.open(path, "r+") as dataset:
        dataset.gcps = (points, CRS.from_string(UTM["crs"]))
    result = placed(path, utm_grid(90, 90))
    assert centre_of(result) == pytest.approx(~UTM["transform"] @ (590022.3, 5749979.1), abs=0.2)
    assert "warped to the SAR grid by coordinates" in result.note


def test_holes_do_not_darken_what_is_beside_them(tmp_path):
    image = np.full((3, 64, 80), 200, np.uint8)
    image[:, 20:40, 20:40] = 0
    affine = rasterio.Affine(0.5, 0, 590000.2, 0, -0.5, 5750000)
    result = placed(write_image(tmp_path / "o.tif", image, nodata=0, crs=UTM["crs"], transform=affine), utm_grid())
    assert (result.image[:, result.valid] == 200).all()
    assert not result.valid[22:38, 22:38].any()


def test_coordinates_that_do_not_meet_are_refused(tmp_path):
    local = 'LOCAL_CS["site",UNIT["metre",1],AXIS["Easting",EAST],AXIS["Northing",NORTH]]'
    path = write_image(tmp_path / "o.tif", colours(), crs=local, transform=UTM["transform"])
    with pytest.raises(ImageError, match="cannot be brought onto"):
        placed(path, utm_grid())


def test_without_overlap_it_is_refused(tmp_path):
    affine = rasterio.Affine(0.5, 0, 600000, 0, -0.5, 5750000)
    path = write_image(tmp_path / "o.tif", colours(), crs=UTM["crs"], transform=affine)
    with pytest.raises(ImageError, match="does not overlap"):
        placed(path, utm_grid())


def test_without_coordinates_equal_sizes_are_taken_pixel_on_pixel(tmp_path):
    for grid in (Grid((64, 80), None, None), utm_grid()):
        result = placed(write_image(tmp_path / "o.png", colours()), grid)
        assert np.array_equal(result.image, colours())
        assert "pixel on pixel" in result.note


@pytest.mark.parametrize(("rows", "cols"), [(128, 160), (32, 40), (192, 241)])
def test_without_coordinates_equal_shapes_are_resized(tmp_path, rows, cols):
    y, x = np.mgrid[0:rows, 0:cols]
    image = np.stack([200 * (x + 0.5) / cols, 200 * (y + 0.5) / rows, 0 * x + 50]).astype(np.uint8)
    result = placed(write_image(tmp_path / "o.png", image), Grid((64, 80), None, None))
    y, x = np.mgrid[0:64, 0:80]
    expected = np.stack([200 * (x + 0.5) / 80, 200 * (y + 0.5) / 64, 0 * x + 50])
    assert np.abs(result.image - expected)[:, 2:-2, 2:-2].max() < 4
    assert result.valid.all()
    assert f"resized from {rows}×{cols}" in result.note


def test_without_coordinates_other_shapes_are_refused(tmp_path):
    with pytest.raises(ImageError, match="no telling where it belongs"):
        placed(write_image(tmp_path / "o.png", colours(64, 64)), Grid((64, 80), None, None))


def test_grey_serves_for_all_colours_and_near_infrared_for_none(tmp_path):
    assert np.array_equal(read_optical(write_image(tmp_path / "g.png", grey()), 10**6).image, np.stack([grey()] * 3))
    four = np.concatenate([colours(), grey(seed=9)[None]])
    path = write_image(tmp_path / "n.tif", four, photometric="MINISBLACK", alpha="NO")
    assert np.array_equal(read_optical(path, 10**6).image, colours())


def test_sixteen_bits_are_stretched_and_it_is_said(tmp_path):
    result = read_optical(write_image(tmp_path / "o.tif", colours().astype(np.uint16) * 40), 10**6)
    assert result.image.dtype == np.uint8
    assert "stretched from" in result.note


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_palette_is_resolved(tmp_path):
    with rasterio.open(tmp_path / "p.tif", "w", driver="GTiff", width=80, height=64, count=1, dtype="uint8") as dataset:
        dataset.write(grey(), 1)
        dataset.write_colormap(1, {index: (index, 255 - index, 7) for index in range(256)})
    image = read_optical(tmp_path / "p.tif", 10**6).image
    assert np.array_equal(image, np.stack([grey(), 255 - grey(), np.full_like(grey(), 7)]))
