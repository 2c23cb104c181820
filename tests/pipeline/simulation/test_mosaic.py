"""Scenes of any size: block by block the same, streamed into a file, with all boxes."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import rasterio

from pipeline.simulation import SceneSettings
from pipeline.simulation.mosaic import Mosaic, mosaic, write_mosaic

BLOCKS = SceneSettings(rows=128, cols=128, looks=2.0, is_speckle_correlated=False, place="nordhaven")


@pytest.fixture(scope="module")
def laid() -> Mosaic:
    return mosaic(5, (300, 420), BLOCKS, grounds=3)


def test_any_block_can_be_made_again_alone(laid: Mosaic) -> None:
    strips = dict(laid.strips())
    assert sorted(strips) == [0, 128, 256]
    assert strips[256].shape == (1, 44, 420)
    np.testing.assert_array_equal(strips[128][:, :, 256:384], laid.block(1, 2))
    np.testing.assert_array_equal(strips[256][:, :, 384:], mosaic(5, (300, 420), BLOCKS, grounds=3).block(2, 3))
    assert {laid.ground_of(down, right) for down in range(3) for right in range(4)} == {0, 1, 2}
    alike = [(0, right) for right in range(4) if laid.ground_of(0, right) == laid.ground_of(0, 0)]
    assert len({laid.block(*place)[:, :128, :36].tobytes() for place in alike}) == len(alike)


def test_the_file_holds_the_strips(laid: Mosaic, tmp_path: Path) -> None:
    write_mosaic(tmp_path / "large.tif", laid, "db")
    with rasterio.open(tmp_path / "large.tif") as large:
        assert (large.shape, large.dtypes[0], large.profile["tiled"]) == ((300, 420), "float32", True)
        stored = large.read()
    expected = np.concatenate([powers for _, powers in laid.strips()], axis=1)
    np.testing.assert_allclose(stored, 10 * np.log10(expected), rtol=1e-5)


def test_boxes_lie_in_the_mosaic_and_are_those_of_its_grounds(laid: Mosaic) -> None:
    boxes = list(laid.boxes())
    assert len(boxes) > 10
    assert [box.box_id for box in boxes] == [str(number) for number in range(1, len(boxes) + 1)]
    for box in boxes:
        assert 0 <= box.x_min < box.x_min + box.width <= 420
        assert 0 <= box.y_min < box.y_min + box.height <= 300


def test_memory_does_not_grow_with_the_rows() -> None:
    peaks = []
    for rows in (256, 2048):
        tall = mosaic(0, (rows, 256), BLOCKS, grounds=1)
        tracemalloc.start()
        for _ in tall.strips():
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]


def test_a_mosaic_that_cannot_be_laid_is_refused() -> None:
    with pytest.raises(ValueError, match="square"):
        mosaic(0, (256, 256), SceneSettings(rows=128, cols=160))
    with pytest.raises(ValueError, match="pixels and grounds"):
        mosaic(0, (0, 256), BLOCKS)
