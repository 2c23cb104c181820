from __future__ import annotations

import numpy as np
import pytest

from pipeline.imaging.pyramid import mean_levels
from tests.pipeline.imaging.made_images import speckle


@pytest.mark.parametrize("shape", [(1024, 1024), (1025, 700), (513, 2049), (3, 1500)])
def test_each_level_is_the_mean_of_the_pixels_with_data_below(shape):
    image = speckle(*shape)
    valid = np.random.default_rng(1).random(shape) < 0.4
    valid[: shape[0] // 2, :300] = False
    image[~valid] = np.nan
    factor = 1
    for means, has_data in mean_levels(image, valid):
        factor *= 2
        for row, col in [(0, 0), (means.shape[0] - 1, means.shape[1] - 1), (means.shape[0] // 2, means.shape[1] // 3)]:
            below = np.s_[row * factor : (row + 1) * factor, col * factor : (col + 1) * factor]
            assert has_data[row, col] == valid[below].any()
            if has_data[row, col]:
                assert means[row, col] == pytest.approx(image[below][valid[below]].mean(dtype=np.float64), rel=1e-6)
            else:
                assert np.isnan(means[row, col])
    assert max(means.shape) <= 256


def test_sizes_are_halved_and_rounded_up():
    sizes = [means.shape for means, _ in mean_levels(np.ones((1025, 700)), np.ones((1025, 700), dtype=bool))]
    assert sizes == [(513, 350), (257, 175), (129, 88)]


def test_a_small_image_has_no_overview():
    assert list(mean_levels(np.ones((256, 256)), np.ones((256, 256), dtype=bool))) == []
