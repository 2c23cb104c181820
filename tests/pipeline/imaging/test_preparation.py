from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest

from pipeline.imaging.errors import ImageError
from pipeline.imaging.preparation import prepare_scene
from pipeline.imaging.prepared import PreparedScene, PreprocessRequest, SceneRequest, Speckle
from pipeline.imaging.preprocessing import preprocess
from pipeline.imaging.refined_lee import refined_lee
from pipeline.imaging.stretch import apply_stretch, find_stretch
from pipeline.vocabulary import UNITS
from tests.pipeline.imaging.made_images import UTM, grey, read_image, speckle, write_image


def prepared(tmp_path, sar, optical=None, **options):
    folder = tmp_path / "out"
    folder.mkdir(exist_ok=True)
    (scene,) = prepare_scene(SceneRequest(sar, folder, optical, **options))
    return scene


def decibels(rows=300, cols=400):
    db = 10 * np.log10(speckle(rows, cols, looks=4)) - 12
    db[:40, :60] = np.nan
    return db


def test_a_float_scene_becomes_three_images_on_one_grid(tmp_path):
    sar = write_image(tmp_path / "s.tif", np.stack([decibels(), decibels()]), descriptions=("VV", "VH"), **UTM)
    optical = write_image(tmp_path / "o.tif", np.stack([grey(300, 400)] * 3), **UTM)
    scene = prepared(tmp_path, sar, optical, band="VH", quantity="db", speckle=Speckle(looks=4))
    assert (scene.rows, scene.cols, scene.unit, scene.dtype, scene.scale) == (300, 400, "relative_db", "int16", 0.01)
    assert scene.unit in UNITS
    assert (scene.band, scene.band_count, scene.polarisation) == (2, 2, "VH")
    for path, bands in ((scene.sar, 1), (scene.processed, 1), (scene.optical, 3)):
        values, profile = read_image(path)
        assert values.shape == (bands, 300, 400)
        assert profile["crs"] is None
        assert profile["transform"].is_identity
    assert scene.valid_fraction == pytest.approx(1 - 40 * 60 / 120000)
    assert scene.ground["crs"] == "EPSG:32631"
    assert scene.pixel_spacing_m == pytest.approx((0.5, 0.5))
    assert scene.optical_note == "on the same grid as the SAR image"
    assert scene.provenance["filter"] == "refined Lee (1981), 7×7"
    assert (scene.provenance["looks"], scene.provenance["looks_estimated"]) == (4, False)


def test_the_processed_image_is_filter_logarithm_and_stretch(tmp_path):
    db = decibels()
    scene = prepared(tmp_path, write_image(tmp_path / "s.tif", db), quantity="db", speckle=Speckle(looks=4))
    power = np.power(np.float32(10), db / np.float32(10))
    filtered = refined_lee(power, 4)
    valid = np.isfinite(db)
    expected = apply_stretch(filtered, valid, find_stretch(filtered, valid, is_amplitude=False))
    assert np.array_equal(read_image(scene.processed)[0][0], expected)
    assert scene.provenance["stretch"]["limits_db"] == pytest.approx(
        np.percentile(10 * np.log10(filtered[valid]), [1, 99])
    )


def test_an_8_bit_scene_has_one_image_in_both_roles(tmp_path):
    scene = prepared(tmp_path, write_image(tmp_path / "s.jpg", np.stack([grey()] * 3)))
    assert scene.processed == scene.sar
    assert (scene.unit, scene.dtype, scene.nodata, scene.polarisation) == ("dn", "uint8", None, None)
    assert "neither filtered nor stretched" in scene.provenance["processed"]
    assert (scene.ground, scene.pixel_spacing_m, scene.optical) == (None, None, None)
    assert scene.optical_note == "the scene has no optical image"


def test_an_8_bit_scene_whose_scale_is_stated_is_filtered(tmp_path):
    sar = write_image(tmp_path / "s.png", (np.sqrt(speckle(300, 300)) * 60).clip(0, 255).astype(np.uint8))
    scene = prepared(tmp_path, sar, quantity="amplitude")
    assert scene.processed != scene.sar
    assert scene.provenance["looks"] == pytest.approx(1, abs=0.2)
    assert scene.unit == "dn"


def test_an_optical_partner_that_cannot_be_used_does_not_lose_the_scene(tmp_path):
    sar = write_image(tmp_path / "s.tif", (speckle() * 99).astype(np.uint16))
    (tmp_path / "o.tif").write_text("<html>")
    scene = prepared(tmp_path, sar, tmp_path / "o.tif")
    assert scene.optical is None
    assert scene.optical_note == (
        "left out: the optical image is a web page (HTML), not an image; the download went wrong, fetch it again"
    )


