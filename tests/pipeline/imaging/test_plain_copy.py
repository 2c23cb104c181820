"""Copies that show an image's ground and tell nothing else."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.imaging.plain_copy import STEP_BYTES, placement, write_plain_copy
from pipeline.imaging.tiff import write_cog


def chunks(png: bytes) -> dict[str, bytes]:
    found, place = {}, 8
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        kind, body = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        assert struct.unpack(">I", png[place + 8 + length : place + 12 + length])[0] == zlib.crc32(kind + body)
        found[kind.decode()] = body
        place += 12 + length
    return found


def test_a_copy_is_square_of_whole_steps_and_has_no_tags(tmp_path: Path) -> None:
    grey = np.random.default_rng(1).integers(1, 255, (300, 400), np.uint8)
    write_cog(tmp_path / "a.tif", [grey], nodata=0, unit="secret", geo_tags={34737: (2, b"UTM zone 31\0")})
    placed = write_plain_copy(tmp_path / "a.tif", tmp_path / "a.png", 512)
    png = (tmp_path / "a.png").read_bytes()
    assert len(png) % STEP_BYTES == 0
    assert set(chunks(png)) == {"IHDR", "IDAT", "fiLl", "IEND"}
    assert not any(chunks(png)["fiLl"])
    with Image.open(tmp_path / "a.png") as copy:
        assert (copy.size, copy.mode, copy.info) == ((512, 512), "L", {})
        pixels = np.asarray(copy)
    assert (placed.scale, placed.left_px, placed.top_px) == (1.28, 0, 64)
    assert not pixels[:64].any()
    assert not pixels[448:].any()
    assert abs(float(pixels[64:448].mean()) - float(grey.mean())) < 2
    write_plain_copy(tmp_path / "a.tif", tmp_path / "b.png", 512)
    assert (tmp_path / "b.png").read_bytes() == png


def test_what_lies_at_a_point_of_the_image_lies_at_its_place_in_the_copy(tmp_path: Path) -> None:
    for rows, cols in ((2000, 1200), (100, 220)):
        colours = np.zeros((rows, cols, 3), np.uint8)
        colours[rows // 2 :, cols // 4 :] = (200, 100, 50)
        write_cog(tmp_path / "a.tif", [colours])
        placed = write_plain_copy(tmp_path / "a.tif", tmp_path / "a.png", 1024, in_colour=True)
        assert placed == placement(rows, cols, 1024)
        pixels = np.asarray(Image.open(tmp_path / "a.png"))
        x, y = placed.left_px + cols / 4 * placed.scale, placed.top_px + rows / 2 * placed.scale
        assert tuple(pixels[int(y) + 6, int(x) + 6]) == (200, 100, 50)
        assert tuple(pixels[int(y) - 8, int(x) + 6]) == tuple(pixels[int(y) + 6, int(x) - 8]) == (0, 0, 0)


def test_an_image_of_more_bits_or_fewer_bands_is_refused(tmp_path: Path) -> None:
    write_cog(tmp_path / "a.tif", [np.zeros((8, 8), np.int16)])
    with pytest.raises(ValueError, match="8 bit with 1 bands is needed, not 1 of int16"):
        write_plain_copy(tmp_path / "a.tif", tmp_path / "a.png", 512)
    write_cog(tmp_path / "b.tif", [np.zeros((8, 8), np.uint8)])
    with pytest.raises(ValueError, match="with 3 bands"):
        write_plain_copy(tmp_path / "b.tif", tmp_path / "b.png", 512, in_colour=True)
