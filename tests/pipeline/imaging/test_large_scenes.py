"""A scene cut into chips, or preprocessed in strips, against the same scene done as a whole."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio

from pipeline.imaging import study
from pipeline.imaging.errors import ImageError
from pipeline.imaging.preparation import prepare_scene
from pipeline.imaging.prepared import Chips, PreprocessRequest, SceneRequest, Speckle
from pipeline.imaging.preprocessing import preprocess
from tests.pipeline.imaging.made_images import UTM, grey, read_image, speckle, write_image

ROWS, COLS = 1100, 900
CHIPS = Chips(largest_whole_px=1000, side_px=400, overlap_px=60)
WHOLE = Chips(largest_whole_px=10**9)


def power():
    """Fields of differing backscatter, so that parts of it would be stretched otherwise than the whole."""
    fields = np.kron(np.random.default_rng(1).uniform(0.01, 2, (11, 9)), np.ones((100, 100)))
    return (speckle(ROWS, COLS, looks=3) * fields).astype(np.float32)


def with_holes(values):
    values = values.copy()
    values[:450, :430] = np.nan
    values[700:703, 100:500] = np.nan
    values[800, 800] = np.inf
    return values


def with_fill(values):
    """Undeclared zeros along a slanting edge, as of a turned scene; and a few inside, which are measurements."""
    y, x = np.mgrid[0:ROWS, 0:COLS]
    values = values.copy()
    values[x + y / 3 < 250] = 0
    values[600:640, 600:700] = 0
    return values


def scene(kind):
    values = {
        "power": power(),
        "holes": with_holes(power()),
        "fill": with_fill(power()),
        "db": with_holes(10 * np.log10(power())),
        "amplitude": with_fill(np.sqrt(power()) * 300).astype(np.uint16),
        "dn": with_fill(power() * 90).clip(0, 255).astype(np.uint8),
        "dn16": with_fill(power() * 9000).clip(0, 65535).astype(np.uint16),
    }[kind]
    stated = {"dn16": "dn", "db": "db"}.get(kind)
    return values, stated


KINDS = ["power", "holes", "fill", "db", "amplitude", "dn", "dn16"]


def prepared(tmp_path, path, name, **options):
    folder = tmp_path / name
    folder.mkdir()
    return prepare_scene(SceneRequest(path, folder, **options))


@pytest.mark.parametrize("kind", KINDS)
def test_chips_have_the_pixels_of_the_whole_scene(tmp_path, kind):
    values, stated = scene(kind)
    path = write_image(tmp_path / "s.tif", values, tiled=True, blockxsize=256, blockysize=256, compress="deflate")
    (whole,) = prepared(tmp_path, path, "whole", chips=WHOLE, quantity=stated)
    chips = prepared(tmp_path, path, "chips", chips=CHIPS, quantity=stated)
    sar, processed = read_image(whole.sar)[0][0], read_image(whole.processed)[0][0]
    assert whole.chip is None
    assert len(chips) == (11 if kind in ("holes", "db") else 12)
    covered = np.zeros(values.shape, dtype=bool)
    for chip in chips:
        window = chip.chip
        inside = np.s_[window.row : window.row + window.rows, window.col : window.col + window.cols]
        covered[inside] = True
        assert (window.parent_rows, window.parent_cols) == values.shape
        assert np.array_equal(read_image(chip.sar)[0][0], sar[inside], equal_nan=True)
        assert np.array_equal(read_image(chip.processed)[0][0], processed[inside])
        for name in ("unit", "dtype", "scale", "band", "polarisation"):
            assert getattr(chip, name) == getattr(whole, name)
        assert repr(chip.nodata) == repr(whole.nodata)
        for name in ("quantity", "looks", "looks_warning", "stretch"):
            assert chip.provenance.get(name) == whole.provenance.get(name)
    assert covered[np.isfinite(values) & (values != 0)].all()
    assert len({path for chip in chips for path in (chip.sar, chip.processed)}) in (len(chips), 2 * len(chips))


def test_a_chip_without_data_is_left_out_and_noted(tmp_path):
    chips = prepared(tmp_path, write_image(tmp_path / "s.tif", with_holes(power())), "out", chips=CHIPS)
    assert all("1 of them have no data and were left out" in chip.provenance["notes"][-1] for chip in chips)
    assert (0, 0) not in {(chip.chip.row, chip.chip.col) for chip in chips}


def test_a_scene_whose_first_part_looks_like_something_else_is_read_as_the_whole_says(tmp_path):
    """Its first rows are positive: dB over a town, which by themselves would be taken as power."""
    values = 10 * np.log10(power())
    values[:600] += 100
    values = values.clip(-60, 99)
    values[:600] = np.abs(values[:600])
    path = write_image(tmp_path / "s.tif", values)
    chips = prepared(tmp_path, path, "out", chips=CHIPS)
    (whole,) = prepared(tmp_path, path, "whole", chips=WHOLE)
    assert whole.provenance["quantity"] == "db"
    assert chips[0].provenance["looks"] == whole.provenance["looks"]


def test_chips_are_placed_where_they_lie(tmp_path):
    path = write_image(tmp_path / "s.tif", power(), **UTM)
    chips = prepared(tmp_path, path, "out", chips=CHIPS)
    for chip in chips:
        a, b, c, d, e, f = chip.ground["affine"]
        x, y = UTM["transform"] @ (chip.chip.col, chip.chip.row)
        assert (a, b, d, e) == (0.5, 0, 0, -0.5)
        assert (c, f) == (x, y)
        assert chip.pixel_spacing_m == pytest.approx((0.5, 0.5))


@pytest.mark.parametrize("placed", [True, False])
def test_the_optical_partner_is_cut_as_the_chips_are(tmp_path, placed):
    path = write_image(tmp_path / "s.tif", power(), **(UTM if placed else {}))
    finer = rasterio.Affine(0.25, 0, 590000, 0, -0.25, 5750000)
    optical = write_image(
        tmp_path / "o.tif",
        np.stack([grey(2 * ROWS, 2 * COLS, seed) for seed in range(3)]),
        **({"crs": UTM["crs"], "transform": finer} if placed else {}),
    )
    (whole,) = prepared(tmp_path, path, "whole", chips=WHOLE, optical_path=optical)
    chips = prepared(tmp_path, path, "chips", chips=CHIPS, optical_path=optical)
    image = read_image(whole.optical)[0].astype(int)
    for chip in chips:
        window = chip.chip
        inside = np.s_[:, window.row : window.row + window.rows, window.col : window.col + window.cols]
        assert np.abs(read_image(chip.optical)[0] - image[inside]).max() <= 1
        assert chip.registration is not None


def test_land_cover_is_shared_out_over_the_whole_or_the_chip(tmp_path):
    path = write_image(tmp_path / "s.tif", power())
    labels = np.full((ROWS, COLS), 5, dtype=np.uint8)
    labels[:, :225] = 2
    labels[:, 800:] = 9
    classes = {2: "water", 5: "tree", 7: "road"}
    cover = write_image(tmp_path / "l.tif", labels)
    asked = {"land_cover_path": cover, "land_cover_classes": classes}
    (whole,) = prepared(tmp_path, path, "whole", chips=WHOLE, **asked)
    assert whole.land_cover == pytest.approx({"water": 225 / 800, "tree": 575 / 800})
    chips = prepared(tmp_path, path, "chips", chips=CHIPS, **asked)
    assert chips[0].land_cover == pytest.approx({"water": 225 / 400, "tree": 175 / 400})
    assert chips[1].land_cover == {"tree": 1.0}


@pytest.mark.parametrize(
    ("labels", "note"),
    [
        (np.ones((30, 40), dtype=np.uint8), "l.tif has 30×40 pixels, the SAR image 64×80"),
        (np.ones((64, 80), dtype=np.uint16), "not class numbers in one band of 8 bit"),
        (None, "l.tif is a web page"),
    ],
)
def test_land_cover_that_cannot_be_used_does_not_lose_the_scene(tmp_path, labels, note):
    path = write_image(tmp_path / "s.tif", speckle())
    if labels is None:
        (tmp_path / "l.tif").write_text("<html>")
    else:
        write_image(tmp_path / "l.tif", labels)
    (one,) = prepared(tmp_path, path, "out", land_cover_path=tmp_path / "l.tif", land_cover_classes={1: "tree"})
    assert one.land_cover is None
    assert any(note in line for line in one.provenance["notes"])


def test_labels_of_no_class_are_no_land_cover(tmp_path):
    path = write_image(tmp_path / "s.tif", speckle())
    cover = write_image(tmp_path / "l.tif", np.zeros((64, 80), np.uint8))
    (one,) = prepared(tmp_path, path, "out", land_cover_path=cover, land_cover_classes={1: "tree"})
    assert one.land_cover is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("organisation", ["tiles", "strips"])
def test_a_large_file_is_preprocessed_into_the_same_bytes(tmp_path, kind, organisation):
    values, stated = scene(kind)
    how = {"tiled": True, "blockxsize": 256, "blockysize": 256} if organisation == "tiles" else {"blockysize": 7}
    path = write_image(tmp_path / "s.tif", values, compress="deflate", **how, **UTM)
    linear = None if kind.startswith("dn") else tmp_path / "linear.tif"
    results = []
    for largest in (10**9, 1000):
        request = PreprocessRequest(path, tmp_path / "out.tif", linear, quantity=stated)
        provenance = preprocess(request, largest_whole_px=largest)
        results.append((provenance, *(file.read_bytes() for file in (request.target, linear) if file is not None)))
    assert results[0] == results[1]


def test_a_large_scene_of_nothing_is_refused(tmp_path):
    for values, reason in ((np.zeros((300, 300), "f4"), "every one is zero"), (np.full((300, 300), np.nan), "no-data")):
        path = write_image(tmp_path / "s.tif", values)
        with pytest.raises(ImageError, match=reason):
            prepare_scene(SceneRequest(path, tmp_path, chips=CHIPS))
        with pytest.raises(ImageError, match=reason):
            preprocess(PreprocessRequest(path, tmp_path / "o.tif"), largest_whole_px=1000)
    assert not (tmp_path / "o.tif").exists()


def test_stated_looks_are_taken_for_every_chip(tmp_path):
    chips = prepared(tmp_path, write_image(tmp_path / "s.tif", power()), "o", chips=CHIPS, speckle=Speckle(looks=3))
    assert {chip.provenance["looks"] for chip in chips} == {3}
    assert not any(chip.provenance["looks_estimated"] for chip in chips)


def test_the_looks_of_a_scene_in_memory_are_those_of_its_strips(tmp_path, monkeypatch):
    """Where not all bands are looked at, they are the same ones, with some rows left over at the end."""
    monkeypatch.setattr(study, "_MOST_PIXELS_FOR_LOOKS", ROWS * COLS // 3)
    path = write_image(tmp_path / "s.tif", with_holes(power()))
    chips = prepared(tmp_path, path, "chips", chips=CHIPS)
    (whole,) = prepared(tmp_path, path, "whole", chips=WHOLE)
    assert chips[0].provenance["looks_blocks"] < ROWS * COLS / 256 / 2
    for name in ("looks", "looks_blocks", "stretch"):
        assert chips[0].provenance[name] == whole.provenance[name]
