"""Simulated scenes with exact truth: one by one, by the thousand, and the 24 of the demo."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.records import ObjectBox, SceneMetadata
from pipeline.simulation.ground import Canvas, Ground
from pipeline.simulation.land_cover import land_cover, land_cover_shares
from pipeline.simulation.landscapes import LANDSCAPES
from pipeline.simulation.optics import lay_on, lies_at, photograph
from pipeline.simulation.places import PLACES, Affine, Place, scene_transform
from pipeline.simulation.radar import Returns, detect, response_of, returns
from pipeline.simulation.settings import SceneSettings
from pipeline.simulation.truth import ObjectTruth, PairTruth, SceneTruth, Sensing, moved
from pipeline.vocabulary import SARDET_CATEGORIES

MOST_BUILDINGS: Final = 30
"""Beyond this nobody counts them: buildings are then neither boxed nor labelled, only kept in the truth."""
_SUN_ELEVATION_DEG: Final = 48.0

DEMO_PLAN: Final[Mapping[str, tuple[str, ...]]] = {
    "nordhaven": ("harbour", "city", "harbour", "anchorage", "tank_farm", "harbour", "city", "anchorage"),
    "weitfeld": ("airfield", "farmland", "airfield", "woodland", "airfield", "tank_farm", "farmland", "airfield"),
    "chandra": ("river_bridge", "delta", "river_bridge", "anchorage", "delta", "river_bridge", "farmland", "delta"),
}


@dataclass(frozen=True, eq=False)
class SimulatedScene:
    """One scene: both images, boxes, metadata, ground and truth. Arrays are (rows, cols), the optical one (…, 3)."""

    name: str
    kind: str
    place: Place
    powers: NDArray[np.float32]
    """SAR, linear power by polarisation, shape (bands, rows, cols); NaN where there is no data"""
    optical: NDArray[np.uint8]
    classes: NDArray[np.uint8]
    """Values of :class:`pipeline.simulation.ground.Ground`, at the time of the SAR image"""
    layover: NDArray[np.bool_]
    """Pixels of the SAR image on which returns of raised things fall: tops, and walls that face the radar"""
    shadow: NDArray[np.bool_]
    """Ground that solid things hide from the radar"""
    boxes: tuple[ObjectBox, ...]
    metadata: SceneMetadata
    crs: str
    transform: Affine
    truth: SceneTruth

    @property
    def power(self) -> NDArray[np.float32]:
        """The first polarisation, shape (rows, cols)."""
        first: NDArray[np.float32] = self.powers[0]
        return first

    @property
    def land_cover(self) -> NDArray[np.uint8]:
        """Classes 0 to 8 as OpenEarthMap numbers them."""
        return land_cover(self.classes)


def simulate_scene(seed: int, index: int, settings: SceneSettings | None = None) -> SimulatedScene:
    """Simulate one scene; the same arguments give the same arrays.

    Parameters
    ----------
    seed : of all scenes that belong together; not negative
    index : which of them; not negative. It also decides place and kind, unless ``settings`` do, and on which ground
        cell of the place the scene lies (modulo 64)
    settings : see :class:`SceneSettings`

    Raises
    ------
    ValueError
        If seed or index is negative.
    """
    settings = SceneSettings() if settings is None else settings
    if seed < 0 or index < 0:
        raise ValueError(f"seed and index are not negative, not {seed} and {index}")
    site, kind = _chosen(index, settings)
    ground_rng, radar_rng, camera_rng, choice = (
        np.random.default_rng([seed, index, stream, *site.name.encode(), *kind.encode()]) for stream in range(4)
    )
    sensing, pair = _sensing(site, settings, choice), _pair(settings, choice)
    canvas = _painted(site, kind, settings, sensing, ground_rng)
    picture = photograph(canvas, sensing, camera_rng)
    seen = _cut(returns(canvas, sensing, radar_rng), settings)
    powers = detect(seen, sensing, radar_rng)
    powers[:, _without_data(settings)] = np.nan
    classes = _inner(canvas.classes, settings)
    objects = _objects(canvas, settings, pair)
    boxes, labelled = _boxed(objects)
    return SimulatedScene(
        name=f"{site.name}_{kind}_{index:04d}",
        kind=kind,
        place=site,
        powers=powers,
        optical=lay_on(picture, (settings.rows, settings.cols), settings.margin_px, pair),
        classes=classes,
        layover=seen.layover,
        shadow=seen.shadow,
        boxes=boxes,
        metadata=_metadata(site, sensing, labelled),
        crs=site.crs,
        transform=scene_transform(site, index, (settings.rows, settings.cols)),
        truth=SceneTruth(objects, _ground_shares(classes), land_cover_shares(classes), sensing, pair),
    )


def simulate(
    seed: int, number: int, settings: SceneSettings | None = None, *, start: int = 0
) -> Iterator[SimulatedScene]:
    """So many scenes from ``start`` on, one after the other; memory holds one."""
    for index in range(start, start + number):
        yield simulate_scene(seed, index, settings)


def simulate_demo(seed: int = 0) -> list[SimulatedScene]:
    """The demo's 24 scenes of 512 × 512 pixels: eight in each of three places, all on ground of their own."""
    return [
        simulate_scene(seed, number, SceneSettings(place=place, kind=kind))
        for place, kinds in DEMO_PLAN.items()
        for number, kind in enumerate(kinds)
    ]


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


