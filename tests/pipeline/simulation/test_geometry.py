"""A lone building under all look directions: layover h / tan, shadow h · tan, a bright line where wall meets ground."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.simulation import SceneSettings
from pipeline.simulation.geometry import layover_mask, lit
from pipeline.simulation.ground import Canvas, Ground, Pose
from pipeline.simulation.objects import building
from pipeline.simulation.radar import Returns, returns
from pipeline.simulation.truth import clipped, swept
from tests.pipeline.simulation.canvases import plain, sensing_of

HEIGHT_M = 20.0
CASES = [(90.0, 40.0), (0.0, 30.0), (213.0, 45.0), (278.0, 55.0)]


def stood_up(look_azimuth_deg: float, incidence_deg: float) -> tuple[Canvas, Returns]:
    settings = SceneSettings(
        place="nordhaven", rows=300, cols=300, spacing_m=0.5, look_azimuth_deg=look_azimuth_deg,
        incidence_deg=incidence_deg,
    )  # fmt: skip
    canvas = plain(settings, Ground.ASPHALT)
    building(canvas, Pose(150, 150, look_azimuth_deg), 30, 24, HEIGHT_M)
    return canvas, returns(canvas, sensing_of(settings), np.random.default_rng(0))


def along_range(mask: NDArray[np.bool_], look_azimuth_deg: float) -> NDArray[np.float64]:
    """Metres away from the radar, from the middle, of the masked pixels in a strip through the middle."""
    look = math.radians(look_azimuth_deg)
    rows, cols = np.nonzero(mask)
    down, right = rows + 0.5 - 150, cols + 0.5 - 150
    away, across = right * math.sin(look) - down * math.cos(look), right * math.cos(look) + down * math.sin(look)
    return np.asarray(away[np.abs(across) < 12] * 0.5)


@pytest.mark.parametrize(("look_azimuth_deg", "incidence_deg"), CASES)
def test_the_shadow_is_as_long_as_height_times_tan(look_azimuth_deg: float, incidence_deg: float) -> None:
    canvas, seen = stood_up(look_azimuth_deg, incidence_deg)
    # 30 m long along the look direction: the far wall stands 15 m behind the middle.
    shadow = along_range(lit(canvas)[1] & (canvas.height_m == 0), look_azimuth_deg)
    assert shadow.min() == pytest.approx(15, abs=1.2)
    assert shadow.max() - 15 == pytest.approx(HEIGHT_M * math.tan(math.radians(incidence_deg)), abs=1.5)
    (found,) = canvas.objects
    expected = clipped(found.shadow, 300, 300)
    assert far_end(expected, look_azimuth_deg) == pytest.approx(shadow.max(), abs=1.5)
    assert np.array_equal(seen.shadow, lit(canvas)[1])


@pytest.mark.parametrize(("look_azimuth_deg", "incidence_deg"), CASES)
def test_layover_reaches_height_over_tan_towards_the_radar(look_azimuth_deg: float, incidence_deg: float) -> None:
    canvas, _ = stood_up(look_azimuth_deg, incidence_deg)
    covered = along_range(layover_mask(canvas), look_azimuth_deg)
    reach = HEIGHT_M / math.tan(math.radians(incidence_deg))
    assert -15 - covered.min() == pytest.approx(reach, abs=1.5)
    (found,) = canvas.objects
    assert -far_end(found.layover, look_azimuth_deg + 180) == pytest.approx(covered.min(), abs=1.5)


def far_end(outline: tuple[tuple[float, float], ...], towards_deg: float) -> float:
    towards = math.radians(towards_deg)
    return max((col - 150) * math.sin(towards) - (row - 150) * math.cos(towards) for row, col in outline) * 0.5


@pytest.mark.parametrize("look_azimuth_deg", [90.0, 213.0])
def test_the_wall_meets_the_ground_in_the_brightest_line_and_the_shadow_is_dark(look_azimuth_deg: float) -> None:
    canvas, seen = stood_up(look_azimuth_deg, 40.0)
    power = seen.clutter[0]
    profile = [
        (away, float(power[strip(canvas.shape, look_azimuth_deg, away)].mean())) for away in np.arange(-50, 50, 1.0)
    ]
    brightest = max(profile, key=lambda pair: pair[1])
    assert brightest[0] == pytest.approx(-15, abs=1.5)
    by_place = dict(profile)
    flat, shadow, facade = by_place[-48.0], by_place[22.0], by_place[-25.0]
    assert shadow < 0.05 * flat
    assert facade > 3 * flat


def test_a_wall_along_the_beam_shows_no_line_on_any_grid() -> None:
    canvas, seen = stood_up(213.0, 40.0)
    look = math.radians(213.0)
    down, right = np.indices(canvas.shape) + 0.5 - 150
    away, across = right * math.sin(look) - down * math.cos(look), right * math.cos(look) + down * math.sin(look)
    beside = (np.abs(np.abs(across * 0.5) - 12.5) < 1) & (np.abs(away * 0.5) < 12)
    square = (np.abs(across * 0.5) < 10) & (np.abs(away * 0.5 + 15) < 1)
    assert seen.clutter[0][square].mean() > 10 * seen.clutter[0][beside].mean()


def strip(shape: tuple[int, int], look_azimuth_deg: float, away_m: float) -> NDArray[np.bool_]:
    look = math.radians(look_azimuth_deg)
    down, right = np.indices(shape) + 0.5 - 150
    away, across = right * math.sin(look) - down * math.cos(look), right * math.cos(look) + down * math.sin(look)
    return np.asarray((np.abs(away * 0.5 - away_m) < 0.5) & (np.abs(across) < 16))


def test_a_region_swept_along_a_vector_and_clipped_has_the_area_it_should() -> None:
    square = ((0.0, 0.0), (0.0, 4.0), (4.0, 4.0), (4.0, 0.0))
    assert area(swept(square, (0.0, 3.0))) == pytest.approx(28)
    assert area(swept(square, (2.0, 2.0))) == pytest.approx(16 + 16)
    assert area(clipped(swept(square, (2.0, 2.0)), 4, 4)) == pytest.approx(16)
    assert clipped(square, 0, 0) == () or area(clipped(square, 0, 0)) == 0


def area(outline: tuple[tuple[float, float], ...]) -> float:
    pairs = zip(outline, (*outline[1:], outline[0]), strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2
