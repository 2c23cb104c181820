from __future__ import annotations

import os
import struct
from pathlib import Path

import numpy as np
import pytest
import rasterio

from pipeline.imaging.errors import ImageError
from pipeline.imaging.reading import opened_band, read_raster
from tests.pipeline.imaging.made_images import UTM, grey, read_image, speckle, write_image


def reason_of(path: Path, **options) -> str:
    with pytest.raises(ImageError) as caught:
        read_raster(path, **options)
    assert caught.value.path == path
    return caught.value.reason


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "float32", "float64"])
def test_each_type_is_read_as_it_is(tmp_path, dtype):
    values = (speckle() * 50).astype(dtype)
    raster = read_raster(write_image(tmp_path / "a.tif", values))
    assert raster.dtype == dtype
    assert np.array_equal(raster.values, values)
    assert raster.valid.all()
    assert (raster.crs, raster.transform) == (None, None)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp"])
def test_pictures_are_read_by_what_they_are_and_not_by_their_name(tmp_path, suffix):
    picture = write_image(tmp_path / f"a{suffix}", grey())
    renamed = picture.rename(tmp_path / "a.tif")
    assert np.allclose(read_raster(renamed).values, grey(), atol=0 if suffix != ".jpg" else 12)


def test_nan_infinity_nodata_and_undeclared_extremes_are_no_data(tmp_path):
    values = speckle()
    values[0, :5] = [np.nan, np.inf, -np.inf, -3.4e38, -9999]
    raster = read_raster(write_image(tmp_path / "a.tif", values, nodata=-9999))
    assert not raster.valid[0, :5].any()
    assert raster.valid.sum() == values.size - 5


def test_a_band_of_transparency_is_a_mask(tmp_path):
    alpha = np.full_like(grey(), 255)
    alpha[:10] = 0
    raster = read_raster(write_image(tmp_path / "a.png", [grey(), alpha]))
    assert raster.band == 1
    assert not raster.valid[:10].any()
    assert raster.valid[10:].all()


def test_coordinates_are_read_from_the_file(tmp_path):
    raster = read_raster(write_image(tmp_path / "a.tif", speckle(), **UTM))
    assert "32631" in raster.crs
    assert raster.transform == (0.5, 0, 590000, 0, -0.5, 5750000)


def test_coordinates_that_are_no_numbers_are_none(tmp_path):
    transform = rasterio.Affine(0.5, 0, float("nan"), 0, -0.5, 5750000)
    raster = read_raster(write_image(tmp_path / "a.tif", speckle(), **(UTM | {"transform": transform})))
    assert raster.transform is None
    assert "its coordinates are no numbers, so it was taken without any" in raster.notes


def test_files_beside_the_image_mean_nothing(tmp_path):
    path = write_image(tmp_path / "a.tif", speckle())
    (tmp_path / "a.tfw").write_text("1\n0\n0\n-1\n500000\n4000000\n")
    (tmp_path / "a.tif.aux.xml").write_text(
        "<PAMDataset><PAMRasterBand band='1'><NoDataValue>0</NoDataValue></PAMRasterBand></PAMDataset>"
    )
    (tmp_path / "a.tif.msk").write_bytes(write_image(tmp_path / "m.tif", np.zeros((64, 80), "u1")).read_bytes())
    raster = read_raster(path)
    assert raster.transform is None
    assert raster.nodata is None
    assert raster.valid.all()


@pytest.mark.parametrize(
    "name", ["a b.tif", "a\nb.tif", "港.tif", "..tif", "a?b#c!d.tif", "https:a.tif", os.fsdecode(b"\xff\xfe.tif")]
)
def test_any_file_name_is_only_a_name(tmp_path, name):
    path = write_image(tmp_path / "plain.tif", speckle()).rename(tmp_path / name)
    assert read_raster(path).values.shape == (64, 80)


