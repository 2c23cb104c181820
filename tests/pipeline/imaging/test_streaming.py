from __future__ import annotations

import json
import shutil
import subprocess

import numpy as np
import pytest
import rasterio

from pipeline.imaging import tiff
from pipeline.imaging.pyramid import mean_levels
from pipeline.imaging.streaming import StreamedCog
from pipeline.imaging.tiff import Meaning, write_cog
from tests.conftest import REPOSITORY
from tests.pipeline.imaging.made_images import read_image, speckle
from tests.pipeline.imaging.test_tiff import SCRIPT

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")


def encode(means, valid):
    return np.where(valid, np.clip(means * 50, 1, 255), 0).astype(np.uint8)


def holed(shape, seed=0):
    values = speckle(*shape, seed=seed)
    valid = np.random.default_rng(1).random(shape) < 0.5
    valid[: shape[0] // 3, : shape[1] // 2] = False
    return np.where(valid, values, np.nan), valid


def stream(path, values, valid, heights, shape=None, **options):
    with StreamedCog(path, shape or values.shape, "uint8", encode, Meaning(nodata=0), **options) as cog:
        top = 0
        for height in heights:
            strip = np.s_[top : top + height]
            cog.add_rows(encode(values[strip], valid[strip]), values[strip], valid[strip])
            top += height


@pytest.mark.parametrize("shape", [(1000, 700), (1025, 513), (257, 300), (100, 90), (1, 2000), (769, 1)])
@pytest.mark.parametrize("is_amplitude", [False, True])
def test_strips_of_any_height_give_the_file_that_the_whole_image_gives(tmp_path, shape, is_amplitude):
    values, valid = holed(shape)
    levels = [encode(means, has_data) for means, has_data in mean_levels(values, valid, is_amplitude=is_amplitude)]
    write_cog(tmp_path / "whole.tif", [encode(values, valid), *levels], nodata=0)
    for height in (1, 77, 256, 1025):
        heights = [height] * (shape[0] // height) + [shape[0] % height]
        stream(tmp_path / "streamed.tif", values, valid, heights, is_amplitude=is_amplitude)
        assert (tmp_path / "streamed.tif").read_bytes() == (tmp_path / "whole.tif").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["streamed.tif", "whole.tif"]


@pytest.mark.parametrize("heights", [[300, 99], [300, 101, 1]])
def test_too_few_or_too_many_rows_leave_the_former_file(tmp_path, heights):
    values, valid = holed((402, 300))
    (tmp_path / "a.tif").write_bytes(b"former")
    with pytest.raises(ValueError, match="rows"):
        stream(
            tmp_path / "a.tif", np.pad(values, ((0, 2), (0, 0))), np.pad(valid, ((0, 2), (0, 0))), heights, (400, 300)
        )
    assert [path.name for path in tmp_path.iterdir()] == ["a.tif"]
    assert (tmp_path / "a.tif").read_bytes() == b"former"


def test_rows_of_another_width_are_refused(tmp_path):
    values, valid = holed((40, 30))
    with pytest.raises(ValueError, match="30"), StreamedCog(tmp_path / "a.tif", (40, 31), "uint8", encode) as cog:
        cog.add_rows(encode(values, valid), values, valid)


def test_what_outgrows_a_classic_tiff_becomes_a_big_one_that_gdal_and_the_browser_read(tmp_path, monkeypatch):
    """With the limit lowered: the layout of 64-bit places does not depend on how large they are."""
    monkeypatch.setattr(tiff, "_LARGEST_CLASSIC", 1 << 16)
    values, valid = holed((600, 517))
    stream(tmp_path / "a.tif", values, valid, [600])
    assert (tmp_path / "a.tif").read_bytes()[:4] == b"II+\0"
    read, profile = read_image(tmp_path / "a.tif")
    assert np.array_equal(read[0], encode(values, valid))
    assert profile["nodata"] == 0
    for number, (means, has_data) in enumerate(mean_levels(values, valid)):
        with rasterio.open(tmp_path / "a.tif", overview_level=number) as overview:
            assert np.array_equal(overview.read(1), encode(means, has_data))
    if shutil.which("node") is None or not (REPOSITORY / "node_modules" / "geotiff").is_dir():
        return
    script = ["node", "--input-type=module", "-e", SCRIPT % REPOSITORY, str(tmp_path / "a.tif")]
    seen = json.loads(subprocess.run(script, capture_output=True, check=True, timeout=60).stdout)
    assert [level["width"] for level in seen] == [517, 259, 130]
    assert np.array_equal(seen[0]["bands"][0], encode(values, valid).ravel())
