"""Headers against what GDAL reads of the same files."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from pipeline.sources.image_header import ImageHeader, read_header

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")


def written(file: Path, driver: str, **more: Any) -> Path:
    profile = {"driver": driver, "width": 37, "height": 23, "count": 1, "dtype": "uint8"} | more
    with rasterio.open(file, "w", **profile) as out:
        out.write(np.ones((1, 23, 37), dtype=profile["dtype"]))
    return file


@pytest.mark.parametrize("driver", ["PNG", "JPEG", "BMP", "GTiff"])
def test_the_size_is_that_of_the_image_whatever_the_name_says(tmp_path: Path, driver: str) -> None:
    assert read_header(written(tmp_path / "a.dat", driver)) == ImageHeader((23, 37))


TILED = {"tiled": True, "blockxsize": 16, "blockysize": 16}


@pytest.mark.parametrize("more", [{}, {"BIGTIFF": "YES"}, {"ENDIANNESS": "BIG"}, TILED])
@pytest.mark.parametrize("turn_deg", [0, 30])
def test_place_and_code_of_a_geotiff_are_gdals(tmp_path: Path, more: dict[str, Any], turn_deg: float) -> None:
    affine = Affine.translation(593_000.25, 5_749_000.5) @ Affine.rotation(turn_deg) @ Affine.scale(0.5, -0.5)
    header = read_header(written(tmp_path / "a.tif", "GTiff", crs="EPSG:32631", transform=affine, **more))
    assert header is not None
    assert (header.size, header.epsg) == ((23, 37), 32631)
    assert header.affine == pytest.approx(tuple(affine)[:6], abs=1e-9)


def test_coordinates_of_pixel_centres_are_moved_to_corners(tmp_path: Path) -> None:
    file = written(tmp_path / "a.tif", "GTiff", crs="EPSG:4326", transform=Affine(0.5, 0, 10, 0, -0.5, 50))
    with rasterio.open(file, "r+") as out:
        out.update_tags(AREA_OR_POINT="Point")
    header = read_header(file)
    with rasterio.open(file) as read:
        expected = tuple(read.transform)[:6]
    assert header is not None
    assert (header.affine, header.epsg) == (pytest.approx(expected), 4326)


def test_real_images_have_the_size_that_gdal_finds(shared_data: Path) -> None:
    suffixes = {".tif", ".tiff", ".png", ".jpg", ".bmp"}
    files = [file for file in sorted(shared_data.rglob("*")) if file.suffix in suffixes and file.name[0] != "."]
    for file in files:
        header = read_header(file)
        with rasterio.open(file) as opened:
            assert (None if header is None else header.size) == opened.shape, file
    assert len(files) > 60


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"II*\0",
        b"II*\0\xff\xff\xff\xff",
        b"II+\0" + b"\xff" * 12,
        b"II*\0" + struct.pack("<IH", 8, 65535),
        b"II*\0" + struct.pack("<IHHHII", 8, 1, 256, 4, 1 << 31, 8),
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n" + bytes(24),
        b"\xff\xd8\xff",
        b"\xff\xd8" + b"\xff" * 4000,
        b"\xff\xd8\xff\xe0\0\0" * 1000,
        b"BM" + bytes(40),
        b"PK\x03\x04" + bytes(40),
        b"GIF89a" + bytes(40),
    ],
)
def test_what_is_broken_or_no_image_has_no_header(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.tif").write_bytes(content)
    assert read_header(tmp_path / "a.tif") is None


def test_a_folder_and_a_file_that_is_gone_have_none(tmp_path: Path) -> None:
    assert read_header(tmp_path) is None
    assert read_header(tmp_path / "gone") is None
