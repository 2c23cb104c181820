"""What comes out of the receiver: polarisations, looks, targets in clutter, no data, and what cannot be asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.ndimage

from pipeline.simulation import SceneSettings, simulate_scene
from pipeline.simulation.ground import Ground, Pose
from pipeline.simulation.radar import look_weights, response_of, returns
from tests.pipeline.simulation.canvases import plain, sensing_of

QUAD = SceneSettings(
    place="weitfeld", kind="woodland", rows=256, cols=256, looks=1.0, polarisations=("HH", "HV", "VH", "VV")
)


@pytest.mark.parametrize("looks", [1.0, 1.3, 2.0, 3.5, 7.9, 16.0])
def test_weights_of_looks_average_to_the_looks_wanted(looks: float) -> None:
    weights = look_weights(looks)
    assert sum(weights) == pytest.approx(1)
    assert 1 / sum(weight**2 for weight in weights) == pytest.approx(looks)
    assert min(weights) > 0


def test_four_polarisations_agree_as_physics_says() -> None:
    scene = simulate_scene(0, 1, QUAD)
    hh, hv, vh, vv = (np.log(band) for band in scene.powers)
    forest = scipy.ndimage.binary_erosion(scene.classes == Ground.FOREST, iterations=6)
    field = scipy.ndimage.binary_erosion(scene.classes == Ground.MEADOW, iterations=4)
    # HV and VH are one measurement (reciprocity) but for their noise; with VV they share the texture alone.
    assert np.corrcoef(hv[forest], vh[forest])[0, 1] > 0.65
    assert np.corrcoef(hv[forest], vv[forest])[0, 1] < 0.45
    assert np.median(hv[forest]) < np.median(vv[forest]) - 1
    # One mechanism on grass, many in a crown: like polarisations agree more over grass.
    disagreement = [(hh[mask] - vv[mask]).std() for mask in (field, forest)]
    assert disagreement[0] < 0.95 * disagreement[1]


def test_the_first_polarisation_is_the_scene_s_power() -> None:
    scene = simulate_scene(0, 1, QUAD)
    assert np.array_equal(scene.power, scene.powers[0])
    assert scene.metadata.polarisations == QUAD.polarisations


def test_looks_and_speckle_leave_the_ground_and_the_photograph_as_they_are() -> None:
    settings = SceneSettings(place="nordhaven", kind="harbour", rows=160, cols=160)
    first, second = (simulate_scene(0, 0, replace(settings, looks=looks)) for looks in (1.0, 6.0))
    assert np.array_equal(first.optical, second.optical)
    assert np.array_equal(first.classes, second.classes)
    assert first.truth.objects == second.truth.objects
    assert first.power.tobytes() != second.power.tobytes()


def test_a_strong_target_is_added_to_the_field_not_to_the_power() -> None:
    settings = SceneSettings(
        place="nordhaven", rows=160, cols=160, weighting="uniform", resolution_px=1.4, look_azimuth_deg=90
    )
    canvas, sensing = plain(settings, Ground.RIVER), sensing_of(settings)
    before = returns(canvas, sensing, np.random.default_rng(0))
    canvas.scatter(Pose(80.5, 80.5, 0), 0, 0, 400.0)
    after = returns(canvas, sensing, np.random.default_rng(0))
    assert np.array_equal(before.clutter, after.clutter)
    power = np.abs(after.points) ** 2
    assert power.max() == pytest.approx(400, rel=0.02)
    # A sinc of the bandwidth 0.886 / 1.4, 12 to 30 pixels away: its lobes fall as 1 / (π · B · x).
    assert 10 * np.log10(power[80, 92:110].max() / 400) == pytest.approx(-20 * np.log10(np.pi * 0.633 * 12), abs=2)
    assert response_of(sensing).side_lobe_db == pytest.approx(-13.26, abs=0.1)


@pytest.mark.parametrize(("no_data", "least", "most"), [("wedge", 0.02, 0.2), ("border", 0.05, 0.2)])
def test_pixels_without_data_are_nan_and_what_they_hide_is_not_boxed(no_data: str, least: float, most: float) -> None:
    settings = SceneSettings(place="nordhaven", kind="tank_farm", rows=300, cols=300)
    whole = simulate_scene(0, 3, settings)
    cut = simulate_scene(0, 3, replace(settings, no_data=no_data))  # type: ignore[arg-type]
    empty = np.isnan(cut.power)
    assert least < empty.mean() < most
    assert np.array_equal(cut.power[~empty], whole.power[~empty])
    for box in cut.boxes:
        inside = empty[int(box.y_min) : int(box.y_min + box.height), int(box.x_min) : int(box.x_min + box.width)]
        assert not inside.all()
        assert box.is_cut or not inside.any()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"kind": "volcano"}, "harbour, city|harbour, anchorage"),
        ({"place": "atlantis"}, "nordhaven, weitfeld, chandra"),
        ({"rows": 64}, "at least 128 × 128"),
        ({"looks": 0.0}, "1 to 64 looks"),
        ({"looks": float("nan")}, "looks"),
        ({"incidence_deg": 89.0}, "15° to 75°"),
        ({"weighting": "kaiser"}, "uniform, hamming, taylor"),
        ({"resolution_px": 0.5}, "resolves at best"),
        ({"polarisations": ("LR",)}, "VV, HH, HV, VH"),
        ({"polarisations": ()}, "VV, HH, HV, VH"),
        ({"sea_state": 9}, "0 to 6"),
        ({"moving_share": 1.5}, "0 to 1"),
        ({"pair_offset_px": (float("inf"), 0.0)}, "pair_offset_px is not a finite number"),
        ({"pair_offset_px": (0.0, 900.0)}, "at most 512 pixels"),
        ({"pair_rotation_deg": 90.0}, "at most 45°"),
        ({"rows": 25_000}, "larger ones are mosaics"),
        ({"swell_length_m": 0.0}, "above 0 m"),
        ({"no_data": "hole"}, "none, wedge or border"),
    ],
)
def test_what_cannot_be_simulated_is_said_before_any_work(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        SceneSettings(**wrong)  # type: ignore[arg-type]
