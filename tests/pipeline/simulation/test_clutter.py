"""Clutter: gamma textures with the shapes and grains of their classes, and a sea with state, swell and incidence."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from pipeline.simulation import SceneSettings
from pipeline.simulation.clutter import SEA_STATES, mean_powers, texture
from pipeline.simulation.ground import SURFACES, Ground
from tests.pipeline.simulation.canvases import plain, sensing_of

WIDE = SceneSettings(place="nordhaven", kind="city", rows=768, cols=768, spacing_m=1.0)


@pytest.mark.parametrize("ground", [Ground.RIVER, Ground.ASPHALT, Ground.ROOF, Ground.METAL])
def test_texture_is_gamma_of_its_class_with_a_mean_of_one(ground: Ground) -> None:
    values = texture(plain(WIDE, ground), sensing_of(WIDE), np.random.default_rng(3))
    assert values.mean() == pytest.approx(1, rel=0.03)
    assert 1 / values.var() == pytest.approx(SURFACES[ground].shape, rel=0.12)
    assert (values > 0).all()


def test_texture_is_correlated_over_the_grain_of_its_class() -> None:
    ground = Ground.ASPHALT
    values = texture(plain(WIDE, ground), sensing_of(WIDE), np.random.default_rng(3))
    grain_px = SURFACES[ground].grain_m / 1.0
    near, far = round(grain_px), round(4 * grain_px)
    lags = {lag: np.corrcoef(values[lag:].ravel(), values[:-lag].ravel())[0, 1] for lag in (near, far)}
    assert lags[near] == pytest.approx(math.exp(-((near / grain_px) ** 2)), abs=0.08)
    assert abs(lags[far]) < 0.05


def test_the_sea_is_brighter_and_spikier_the_rougher_and_darker_the_shallower_it_is_seen() -> None:
    levels = [
        mean_powers(sensing_of(replace(WIDE, sea_state=state)), "VV")[Ground.SEA] for state in range(len(SEA_STATES))
    ]
    assert levels == sorted(levels)
    assert [state.shape for state in SEA_STATES] == sorted((state.shape for state in SEA_STATES), reverse=True)
    steep, grazing = (mean_powers(sensing_of(replace(WIDE, incidence_deg=angle)), "VV") for angle in (25.0, 60.0))
    assert (steep > grazing).all()


@pytest.mark.parametrize("polarisation", ["HV", "VH"])
def test_cross_polarised_returns_are_weaker_least_so_in_forest(polarisation: str) -> None:
    like, cross = (mean_powers(sensing_of(WIDE), channel) for channel in ("VV", polarisation))
    assert (cross < like / 2).all()
    assert np.argmax(cross / like) == Ground.FOREST


def test_swell_has_the_wavelength_and_the_direction_of_the_truth() -> None:
    settings = replace(WIDE, sea_state=5, swell_length_m=48.0)
    sensing = replace(sensing_of(settings), swell_to_deg=70.0, look_azimuth_deg=82.0)
    values = texture(plain(settings, Ground.SEA), sensing, np.random.default_rng(5))
    spectrum = np.abs(np.fft.rfft2(np.log(values))) ** 2
    fy, fx = np.fft.fftfreq(768)[:, None], np.fft.rfftfreq(768)[None, :]
    frequency = np.hypot(fy, fx)
    strength = np.where((frequency > 1 / 80) & (frequency < 1 / 25), spectrum, 0)
    assert (strength * frequency).sum() / strength.sum() == pytest.approx(1 / 48, rel=0.15)
    # The direction of a wave is known but for its sign: rows count downwards.
    east, north = (strength * fx * fx).sum(), (strength * -fy * fx).sum()
    assert math.degrees(math.atan2(east, north)) == pytest.approx(70, abs=10)
