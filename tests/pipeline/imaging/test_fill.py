from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from pipeline.imaging.fill import Marks, undeclared_fill
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


@pytest.mark.parametrize("seed", range(4))
def test_regions_are_followed_across_strips(seed):
    """Spirals and blobs over several strips, as one labelling of the whole finds them."""
    noise = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=(1700, 90)), 3)
    image = (noise > np.quantile(noise, 0.45)).astype(np.float32)
    regions, _ = ndimage.label(image == 0)
    border = np.unique(np.concatenate([regions[0], regions[-1], regions[:, 0], regions[:, -1]]))
    expected = np.isin(regions, border[border > 0])
    assert 0.05 < expected.mean() < 0.45
    assert np.array_equal(undeclared_fill(image, np.ones(image.shape, dtype=bool)), expected)


def test_marks_are_cut_as_they_were_set():
    is_marked = np.random.default_rng(0).random((40, 77)) > 0.5
    marks = Marks(is_marked.shape)
    marks.mark(0, is_marked[:16])
    marks.mark(16, is_marked[16:])
    assert marks.share == is_marked.mean()
    for row, col, rows, cols in ((0, 0, 40, 77), (3, 5, 20, 30), (39, 76, 1, 1), (10, 8, 5, 69)):
        assert np.array_equal(marks.cut(row, col, rows, cols), is_marked[row : row + rows, col : col + cols])
