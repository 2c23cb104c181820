"""Other polarisations of a scene's file: which bands are some, their numbers, and that none costs the scene."""

from __future__ import annotations

import math
import warnings
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.enums import ColorInterp
from rasterio.errors import NotGeoreferencedWarning

from pipeline.imaging.decoding import SceneWorker
from pipeline.imaging.further import MOST_FURTHER, further_bands
from pipeline.imaging.opening import opened
from pipeline.imaging.preparation import prepare_scene
from pipeline.imaging.prepared import Chips, PreparedScene, SceneRequest
from tests.pipeline.imaging.made_images import read_image, speckle, write_image

ROWS, COLS = 240, 200


def bands_db(count=2, rows=ROWS, cols=COLS):
    """Bands of the same ground at other levels, in dB, with a hole of NaN in each."""
    values = np.stack([10 * np.log10(speckle(rows, cols, looks=4, seed=n) * 0.2 / (n + 1)) for n in range(count)])
    values[:, :20, :30] = np.nan
    return values.astype(np.float32)


def named(tmp_path, values, *, chosen=1, stated=(), colorinterp=None, **profile):
    """Which bands of a file of these are further polarisations, and what is noted."""
    path = write_image(tmp_path / "bands.tif", values, **profile)
    if colorinterp:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(path, "r+") as dataset:
                dataset.colorinterp = colorinterp
    with opened(path) as image:
        return further_bands(image, chosen, stated)


def test_bands_are_known_by_descriptions_then_by_what_the_source_says_then_by_number(tmp_path):
    three = bands_db(3)
    described = ("Sigma0_VV_db", "Sigma0_VH_db", "incidence angle")
    assert named(tmp_path, three, descriptions=described) == ([(2, "VH")], [])
    assert named(tmp_path, three, descriptions=described, chosen=3) == ([(1, "VV"), (2, "VH")], [])
    # Two looks of one polarisation are told apart by their numbers.
    assert named(tmp_path, three, descriptions=("VV", "VV_2", "VH")) == ([(2, "band 2"), (3, "VH")], [])
    assert named(tmp_path, three, descriptions=("mean", "deviation", "count")) == ([], [])
    assert named(tmp_path, three, descriptions=("Band 1", "b2", "3")) == ([(2, "band 2"), (3, "band 3")], [])
    stated = ("HV", "HH", "VV")  # what is read first, then the others in the file's order
    assert named(tmp_path, three, chosen=2, stated=stated) == ([(1, "HH"), (3, "VV")], [])
    assert named(tmp_path, three, stated=("HH", "HV")) == ([(2, "band 2"), (3, "band 3")], [])
    found, notes = named(tmp_path, bands_db(7))
    assert [number for number, _ in found] == [2, 3, 4, 5]
    assert notes == [f"2 further bands were left out: at most {MOST_FURTHER} are kept"]


def test_colours_transparency_and_grey_three_times_over_are_no_polarisations(tmp_path):
    grey = np.random.default_rng(0).integers(0, 255, (4, 64, 64), dtype=np.uint8)
    colours = [ColorInterp.red, ColorInterp.green, ColorInterp.blue]
    assert named(tmp_path, grey[:3], photometric="rgb") == ([], [])
    assert named(tmp_path, grey[:2], colorinterp=[ColorInterp.gray, ColorInterp.alpha]) == ([], [])
    assert named(tmp_path, grey, colorinterp=[*colours, ColorInterp.alpha]) == ([], [])
    # Four of 8 bit pass for colours to GDAL; where they have names they are what these say.
    assert named(tmp_path, grey, descriptions=("HH", "HV", "VH", "VV"))[0] == [(2, "HV"), (3, "VH"), (4, "VV")]
    path = write_image(tmp_path / "grey.png", np.stack([grey[0]] * 3))
    with opened(path) as image:
        assert further_bands(image, 1) == ([], [])


@pytest.mark.parametrize("kind", ["db", "power", "uint16", "uint8"])
def test_a_further_polarisation_holds_what_the_file_has_on_the_scenes_grid(tmp_path, kind):
    power = np.stack([speckle(ROWS, COLS, looks=4, seed=n) * 0.2 / (n + 1) for n in range(2)])
    values = {
        "db": (10 * np.log10(power)).astype(np.float32),
        "power": power,
        "uint16": (np.sqrt(power) * 900).astype(np.uint16),
        "uint8": (power * 200).clip(1, 255).astype(np.uint8),
    }[kind]
    path = write_image(tmp_path / "s.tif", values, descriptions=("VV", "VH"))
    (tmp_path / "out").mkdir()
    (scene,) = prepare_scene(SceneRequest(path, tmp_path / "out"))
    (further,) = scene.further
    assert (further.polarisation, further.band, further.unit, scene.polarisation) == ("VH", 2, scene.unit, "VV")
    stored, profile = read_image(further.sar)
    assert stored.shape == (1, scene.rows, scene.cols) == (1, ROWS, COLS)
    assert profile["crs"] is None
    shown = stored[0].astype(np.float64) * further.scale
    wanted = 10 * np.log10(power[1]) if kind in ("db", "power") else values[1]
    assert np.abs(shown - wanted).max() <= (0.0051 if further.scale == 0.01 else 1e-4)
    low, high = further.display_limits
    assert low == pytest.approx(np.percentile(shown, 1), abs=0.02)
    assert high == pytest.approx(np.percentile(shown, 99), abs=0.02)
    assert sum(further.histogram_counts) == ROWS * COLS
    assert PreparedScene.from_json(scene.as_json()) == scene
    (alone,) = prepare_scene(SceneRequest(path, tmp_path / "out", only_band=True))
    assert alone.further == ()