@pytest.mark.parametrize("start", [b"BM", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\n", b"II*\0"])
def test_a_file_that_leads_gdal_to_another_file_is_refused(tmp_path, start):
    """GDAL itself finds a virtual raster behind any first bytes, and would read whatever that names."""
    private = write_image(tmp_path / "private.tif", grey())
    band = f"<SimpleSource><SourceFilename>{private}</SourceFilename><SourceBand>1</SourceBand></SimpleSource>"
    virtual = f'<VRTRasterBand dataType="Byte" band="1">{band}</VRTRasterBand>'
    image = tmp_path / "image.tif"
    image.write_bytes(start + f'<VRTDataset rasterXSize="80" rasterYSize="64">{virtual}</VRTDataset>'.encode())
    assert "truncated or damaged" in reason_of(image)


def test_a_polarisation_is_chosen_by_number_or_description(tmp_path):
    path = write_image(tmp_path / "a.tif", np.stack([speckle(), speckle(seed=1)]), descriptions=("VV", "VH"))
    first = read_raster(path)
    assert (first.band, first.polarisation, first.band_count) == (1, "VV", 2)
    assert first.notes == ("band 1 (VV) of 2 was taken, since none was named",)
    for band in (2, "2", "VH", "vh"):
        raster = read_raster(path, band)
        assert (raster.band, raster.polarisation) == (2, "VH")
        assert np.array_equal(raster.values, speckle(seed=1))
    assert "has no band 3; it has 2" in reason_of(path, band=3)
    assert "it has VV, VH" in reason_of(path, band="HH")


def tagged(path, tags):
    with rasterio.open(path, "r+") as dataset:
        for number, polarisation in enumerate(tags, 1):
            dataset.update_tags(number, POLARISATION=polarisation)
    return path


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_polarisation_is_found_by_tags_and_within_descriptions(tmp_path):
    bands = np.stack([speckle(seed=seed) for seed in range(4)])
    quad = tagged(write_image(tmp_path / "quad.tif", bands), ("HH", "HV", "VH", "VV"))
    assert np.array_equal(read_raster(quad, "vh").values, bands[2])
    assert read_raster(quad, 4).polarisation == "VV"
    snap = write_image(tmp_path / "snap.tif", bands[:2], descriptions=("Sigma0_VV_db", "Sigma0_VH_db"))
    assert np.array_equal(read_raster(snap, "VH").values, bands[1])
    twice = write_image(tmp_path / "twice.tif", bands[:2], descriptions=("Amplitude_VV", "Intensity_VV"))
    assert "has several bands 'VV' (it has Amplitude_VV, Intensity_VV)" in reason_of(twice, band="VV")
    assert np.array_equal(read_raster(twice, "intensity_vv").values, bands[1])
    assert "has no band 'HH' (it has no descriptions)" in reason_of(write_image(tmp_path / "a.tif", bands), band="HH")


@pytest.mark.parametrize("band", [1, 2, 3, 4])
def test_four_polarisations_of_8_bit_are_no_colours_with_transparency(tmp_path, band):
    bands = np.stack([grey(seed=seed) for seed in range(4)])
    bands[3, :20] = 0
    path = write_image(tmp_path / "a.tif", bands, descriptions=("HH", "HV", "VH", "VV"), photometric="RGB", alpha="YES")
    raster = read_raster(path, band)
    assert raster.valid.all()
    assert np.array_equal(raster.values, bands[band - 1])
    assert read_raster(path).notes == ("band 1 (HH) of 4 was taken, since none was named",)


def test_any_rectangle_of_a_band_is_its_part_of_the_whole(tmp_path):
    values = speckle(300, 200)
    values[40:60] = np.nan
    path = write_image(tmp_path / "a.tif", values, nodata=-1, **UTM)
    with opened_band(path) as reader:
        part, survey = reader.read(30, 50, 100, 120)
    assert np.array_equal(part.values, values[30:130, 50:170], equal_nan=True)
    assert np.array_equal(part.valid, np.isfinite(part.values))
    assert (survey.pixels, survey.valid) == (12000, 12000 - 20 * 120)
    assert part.transform == (0.5, 0, 590025, 0, -0.5, 5749985)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif"])
def test_grey_in_three_bands_is_one_band(tmp_path, suffix):
    raster = read_raster(write_image(tmp_path / f"a{suffix}", np.stack([grey()] * 3)))
    assert raster.values.shape == (64, 80)
    assert "three equal bands" in raster.notes[0]


def test_false_colour_is_refused_unless_a_band_is_named(tmp_path):
    path = write_image(tmp_path / "a.png", np.stack([grey(), grey(seed=1), grey(seed=2)]))
    assert "is a colour image" in reason_of(path)
    assert np.array_equal(read_raster(path, 2).values, grey(seed=1))


def with_palette(path: Path, colours: dict) -> Path:
    import rasterio

    with rasterio.open(path, "w", driver="GTiff", width=80, height=64, count=1, dtype="uint8") as dataset:
        dataset.write(grey(), 1)
        dataset.write_colormap(1, colours)
    return path


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_grey_palette_is_resolved_and_one_of_colours_refused(tmp_path):
    inverted = {index: (255 - index,) * 3 for index in range(256)}
    raster = read_raster(with_palette(tmp_path / "grey.tif", inverted))
    assert np.array_equal(raster.values, 255 - grey())
    assert raster.notes == ("a grey palette was turned into grey levels",)
    rainbow = {index: (index, 255 - index, 0) for index in range(256)}
    assert "colour palette" in reason_of(with_palette(tmp_path / "rainbow.tif", rainbow))


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        (lambda index: (index >> 8,) * 3, "numbers"),
        (lambda index: (255 - (index >> 8),) * 3, "levels"),
        (lambda index: (index >> 8, 0, 0), "colour palette"),
    ],
)
def test_a_palette_of_16_bit_is_survived(tmp_path, colour, expected):
    values = (speckle() * 9000).astype(np.uint16)
    path = tmp_path / "p.tif"
    with rasterio.open(path, "w", driver="GTiff", width=80, height=64, count=1, dtype="uint16") as dataset:
        dataset.write_colormap(1, {index: (*colour(index), 255) for index in range(65536)})
        dataset.write(values, 1)
    if expected == "colour palette":
        assert expected in reason_of(path)
        return
    raster = read_raster(path)
    assert np.array_equal(raster.values, values if expected == "numbers" else 255 - (values >> 8))


