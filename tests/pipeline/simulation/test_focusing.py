"""The point-spread function: as wide as stated, side lobes along range and azimuth, speckle correlated by it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pipeline.simulation.focusing import PointResponse
from pipeline.simulation.noise import circular

FAINT = 1e-9


@pytest.mark.parametrize(("weighting", "side_lobe_db"), [("uniform", -13.26), ("taylor", -35.0), ("hamming", -21.2)])
def test_side_lobes_are_as_high_as_the_weighting_says(weighting: str, side_lobe_db: float) -> None:
    assert PointResponse(weighting, 2.0, 0).side_lobe_db == pytest.approx(side_lobe_db, abs=0.7)


@pytest.mark.parametrize("weighting", ["uniform", "hamming", "taylor"])
def test_the_main_lobe_has_the_stated_width_at_half_power(weighting: str) -> None:
    response = PointResponse(weighting, 1.7, 0)
    assert response.along(np.array([0.0, 0.85, -0.85])) ** 2 == pytest.approx([1, 0.5, 0.5], abs=1e-6)


def test_a_point_between_pixels_is_imaged_where_it_lies() -> None:
    image = PointResponse("taylor", 1.5, 30.0).points((65, 65), [(32.75, 30.375, 2 + 0j)], FAINT)
    power = np.abs(image) ** 2
    rows, cols = np.indices(power.shape) + 0.5
    centre = ((power * rows).sum() / power.sum(), (power * cols).sum() / power.sum())
    assert centre == pytest.approx((32.75, 30.375), abs=0.02)
    on_pixel = PointResponse("taylor", 1.5, 30.0).points((65, 65), [(32.5, 32.5, 2j)], FAINT)
    assert on_pixel[32, 32] == pytest.approx(2j)


@pytest.mark.parametrize("look_azimuth_deg", [0.0, 30.0, 98.0])
def test_side_lobes_run_along_range_and_azimuth_only(look_azimuth_deg: float) -> None:
    image = PointResponse("uniform", 2.0, look_azimuth_deg).points((201, 201), [(100.5, 100.5, 1 + 0j)], FAINT)
    down, right = np.indices(image.shape) - 100
    bearing = np.degrees(np.arctan2(right, -down))
    distance = np.hypot(down, right)
    off_axes = np.abs((bearing - look_azimuth_deg + 45) % 90 - 45)
    is_far = (distance > 15) & (distance < 80)
    on, between = (np.abs(image[is_far & chosen]).max() for chosen in (off_axes < 2, off_axes > 20))
    assert on > 5 * between


@pytest.mark.parametrize(("resolution_px", "look_azimuth_deg"), [(1.3, 90.0), (1.8, 90.0), (2.5, 0.0)])
def test_blurred_speckle_keeps_its_power_and_is_correlated_as_stated(
    resolution_px: float, look_azimuth_deg: float
) -> None:
    response = PointResponse("hamming", resolution_px, look_azimuth_deg)
    power = np.abs(response.blur(circular(np.random.default_rng(1), (512, 512)))) ** 2
    assert power.mean() == pytest.approx(1, abs=0.02)
    for first, second in ((power[1:], power[:-1]), (power[:, 1:], power[:, :-1])):
        measured = np.corrcoef(first.ravel(), second.ravel())[0, 1]
        assert measured == pytest.approx(response.speckle_correlation, abs=0.02)


def test_what_no_band_of_frequencies_can_resolve_is_refused() -> None:
    with pytest.raises(ValueError, match=r"resolves at best 1\.1"):
        _ = PointResponse("taylor", 0.9, 0).bandwidth
    assert math.isclose(PointResponse("uniform", 0.8859, 0).bandwidth, 1, abs_tol=1e-4)
