from __future__ import annotations

import math

import numpy as np
import pytest

from pipeline.imaging.survey import NOTHING, examine


def surveyed(values, valid=None):
    valid = np.ones(values.shape, dtype=bool) if valid is None else valid
    return examine(values, valid), valid


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16, np.float32, np.float64])
def test_numbers_of_every_type_are_counted(dtype):
    survey, valid = surveyed(np.array([[0, 3, 7], [0, 1, 9]], dtype=dtype))
    assert (survey.pixels, survey.valid, survey.zeros, survey.negatives, survey.fractions) == (6, 6, 2, 0, 0)
    assert (survey.least, survey.most, survey.smallest_positive) == (0, 9, 1)
    assert valid.all()
    assert not survey.has_holes


def test_what_is_no_measurement_is_marked_and_left_out():
    values = np.array([[np.nan, np.inf, -np.inf, -3.4e38, 0.5, -2]], dtype=np.float32)
    survey, valid = surveyed(values)
    assert valid.tolist() == [[False] * 4 + [True] * 2]
    assert (survey.valid, survey.negatives, survey.fractions) == (2, 1, 1)
    assert (survey.least, survey.most, survey.smallest_positive) == (-2, 0.5, 0.5)


def test_declared_no_data_stays_out():
    survey, _ = surveyed(np.array([[5, 200]], dtype=np.uint8), np.array([[True, False]]))
    assert (survey.valid, survey.most, survey.has_holes) == (1, 5, True)


def test_saturated_numbers_are_counted():
    assert surveyed(np.array([[255, 255, 1]], dtype=np.uint8))[0].saturated == 2
    assert surveyed(np.array([[255, 255, 1]], dtype=np.float32))[0].saturated == 0


def test_surveys_of_strips_make_that_of_the_whole():
    values = np.random.default_rng(0).normal(size=(60, 40)).astype(np.float32)
    values[3:9] = np.nan
    merged = NOTHING
    for first in range(0, 60, 7):
        merged = merged.merged(surveyed(values[first : first + 7])[0])
    assert merged == surveyed(values)[0]
    assert NOTHING.least == math.inf


def test_float32_is_surveyed_as_float64_is():
    """By integers of the same order, for speed."""
    rng = np.random.default_rng(0)
    odd = np.array(
        [0, -0.0, 1, -1, 0.5, -2.5, np.nan, np.inf, -np.inf, 1e30, -3.4e38, 9e29, 1e-42, 7], dtype=np.float32
    )
    for number in range(200):
        shape = (3, int(rng.integers(1, 40)))
        values = rng.choice(odd, shape) if number % 2 else rng.normal(0, 3, shape).astype(np.float32)
        declared = rng.random(shape) < 0.7
        survey, valid = surveyed(values, declared.copy())
        expected, expected_valid = surveyed(values.astype(np.float64), declared.copy())
        assert survey == expected
        assert np.array_equal(valid, expected_valid)
