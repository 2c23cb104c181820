"""The filter against a second implementation, written from the paper's description and not from the kernel."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from pipeline.imaging.refined_lee import HALO, refined_lee
from pipeline.imaging.speckle import speckle_variance

# The eight half windows as masks of signed distances from a line through the centre: x to the right, y downwards.
Y, X = np.mgrid[-3:4, -3:4]
SIDES = {
    "vertical": ((X <= 0, (0, -2)), (X >= 0, (0, 2))),
    "upper right to lower left": ((X + Y <= 0, (-2, -2)), (X + Y >= 0, (2, 2))),
    "horizontal": ((Y <= 0, (-2, 0)), (Y >= 0, (2, 0))),
    "upper left to lower right": ((X >= Y, (-2, 2)), (X <= Y, (2, -2))),
}
"""Edge direction: its two sides, each a mask and the (y, x) of its outer block; the second wins when equally near. Of
equal gradients the first of these wins."""


def reference(image, looks, *, amplitude=False, weight="lee1981", flat_test=None):
    """Lee (1981) in float64 over a stack of all windows."""
    z = np.asarray(image, dtype=np.float64)
    z = np.where(np.isfinite(z), z, np.nan)
    c = 1 / looks
    if amplitude:
        c = math.exp(math.lgamma(looks) + math.lgamma(looks + 1) - 2 * math.lgamma(looks + 0.5)) - 1
    windows = sliding_window_view(np.pad(z, 3, constant_values=np.nan), (7, 7))
    chosen = np.where(np.isnan(windows).any(axis=(2, 3))[..., None, None], ~np.isnan(windows), half_windows(windows))
    if flat_test is not None:
        whole = ~np.isnan(windows).any(axis=(2, 3))
        is_flat = whole & (windows.var(axis=(2, 3), ddof=1) < flat_test * windows.mean(axis=(2, 3)) ** 2 * c)
        chosen |= is_flat[..., None, None]
    count = chosen.sum(axis=(2, 3))
    with np.errstate(all="ignore"):
        m = np.where(chosen, windows, 0).sum(axis=(2, 3)) / count
        v = np.where(chosen, (windows - m[..., None, None]) ** 2, 0).sum(axis=(2, 3)) / (count - 1)
        q = np.maximum(0, (v - m**2 * c) / (1 + c))
        k = q / v if weight == "lee1981" else q / (q + m**2 * c)
    k = np.where((v == 0) | ~np.isfinite(k), 0, k)
    return np.where((count < 2) | np.isnan(z), z, m + k * (z - m))


def half_windows(windows):
    """For each window the mask of the half that the edge rule chooses."""
    with np.errstate(invalid="ignore"):
        block = {
            (y, x): windows[..., 3 + y - 1 : 3 + y + 2, 3 + x - 1 : 3 + x + 2].sum(axis=(2, 3))
            for y in (-2, 0, 2)
            for x in (-2, 0, 2)
        }
        gradients = [abs(_prewitt(block, side[1][1])) for side in SIDES.values()]
        direction = np.argmax(np.nan_to_num(gradients), axis=0)
        result = np.zeros(windows.shape, dtype=bool)
        for number, ((mask, near), (other_mask, other)) in enumerate(SIDES.values()):
            is_other = abs(block[other] - block[0, 0]) <= abs(block[near] - block[0, 0])
            half = np.where(is_other[..., None, None], other_mask, mask)
            result |= half & (direction == number)[..., None, None]
    return result


def _prewitt(block, towards):
    """Blocks on the side of ``towards`` against those opposite."""
    sign = {key: np.sign(key[0] * towards[0] + key[1] * towards[1]) for key in block}
    return sum(sign[key] * value for key, value in block.items())


def speckled(rows=120, cols=300, looks=1.0, seed=0):
    """Edges in all directions, points, a ramp and flat ground under gamma speckle."""
    y, x = np.mgrid[0:rows, 0:cols]
    ground = np.ones((rows, cols))
    ground[(x > 60) & (x < 110)] = 8
    ground[(y > 80) & (x < 60)] = 5
    ground[(x + y > 220) & (x > 110)] = 20
    ground[(x - y > 190)] = 0.1
    ground[30:50, 130:160] = 0.01
    ground *= 1 + x / cols
    rng = np.random.default_rng(seed)
    image = ground * rng.gamma(looks, 1 / looks, ground.shape)
    image[rng.integers(0, rows, 40), rng.integers(0, cols, 40)] = 1e4
    return image.astype(np.float32)


def with_holes(image, seed=1):
    rng = np.random.default_rng(seed)
    image = image.copy()
    image[40:60, 200:230] = np.nan
    image[rng.integers(0, image.shape[0], 30), rng.integers(0, image.shape[1], 30)] = np.nan
    image[100, 100] = np.inf
    return image


def share_within(result, expected, tolerance=1e-4):
    has_data = np.isfinite(expected)
    return np.isclose(result, expected, rtol=tolerance, atol=0)[has_data].mean()


@pytest.mark.parametrize("looks", [1.0, 2.5, 4.0, 30.0, 240.0, 900.0])
@pytest.mark.parametrize("amplitude", [False, True])
def test_it_equals_the_reference_on_edges_points_borders_and_holes(looks, amplitude):
    image = with_holes(speckled(looks=looks))
    image = np.sqrt(image) if amplitude else image
    result = refined_lee(image, looks, amplitude=amplitude)
    assert result.dtype == np.float32
    assert share_within(result, reference(image, looks, amplitude=amplitude)) == 1.0


@pytest.mark.parametrize("weight", ["lee1981", "lee1980"])
@pytest.mark.parametrize("flat_test", [None, 1.2, 1.5])
@pytest.mark.parametrize("looks", [1.0, 16.0, 240.0, 500.0])
def test_its_options_equal_the_reference(weight, flat_test, looks):
    image = with_holes(speckled(looks=looks))
    result = refined_lee(image, looks, weight=weight, flat_test=flat_test)
    assert share_within(result, reference(image, looks, weight=weight, flat_test=flat_test)) == 1.0


@pytest.mark.parametrize("scale", [1e-36, 1e-25, 1e-12, 1e12, 1e25, 1e33])
@pytest.mark.parametrize("flat_test", [None, 1.3])
def test_no_scale_leaves_the_range_of_its_numbers(scale, flat_test):
    image = (with_holes(speckled()) * scale).astype(np.float32)
    assert share_within(refined_lee(image, 1.0, flat_test=flat_test), reference(image, 1.0, flat_test=flat_test)) == 1.0


def test_targets_and_shadows_of_any_contrast_equal_the_reference():
    image = np.exp(np.random.default_rng(9).normal(0, 12, (90, 280))).astype(np.float32)
    image[20:40, 30:50] = 0
    for weight in ("lee1981", "lee1980"):
        assert share_within(refined_lee(image, 4.0, weight=weight), reference(image, 4.0, weight=weight)) == 1.0


@pytest.mark.parametrize("scale", [3, 40, 6000])
def test_uint16_with_its_many_equal_blocks_equals_the_reference(scale):
    image = np.clip(np.sqrt(speckled()) * scale, 0, 65535).astype(np.uint16)
    result = refined_lee(image, 1.0, amplitude=True)
    assert share_within(result, reference(image, 1.0, amplitude=True)) == 1.0


@pytest.mark.parametrize("unit", [1, 0.125, 70000])
def test_equal_gradients_and_equally_near_sides_follow_the_stated_order(unit):
    """Blocks of two values only: nearly every window has a tie."""
    image = np.kron(np.random.default_rng(3).integers(1, 3, (40, 90)), np.ones((2, 2))).astype(np.float32) * unit
    assert share_within(refined_lee(image, 50.0), reference(image, 50.0)) == 1.0


def test_gradients_that_differ_by_less_than_float32_tells_are_told_apart():
    """Blocks beside a bright line are nearly equal: which side is taken hangs on the last digits."""
    random = np.random.default_rng(10)
    image = (1e4 + random.integers(0, 3, (60, 300)) * 2.0**-10).astype(np.float32)
    image[:, ::9] = 3e6
    assert share_within(refined_lee(image, 1.0), reference(image, 1.0)) == 1.0


def test_a_diagonal_that_rises_goes_before_an_equal_horizontal_edge():
    """One bright target under the pixel's upper block: three gradients are equal, and its lower right is flat."""
    image = np.full((30, 30), 3, np.float32)
    image[15, 15] = 3000
    result = refined_lee(image, 4.0)
    assert (result[16:18, 15] == 3).all()
    assert share_within(result, reference(image, 4.0)) == 1.0


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (3, 3), (7, 7), (8, 6), (40, 255), (40, 256), (40, 257), (9, 520)])
def test_every_size_equals_the_reference(shape):
    image = np.random.default_rng(4).gamma(1, 1, shape).astype(np.float32)
    assert share_within(refined_lee(image, 1.0), reference(image, 1.0)) == 1.0


