from __future__ import annotations

import numpy as np

from pipeline.imaging.logarithm import decibels


def test_decibels_are_those_of_numpy_for_every_kind_of_number():
    image = np.exp(np.random.default_rng(4).normal(0, 15, (50, 77))).astype(np.float32)
    image[0, :5] = 1e-45, 1e-39, 1, 2, np.sqrt(2)
    assert np.allclose(decibels(image, is_amplitude=False), 10 * np.log10(image.astype(np.float64)), rtol=0, atol=1e-9)
    assert np.allclose(
        decibels(image.T, is_amplitude=True), 20 * np.log10(image.T.astype(np.float64)), rtol=0, atol=1e-9
    )
    odd = np.array([0.0, -0.0, -1.0, np.inf, -np.inf, np.nan], dtype=np.float32)
    expected = [-np.inf, -np.inf, np.nan, np.inf, np.nan, np.nan]
    assert np.array_equal(decibels(odd, is_amplitude=False), expected, equal_nan=True)
    assert decibels(100.0, is_amplitude=False) == 20
