from __future__ import annotations

import numpy as np
import pytest

from pipeline.imaging.stretch import Stretch, StretchHistogram, apply_stretch, find_stretch
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


def percentiles_in_db(values, is_amplitude):
    """By definition: zeros raised to the smallest positive value, then sorted logarithms."""
    chosen = np.maximum(values, values[values > 0].min()).astype(np.float64)
    return np.percentile((20 if is_amplitude else 10) * np.log10(chosen), [1, 99])


@pytest.mark.parametrize("is_amplitude", [False, True])
@pytest.mark.parametrize(
    "image",
    [
        speckle(),
        speckle() * np.float32(1e-30),
        speckle(300, 400),
        np.random.default_rng(1).integers(0, 40, (70, 90)).astype(np.float32),
        np.where(speckle() < 0.02, 0, speckle()),
        np.array([[0, 0, 0, 5.0]], dtype=np.float32),
        np.full((30, 30), 1e-42, dtype=np.float32),
        np.exp(np.random.default_rng(2).normal(0, 20, (50, 50))).astype(np.float32),
    ],
    ids=["speckle", "tiny", "larger", "integers", "over 1 % zeros", "four pixels", "subnormal", "wide"],
)
def test_the_limits_are_exact_for_an_image_and_close_for_strips(image, is_amplitude):
    expected = percentiles_in_db(image, is_amplitude)
    valid = everywhere(image)
    exact = find_stretch(image, valid, is_amplitude=is_amplitude)
    assert (exact.low_db, exact.high_db) == pytest.approx(tuple(expected), abs=1e-9)
    strips = StretchHistogram()
    for first in range(0, len(image), 13):
        strips.add(image[first : first + 13], valid[first : first + 13])
    close = strips.stretch(is_amplitude=is_amplitude)
    assert (close.floor, close.floored) == (exact.floor, exact.floored) == (image[image > 0].min(), (image == 0).sum())
    assert (close.low_db, close.high_db) == pytest.approx(tuple(expected), abs=6e-4)


def test_the_order_of_strips_and_merging_change_nothing():
    image = speckle(90, 70)
    image[5] = 0
    image[80, 3] = 1e-20
    valid = everywhere(image)
    valid[40:44] = False
    whole = StretchHistogram().add(image, valid).stretch(is_amplitude=False)
    upper = StretchHistogram().add(image[:30], valid[:30])
    lower = StretchHistogram().add(image[60:], valid[60:]).add(image[30:60], valid[30:60])
    assert lower.merge(upper).merge(StretchHistogram()).stretch(is_amplitude=False) == whole


def test_a_histogram_without_a_positive_value_says_so():
    dark = StretchHistogram().add(np.zeros((3, 3), np.float32), np.ones((3, 3), bool))
    assert dark.is_dark
    with pytest.raises(ValueError, match="no positive value"):
        dark.stretch(is_amplitude=False)


def test_missing_and_infinite_values_are_not_counted():
    image = speckle()
    image[0, :2] = np.nan, np.inf
    valid = everywhere(image)
    assert StretchHistogram().add(image, valid).stretch(is_amplitude=True) == StretchHistogram().add(
        image, valid & np.isfinite(image)
    ).stretch(is_amplitude=True)


@pytest.mark.parametrize("span", [1e-7, 1e-5, 0.3, 25.0, 90.0])
@pytest.mark.parametrize("is_amplitude", [False, True])
def test_every_grey_level_follows_the_formula_at_any_span(span, is_amplitude):
    stretch = Stretch(-3.0, -3.0 + span, 1e-12, 0, is_amplitude)
    db = np.random.default_rng(3).uniform(-3 - span / 5, -3 + 1.2 * span, (200, 300))
    image = (10 ** (db / (20 if is_amplitude else 10))).astype(np.float32)
    image[0, :3] = 0, 1e-40, 3e38
    logarithms = (20 if is_amplitude else 10) * np.log10(np.maximum(image, 1e-12).astype(np.float64))
    expected = np.floor(np.clip((logarithms + 3.0) * (255.0 / span), 0, 255) + 0.5)
    # At the edge of a level the last bit of two ways to take the logarithm decides.
    different = apply_stretch(image, everywhere(image), stretch) != expected
    assert different.mean() < (0.2 if span < 1e-4 else 1e-4)
    if span >= 0.3:
        assert not different.any()


@pytest.mark.parametrize("is_amplitude", [False, True])
def test_a_second_walk_over_the_strips_gives_the_stretch_of_the_whole(is_amplitude):
    values = speckle(700, 300, looks=3)
    values[:20, :200] = 0
    values[600:, :90] = np.nan
    valid = np.isfinite(values)
    strips = [np.s_[first : first + 64] for first in range(0, 700, 64)]
    histogram = StretchHistogram()
    for strip in strips:
        histogram.add(values[strip], valid[strip])
    narrowed = histogram.narrowed()
    for strip in reversed(strips):
        narrowed.add(values[strip], valid[strip])
    assert narrowed.stretch(is_amplitude=is_amplitude) == find_stretch(values, valid, is_amplitude=is_amplitude)


def test_a_part_without_holes_of_an_image_with_some_keeps_0_for_no_data():
    values = speckle()
    stretch = find_stretch(values, everywhere(values), is_amplitude=False)
    part = apply_stretch(values, everywhere(values), stretch, has_holes=True)
    assert part.min() == 1
    assert np.array_equal(part, np.maximum(apply_stretch(values, everywhere(values), stretch), 1))
