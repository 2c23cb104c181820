from __future__ import annotations

import numpy as np
import pytest

from pipeline.imaging.hundredths import NODATA, hundredths, hundredths_of_db
from pipeline.imaging.quantity import Interpretation
from pipeline.imaging.sar_numbers import SarNumbers, sar_numbers
from pipeline.imaging.survey import examine


def all_of(values):
    return np.ones(np.shape(values), dtype=bool)


@pytest.mark.parametrize("is_amplitude", [False, True])
def test_steps_are_the_rounded_hundredths_of_the_decibels(is_amplitude):
    exponents = np.random.default_rng(0).uniform(-16, 16, (500, 400)) / (2 if is_amplitude else 1)
    values = (10**exponents).astype(np.float32)
    db = (20 if is_amplitude else 10) * np.log10(values.astype(np.float64))
    expected = np.floor(db / 0.01 + 0.5)
    assert np.array_equal(hundredths(values, all_of(values), 1e-37, is_amplitude=is_amplitude), expected)


def test_small_values_are_raised_and_what_has_no_data_is_marked():
    values = np.array([[0, -1, 1e-9, 0.1, np.nan, np.inf, 7, 1e-45]], dtype=np.float32)
    valid = np.array([[1, 1, 1, 1, 0, 0, 0, 1]], dtype=bool)
    expected = [[-2000, -2000, -2000, -1000, NODATA, NODATA, NODATA, -2000]]
    assert hundredths(values, valid, 0.01, is_amplitude=False).tolist() == expected


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16, np.uint8])
def test_decibels_are_rounded_half_up(dtype):
    values = np.array([[3, 7]], dtype=dtype) if dtype in (np.int16, np.uint8) else np.array([[-0.125, 1.234]], dtype)
    expected = [[300, 700]] if dtype in (np.int16, np.uint8) else [[-12, 123]]
    assert hundredths_of_db(values, all_of(values)).tolist() == expected
    assert (hundredths_of_db(values, ~all_of(values)) == NODATA).all()


def numbers_of(values, quantity):
    values = np.asarray(values)
    found = Interpretation(quantity, True)
    return sar_numbers(examine(values, all_of(values)), found, str(values.dtype), "sigma0_db")


def test_a_range_of_three_hundred_and_twenty_seven_decibels_fits():
    assert numbers_of(np.array([[-327.0, 327.0]]), "db").dtype == np.int16
    assert numbers_of(np.array([[-327.1, 0.0]]), "db").dtype == np.float32
    assert numbers_of(np.array([[1e-30, 1e29]]), "intensity").dtype == np.int16
    assert numbers_of(np.array([[1e-33, 1.0]]), "intensity").dtype == np.float32
    assert numbers_of(np.array([[1e-17, 1.0]], dtype=np.float32), "amplitude").dtype == np.float32


@pytest.mark.parametrize("quantity", ["intensity", "amplitude"])
def test_numbers_too_small_for_float32_make_no_infinite_decibels(quantity):
    values = np.array([[0, 1e-60, 1.0]])
    numbers = numbers_of(values, quantity)
    stored = numbers.stored(values, all_of(values))
    assert np.isfinite(stored).all()
    assert "1 zeros" in numbers.notes[0]


def test_the_value_under_the_cursor_is_the_files_to_half_a_step():
    values = np.random.default_rng(0).gamma(1, 0.05, (300, 300)).astype(np.float32)
    numbers = numbers_of(values, "intensity")
    assert isinstance(numbers, SarNumbers)
    shown = numbers.stored(values, all_of(values)) * numbers.scale
    assert np.abs(shown - 10 * np.log10(values.astype(np.float64))).max() <= 0.005 + 1e-6