def cut(path: Path, share: float) -> Path:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    return path


@pytest.mark.parametrize("suffix", [".tif", ".png", ".jpg", ".bmp"])
@pytest.mark.parametrize("share", [0.1, 0.7])
def test_a_truncated_image_says_so(tmp_path, suffix, share):
    path = cut(write_image(tmp_path / f"a{suffix}", grey(300, 300)), share)
    assert "truncated or damaged" in reason_of(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty (zero bytes)"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "web page (HTML)"),
        (b"\n  <HTML>", "web page (HTML)"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "Git LFS pointer"),
        (b"<VRTDataset rasterXSize='9' rasterYSize='9'></VRTDataset>", "is not a GeoTIFF, PNG, JPEG or BMP"),
        (b"PK\x03\x04 ...", "is a ZIP archive, not an image; unpack it first"),
        (b"\x1f\x8b\x08", "is a gzip archive"),
        (b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X", "is not a GeoTIFF, PNG, JPEG or BMP"),
        (b"II*\x00\xff\xff\xff\xff", "truncated or damaged"),
        (b"II*\x00" + b"\x00" * 100, "truncated or damaged"),
    ],
)
def test_what_is_no_image_is_named(tmp_path, content, reason):
    path = tmp_path / "a.tif"
    path.write_bytes(content)
    assert reason in reason_of(path)


def test_missing_files_folders_and_pipes_are_named(tmp_path):
    write_image(tmp_path / "other.tif", speckle())
    assert reason_of(tmp_path / "none.tif") == "there is no such file"
    assert "folder" in reason_of(tmp_path)
    os.mkfifo(tmp_path / "pipe.tif")
    assert "not a file" in reason_of(tmp_path / "pipe.tif")


def test_complex_values_are_refused_with_what_to_do(tmp_path):
    path = write_image(tmp_path / "a.tif", speckle().astype(np.complex64))
    assert "detect to intensity first" in reason_of(path)


def test_other_types_are_refused(tmp_path):
    assert "holds int32" in reason_of(write_image(tmp_path / "a.tif", speckle().astype(np.int32)))


def test_a_damaged_png_says_so(tmp_path):
    path = write_image(tmp_path / "a.png", grey(300, 300))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    assert "truncated or damaged" in reason_of(path)


