from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.imaging.errors import ImageError
from pipeline.imaging.quantity import interpret, linear
from pipeline.imaging.survey import examine
from tests.pipeline.imaging.made_images import speckle


def told(values, stated=None):
    survey = examine(values, np.ones(values.shape, dtype=bool))
    return interpret(survey, str(values.dtype), stated, Path("a.tif"))


@pytest.mark.parametrize(
    ("values", "quantity", "is_warned"),
    [
        ((speckle() * 50).astype(np.uint8), "dn", False),
        ((speckle() * 50).astype(np.uint16), "amplitude", True),
        ((speckle() * 50).astype(np.int16), "amplitude", True),
        (speckle(), "intensity", True),
        ((10 * np.log10(speckle())), "db", True),
        ((10 * np.log10(speckle())).astype(np.int16), "db", True),
    ],
)
def test_the_quantity_is_told_by_type_and_range_and_a_guess_is_said(values, quantity, is_warned):
    found = told(values)
    assert (found.quantity, found.is_stated, found.warning is not None) == (quantity, False, is_warned)


@pytest.mark.parametrize("quantity", ["intensity", "amplitude"])
def test_the_users_word_counts(quantity):
    found = told((speckle() * 50).astype(np.uint8), quantity)
    assert (found.quantity, found.is_stated, found.warning) == (quantity, True, None)


@pytest.mark.parametrize(
    ("values", "stated", "reason"),
    [
        (speckle() - np.float32(0.05), None, "neither dB nor power"),
        (speckle() * 1e4 - 5, None, "neither dB nor power"),
        (speckle() - 1, "amplitude", "has negative values"),
        (speckle() * 1e4, "db", "was stated to hold dB"),
    ],
)
def test_what_cannot_be_is_refused(values, stated, reason):
    with pytest.raises(ImageError, match=reason):
        told(values, stated)


FILL = np.where(speckle() > 3, np.float32(-9999), speckle())


@pytest.mark.parametrize(
    ("values", "stated", "reason"),
    [
        (FILL, None, "-9999 seems to mark no data: declare it"),
        (FILL, "intensity", "-9999 seems to mark no data: declare it"),
        (FILL, "amplitude", "-9999 seems to mark no data: declare it"),
        (FILL, "db", "has values down to -9999; -9999 seems to mark no data"),
        (10 * np.log10(speckle(looks=4)) - 12, "intensity", "they look like dB: state db"),
        (10 * np.log10(speckle(looks=4)) - 12, "amplitude", "they look like dB: state db"),
        ((speckle() * 50).astype(np.int16) - 9, "dn", "was stated to hold digital numbers, but has negative values"),
        (speckle(), "dn", "has fractions; state intensity, amplitude or db"),
        (np.round(speckle() * 1e6), "dn", "was stated to hold digital numbers, but has"),
        ((speckle() * 50).astype(np.int16) - 200, None, "neither dB nor power"),
    ],
)
def test_a_wrong_statement_says_what_to_do(values, stated, reason):
    with pytest.raises(ImageError, match=reason):
        told(values, stated)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_stated_digital_numbers_are_taken_as_they_are(dtype):
    found = told(np.floor(speckle() * 50).astype(dtype), "dn")
    assert (found.quantity, found.is_stated, found.warning) == ("dn", True, None)


def test_a_few_negative_values_make_no_decibels():
    """Noise was subtracted from power on a scale of its own."""
    values = speckle() * 20
    values[0, :5] = -3
    with pytest.raises(ImageError, match="neither dB nor power; state db or intensity"):
        told(values)


def test_negative_powers_of_noise_subtraction_become_zero_with_a_warning():
    values = speckle() - np.float32(0.05)
    assert "set to zero" in told(values, "intensity").warning
    assert linear(values, np.isfinite(values), "intensity").min() == 0


def test_decibels_become_power():
    values = np.array([[-10.0, 0.0, 20.0, np.nan]])
    result = linear(values, np.isfinite(values), "db")
    assert result[0, :3] == pytest.approx([0.1, 1, 100], rel=1e-6)
    assert np.isnan(result[0, 3])