@pytest.mark.parametrize("threads", [2, 3, 5])
def test_the_result_does_not_depend_on_the_number_of_threads(threads):
    image = with_holes(speckled(rows=330))
    options = {"flat_test": 1.3}
    whole = refined_lee(image, 1.0, **options)
    assert np.array_equal(whole, refined_lee(image, 1.0, threads=threads, **options), equal_nan=True)


@pytest.mark.parametrize("looks", [1.0, 400.0])
def test_blocks_with_a_halo_give_exactly_the_whole_image(looks):
    image = with_holes(speckled(rows=230, cols=310, looks=looks))
    image[100, 150] = 1e30
    whole = refined_lee(image, looks, flat_test=1.3)
    result = np.full_like(image, -1)
    for top in range(0, 230, 71):
        for left in range(0, 310, 93):
            above, before = min(top, HALO), min(left, HALO)
            block = image[top - above : top + 71 + HALO, left - before : left + 93 + HALO]
            part = refined_lee(block, looks, flat_test=1.3)[above : above + 71, before : before + 93]
            result[top : top + 71, left : left + 93] = part[: 230 - top, : 310 - left]
    assert np.array_equal(result, whole, equal_nan=True)


def test_pixels_without_data_stay_as_they_are_and_touch_nothing():
    image = with_holes(speckled())
    other = image.copy()
    valid = np.isfinite(image)
    other[~valid] = 12345.0
    result = refined_lee(other, 1.0, valid=valid)
    assert (result[~valid] == 12345.0).all()
    assert np.array_equal(result[valid], refined_lee(image, 1.0)[valid])
    kept = refined_lee(image, 1.0)[~valid]
    assert np.array_equal(kept, image[~valid], equal_nan=True)


