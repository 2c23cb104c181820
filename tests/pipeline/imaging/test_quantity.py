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


def test_negative_powers_of_noise_subtraction_become_zero_with_a_warning():
    values = speckle() - np.float32(0.05)
    assert "set to zero" in told(values, "intensity").warning
    assert linear(values, np.isfinite(values), "intensity").min() == 0


def test_decibels_become_power():
    values = np.array([[-10.0, 0.0, 20.0, np.nan]])
    result = linear(values, np.isfinite(values), "db")
    assert result[0, :3] == pytest.approx([0.1, 1, 100], rel=1e-6)
    assert np.isnan(result[0, 3])
