from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio

from pipeline.imaging.cog import (
    linear_stream,
    processed_stream,
    sar_stream,
    write_linear,
    write_optical,
    write_processed,
    write_sar,
)
from pipeline.imaging.quantity import interpret
from pipeline.imaging.reading import Raster
from pipeline.imaging.sar_numbers import sar_numbers
from pipeline.imaging.stretch import find_stretch
from pipeline.imaging.survey import examine
from tests.pipeline.imaging.made_images import read_image, speckle

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")


def raster_of(values, valid=None):
    values = np.asarray(values)
    valid = np.isfinite(values) if valid is None else valid
    return Raster(values, valid, None, None, str(values.dtype), None, 1, 1)


def numbers_of(raster, quantity=None, unit="relative_db"):
    survey = examine(raster.values, raster.valid.copy())
    return sar_numbers(survey, interpret(survey, raster.dtype, quantity, Path("a.tif")), raster.dtype, unit)


def written(tmp_path, raster, quantity=None, unit="relative_db"):
    numbers = numbers_of(raster, quantity, unit)
    write_sar(tmp_path / "sar.tif", raster, numbers)
    return numbers


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


def sources():
    """Of each way in which a SAR image is stored: values, and what they are stated to be."""
    power = holed(speckle(700, 530))
    return {
        "power": (power, "intensity"),
        "amplitude": (np.sqrt(power), "amplitude"),
        "dB": (10 * np.log10(power), "db"),
        "a range too wide": (power.astype(np.float64) ** 30, "intensity"),
        "numbers": ((np.nan_to_num(np.sqrt(power)) * 1000).astype(np.uint16), None),
    }


@pytest.mark.parametrize("kind", sources())
def test_strips_give_the_sar_file_of_the_whole_image(tmp_path, kind):
    values, quantity = sources()[kind]
    raster = raster_of(values, np.isfinite(holed(speckle(700, 530))))
    numbers = numbers_of(raster, quantity)
    stored = write_sar(tmp_path / "whole.tif", raster, numbers)
    assert np.array_equal(stored, read_image(tmp_path / "whole.tif")[0][0], equal_nan=stored.dtype.kind == "f")
    with sar_stream(tmp_path / "strips.tif", values.shape, numbers) as add_rows:
        for top in range(0, 700, 99):
            add_rows(values[top : top + 99], raster.valid[top : top + 99])
    assert (tmp_path / "strips.tif").read_bytes() == (tmp_path / "whole.tif").read_bytes()


@pytest.mark.parametrize("is_amplitude", [False, True])
def test_strips_give_the_processed_and_the_linear_file_of_the_whole_image(tmp_path, is_amplitude):
    values = holed(speckle(700, 530, looks=20))
    valid = np.isfinite(values)
    stretch = find_stretch(values, valid, is_amplitude=is_amplitude)
    quantity = "amplitude" if is_amplitude else "intensity"
    write_processed(tmp_path / "whole.tif", values, valid, stretch)
    write_linear(tmp_path / "linear.tif", values, valid, quantity, None)
    with (
        processed_stream(tmp_path / "strips.tif", values.shape, stretch, has_holes=True) as add_grey,
        linear_stream(tmp_path / "linear_strips.tif", values.shape, quantity, None) as add_linear,
    ):
        for top in range(0, 700, 64):
            strip = values[top : top + 64], valid[top : top + 64]
            add_grey(*strip)
            add_linear(*strip)
    for whole, strips in (("whole", "strips"), ("linear", "linear_strips")):
        assert (tmp_path / f"{strips}.tif").read_bytes() == (tmp_path / f"{whole}.tif").read_bytes()
    half = overview(tmp_path / "linear.tif")
    square = values[20:22, 30:32].astype(np.float64) ** (2 if is_amplitude else 1)
    assert half[10, 15] == pytest.approx(square.mean() ** (0.5 if is_amplitude else 1), rel=1e-6)


def test_a_chip_without_holes_means_by_its_numbers_what_its_scene_does(tmp_path):
    power = holed(speckle(400, 300, looks=20))
    valid = np.isfinite(power)
    stretch = find_stretch(power, valid, is_amplitude=False)
    scene = write_processed(tmp_path / "scene.tif", power, valid, stretch)
    chip = np.s_[150:400, 100:300]
    grey = write_processed(tmp_path / "chip.tif", power[chip], valid[chip], stretch, has_holes=True)
    assert np.array_equal(grey, scene[chip])
    assert read_image(tmp_path / "chip.tif")[1]["nodata"] == 0
    raster = raster_of((np.nan_to_num(power) * 100).astype(np.uint8), valid)
    numbers = numbers_of(raster, "amplitude")
    stored = write_sar(tmp_path / "scene.tif", raster, numbers)
    part = raster_of(raster.values[chip], raster.valid[chip])
    assert np.array_equal(write_sar(tmp_path / "chip.tif", part, numbers), stored[chip])
    assert read_image(tmp_path / "chip.tif")[1]["nodata"] == numbers.nodata
    assert numbers.nodata is not None


@pytest.mark.parametrize("looks", [1, 4])
@pytest.mark.parametrize("kind", ["int16", "float32"])
def test_every_overview_of_flat_speckle_has_the_mean_of_the_full_image(tmp_path, looks, kind):
    power = speckle(2048, 2048, looks=looks).astype(np.float64)
    if kind == "float32":
        power[0, 0] = 1e-40
    numbers = written(tmp_path, raster_of(power if kind == "float32" else power.astype(np.float32)), "intensity")
    assert numbers.dtype == kind
    with rasterio.open(tmp_path / "sar.tif") as dataset:
        assert dataset.overviews(1) == [2, 4, 8]
    for number in range(3):
        db = overview(tmp_path / "sar.tif", number) * numbers.scale
        assert 10 * np.log10((10 ** (db / 10)).mean()) == pytest.approx(10 * np.log10(power.mean()), abs=0.005)
    # Of the smallest overview even the mean of dB is near: 64 pixels are averaged in each.
    assert db.mean() == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("looks", [1, 4])
def test_every_processed_overview_of_flat_ground_shows_the_grey_of_its_mean_power(tmp_path, looks):
    power = speckle(1024, 1024, looks=looks)
    valid = np.ones(power.shape, dtype=bool)
    stretch = find_stretch(power, valid, is_amplitude=False)
    write_processed(tmp_path / "p.tif", power, valid, stretch)
    step = (stretch.high_db - stretch.low_db) / 255
    for number, size in enumerate([512, 256]):
        grey = overview(tmp_path / "p.tif", number)
        cells = power.reshape(size, 1024 // size, size, 1024 // size).mean(axis=(1, 3), dtype=np.float64)
        shown = stretch.low_db + grey * step
        expected = np.clip(10 * np.log10(cells), stretch.low_db, stretch.high_db)
        assert np.abs(shown - expected).max() <= step / 2 + 1e-6