def test_chips_have_the_further_pixels_of_the_whole_and_the_footprint_of_the_main_band(tmp_path):
    values = 10 ** (bands_db(3) / 10)
    y, x = np.mgrid[0:ROWS, 0:COLS]
    values[:, x + y / 3 < 80] = 0  # undeclared fill along a slanting edge
    path = write_image(tmp_path / "s.tif", values.astype(np.float32), interleave="pixel")
    for name in ("whole", "chips"):
        (tmp_path / name).mkdir()
    (whole,) = prepare_scene(SceneRequest(path, tmp_path / "whole", chips=Chips(largest_whole_px=10**9)))
    chips = prepare_scene(SceneRequest(path, tmp_path / "chips", chips=Chips(1000, 120, 20)))
    assert [one.polarisation for one in whole.further] == ["band 2", "band 3"]
    for number in (0, 1):
        image, main = read_image(whole.further[number].sar)[0][0], read_image(whole.sar)[0][0]
        assert ((image == whole.nodata) == (main == whole.nodata)).all()
        for chip in chips:
            row, col, rows, cols = chip.rectangle
            part = read_image(chip.further[number].sar)[0][0]
            assert (part == image[row : row + rows, col : col + cols]).all()


def test_a_band_that_cannot_be_used_is_noted_and_does_not_lose_the_scene(tmp_path):
    values = bands_db(4)
    values[1] = np.nan
    values[2] = 4000.0
    path = write_image(tmp_path / "s.tif", values, descriptions=("HH", "HV", "VH", "VV"))
    (tmp_path / "out").mkdir()
    with SceneWorker() as worker:
        (scene,) = worker.prepare(SceneRequest(path, tmp_path / "out"))
    assert [one.polarisation for one in scene.further] == ["VV"]
    assert scene.further[0].sar.is_file()
    notes = " ".join(scene.provenance["notes"])
    assert "HV was left out: it has no pixel with data" in notes
    assert "VH was left out: it was stated to hold dB, but has values up to 4000" in notes
    assert not math.isnan(scene.further[0].scale)


def test_memory_does_not_grow_with_the_number_of_polarisations(tmp_path):
    """In the decoder's own process: the peak with five bands is that with one, up to a band of integers."""
    side = 1500
    band = (10 * np.log10(speckle(side, side, looks=4))).astype(np.float32)
    path = write_image(tmp_path / "s.tif", np.stack([band + n for n in range(5)]), tiled=True)
    peaks = []
    for only_band in (True, False):
        (tmp_path / str(only_band)).mkdir()
        with SceneWorker() as worker:
            (scene,) = worker.prepare(SceneRequest(path, tmp_path / str(only_band), only_band=only_band))
            peaks.append(peak_bytes(worker))
        assert len(scene.further) == (0 if only_band else 4)
    assert peaks[1] - peaks[0] < 2 * band.nbytes


def peak_bytes(worker):
    status = Path(f"/proc/{worker._child.pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def test_the_real_tile_of_four_polarisations_and_the_real_pair_of_two(shared_data, tmp_path):
    tile = next((shared_data / "spacenet6").rglob("*SAR-Intensity*.tif"))
    stated = ("VH", "HH", "HV", "VV")  # as the reader of SpaceNet 6 says it of band 3
    for name in ("tile", "pair"):
        (tmp_path / name).mkdir()
    (scene,) = prepare_scene(SceneRequest(tile, tmp_path / "tile", band=3, quantity="db", polarisations=stated))
    assert [(one.band, one.polarisation) for one in scene.further] == [(1, "HH"), (2, "HV"), (4, "VV")]
    image = sorted((shared_data / "paired" / "sar").glob("*.tif"))[0]
    (scene,) = prepare_scene(SceneRequest(image, tmp_path / "pair", quantity="db"))
    assert [one.polarisation for one in scene.further] in (["VH"], ["band 2"])
    raw = read_image(image)[0][1]
    stored = read_image(scene.further[0].sar)[0][0]
    valid = stored != scene.further[0].nodata
    assert np.abs(stored[valid] * 0.01 - raw[valid]).max() <= 0.0051
