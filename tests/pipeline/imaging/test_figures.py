from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from pipeline.imaging.figures import PERCENTILES, cell_means, duplicate_hash, figures_of
from tests.pipeline.imaging.made_images import grey, speckle


def test_figures_are_of_the_valid_values_in_the_unit():
    stored = np.round(1000 * np.log10(speckle())).astype(np.int16)
    valid = np.ones(stored.shape, dtype=bool)
    valid[:10] = False
    stored[~valid] = -32768
    figures = figures_of(stored, valid, 0.01)
    chosen = stored[valid] * 0.01
    assert figures.value_range == pytest.approx((chosen.min(), chosen.max()))
    assert figures.display_limits == pytest.approx(tuple(np.percentile(chosen, [1, 99])))
    assert (len(figures.edges), len(figures.counts)) == (257, 256)
    assert sum(figures.counts) == valid.sum()
    assert (figures.edges[0], figures.edges[-1]) == pytest.approx(figures.value_range)


@pytest.mark.parametrize("dtype", [np.int16, np.uint16, np.uint8, np.float32])
def test_figures_are_those_of_numpy(dtype):
    stored = np.random.default_rng(0).normal(100, 30, (300, 200)).clip(0, 255).astype(dtype)
    stored = stored - dtype(120) if dtype in (np.int16, np.float32) else stored
    figures = figures_of(stored, np.ones(stored.shape, dtype=bool), 1.0)
    assert figures.display_limits == pytest.approx(tuple(np.percentile(stored.astype(float), [1, 99])), rel=1e-6)
    span = (0, 256) if dtype == np.uint8 else (stored.min(), stored.max())
    counts, edges = np.histogram(stored, 256, range=span)
    assert figures.counts == tuple(counts)
    assert figures.edges == pytest.approx(edges, rel=1e-6, abs=1e-4)
    assert figures.value_range == pytest.approx((stored.min(), stored.max()))


@pytest.mark.parametrize("dtype", [np.int16, np.float32])
def test_percentiles_of_a_long_tail_leave_out_as_many_pixels_as_they_say(dtype):
    amplitudes = np.random.default_rng(1).rayleigh(60, (400, 500))
    amplitudes[:4, :4] = 30_000
    stored = amplitudes.astype(dtype)
    figures = figures_of(stored, np.ones(stored.shape, dtype=bool), 1.0)
    assert list(figures.percentiles) == [f"{percent:g}" for percent in PERCENTILES]
    for percent, value in figures.percentiles.items():
        below, upto = (stored < value).mean(), (stored <= value).mean()
        assert below - 0.001 <= float(percent) / 100 <= upto + 0.001, percent
    assert figures.display_limits == (figures.percentiles["1"], figures.percentiles["99"])


@pytest.mark.parametrize("shape", [(1024, 1024), (333, 517), (5, 40), (1, 1)])
def test_cells_are_means_over_their_pixels(shape):
    image = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    means = cell_means(image, 8, 9)
    for row, col in [(0, 0), (7, 8), (3, 5)]:
        top, left = row * shape[0] // 8, col * shape[1] // 9
        bottom, right = max((row + 1) * shape[0] // 8, top + 1), max((col + 1) * shape[1] // 9, left + 1)
        assert means[row, col] == pytest.approx(image[top:bottom, left:right].mean())


def test_each_8_bit_number_has_its_bin():
    figures = figures_of(grey(), np.ones(grey().shape, dtype=bool), 1.0)
    assert figures.edges == tuple(range(257))
    assert figures.counts == tuple(np.bincount(grey().ravel(), minlength=256))


def test_an_image_of_one_value_has_limits_that_differ():
    figures = figures_of(np.full((5, 5), 700, np.int16), np.ones((5, 5), dtype=bool), 0.01)
    assert figures.display_limits[0] < 7 < figures.display_limits[1]
    assert sum(figures.counts) == 25


def bits_apart(first, second):
    return (int(first, 16) ^ int(second, 16)).bit_count()


def test_near_duplicates_have_near_hashes_and_others_have_not():
    rough = np.random.default_rng(1).normal(size=(400, 500))
    image = 128 + 1500 * ndimage.gaussian_filter(rough, 25)
    original = duplicate_hash(image.astype(np.uint8))
    assert len(original) == 16
    noisy = image + np.random.default_rng(0).normal(0, 8, image.shape)
    assert bits_apart(original, duplicate_hash(np.clip(noisy, 0, 255).astype(np.uint8))) <= 4
    assert bits_apart(original, duplicate_hash((image * 0.7 + 20).astype(np.uint8))) <= 4
    assert bits_apart(original, duplicate_hash(image[::2, ::2].astype(np.uint8))) <= 4
    assert bits_apart(original, duplicate_hash(image[::-1].astype(np.uint8))) > 16


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (8, 9)])
def test_images_smaller_than_the_cells_are_hashed_too(shape):
    assert len(duplicate_hash(np.full(shape, 9, dtype=np.uint8))) == 16
