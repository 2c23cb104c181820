"""Simulated scenes with exact truth: one by one, by the thousand, and the 24 of the demo."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.records import ObjectBox, SceneMetadata
from pipeline.simulation.framing import boxed, framed
from pipeline.simulation.ground import Canvas, Ground
from pipeline.simulation.land_cover import land_cover, land_cover_shares
from pipeline.simulation.optics import lay_on, photograph
from pipeline.simulation.places import Affine, Place, scene_transform
from pipeline.simulation.radar import Returns, detect, returns
from pipeline.simulation.settings import SceneSettings
from pipeline.simulation.staging import DEMO_PLAN, Stage, stage
from pipeline.simulation.truth import SceneTruth, Sensing


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
    made = stage(seed, index, SceneSettings() if settings is None else settings)
    canvas, shape = made.painted(), (made.settings.rows, made.settings.cols)
    picture = photograph(canvas, made.sensing, made.camera_rng)
    seen = _without_margin(returns(canvas, made.sensing, made.radar_rng), made.settings)
    powers = detect(seen, made.sensing, made.radar_rng)
    empty = _without_data(made.settings)
    powers[:, empty] = np.nan
    truth, classes = _truth(canvas, made, empty)
    boxes, labelled = boxed(truth.objects)
    return SimulatedScene(
        name=f"{made.place.name}_{made.kind}_{index:04d}",
        kind=made.kind,
        place=made.place,
        powers=powers,
        optical=lay_on(picture, shape, made.settings.margin_px, made.pair),
        classes=classes,
        layover=seen.layover,
        shadow=seen.shadow,
        boxes=boxes,
        metadata=_metadata(made.place, made.sensing, labelled),
        crs=made.place.crs,
        transform=scene_transform(made.place, index, shape),
        truth=truth,
    )


def average_returns(seed: int, index: int, settings: SceneSettings) -> tuple[Returns, SceneTruth]:
    """What the radar gets back from a scene before any speckle, for many images of one ground."""
    made = stage(seed, index, settings)
    canvas = made.painted()
    seen = _without_margin(returns(canvas, made.sensing, made.radar_rng), settings)
    return seen, _truth(canvas, made, np.zeros(seen.shadow.shape, bool))[0]


def simulate(
    seed: int, number: int, settings: SceneSettings | None = None, *, start: int = 0
) -> Iterator[SimulatedScene]:
    """So many scenes from ``start`` on, one after the other; memory holds one."""
    for index in range(start, start + number):
        yield simulate_scene(seed, index, settings)


def simulate_demo(seed: int = 0, wedges: Container[int] = ()) -> list[SimulatedScene]:
    """The demo's 24 scenes of 512 × 512 pixels: eight in each of three places, all on ground of their own.

    ``wedges`` are the places in the list of those that lack a corner, as at the edge of a strip.
    """
    plan = [(place, kind, number) for place, kinds in DEMO_PLAN.items() for number, kind in enumerate(kinds)]
    return [
        simulate_scene(
            seed, number, SceneSettings(place=place, kind=kind, no_data="wedge" if position in wedges else "none")
        )
        for position, (place, kind, number) in enumerate(plan)
    ]


def _truth(canvas: Canvas, made: Stage, empty: NDArray[np.bool_]) -> tuple[SceneTruth, NDArray[np.uint8]]:
    """The truth of the scene, and the classes of its ground."""
    margin, settings = made.settings.margin_px, made.settings
    classes = canvas.classes[margin : margin + settings.rows, margin : margin + settings.cols]
    objects = framed(canvas, settings, made.pair, empty)
    return SceneTruth(objects, _ground_shares(classes), land_cover_shares(classes), made.sensing, made.pair), classes


def _without_margin(seen: Returns, settings: SceneSettings) -> Returns:
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