def test_a_negative_value_without_data_is_no_fault():
    image = speckled()
    image[3, 4] = -9999
    assert refined_lee(image, 1.0, valid=image >= 0)[3, 4] == -9999


def test_the_input_is_not_changed():
    image = with_holes(speckled())
    before = image.copy()
    assert not np.shares_memory(refined_lee(image, 1.0, valid=np.isfinite(image)), image)
    assert np.array_equal(image, before, equal_nan=True)


def test_a_lone_pixel_stays():
    image = np.full((20, 20), np.nan, dtype=np.float32)
    image[10, 10] = 7
    assert refined_lee(image, 1.0)[10, 10] == 7


def test_an_image_without_data_comes_back():
    assert np.isnan(refined_lee(np.full((9, 9), np.nan, dtype=np.float32), 1.0)).all()


@pytest.mark.parametrize("value", [0.0, 0.1, 3.7e5])
def test_a_constant_area_stays(value):
    image = np.full((30, 30), value, dtype=np.float32)
    assert np.allclose(refined_lee(image, 1.0), image, rtol=1e-6, atol=0)


def test_a_bright_target_leaves_no_residue():
    dark = np.random.default_rng(5).gamma(1, 1e-6, (60, 60)).astype(np.float32)
    bright = dark.copy()
    bright[30, 10] = 1e6
    far = np.s_[:, 20:]
    assert np.array_equal(refined_lee(dark, 1.0)[far], refined_lee(bright, 1.0)[far])


@pytest.mark.parametrize(("looks", "enl", "mean"), [(1, 17, 0.986), (4, 59, 0.996)])
def test_flat_ground_reaches_the_known_smoothing_and_keeps_its_mean(looks, enl, mean):
    image = np.random.default_rng(6).gamma(looks, 1 / looks, (600, 600)).astype(np.float32)
    inner = refined_lee(image, looks)[3:-3, 3:-3].astype(np.float64)
    assert inner.mean() ** 2 / inner.var() == pytest.approx(enl, rel=0.05)
    assert inner.mean() / image.mean() == pytest.approx(mean, abs=0.004)


@pytest.mark.parametrize(("looks", "dark", "bright"), [(1, 1.78, 6.37), (4, 1.09, 7.62)])
def test_a_step_keeps_the_known_contrast(looks, dark, bright):
    """Means of the columns right beside a step from 1 to 8."""
    ground = np.ones((3000, 40))
    ground[:, 20:] = 8
    image = (ground * np.random.default_rng(7).gamma(looks, 1 / looks, ground.shape)).astype(np.float32)
    result = refined_lee(image, looks)
    assert result[:, 19].mean() == pytest.approx(dark, rel=0.06)
    assert result[:, 20].mean() == pytest.approx(bright, rel=0.06)


def test_lee_1980_keeps_point_targets_brighter():
    image = np.random.default_rng(8).gamma(1, 1, (41, 41)).astype(np.float32)
    image[20, 20] = 1000
    kept = [refined_lee(image, 1.0, weight=weight)[20, 20] / 1000 for weight in ("lee1981", "lee1980")]
    assert kept[0] == pytest.approx(0.49, abs=0.02)
    assert kept[1] > 0.87


@pytest.mark.parametrize(
    ("image", "options", "message"),
    [
        (np.array([[-1.0]]), {}, "convert dB"),
        (np.ones((3, 3)), {"looks": 0}, "looks"),
        (np.ones((3, 3)), {"flat_test": -1}, "flat_test"),
        (np.ones((3, 3)), {"weight": "boxcar"}, "lee1981"),
        (np.ones((3, 3), dtype=complex), {}, "real numbers"),
        (np.ones(3), {}, "rows, cols"),
        (np.ones((3, 3)), {"valid": np.ones((2, 2), dtype=bool)}, "shape"),
    ],
)
def test_what_it_cannot_filter_is_refused_with_a_sentence(image, options, message):
    with pytest.raises(ValueError, match=message):
        refined_lee(image, **{"looks": 1.0} | options)


def test_the_speckle_of_amplitude_has_the_published_variances():
    published = {1: 0.27324, 2: 0.1318, 4: 0.0643}
    assert {looks: speckle_variance(looks, amplitude=True) for looks in published} == pytest.approx(published, rel=1e-3)