def _painted(site: Place, kind: str, settings: SceneSettings, sensing: Sensing, rng: np.random.Generator) -> Canvas:
    margin = 2 * settings.margin_px
    canvas = Canvas(
        (settings.rows + margin, settings.cols + margin),
        site.spacing_m,
        sensing.layover_px_per_m,
        site.look_azimuth_deg,
        rng,
        settings.moving_share,
    )
    LANDSCAPES[kind](canvas)
    return canvas


def _inner(field: NDArray[np.uint8], settings: SceneSettings) -> NDArray[np.uint8]:
    margin = settings.margin_px
    return field[margin : margin + settings.rows, margin : margin + settings.cols]


def _cut(seen: Returns, settings: SceneSettings) -> Returns:
    """Without the margin that only the optical image needs."""
    margin = settings.margin_px
    at = (slice(margin, margin + settings.rows), slice(margin, margin + settings.cols))
    return Returns(seen.clutter[:, *at], seen.points[at], seen.coherence[at], seen.layover[at], seen.shadow[at])


def _without_data(settings: SceneSettings) -> NDArray[np.bool_]:
    """Pixels without data: a slanted corner, or a border of a thirtieth on each side."""
    down, right = np.ogrid[0 : settings.rows, 0 : settings.cols]
    if settings.no_data == "wedge":
        empty = down / settings.rows + 0.6 * right / settings.cols < 0.22
    elif settings.no_data == "border":
        wide = max(2, min(settings.rows, settings.cols) // 30)
        empty = (np.minimum(down, settings.rows - 1 - down) < wide) | (
            np.minimum(right, settings.cols - 1 - right) < wide
        )
    else:
        empty = np.zeros((settings.rows, settings.cols), bool)
    return np.asarray(empty, bool)


def _objects(canvas: Canvas, settings: SceneSettings, pair: PairTruth) -> tuple[ObjectTruth, ...]:
    """All objects of which a part lies in one of the images, in the images' own pixels."""
    margin, kept = float(settings.margin_px), list[ObjectTruth]()
    for found in canvas.objects:
        inner = _in_frame(moved(found, -margin, -margin), settings, pair)
        if inner.visible_in:
            kept.append(replace(inner, object_id=str(len(kept) + 1)))
    return tuple(kept)


def _in_frame(found: ObjectTruth, settings: SceneSettings, pair: PairTruth) -> ObjectTruth:
    """The object with what lies outside the images taken away: its box cut, its optical place dropped."""
    rows, cols = settings.rows, settings.cols
    box, is_cut = None, False
    if found.box is not None:
        x_min, y_min, width, height = found.box
        left, top, right, bottom = max(0.0, x_min), max(0.0, y_min), min(cols, x_min + width), min(rows, y_min + height)
        is_cut = (left, top, right, bottom) != (x_min, y_min, x_min + width, y_min + height)
        is_cut = is_cut or any(not (0 <= row <= rows and 0 <= col <= cols) for row, col in found.footprint)
        box = (left, top, right - left, bottom - top) if left < right and top < bottom else None
    sar_at = found.sar_at if box is not None else None
    optical_at = _shown_at(found, settings, pair)
    return replace(found, box=box, is_cut=is_cut and box is not None, sar_at=sar_at, optical_at=optical_at)


def _shown_at(found: ObjectTruth, settings: SceneSettings, pair: PairTruth) -> tuple[float, float] | None:
    """Where the optical image shows the object; None where no corner, nor its middle, lies in that image."""
    if found.optical_at is None:
        return None
    shape, (row, col) = (settings.rows, settings.cols), found.optical_at
    was_row, was_col = found.sar_at or found.optical_at
    corners = [(at_row + row - was_row, at_col + col - was_col) for at_row, at_col in found.footprint]
    shown = [lies_at(place, shape, pair) for place in (found.optical_at, *corners)]
    is_shown = any(0 <= at_row < shape[0] and 0 <= at_col < shape[1] for at_row, at_col in shown)
    return shown[0] if is_shown else None


def _boxed(objects: tuple[ObjectTruth, ...]) -> tuple[tuple[ObjectBox, ...], tuple[str, ...]]:
    """The boxes and the categories for which they are all objects."""
    are_counted = sum(found.category == "building" and found.box is not None for found in objects) <= MOST_BUILDINGS
    labelled = (*SARDET_CATEGORIES, "building") if are_counted else tuple(SARDET_CATEGORIES)
    boxes = tuple(
        ObjectBox(found.object_id, found.category, *found.box, is_cut=found.is_cut)
        for found in objects
        if found.box is not None and found.category in labelled
    )
    return boxes, labelled


def _metadata(site: Place, sensing: Sensing, labelled: tuple[str, ...]) -> SceneMetadata:
    resolution_m = round(sensing.resolution_px * site.spacing_m, 3)
    return SceneMetadata(
        sensor="Trihedral simulator",
        optical_sensor="Trihedral simulator, camera",
        band="X",
        polarisations=sensing.polarisations,
        pixel_spacing_m=(site.spacing_m, site.spacing_m),
        resolution_m=(resolution_m, resolution_m),
        geometry="ground",
        look_azimuth_deg=site.look_azimuth_deg,
        incidence_deg=site.incidence_deg,
        sar_acquired_at=site.sar_acquired_at,
        optical_acquired_at=site.optical_acquired_at,
        place=site.title,
        licence="CC0-1.0",
        labelled=labelled,
    )


def _ground_shares(classes: NDArray[np.uint8]) -> dict[str, float]:
    shares = np.bincount(classes.reshape(-1), minlength=len(Ground)) / classes.size
    return {ground.name.lower(): float(shares[ground]) for ground in Ground}
