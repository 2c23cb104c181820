from __future__ import annotations

import numpy as np
import pytest
import rasterio
from scipy import ndimage

from pipeline.imaging.speckle import estimate_looks, looks_of_variance, speckle_variance
from tests.pipeline.imaging.made_images import speckle


@pytest.mark.parametrize("amplitude", [False, True])
@pytest.mark.parametrize("looks", [1.0, 2.7, 16.0, 900.0])
def test_looks_and_variance_are_inverse(looks, amplitude):
    assert looks_of_variance(speckle_variance(looks, amplitude=amplitude), amplitude=amplitude) == pytest.approx(looks)


def fields(side):
    """Of differing backscatter, with a town: as a scene is, most of it flat."""
    ground = np.kron(np.random.default_rng(1).uniform(0.1, 2, (8, 8)), np.ones((side // 8, side // 8)))
    ground[: side // 4, : side // 2] *= np.random.default_rng(2).gamma(0.3, 3, (side // 4, side // 2))
    return ground


def hills(side):
    """Backscatter that changes slowly, everywhere."""
    ground = ndimage.gaussian_filter(np.random.default_rng(3).normal(size=(side, side)), 40)
    return np.exp(0.7 * ground / ground.std())


@pytest.mark.parametrize("looks", [1.0, 2.0, 4.0, 10.0])
@pytest.mark.parametrize("amplitude", [False, True])
@pytest.mark.parametrize("side", [512, 1024])
@pytest.mark.parametrize("ground", [lambda side: np.ones((side, side)), fields, hills], ids=["flat", "fields", "hills"])
def test_the_looks_of_a_scene_are_found_within_five_percent_and_trusted(looks, amplitude, side, ground):
    image = (ground(side) * speckle(side, side, looks, seed=int(looks))).astype(np.float32)
    estimate = estimate_looks(np.sqrt(image) if amplitude else image, amplitude=amplitude)
    assert estimate.looks == pytest.approx(looks, rel=0.05)
    assert (estimate.is_trustworthy, estimate.warning) == (True, None)
    assert abs(estimate.correlation) < 0.05
    assert estimate.flat_share > 0.7


def test_texture_everywhere_is_not_trusted():
    texture = ndimage.gaussian_filter(np.random.default_rng(4).normal(size=(512, 512)), 2)
    image = np.exp(0.8 * texture / texture.std()) * speckle(512, 512, 4.0)
    estimate = estimate_looks(image)
    assert estimate.looks < 3
    assert "hardly any ground is flat" in estimate.warning
    assert "--looks" in estimate.warning


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_real_scenes_of_mostly_flat_ground_are_trusted_and_oversampled_ones_are_not(shared_data):
    def of(pattern):
        (path,) = shared_data.glob(pattern)
        with rasterio.open(path) as dataset:
            return estimate_looks(dataset.read(1), amplitude=True)

    assert of("sardet100k/JPEGImages/*/0000017.jpg").is_trustworthy
    oversampled = of("quadpol/1_HH.tiff")
    assert oversampled.looks == pytest.approx(1.2, abs=0.15)
    assert "correlated" in oversampled.warning


@pytest.mark.parametrize(
    "smooth", [lambda x: ndimage.uniform_filter(x, 3), lambda x: ndimage.gaussian_filter(x, 0.7)], ids=["mean", "bell"]
)
@pytest.mark.parametrize("amplitude", [False, True])
def test_correlated_speckle_is_not_trusted(smooth, amplitude):
    image = smooth(speckle(256, 256))
    estimate = estimate_looks(np.sqrt(image) if amplitude else image, amplitude=amplitude)
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