def test_undeclared_fill_is_shown_as_no_data_and_not_stretched(tmp_path):
    numbers = (np.sqrt(speckle(300, 300)) * 100 + 1).astype(np.uint16)
    clean = prepared(tmp_path, write_image(tmp_path / "c.tif", numbers), speckle=Speckle(looks=1))
    limits = clean.provenance["stretch"]["limits_db"]
    numbers[:, :60] = 0
    scene = prepared(tmp_path, write_image(tmp_path / "s.tif", numbers), speckle=Speckle(looks=1))
    assert scene.nodata == 0
    assert scene.valid_fraction == pytest.approx(0.8)
    assert scene.provenance["stretch"]["limits_db"] == pytest.approx(limits, abs=0.5)
    assert any("20.0% of the pixels" in note for note in scene.provenance["notes"])


def test_the_same_scene_gives_the_same_bytes(tmp_path):
    sar = write_image(tmp_path / "s.tif", decibels(), **UTM)
    optical = write_image(tmp_path / "o.png", np.stack([grey(150, 200)] * 3))
    digests = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (scene,) = prepare_scene(SceneRequest(sar, tmp_path / name, optical))
        paths = (scene.sar, scene.processed, scene.optical)
        digests.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in paths])
    assert digests[0] == digests[1]


@pytest.mark.parametrize("kind", ["db", "uint8", "range"])
def test_a_prepared_scene_travels_as_json(tmp_path, kind):
    values = {"db": decibels(), "uint8": grey(), "range": np.where(decibels() > -12, -400, decibels())}[kind]
    quantity = None if kind == "uint8" else "db"
    scene = prepared(tmp_path, write_image(tmp_path / "s.tif", values, **UTM), quantity=quantity)
    restored = PreparedScene.from_json(json.loads(json.dumps(scene.as_json(), allow_nan=False)))
    if kind == "range":
        assert restored.nodata != restored.nodata
    assert repr(restored) == repr(scene)


def test_requests_travel_as_json(tmp_path):
    scene = SceneRequest(tmp_path / "s.tif", tmp_path, None, "VV", "db", speckle=Speckle(3.0, "lee1980", 1.3))
    assert SceneRequest.from_json(json.loads(json.dumps(scene.as_json()))) == scene
    single = PreprocessRequest(tmp_path / "s.tif", tmp_path / "t.tif", tmp_path / "d.tif", 2)
    assert PreprocessRequest.from_json(json.loads(json.dumps(single.as_json()))) == single


def test_preprocess_keeps_coordinates_and_gives_the_filtered_values(tmp_path):
    sar = write_image(tmp_path / "s.tif", decibels(), **UTM)
    request = PreprocessRequest(sar, tmp_path / "p.tif", tmp_path / "d.tif", quantity="db", speckle=Speckle(looks=4))
    preprocess(request)
    filtered, profile = read_image(tmp_path / "d.tif")
    assert (profile["dtype"], profile["crs"].to_epsg(), filtered.shape) == ("float32", 32631, (1, 300, 400))
    expected = refined_lee(np.power(np.float32(10), decibels() / np.float32(10)), 4)
    assert np.array_equal(filtered[0], expected, equal_nan=True)
    processed, profile = read_image(tmp_path / "p.tif")
    assert (profile["dtype"], profile["crs"].to_epsg(), profile["nodata"]) == ("uint8", 32631, 0)
    assert profile["transform"] == UTM["transform"]
    assert np.array_equal(processed[0] == 0, np.isnan(decibels()))


def test_filtered_values_of_unknown_scaling_are_refused(tmp_path):
    request = PreprocessRequest(write_image(tmp_path / "s.png", grey()), tmp_path / "p.tif", tmp_path / "d.tif")
    with pytest.raises(ImageError, match="state --amplitude or --intensity"):
        preprocess(request)


def test_only_negative_powers_are_no_powers(tmp_path):
    sar = write_image(tmp_path / "s.tif", -speckle())
    with pytest.raises(ImageError, match=r"was stated to hold power, but 100\.0% of its values are negative"):
        prepared(tmp_path, sar, quantity="intensity")


def test_the_real_pairs_are_prepared(tmp_path, shared_data):
    spain = prepared(
        tmp_path, shared_data / "paired/sar/Spain_7370579.tif", shared_data / "paired/optical/Spain_7370579.tif"
    )
    assert spain.provenance["quantity"] == "db"
    assert spain.centre_lon_lat == pytest.approx((-0.76, 38.11), abs=0.01)
    assert spain.pixel_spacing_m == pytest.approx((9.97, 7.88), abs=0.01)
    assert read_image(spain.optical)[0].shape == (3, 512, 512)
    rotterdam = next((shared_data / "spacenet6").rglob("*SAR-Intensity*.tif"))
    partner = next((shared_data / "spacenet6").rglob("*PS-RGB*.tif"))
    scene = prepared(tmp_path, rotterdam, partner)
    assert scene.valid_fraction == pytest.approx(0.608, abs=0.001)
    assert "covers 100.0%" in scene.optical_note
