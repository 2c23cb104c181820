from __future__ import annotations

import hashlib
import json
import shutil
import struct
import subprocess

import numpy as np
import pytest
import rasterio

from pipeline.imaging.ground import geo_tags
from pipeline.imaging.tiff import replacing, write_cog
from tests.conftest import REPOSITORY
from tests.pipeline.imaging.made_images import UTM, read_image

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")

DTYPES = ["uint8", "uint16", "int16", "float32"]


def levels_of(dtype, rows=600, cols=517, bands=None):
    rng = np.random.default_rng(0)
    shape = (rows, cols) if bands is None else (rows, cols, bands)
    full = (rng.normal(0, 9000, shape) if dtype in ("int16", "float32") else rng.integers(0, 250, shape)).astype(dtype)
    half = full[::2, ::2] // 2 if dtype != "float32" else full[::2, ::2] / 2
    return [full, half.astype(dtype), half[::2, ::2].astype(dtype)]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(600, 517), (1, 1), (256, 256), (257, 255)])
def test_gdal_reads_back_what_was_written(tmp_path, dtype, shape):
    levels = levels_of(dtype, *shape)
    write_cog(tmp_path / "a.tif", levels, nodata=7)
    values, profile = read_image(tmp_path / "a.tif")
    assert np.array_equal(values[0], levels[0])
    assert (profile["dtype"], profile["nodata"], profile["crs"]) == (dtype, 7, None)
    for number, level in enumerate(levels[1:]):
        with rasterio.open(tmp_path / "a.tif", overview_level=number) as overview:
            assert np.array_equal(overview.read(1), level)


def test_colour_is_written_band_by_band(tmp_path):
    levels = levels_of("uint8", bands=3)
    write_cog(tmp_path / "a.tif", levels)
    values, profile = read_image(tmp_path / "a.tif")
    assert np.array_equal(np.moveaxis(values, 0, -1), levels[0])
    assert (profile["interleave"], profile["photometric" if "photometric" in profile else "count"]) in {
        ("pixel", "RGB"),
        ("pixel", 3),
    }


def directories(content: bytes):
    """(tag: (count, value or offset)) of each directory, and where it lies."""
    (at,) = struct.unpack_from("<I", content, 4)
    while at:
        (count,) = struct.unpack_from("<H", content, at)
        entries = [struct.unpack_from("<HHII", content, at + 2 + 12 * number) for number in range(count)]
        yield at, {tag: (length, value) for tag, _, length, value in entries}
        (at,) = struct.unpack_from("<I", content, at + 2 + 12 * count)


def test_the_layout_is_cloud_optimized(tmp_path):
    """Directories first and in order of size; then the smallest overview's tiles, the full image's last."""
    write_cog(tmp_path / "a.tif", levels_of("int16"))
    content = (tmp_path / "a.tif").read_bytes()
    found = list(directories(content))
    assert [entry[256][1] for _, entry in found] == [517, 259, 130]
    assert [entry[254][1] for _, entry in found] == [0, 1, 1]
    assert {(entry[322][1], entry[323][1]) for _, entry in found} == {(256, 256)}
    places = [at for at, _ in found]
    assert places == sorted(places)
    first_tiles = []
    for _, entry in found:
        length, value = entry[324]
        first_tiles.append(value if length == 1 else struct.unpack_from("<I", content, value)[0])
    assert max(places) < min(first_tiles)
    assert first_tiles == sorted(first_tiles, reverse=True)
    assert all(list(entry) == sorted(entry) for _, entry in found)


def test_the_same_pixels_give_the_same_bytes_and_say_nothing_of_where(tmp_path):
    folder = tmp_path / "secret"
    folder.mkdir()
    for path in (tmp_path / "a.tif", folder / "b.tif"):
        write_cog(path, levels_of("int16"), nodata=-32768, scale=0.01, unit="dB")
    contents = [(tmp_path / "a.tif").read_bytes(), (folder / "b.tif").read_bytes()]
    assert len({hashlib.sha256(content).digest() for content in contents}) == 1
    assert b"secret" not in contents[1]
    known = {254, 256, 257, 258, 259, 262, 277, 284, 317, 322, 323, 324, 325, 339, 42112, 42113}
    assert all(set(entry) == known for _, entry in directories(contents[0]))


def test_gdal_is_told_scale_and_unit(tmp_path):
    write_cog(tmp_path / "a.tif", levels_of("int16"), scale=0.01, unit="dB")
    with rasterio.open(tmp_path / "a.tif") as dataset:
        assert (dataset.scales, dataset.units, dataset.tags()) == ((0.01,), ("dB",), {})


@pytest.mark.parametrize("affine", [UTM["transform"], rasterio.Affine(0.4, 0.3, 590000, 0.3, -0.4, 5750000)])
def test_coordinates_survive(tmp_path, affine):
    tags = geo_tags(rasterio.crs.CRS.from_string(UTM["crs"]).to_wkt(), tuple(affine)[:6])
    write_cog(tmp_path / "a.tif", levels_of("uint8"), geo_tags=tags)
    profile = read_image(tmp_path / "a.tif")[1]
    assert profile["crs"].to_epsg() == 32631
    assert profile["transform"].almost_equals(affine)


def test_a_failure_leaves_the_former_file_and_no_remains(tmp_path):
    path = tmp_path / "a.tif"
    path.write_bytes(b"former")
    with pytest.raises(TypeError), replacing(path) as file:
        file.writelines([b"half of", None])
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.tif"]
    assert path.read_bytes() == b"former"


def test_numbers_that_the_browser_cannot_read_are_refused(tmp_path):
    with pytest.raises(ValueError, match="complex128 is not written"):
        write_cog(tmp_path / "a.tif", [np.zeros((3, 3), dtype=complex)])
    assert list(tmp_path.iterdir()) == []


SCRIPT = """
import { fromFile } from "%s/node_modules/geotiff/dist-node/geotiff.js";
const tiff = await fromFile(process.argv[1]);
const levels = [];
for (let number = 0; number < (await tiff.getImageCount()); number++) {
  const image = await tiff.getImage(number);
  const bands = await image.readRasters();
  levels.push({ width: image.getWidth(), nodata: image.getGDALNoData(), bands: bands.map((band) => [...band]) });
}
console.log(JSON.stringify(levels));
"""


@pytest.mark.parametrize(
    ("dtype", "bands"), [("uint8", None), ("uint16", None), ("int16", None), ("float32", None), ("uint8", 3)]
)
def test_the_browsers_reader_sees_the_same_numbers(tmp_path, dtype, bands):
    if shutil.which("node") is None or not (REPOSITORY / "node_modules" / "geotiff").is_dir():
        pytest.skip("node with geotiff is not installed (make setup)")
    levels = levels_of(dtype, 300, 270, bands)
    write_cog(tmp_path / "a.tif", levels, nodata=3)
    script = ["node", "--input-type=module", "-e", SCRIPT % REPOSITORY, str(tmp_path / "a.tif")]
    seen = json.loads(subprocess.run(script, capture_output=True, check=True, timeout=60).stdout)
    assert [level["width"] for level in seen] == [270, 135, 68]
    for written, read in zip(levels, seen, strict=True):
        assert read["nodata"] == 3
        expected = [written] if bands is None else list(np.moveaxis(written, -1, 0))
        assert np.array_equal([np.ravel(band) for band in expected], np.array(read["bands"], dtype=dtype))
