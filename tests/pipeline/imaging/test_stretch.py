from __future__ import annotations

import numpy as np
import pytest

from pipeline.imaging.stretch import apply_stretch, find_stretch
from tests.pipeline.imaging.made_images import speckle


def everywhere(image):
    return np.ones(image.shape, dtype=bool)


@pytest.mark.parametrize("is_amplitude", [False, True])
def test_the_stretch_is_the_percentile_stretch_of_the_logarithm(is_amplitude):
    image = speckle()
    stretch = find_stretch(image, everywhere(image), is_amplitude=is_amplitude)
    db = (20 if is_amplitude else 10) * np.log10(image.astype(np.float64))
    low, high = np.percentile(db, [1, 99])
    assert (stretch.low_db, stretch.high_db) == pytest.approx((low, high), abs=1e-9)
    expected = np.floor(np.clip((db - low) / (high - low) * 255, 0, 255) + 0.5)
    result = apply_stretch(image, everywhere(image), stretch)
    assert result.dtype == np.uint8
    assert np.array_equal(result, expected)
    assert {result.min(), result.max()} == {0, 255}


def test_zeros_are_raised_to_the_smallest_positive_value():
    image = speckle()
    image[:3] = 0
    stretch = find_stretch(image, everywhere(image), is_amplitude=False)
    assert stretch.floor == image[image > 0].min()
    assert stretch.floored == 3 * 80
    assert (apply_stretch(image, everywhere(image), stretch)[:3] == 0).all()


def test_no_data_is_zero_and_nothing_else_is():
    image = speckle()
    valid = everywhere(image)
    valid[10:20, 10:30] = False
    image[~valid] = np.nan
    image[0, 0] = 0
    result = apply_stretch(image, valid, find_stretch(image, valid, is_amplitude=False))
    assert np.array_equal(result == 0, ~valid)
    assert result[0, 0] == 1


def test_no_data_has_no_say_in_the_limits():
    image = speckle()
    valid = everywhere(image)
    valid[:20] = False
    spoilt = np.where(valid, image, 1e9).astype(np.float32)
    assert find_stretch(spoilt, valid, is_amplitude=False) == find_stretch(
        image[20:], everywhere(image[20:]), is_amplitude=False
    )


def test_an_image_of_one_value_is_mid_grey():
    image = np.full((5, 5), 3, dtype=np.float32)
    stretch = find_stretch(image, everywhere(image), is_amplitude=False)
    assert (apply_stretch(image, everywhere(image), stretch) == 128).all()


def test_long_images_are_stretched_in_strips_alike():
    image = speckle(3000, 700)
    stretch = find_stretch(image, everywhere(image), is_amplitude=False)
    whole = apply_stretch(image, everywhere(image), stretch)
    assert np.array_equal(whole[2900:], apply_stretch(image[2900:], everywhere(image[2900:]), stretch))
