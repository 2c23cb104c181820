from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from pipeline.imaging.speckle import estimate_looks, looks_of_variance, speckle_variance
from tests.pipeline.imaging.made_images import speckle


@pytest.mark.parametrize("amplitude", [False, True])
@pytest.mark.parametrize("looks", [1.0, 2.7, 16.0, 900.0])
def test_looks_and_variance_are_inverse(looks, amplitude):
    assert looks_of_variance(speckle_variance(looks, amplitude=amplitude), amplitude=amplitude) == pytest.approx(looks)


def varied(looks):
    """Speckle over fields of differing backscatter, with a town: as a scene is, most of it flat."""
    fields = np.kron(np.random.default_rng(1).uniform(0.1, 2, (8, 8)), np.ones((64, 64)))
    fields[:128, :256] *= np.random.default_rng(2).gamma(0.3, 3, (128, 256))
    return (fields * speckle(512, 512, looks)).astype(np.float32)


@pytest.mark.parametrize("looks", [1.0, 4.0, 10.0])
@pytest.mark.parametrize("amplitude", [False, True])
def test_the_looks_of_a_scene_are_found_and_trusted(looks, amplitude):
    image = np.sqrt(varied(looks)) if amplitude else varied(looks)
    estimate = estimate_looks(image, amplitude=amplitude)
    assert estimate.looks == pytest.approx(looks, rel=0.12)
    assert (estimate.is_trustworthy, estimate.warning) == (True, None)
    assert abs(estimate.correlation) < 0.05


def test_correlated_speckle_is_not_trusted():
    smooth = ndimage.uniform_filter(speckle(256, 256), 3)
    estimate = estimate_looks(smooth)
    assert estimate.correlation > 0.5
    assert "correlated" in estimate.warning


def test_a_small_image_is_not_trusted():
    assert "could be used" in estimate_looks(speckle(40, 40)).warning
    nothing = estimate_looks(speckle(10, 10))
    assert (nothing.looks, nothing.blocks, nothing.is_trustworthy) == (1.0, 0, False)


def test_an_image_without_speckle_is_not_trusted():
    assert "hardly any speckle" in estimate_looks(np.full((200, 200), 3.0)).warning


def test_texture_beyond_one_look_is_not_trusted():
    texture = speckle(256, 256) * np.random.default_rng(3).gamma(0.5, 2, (256, 256))
    estimate = estimate_looks(texture)
    assert estimate.looks == 1.0
    assert "vary more than speckle" in estimate.warning


def test_blocks_with_zeros_saturation_or_no_data_are_left_out():
    image = speckle(160, 160, 4.0)
    clean = estimate_looks(image)
    spoilt = image.copy()
    spoilt[:16, :16][::3] = 0
    spoilt[16:32, :16][::3] = 255
    spoilt[32:48, 5] = np.nan
    valid = np.ones(image.shape, dtype=bool)
    valid[50, 5] = False
    estimate = estimate_looks(spoilt, valid, saturation=255)
    assert estimate.blocks == clean.blocks - 4
    assert estimate.looks == pytest.approx(clean.looks, rel=0.05)
