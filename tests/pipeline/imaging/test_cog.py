from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio

from pipeline.imaging.cog import sar_image, write_optical, write_processed, write_sar
from pipeline.imaging.quantity import interpret
from pipeline.imaging.reading import Raster
from pipeline.imaging.stretch import find_stretch
from tests.pipeline.imaging.made_images import read_image, speckle

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")


def raster_of(values, valid=None):
    values = np.asarray(values)
    valid = np.isfinite(values) if valid is None else valid
    return Raster(values, valid, None, None, str(values.dtype), None, 1, 1)


def written(tmp_path, raster, quantity=None, unit="relative_db"):
    found = interpret(raster, quantity, Path("a.tif"))
    image = sar_image(raster, found, unit)
    write_sar(tmp_path / "sar.tif", image, raster, found.quantity)
    return image


def overview(path, number=0):
    with rasterio.open(path, overview_level=number) as dataset:
        return dataset.read(1)


def holed(image):
    valid = np.ones(image.shape, dtype=bool)
    valid[100:140, 50:90] = False
    return np.where(valid, image, np.nan).astype(image.dtype)


def test_decibels_are_kept_in_hundredths_with_no_data_marked(tmp_path):
    db = holed(10 * np.log10(speckle(300, 400)))
    image = written(tmp_path, raster_of(db), "db", "sigma0_db")
    values, profile = read_image(tmp_path / "sar.tif")
    assert (profile["dtype"], profile["nodata"], profile["crs"]) == ("int16", -32768, None)
    assert (image.unit, image.scale) == ("sigma0_db", 0.01)
    has_data = np.isfinite(db)
    assert np.array_equal(values[0] == -32768, ~has_data)
    assert np.abs(values[0][has_data] * 0.01 - db[has_data]).max() <= 0.00501


@pytest.mark.parametrize("quantity", ["intensity", "amplitude"])
def test_power_and_amplitude_become_decibels_of_power(tmp_path, quantity):
    power = speckle(30, 40)
    power[0, :2] = 0
    image = written(tmp_path, raster_of(np.sqrt(power) if quantity == "amplitude" else power), quantity)
    values = read_image(tmp_path / "sar.tif")[0][0]
    expected = 10 * np.log10(np.maximum(power, power[power > 0].min()))
    assert np.abs(values * 0.01 - expected).max() < 0.0051
    assert "2 zeros" in image.notes[0]


def test_what_hundredths_cannot_hold_is_kept_as_float(tmp_path):
    power = speckle(30, 40).astype(np.float64)
    power[0, 0] = 1e-36
    db = 10 * np.log10(power)
    db[1, 1] = -340
    image = written(tmp_path, raster_of(db), "db")
    values, profile = read_image(tmp_path / "sar.tif")
    assert (profile["dtype"], image.scale) == ("float32", 1.0)
    assert values[0] == pytest.approx(db, rel=1e-6)


@pytest.mark.parametrize("kind", ["db", "intensity", "amplitude"])
def test_overviews_keep_the_brightness_of_flat_ground(tmp_path, kind):
    """The mean of one-look speckle in dB would lie 2.5 dB too low."""
    power = speckle(1024, 1024)
    values = {"db": 10 * np.log10(power), "intensity": power, "amplitude": np.sqrt(power)}[kind]
    written(tmp_path, raster_of(holed(values)), kind)
    last = overview(tmp_path / "sar.tif", 1)
    assert last.shape == (256, 256)
    linear_mean = 10 ** (last[last != -32768] * 0.001)
    assert 10 * np.log10(linear_mean.mean()) == pytest.approx(0, abs=0.05)
    assert last[0, 0] * 0.01 == pytest.approx(10 * np.log10(power[:4, :4].mean()), abs=0.006)
    assert last[26, 13] == -32768


def test_digital_numbers_of_amplitude_are_averaged_in_power(tmp_path):
    numbers = (np.sqrt(speckle(512, 512)) * 1000).astype(np.uint16)
    image = written(tmp_path, raster_of(numbers))
    values, profile = read_image(tmp_path / "sar.tif")
    assert np.array_equal(values[0], numbers)
    assert (profile["dtype"], profile["nodata"], image.unit) == ("uint16", None, "dn")
    half = overview(tmp_path / "sar.tif")
    assert half[3, 5] == round(np.sqrt((numbers[6:8, 10:12].astype(float) ** 2).mean()))


def test_digital_numbers_of_unknown_scaling_are_averaged_as_they_are(tmp_path):
    numbers = np.random.default_rng(0).integers(0, 256, (300, 300), dtype=np.uint8)
    written(tmp_path, raster_of(numbers))
    mean = numbers[6:8, 10:12].mean()
    assert overview(tmp_path / "sar.tif")[3, 5] == int(np.floor(mean + 0.5))


@pytest.mark.parametrize(
    ("least", "most", "nodata"), [(1, 255, 0), (0, 254, 255), (0, 255, 0)], ids=["0 free", "255 free", "none free"]
)
def test_no_data_among_digital_numbers_takes_a_number_that_is_free(tmp_path, least, most, nodata):
    numbers = np.random.default_rng(0).integers(least, most + 1, (300, 300), dtype=np.uint8)
    numbers[0, :2] = least, most
    valid = np.ones(numbers.shape, dtype=bool)
    valid[40:60, 30:50] = False
    image = written(tmp_path, raster_of(numbers, valid))
    values, profile = read_image(tmp_path / "sar.tif")
    assert profile["nodata"] == nodata
    assert np.array_equal(values[0] == nodata, ~valid)
    assert np.abs(values[0].astype(int) - numbers)[valid].max() == (1 if "raised" in "".join(image.notes) else 0)
    half = overview(tmp_path / "sar.tif")
    assert (half[20:30, 15:25] == nodata).all()
    assert (half == nodata).sum() == 100


def test_processed_overviews_are_stretched_means_of_power(tmp_path):
    power = speckle(512, 600, looks=20)
    valid = np.ones(power.shape, dtype=bool)
    stretch = find_stretch(power, valid, is_amplitude=False)
    full = write_processed(tmp_path / "p.tif", power, valid, stretch)
    values, profile = read_image(tmp_path / "p.tif")
    assert np.array_equal(values[0], full)
    assert (profile["dtype"], profile["nodata"]) == ("uint8", None)
    db = 10 * np.log10(power[20:22, 30:32].mean(dtype=np.float64))
    expected = np.floor((db - stretch.low_db) / (stretch.high_db - stretch.low_db) * 255 + 0.5)
    assert overview(tmp_path / "p.tif")[10, 15] == expected


def test_optical_black_is_told_from_no_data(tmp_path):
    image = np.random.default_rng(0).integers(0, 255, (3, 300, 280), dtype=np.uint8)
    image[:, 0, 0] = 0
    valid = np.ones((300, 280), dtype=bool)
    valid[:, 200:] = False
    write_optical(tmp_path / "o.tif", image, valid)
    values, profile = read_image(tmp_path / "o.tif")
    assert profile["nodata"] == 0
    assert np.array_equal((values == 0).all(axis=0), ~valid)
    assert (values[:, 0, 0] == 1).all()
    write_optical(tmp_path / "whole.tif", image, np.ones((300, 280), dtype=bool))
    values, profile = read_image(tmp_path / "whole.tif")
    assert np.array_equal(values, image)
    assert profile["nodata"] is None