def test_size_is_judged_before_pixels_are_read(tmp_path):
    path = tmp_path / "a.tif"
    tags = [(256, 4, 200000), (257, 4, 200000), (258, 3, 8), (259, 3, 1), (262, 3, 1), (277, 3, 1), (278, 4, 200000)]
    entries = b"".join(struct.pack("<HHII", *tag[:2], 1, tag[2]) for tag in [*tags, (273, 4, 8), (279, 4, 0)])
    path.write_bytes(b"II*\0" + struct.pack("<IH", 8, 9) + entries + bytes(4))
    assert "has 200000×200000 pixels, more than the 67,108,864" in reason_of(path)
    small = write_image(tmp_path / "b.tif", speckle())
    assert "more than the 5,000" in reason_of(small, max_pixels=5000)
    assert read_raster(small, max_pixels=64 * 80).values.shape == (64, 80)


def test_a_small_file_that_opens_as_gigabytes_of_nothing_is_refused_at_once(tmp_path):
    profile = {"width": 12000, "height": 11000, "count": 1, "dtype": "float32", "tiled": True, "compress": "deflate"}
    with rasterio.open(tmp_path / "a.tif", "w", driver="GTiff", sparse_ok=True, **profile, **UTM) as dataset:
        dataset.write(speckle(256, 256), 1, window=rasterio.windows.Window(0, 0, 256, 256))
    with pytest.raises(ImageError, match="nearly all of it is empty"), opened_band(tmp_path / "a.tif"):
        pass


def test_one_block_as_large_as_the_image_is_refused_with_what_to_do(tmp_path):
    profile = {
        "width": 8300,
        "height": 8300,
        "count": 1,
        "dtype": "float32",
        "blockysize": 8300,
        "compress": "packbits",
    }
    with rasterio.open(tmp_path / "a.tif", "w", driver="GTiff", **profile, **UTM) as dataset:
        dataset.write(np.tile(speckle(100, 100), (83, 83)), 1)
    with pytest.raises(ImageError, match="write it tiled"), opened_band(tmp_path / "a.tif"):
        pass


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_pictures_have_a_limit_of_their_own(tmp_path):
    with rasterio.open(
        tmp_path / "a.png", "w", driver="PNG", width=8200, height=8200, count=1, dtype="uint8", zlevel=1
    ) as dataset:
        dataset.write(np.ones((8200, 8200), dtype=np.uint8), 1)
    with (
        pytest.raises(ImageError, match="more than the 67,108,864 that are taken of a PNG"),
        opened_band(tmp_path / "a.png"),
    ):
        pass


def test_images_without_data_are_refused(tmp_path):
    assert "every one is zero" in reason_of(write_image(tmp_path / "a.tif", np.zeros((9, 9), "u2")))
    assert "every one is zero" in reason_of(write_image(tmp_path / "f.tif", np.zeros((9, 9), "f4")))
    assert "no pixel with data" in reason_of(write_image(tmp_path / "b.tif", np.full((9, 9), np.nan, "f4")))
    assert "no pixel with data" in reason_of(write_image(tmp_path / "c.tif", np.full((9, 9), 7, "u1"), nodata=7))


def test_an_error_shows_its_file_on_one_line():
    assert str(ImageError("a\nb.tif", "is empty")) == "'a\\nb.tif': is empty"


def test_reading_leaves_no_descriptor_open(tmp_path):
    path = write_image(tmp_path / "a.tif", speckle())
    (tmp_path / "b.tif").write_bytes(b"II*\0")
    before = sum(1 for _ in Path("/dev/fd").iterdir())
    read_raster(path)
    reason_of(tmp_path / "b.tif")
    assert sum(1 for _ in Path("/dev/fd").iterdir()) == before


def test_the_odd_real_files_are_survived(shared_data):
    odd = shared_data / "odd"
    assert "16705×26102" in reason_of(odd / "opens_as_26102x16705_zeros.tiff")
    assert "complex" in reason_of(odd / "complex64_rotated.tif")
    assert "colour" in reason_of(odd / "false_colour_sar.png")
    assert read_raster(odd / "misregistered_sar.png").values.ndim == 2


def test_all_real_sar_images_are_read(shared_data):
    paths = [
        path
        for folder in ("sardet100k", "quadpol", "paired/sar", "openearthmap_sar/train/sar_images")
        for path in (shared_data / folder).rglob("*")
        if path.suffix in (".jpg", ".png", ".bmp", ".tif", ".tiff")
    ]
    assert len(paths) > 40
    for path in paths:
        raster = read_raster(path)
        assert raster.values.shape == read_image(path)[0].shape[1:]
