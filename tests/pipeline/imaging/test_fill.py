from __future__ import annotations

import numpy as np

from pipeline.imaging.fill import undeclared_fill
from tests.pipeline.imaging.made_images import speckle


def scene():
    image = speckle(100, 100)
    image[40:50, 40:70] = 0
    return image, np.ones(image.shape, dtype=bool)


def test_zeros_that_reach_the_border_are_fill_and_others_are_not():
    image, valid = scene()
    y, x = np.mgrid[0:100, 0:100]
    corner = x + 2 * y < 60
    image[corner] = 0
    assert np.array_equal(undeclared_fill(image, valid), corner)


def test_zeros_inside_and_few_at_the_border_are_measurements():
    image, valid = scene()
    image[0, :50] = 0
    assert undeclared_fill(image, valid) is None


def test_declared_no_data_is_no_fill():
    image, valid = scene()
    image[:30] = 0
    valid[:30] = False
    assert undeclared_fill(image, valid) is None
