"""What a scene is going to be, before it is painted: its place and kind, how both sensors look, and who draws lots."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from pipeline.simulation.ground import Canvas
from pipeline.simulation.landscapes import LANDSCAPES
from pipeline.simulation.places import PLACES, Place
from pipeline.simulation.radar import response_of
from pipeline.simulation.settings import SceneSettings
from pipeline.simulation.truth import PairTruth, Sensing

_SUN_ELEVATION_DEG: Final = 48.0

DEMO_PLAN: Final[Mapping[str, tuple[str, ...]]] = {
    "nordhaven": ("harbour", "city", "harbour", "anchorage", "tank_farm", "harbour", "city", "anchorage"),
    "weitfeld": ("airfield", "farmland", "airfield", "woodland", "airfield", "tank_farm", "farmland", "airfield"),
    "chandra": ("river_bridge", "delta", "river_bridge", "anchorage", "delta", "river_bridge", "farmland", "delta"),
}
"""The kinds of the demo's scenes by place; other scenes take what occurs there by turns."""


@dataclass(frozen=True, eq=False)
class Stage:
    """A scene to be made. Ground, radar and camera draw from streams of their own: a change of the looks leaves the
    ground and the photograph as they are."""

    settings: SceneSettings
    place: Place
    kind: str
    sensing: Sensing
    pair: PairTruth
    ground_rng: np.random.Generator
    radar_rng: np.random.Generator
    camera_rng: np.random.Generator

    def painted(self) -> Canvas:
        """The ground, with the margin that the optical image may need."""
        margin = 2 * self.settings.margin_px
        canvas = Canvas(
            (self.settings.rows + margin, self.settings.cols + margin),
            self.place.spacing_m,
            self.sensing.layover_px_per_m,
            self.place.look_azimuth_deg,
            self.ground_rng,
            self.settings.moving_share,
        )
        LANDSCAPES[self.kind](canvas)
        return canvas


def stage(seed: int, index: int, settings: SceneSettings) -> Stage:
    """The scene ``index`` of a seed.

    Raises
    ------
    ValueError
        If seed or index is negative.
    """
    if seed < 0 or index < 0:
        raise ValueError(f"seed and index are not negative, not {seed} and {index}")
    site, kind = _chosen(index, settings)
    ground, radar, camera, choice = (
        np.random.default_rng([seed, index, stream, *site.name.encode(), *kind.encode()]) for stream in range(4)
    )
    return Stage(settings, site, kind, _sensing(site, settings, choice), _pair(settings, choice), ground, radar, camera)


def _chosen(index: int, settings: SceneSettings) -> tuple[Place, str]:
    """Place and kind: those that are set, else by turns through places and their kinds."""
    names = list(PLACES)
    name = settings.place or names[index % len(names)]
    kinds = list(dict.fromkeys(DEMO_PLAN[name]))
    kind = settings.kind or kinds[index // len(names) % len(kinds)]
    site, look_azimuth_deg = PLACES[name], settings.look_azimuth_deg
    return replace(
        site,
        spacing_m=settings.spacing_m or site.spacing_m,
        incidence_deg=settings.incidence_deg or site.incidence_deg,
        look_azimuth_deg=site.look_azimuth_deg if look_azimuth_deg is None else look_azimuth_deg % 360,
    ), kind


def _sensing(site: Place, settings: SceneSettings, rng: np.random.Generator) -> Sensing:
    look, incidence = math.radians(site.look_azimuth_deg), math.radians(site.incidence_deg)
    lean = math.tan(math.radians(settings.roof_lean_deg)) / site.spacing_m
    lean_to = math.radians(settings.roof_lean_azimuth_deg)
    wind_to_deg = round(float(rng.uniform(0, 360)), 1)
    layover, shadow = 1 / math.tan(incidence) / site.spacing_m, math.tan(incidence) / site.spacing_m
    sensing = Sensing(
        looks=float(settings.looks),
        incidence_deg=site.incidence_deg,
        look_azimuth_deg=site.look_azimuth_deg,
        spacing_m=site.spacing_m,
        resolution_px=settings.resolution_px,
        weighting=settings.weighting,
        side_lobe_db=0.0,
        is_speckle_correlated=settings.is_speckle_correlated,
        speckle_correlation=0.0,
        noise_floor_db=settings.noise_floor_db,
        polarisations=settings.polarisations,
        sea_state=settings.sea_state,
        wind_to_deg=wind_to_deg,
        swell_to_deg=round((wind_to_deg + float(rng.normal(0, 25))) % 360, 1),
        swell_length_m=settings.swell_length_m,
        layover_px_per_m=(math.cos(look) * layover, -math.sin(look) * layover),
        shadow_px_per_m=(-math.cos(look) * shadow, math.sin(look) * shadow),
        sar_acquired_at=site.sar_acquired_at,
        optical_acquired_at=site.optical_acquired_at,
        sun_azimuth_deg=site.sun_azimuth_deg,
        sun_elevation_deg=_SUN_ELEVATION_DEG,
        roof_lean_px_per_m=(-math.cos(lean_to) * lean, math.sin(lean_to) * lean),
    )
    response = response_of(sensing)
    correlation = response.speckle_correlation if settings.is_speckle_correlated else 0.0
    return replace(sensing, side_lobe_db=response.side_lobe_db, speckle_correlation=correlation)


def _pair(settings: SceneSettings, rng: np.random.Generator) -> PairTruth:
    chance = rng.uniform(-1, 1, 2) * settings.random_offset_px
    row, col = (round(float(given + more), 2) for given, more in zip(settings.pair_offset_px, chance, strict=True))
    return PairTruth((row, col), settings.pair_rotation_deg)
