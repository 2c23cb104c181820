"""The fixtures that hold the browser's conversions and Python's to the same answers, and the browser's own run."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import rasterio.transform
import rasterio.warp

from pipeline.imaging.figures import PERCENTILES

HERE = Path(__file__).parent


def fixture(name: str) -> dict[str, Any]:
    return json.loads((HERE / "fixtures" / name).read_text(encoding="utf-8"))


def test_spans_are_code_points_of_the_stored_text() -> None:
    for case in fixture("spans.json")["spans"]:
        text, start, end = case["text"], case["start"], case["end"]
        assert text[start:end] == case["part"]
        assert [len(text[:at].encode("utf-16-le")) // 2 for at in (start, end)] == case["units"]


def test_pixel_coordinates_flip_as_rasterio_places_them() -> None:
    for case in fixture("pixel_coordinates.json")["points"]:
        grid = rasterio.transform.from_origin(0, case["rows"], 1, 1)
        assert list(grid @ tuple(case["pixel"])) == case["map"]


def test_a_pixel_lies_on_the_ground_where_gdal_puts_it() -> None:
    for case in fixture("ground.json")["places"]:
        east, north = rasterio.Affine(*case["affine"]) @ tuple(case["pixel"])
        (lon,), (lat,) = rasterio.warp.transform(case["crs"], "EPSG:4326", [east], [north])
        assert [lon, lat] == pytest.approx(case["lonlat"], abs=2e-8)


def test_a_box_covers_the_pixels_between_its_edges() -> None:
    for case in fixture("pixel_coordinates.json")["boxes"]:
        grid = rasterio.transform.from_origin(0, case["rows"], 1, 1)
        x, y, width, height = case["box"]
        left, top = grid @ (x, y)
        right, bottom = grid @ (x + width, y + height)
        assert [left, bottom, right, top] == case["extent"]


def test_a_map_coordinate_falls_into_the_pixel_that_rasterio_names() -> None:
    for case in fixture("pixel_coordinates.json")["indices"]:
        grid = rasterio.transform.from_origin(0, case["rows"], 1, 1)
        row, col = rasterio.transform.rowcol(grid, *case["map"])
        is_inside = 0 <= row < case["rows"] and 0 <= col < case["cols"]
        assert ([int(row), int(col)] if is_inside else None) == case["index"]


def test_the_percentiles_that_are_kept_are_those_that_a_page_offers() -> None:
    assert list(PERCENTILES) == fixture("percentiles.json")["percentiles"]


def test_the_modules_of_the_browser_pass_their_own_tests() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not on the path; `make setup` brings one")
    files = sorted(str(path) for path in (HERE / "js").glob("*.test.mjs"))
    run = subprocess.run([node, "--test", *files], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
