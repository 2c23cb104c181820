"""Copies of an image are the same ground; other images are not, however alike they look."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from pipeline.imaging.figures import duplicate_hash
from pipeline.imaging.same_ground import (
    LEAST_STRUCTURE,
    MOST_BITS,
    candidate_pairs,
    confirmed_pairs,
    fingerprint,
    is_same_ground,
)
from tests.pipeline.imaging.made_images import read_image, write_image


def land(seed=0, side=400):
    """Hills and fields at all scales."""
    rng = np.random.default_rng(seed)
    scales = (4, 12, 40)
    image = sum(scale * ndimage.gaussian_filter(rng.standard_normal((side, side)), scale) for scale in scales)
    return stretched(image)


def sea(seed=0, side=600, gradient=0.0):
    """Single-look speckle that the processor has correlated, darker across the swath."""
    power = np.random.default_rng(seed).gamma(1.0, 1.0, (side, side))
    return stretched(np.log(ndimage.gaussian_filter(power, 1.5)) + gradient * np.linspace(0, 1, side))


def farmland(seed=0, side=400, field=37):
    """A grid of fields: the same borders everywhere, other crops."""
    rng = np.random.default_rng(seed)
    crops = rng.uniform(40, 220, (side // field + 1, side // field + 1))
    rows, cols = np.mgrid[:side, :side] // field
    image = crops[rows, cols] + rng.normal(0, 20, (side, side))
    return np.clip(image, 0, 255).astype(np.uint8)


def stretched(image):
    low, high = np.percentile(image, [1, 99])
    return np.clip((image - low) / (high - low) * 255, 0, 255).astype(np.uint8)


def prints(image, valid=None):
    return fingerprint(image, np.ones(image.shape, bool) if valid is None else valid)


def are_same(image, other):
    a, b = prints(image), prints(other)
    return is_same_ground(a.thumbnail, b.thumbnail, a.structure, b.structure)


def bits_apart(image, other):
    return (int(prints(image).duplicate_hash, 16) ^ int(prints(other).duplicate_hash, 16)).bit_count()


def reencoded(image, folder, quality):
    return read_image(write_image(folder / "copy.jpg", image, quality=quality))[0][0]


def copies(image, folder):
    yield "JPEG 75", reencoded(image, folder, 75)
    yield "JPEG 25", reencoded(image, folder, 25)
    yield "half", np.clip(ndimage.zoom(image.astype(float), 0.5, order=1), 0, 255).astype(np.uint8)
    yield "larger", np.clip(ndimage.zoom(image.astype(float), 1.37, order=1), 0, 255).astype(np.uint8)
    yield "darker", (255 * (image / 255) ** 1.5).astype(np.uint8)
    yield "brighter", (255 * (image / 255) ** 0.7).astype(np.uint8)
    yield "one pixel fewer", image[1:, 1:]


@pytest.mark.parametrize("image", [land(1), land(2), farmland(3)], ids=["land 1", "land 2", "farmland"])
def test_copies_are_proposed_and_confirmed(image, tmp_path):
    for name, copy in copies(image, tmp_path):
        assert are_same(image, copy), name
        assert bits_apart(image, copy) <= MOST_BITS, name


def test_other_images_are_not_the_same_ground():
    images = [land(1), land(2), farmland(1), farmland(2), land(1)[::-1], land(1)[:, ::-1], 255 - land(1)]
    for number, image in enumerate(images):
        for other in images[:number]:
            assert not are_same(image, other)


def test_a_tile_that_overlaps_but_is_shifted_is_another_image():
    ground = land(4, side=500)
    assert not are_same(ground[:400, :400], ground[:400, 80:480])


def test_open_sea_is_no_open_sea_elsewhere():
    for gradient in (0.0, 0.6):
        a, b = prints(sea(1, gradient=gradient)), prints(sea(2, gradient=gradient))
        assert max(a.structure, b.structure) < LEAST_STRUCTURE < prints(land()).structure
        assert not is_same_ground(a.thumbnail, b.thumbnail, a.structure, b.structure)
        assert not is_same_ground(a.thumbnail, a.thumbnail, a.structure, a.structure)


def test_equal_borders_without_data_make_no_equal_ground():
    valid = np.ones((400, 400), bool)
    valid[:, :250] = False
    images = [np.where(valid, land(seed), 0).astype(np.uint8) for seed in (1, 2)]
    a, b = (prints(image, valid) for image in images)
    assert not is_same_ground(a.thumbnail, b.thumbnail, a.structure, b.structure)
    assert is_same_ground(a.thumbnail, a.thumbnail, a.structure, a.structure)


def test_an_image_without_any_data_has_a_fingerprint():
    empty = fingerprint(np.zeros((50, 60), np.uint8), np.zeros((50, 60), bool))
    assert (len(empty.duplicate_hash), len(empty.thumbnail), empty.structure) == (16, 2048, 0.0)


def test_the_thumbnail_is_the_means_of_cells():
    image = np.kron(np.arange(32 * 32, dtype=np.uint16).reshape(32, 32) % 256, np.ones((3, 2))).astype(np.uint8)
    assert prints(image).thumbnail == (np.arange(32 * 32) % 256).astype(np.uint8).tobytes().hex()
    assert prints(image).duplicate_hash == duplicate_hash(image)


@given(st.lists(st.integers(0, 2**64 - 1), max_size=30), st.integers(0, 64))
def test_candidates_are_all_pairs_within_so_many_bits(values, most_bits):
    hashes = np.array(values, np.uint64)
    near = [[i, j] for i, a in enumerate(values) for j, b in enumerate(values) if (a ^ b).bit_count() <= most_bits]
    assert candidate_pairs(hashes, hashes.copy(), most_bits).tolist() == near
    assert candidate_pairs(hashes, hashes, most_bits).tolist() == [[i, j] for i, j in near if i < j]


def test_candidates_are_found_across_the_blocks_of_the_search():
    hashes = np.random.default_rng(0).integers(0, 2**63, 20_000, dtype=np.uint64)
    hashes[19_999] = hashes[7] ^ np.uint64(0b1011)
    assert candidate_pairs(hashes, hashes, 3).tolist() == [[7, 19_999]]


def test_confirmation_takes_pairs_of_two_sets():
    first, second = [prints(land(1)), prints(sea(1))], [prints(land(2)), prints(land(1))]
    confirmed = confirmed_pairs(
        np.array([[0, 0], [0, 1], [1, 1]]),
        [each.thumbnail for each in first],
        [each.thumbnail for each in second],
        [each.structure for each in first],
        [each.structure for each in second],
    )
    assert confirmed.tolist() == [False, True, False]
    assert confirmed_pairs(np.empty((0, 2), np.int64), [], [], [], []).tolist() == []


def test_a_missing_thumbnail_confirms_nothing():
    known = prints(land())
    assert not is_same_ground("", known.thumbnail, 20.0, known.structure)
    assert not is_same_ground("", "", 20.0, 20.0)


def test_real_images_are_told_apart(shared_data, tmp_path):
    files = sorted((shared_data / "openearthmap_sar/train/sar_images").glob("*.tif"))
    images = [read_image(path)[0][0] for path in files]
    for number, image in enumerate(images):
        assert all(are_same(image, copy) for _, copy in copies(image, tmp_path))
        assert not any(are_same(image, other) for other in images[:number])
